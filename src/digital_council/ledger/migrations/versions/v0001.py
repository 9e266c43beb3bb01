"""People, attempts, marks, the queue and statements."""

import sqlalchemy as sa
from alembic import op

from digital_council.ledger import guards

revision = "0001"
down_revision = None

SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOMENT = sa.DateTime(timezone=True)
ID = sa.String(36)


def upgrade() -> None:
    """Makes an empty ledger."""
    _people()
    _attempts()
    _marks()
    _statements()
    bind = op.get_bind()
    guards.append_only(bind, "mark")
    guards.append_only(bind, "statement")
    guards.append_only(bind, "person")
    guards.fixed_columns(bind, "attempt", FIXED)


FIXED = (
    "seq", "id", "person_id", "course", "unit", "release", "variant", "number", "door", "complete",
    "submitted_at", "fingerprint", "idempotency_key",
)  # fmt: skip


def _people() -> None:
    op.create_table(
        "person",
        sa.Column("id", ID, primary_key=True),
        sa.Column("created_at", MOMENT, nullable=False),
    )
    op.create_table(
        "identity",
        sa.Column("person_id", ID, sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("account", sa.String(255), nullable=False, unique=True),
        sa.Column("name", sa.String(255), nullable=False),
    )


def _attempts() -> None:
    op.create_table(
        "attempt",
        sa.Column("seq", SERIAL, primary_key=True),
        sa.Column("id", ID, nullable=False, unique=True),
        sa.Column("person_id", ID, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("course", sa.String(100), nullable=False),
        sa.Column("unit", sa.String(100), nullable=False),
        sa.Column("release", sa.String(64), nullable=False),
        sa.Column("variant", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("door", sa.String(20), nullable=False),
        sa.Column("complete", sa.Boolean, nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("idempotency_key", sa.String(255)),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("outcome", sa.String(20)),
        sa.Column("score", sa.Float),
        sa.Column("max", sa.Float),
        sa.Column("marked_at", MOMENT),
        sa.UniqueConstraint("person_id", "course", "unit", "number", name="attempt_number"),
        sa.UniqueConstraint("person_id", "idempotency_key", name="attempt_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("attempt_by_person", "attempt", ["person_id", "seq"])
    op.create_index("attempt_by_person_unit", "attempt", ["person_id", "course", "unit", "seq"])
    op.create_index("attempt_by_unit", "attempt", ["course", "unit", "seq"])


def _marks() -> None:
    op.create_table(
        "mark",
        sa.Column("id", SERIAL, primary_key=True),
        sa.Column("attempt_id", ID, sa.ForeignKey("attempt.id"), nullable=False),
        sa.Column("grader_version", sa.String(100), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("max", sa.Float, nullable=False),
        sa.Column("verdict", sa.JSON, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.UniqueConstraint("attempt_id", "grader_version", name="mark_once"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "job",
        sa.Column("attempt_id", ID, sa.ForeignKey("attempt.id"), primary_key=True),
        sa.Column("release", sa.String(64)),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("queued_at", MOMENT, nullable=False),
        sa.Column("lease_until", MOMENT),
        sa.Column("worker", sa.String(100)),
        sa.Column("tries", sa.Integer, nullable=False),
    )
    op.create_index("job_by_turn", "job", ["priority", "queued_at"])
    op.create_index("job_by_worker", "job", ["worker"])


def _statements() -> None:
    op.create_table(
        "statement",
        sa.Column("id", SERIAL, primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", ID, sa.ForeignKey("person.id")),
        sa.Column("verb", sa.String(50), nullable=False),
        sa.Column("object", sa.String(300), nullable=False),
        sa.Column("result", sa.JSON),
        sa.Column("context", sa.JSON),
        sqlite_autoincrement=True,
    )
    op.create_index("statement_by_actor", "statement", ["actor", "id"])
    op.create_index("statement_by_verb", "statement", ["verb", "id"])
    op.create_index("statement_by_object", "statement", ["object", "id"])
