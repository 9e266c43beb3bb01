"""Notebooks on their way through the gate, so that a restart loses none."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

ID, MOMENT = sa.String(36), sa.DateTime(timezone=True)


def upgrade() -> None:
    """Adds one empty table."""
    op.create_table(
        "publication",
        sa.Column("id", ID, primary_key=True),
        sa.Column("person_id", ID, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("app", sa.String(80), nullable=False),
        sa.Column("key", sa.String(200)),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("sent", sa.JSON),
        sa.Column("notebook", sa.LargeBinary),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("told", sa.JSON, nullable=False),
        sa.UniqueConstraint("person_id", "key", name="publication_key"),
    )
    op.create_index("publication_by_turn", "publication", ["state", "asked_at"])
    op.create_index("publication_by_person", "publication", ["person_id", "asked_at"])
