"""Allowances: attempts and time beyond the course's own, by person and unit."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Adds an empty table."""
    op.create_table(
        "allowance",
        sa.Column("person_id", sa.String(36), sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("course", sa.String(100), primary_key=True),
        sa.Column("unit", sa.String(100), primary_key=True),
        sa.Column("attempts", sa.Integer),
        sa.Column("closes", sa.Date),
    )
