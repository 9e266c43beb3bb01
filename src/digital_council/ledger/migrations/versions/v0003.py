"""Apps: published apps, their versions and whom they are shared with."""

import sqlalchemy as sa
from alembic import op

from digital_council.ledger import guards

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Adds three empty tables; what a version was is never rewritten."""
    op.create_table(
        "app",
        sa.Column("id", sa.String(80), primary_key=True),
        sa.Column("owner", sa.String(36), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("publisher", sa.String(36), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True)),
    )
    op.create_table(
        "app_version",
        sa.Column("app_id", sa.String(80), sa.ForeignKey("app.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("publisher", sa.String(36), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("described", sa.JSON, nullable=False),
    )
    op.create_table(
        "app_share",
        sa.Column("app_id", sa.String(80), sa.ForeignKey("app.id"), primary_key=True),
        sa.Column("target", sa.String(255), primary_key=True),
        sa.Column("from_audience", sa.Boolean, nullable=False),
    )
    guards.append_only(op.get_bind(), "app_version")
