"""Opening a ledger's database: made when missing, brought up to date when old, refused when newer.

All that is particular to SQLite stands here and in `guards`; PostgreSQL needs only its URL.
"""

import sqlite3
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from digital_council.errors import OperatorError

VERSION = "0005"
EXAMPLE = (
    "write postgresql+psycopg://user:password@host/database and install the driver (pip install 'psycopg[binary]'), "
    "or leave it empty for SQLite"
)
MIGRATIONS = Path(__file__).parent / "migrations"


def opened(url: str | Path) -> Engine:
    """An engine on an up-to-date ledger. Raises OperatorError, in one line, when there can be none."""
    address = URL.create("sqlite", database=str(url)) if isinstance(url, Path) else _address(url)
    name = address.database or address.render_as_string(hide_password=True)
    engine = _engine(address)
    is_file = address.get_backend_name() == "sqlite"
    if is_file:
        _listen_sqlite(engine)
    try:
        _migrate(engine, name)
        # A ledger that can be read but not written would fail a learner at the moment of submitting.
        with engine.execution_options(writing=True).begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = version_num"))
    except DBAPIError as error:
        engine.dispose()
        mend = (
            "check who owns the state directory and that the disk has room, or name another with --state"
            if is_file
            else "check that the database is running, and [ledger] url in hub_config/council.toml"
        )
        reason = " ".join(str(error.orig).split())
        raise OperatorError(f"the ledger {name} cannot be opened for writing ({reason}): {mend}") from None
    except OperatorError:
        engine.dispose()
        raise
    return engine


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except ArgumentError:
        raise OperatorError(f"[ledger] url is no database address; {EXAMPLE}") from None
    if address.get_backend_name() not in ("sqlite", "postgresql"):
        raise OperatorError(f"[ledger] url names {address.get_backend_name()!r}, which keeps no ledger; {EXAMPLE}")
    return address


def _engine(address: URL) -> Engine:
    try:
        return create_engine(address, **_options(address))
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise OperatorError(f"[ledger] url needs a driver that is not installed ({error}); {EXAMPLE}") from None


def _options(address: URL) -> dict[str, object]:
    if address.get_backend_name() == "sqlite":
        return {"connect_args": {"timeout": 30}}
    return {"pool_pre_ping": True}


def _listen_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: object) -> None:
        # Python's module begins transactions late and commits around DDL; SQLAlchemy begins them below.
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        # FULL: on disk before an attempt is acknowledged. NORMAL would lose the last ones in a power cut.
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A reader that turns writer half-way is refused by SQLite; a writer says so from the start.
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _migrate(engine: Engine, name: str) -> None:
    """Runs what is missing, as one transaction, so that a failed migration leaves the ledger as it was."""
    with engine.execution_options(writing=True).begin() as connection:
        found = _version(connection)
        if found == VERSION:
            return
        if found is not None and not (MIGRATIONS / "versions" / f"v{found}.py").exists():
            raise OperatorError(
                f"the ledger {name} has version {found}, newer than version {VERSION} of this release: "
                "install the release that wrote it, or restore a backup"
            )
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _version(connection: Connection) -> str | None:
    tables = inspect(connection).get_table_names()
    if "alembic_version" in tables:
        found = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return None if found is None else str(found)
    if tables:
        raise OperatorError(
            f"the database {connection.engine.url.database} is not a ledger: it has the tables "
            f"{', '.join(sorted(tables)[:3])}; name another state directory with --state"
        )
    return None
