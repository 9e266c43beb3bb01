"""Enrolments in paths and courses, private calendars, and reviews of units before they are released."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

ID, MOMENT = sa.String(36), sa.DateTime(timezone=True)


def upgrade() -> None:
    """Adds three empty tables."""
    op.create_table(
        "enrolment",
        sa.Column("id", ID, primary_key=True),
        sa.Column("what", sa.String(200), nullable=False),
        sa.Column("person_id", ID, sa.ForeignKey("person.id")),
        sa.Column("place", sa.String(120)),
        sa.Column("due", sa.Date),
        sa.Column("enrolled_by", ID, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("enrolled_at", MOMENT, nullable=False),
        sa.UniqueConstraint("person_id", "what", name="enrolment_of_person"),
        sa.UniqueConstraint("place", "what", name="enrolment_of_place"),
    )
    op.create_table(
        "calendar",
        sa.Column("person_id", ID, sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("serial", sa.String(40), nullable=False, unique=True),
    )
    op.create_table(
        "review",
        sa.Column("id", ID, primary_key=True),
        sa.Column("course", sa.String(100), nullable=False),
        sa.Column("unit", sa.String(100), nullable=False),
        sa.Column("release", sa.String(64), nullable=False),
        sa.Column("author", ID, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("reviewer", ID, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("note", sa.String(2000), nullable=False),
        sa.Column("proof", sa.JSON, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("comment", sa.String(2000), nullable=False),
        sa.Column("decided_at", MOMENT),
    )
    op.create_index("review_by_unit", "review", ["course", "unit"])
    op.create_index("review_by_state", "review", ["state", "sent_at"])
