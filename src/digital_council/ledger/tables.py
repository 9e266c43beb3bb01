"""The ledger's tables, as its code sees them. `migrations` makes them; a test holds the two together."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

from digital_council.ledger.moments import Moment

metadata = MetaData()

# SQLite counts rows by itself only in a column that is exactly INTEGER.
Serial = BigInteger().with_variant(Integer, "sqlite")

# A person is an id and nothing else. Who it is stands in `identity`, which can be emptied.
person = Table(
    "person",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("created_at", Moment, nullable=False),
)

identity = Table(
    "identity",
    metadata,
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("account", String(255), nullable=False, unique=True),
    Column("name", String(255), nullable=False),
)

attempt = Table(
    "attempt",
    metadata,
    Column("seq", Serial, primary_key=True),
    Column("id", String(36), nullable=False, unique=True),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("course", String(100), nullable=False),
    Column("unit", String(100), nullable=False),
    Column("release", String(64), nullable=False),
    Column("variant", String(64), nullable=False),
    Column("number", Integer, nullable=False),
    Column("door", String(20), nullable=False),
    Column("complete", Boolean, nullable=False),
    Column("submitted_at", Moment, nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("idempotency_key", String(255)),
    # What follows is the present standing, a summary of the marks; all above never changes.
    Column("state", String(20), nullable=False),
    Column("outcome", String(20)),
    Column("score", Float),
    Column("max", Float),
    Column("marked_at", Moment),
    UniqueConstraint("person_id", "course", "unit", "number", name="attempt_number"),
    UniqueConstraint("person_id", "idempotency_key", name="attempt_key"),
    Index("attempt_by_person", "person_id", "seq"),
    Index("attempt_by_person_unit", "person_id", "course", "unit", "seq"),
    Index("attempt_by_unit", "course", "unit", "seq"),
    sqlite_autoincrement=True,
)

mark = Table(
    "mark",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("attempt_id", ForeignKey("attempt.id"), nullable=False),
    Column("grader_version", String(100), nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("score", Float, nullable=False),
    Column("max", Float, nullable=False),
    Column("verdict", JSON, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    UniqueConstraint("attempt_id", "grader_version", name="mark_once"),
    sqlite_autoincrement=True,
)

job = Table(
    "job",
    metadata,
    Column("attempt_id", ForeignKey("attempt.id"), primary_key=True),
    # The release whose checks judge it, when that is not the attempt's own: a mended lesson.
    Column("release", String(64)),
    Column("priority", Integer, nullable=False),
    Column("queued_at", Moment, nullable=False),
    Column("lease_until", Moment),
    Column("worker", String(100)),
    Column("tries", Integer, nullable=False),
    Index("job_by_turn", "priority", "queued_at"),
    Index("job_by_worker", "worker"),
)

allowance = Table(
    "allowance",
    metadata,
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("course", String(100), primary_key=True),
    Column("unit", String(100), primary_key=True),
    Column("attempts", Integer),
    Column("closes", Date),
)

app = Table(
    "app",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("owner", ForeignKey("person.id"), nullable=False),
    Column("publisher", ForeignKey("person.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("retired_at", Moment),
)

app_version = Table(
    "app_version",
    metadata,
    Column("app_id", ForeignKey("app.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("publisher", ForeignKey("person.id"), nullable=False),
    Column("published_at", Moment, nullable=False),
    # Title, datasets and so on: things, never accounts, which could not be erased.
    Column("described", JSON, nullable=False),
)

app_share = Table(
    "app_share",
    metadata,
    Column("app_id", ForeignKey("app.id"), primary_key=True),
    # A group of the hub, everyone, or person- and a person's id.
    Column("target", String(255), primary_key=True),
    # Whether the version's own audience brought it: the next version's replaces those, and no others.
    Column("from_audience", Boolean, nullable=False),
)

# A person's own enrolment, or a place's: `team:…` or `directorate:…`, whoever works there at the time.
enrolment = Table(
    "enrolment",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("what", String(200), nullable=False),
    Column("person_id", ForeignKey("person.id")),
    Column("place", String(120)),
    Column("due", Date),
    Column("enrolled_by", ForeignKey("person.id"), nullable=False),
    Column("enrolled_at", Moment, nullable=False),
    UniqueConstraint("person_id", "what", name="enrolment_of_person"),
    UniqueConstraint("place", "what", name="enrolment_of_place"),
)

calendar = Table(
    "calendar",
    metadata,
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("serial", String(40), nullable=False, unique=True),
)

review = Table(
    "review",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("course", String(100), nullable=False),
    Column("unit", String(100), nullable=False),
    Column("release", String(64), nullable=False),
    Column("author", ForeignKey("person.id"), nullable=False),
    Column("reviewer", ForeignKey("person.id"), nullable=False),
    Column("note", String(2000), nullable=False),
    Column("proof", JSON, nullable=False),
    Column("sent_at", Moment, nullable=False),
    Column("state", String(20), nullable=False),
    Column("comment", String(2000), nullable=False),
    Column("decided_at", Moment),
    Index("review_by_unit", "course", "unit"),
    Index("review_by_state", "state", "sent_at"),
)

# A notebook sent to become an app. `sent` and `notebook` are emptied when it has ended, and `told` says how.
publication = Table(
    "publication",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("app", String(80), nullable=False),
    Column("key", String(200)),
    Column("asked_at", Moment, nullable=False),
    Column("sent", JSON(none_as_null=True)),
    Column("notebook", LargeBinary),
    Column("state", String(20), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("told", JSON, nullable=False),
    UniqueConstraint("person_id", "key", name="publication_key"),
    Index("publication_by_turn", "state", "asked_at"),
    Index("publication_by_person", "person_id", "asked_at"),
)

statement = Table(
    "statement",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("actor", ForeignKey("person.id")),
    Column("verb", String(50), nullable=False),
    Column("object", String(300), nullable=False),
    Column("result", JSON),
    Column("context", JSON),
    Index("statement_by_actor", "actor", "id"),
    Index("statement_by_verb", "verb", "id"),
    Index("statement_by_object", "object", "id"),
    sqlite_autoincrement=True,
)
