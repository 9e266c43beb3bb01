"""Opening a ledger: made, brought up to date, or refused in one line; and what its costs grow with."""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, event, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from digital_council.errors import OperatorError
from digital_council.ledger import Ledger, NewAttempt, guards, opening, tables

PRAGMAS = ("journal_mode", "synchronous", "foreign_keys")


def line(error: pytest.ExceptionInfo[OperatorError]) -> str:
    message = str(error.value)
    assert "\n" not in message
    return message


def test_the_migrations_make_the_tables_the_code_sees(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.db")
    with ledger.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []
    ledger.close()


def test_the_newest_migration_is_this_releases_version() -> None:
    config = Config()
    config.set_main_option("script_location", str(opening.MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == opening.VERSION


def test_a_ledger_opened_again_is_as_it_was(tmp_path: Path) -> None:
    first = Ledger(f"sqlite:///{tmp_path}/ledger.db")
    first.add_attempt(NewAttempt("learner", "c", "u", "r", "page", "f"))
    first.close()
    second = Ledger(tmp_path / "ledger.db")
    assert second.waiting() == 1
    assert second.health() == {"ok": True, "version": opening.VERSION}
    second.close()


def test_a_ledger_is_durable_and_checks_its_keys(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.db")
    with ledger.reading() as connection:
        found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in PRAGMAS]
    assert found == ["wal", 2, 1]
    ledger.close()


def test_a_ledger_of_a_newer_release_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    Ledger(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0999'")
    with pytest.raises(OperatorError) as error:
        Ledger(path)
    message = line(error)
    assert str(path) in message
    assert "0999" in message
    assert opening.VERSION in message


def test_an_older_ledger_is_brought_up_to_date_with_all_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    config = Config()
    config.set_main_option("script_location", str(opening.MIGRATIONS))
    with create_engine(f"sqlite:///{path}").begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(text("INSERT INTO person VALUES ('p', '2026-01-01 00:00:00')"))
        connection.execute(text("INSERT INTO identity VALUES ('p', 'learner', 'Lee')"))
    ledger = Ledger(path)
    assert ledger.health()["version"] == opening.VERSION
    assert ledger.account_of("p") == "learner"
    ledger.close()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.write_text("this is not a database, however long it goes on about it" * 20)
    with pytest.raises(OperatorError) as error:
        Ledger(path)
    assert str(path) in line(error)
    assert path.read_text().startswith("this is not")


def test_somebody_elses_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE cheese (id INTEGER)")
    with pytest.raises(OperatorError) as error:
        Ledger(path)
    assert "cheese" in line(error)


def test_a_directory_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OperatorError) as error:
        Ledger(tmp_path / "nowhere" / "ledger.db")
    assert "nowhere" in line(error)


@pytest.fixture
def unprivileged(tmp_path: Path) -> Iterator[None]:
    """Nobody's rights for a while: root may write whatever the permissions say."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    yield
    os.seteuid(0)


def test_a_ledger_that_cannot_be_written_is_refused(request: pytest.FixtureRequest) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.db"
        Ledger(path).close()
        os.chmod(path, 0o444)
        os.chmod(folder, 0o555)
        request.getfixturevalue("unprivileged")
        try:
            with pytest.raises(OperatorError) as error:
                Ledger(path)
        finally:
            if os.getuid() == 0:
                os.seteuid(0)
            os.chmod(folder, 0o700)
        assert "writing" in line(error)


def test_a_migration_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ledger.db"
    monkeypatch.setattr(guards, "append_only", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        Ledger(path)
    monkeypatch.undo()
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []
    Ledger(path).close()


def test_the_tables_and_guards_can_be_made_in_postgresql() -> None:
    for table in tables.metadata.sorted_tables:
        assert str(CreateTable(table).compile(dialect=postgresql.dialect()))
    function, trigger = guards.statements("postgresql", "mark", "delete", "DELETE")
    assert "plpgsql" in function
    assert "FOR EACH ROW EXECUTE FUNCTION" in trigger


@pytest.fixture
def planned(tmp_path: Path) -> Iterator[tuple[Ledger, list[str]]]:
    """A ledger that keeps every SELECT, UPDATE and DELETE it is asked."""
    ledger = Ledger(tmp_path / "ledger.db")
    ledger.add_attempt(NewAttempt("learner", "c", "u", "r", "page", "f"))
    asked: list[str] = []

    @event.listens_for(ledger.engine, "before_cursor_execute")
    def keep(connection: Any, cursor: Any, words: str, values: Any, *_: Any) -> None:
        if words.startswith(("SELECT", "UPDATE", "DELETE")):
            plan = cursor.execute(f"EXPLAIN QUERY PLAN {words}", values).fetchall()
            asked.append("; ".join(str(row[-1]) for row in plan))

    yield ledger, asked
    ledger.close()


def test_no_call_reads_a_whole_table(planned: tuple[Ledger, list[str]]) -> None:
    ledger, plans = planned
    attempt = ledger.attempts("learner", "c", "u").items[0]
    ledger.add_attempt(NewAttempt("learner", "c", "u", "r", "page", "g", idempotency_key="k"))
    ledger.latest("learner", "c", "u")
    ledger.attempts_used("learner", "c", "u")
    ledger.attempts_on("c", "u")
    ledger.allowance("learner", "c", "u")
    ledger.lease("w", 60)
    ledger.renew([attempt.id], "w", 60)
    ledger.release(attempt.id, "w")
    ledger.could_not_check(attempt.id, "broken")
    ledger.verdict(attempt.id)
    ledger.marks(attempt.id)
    ledger.statements(account="learner")
    ledger.statements(verb="passed")
    ledger.statements(object="c/u")
    ledger.completions(["learner"])
    ledger.results(["learner"])
    assert len(plans) > 25
    # "SCAN … USING INDEX job_by_turn" walks in order and stops at the first free job.
    whole = [plan for plan in plans if "SCAN" in plan and "job_by_turn" not in plan]
    assert whole == []
    # The marks of one attempt are a handful; all else comes out of its index in order.
    assert [plan for plan in plans if "ORDER BY" in plan and "SEARCH mark" not in plan] == []


def test_a_time_without_a_zone_is_refused(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.db")
    when = datetime(2026, 3, 29, 1, 30)
    with pytest.raises(Exception, match="no time zone"):
        ledger.say(None, "opened", "c/u", at=when)
    ledger.say(None, "opened", "c/u", at=when.replace(tzinfo=UTC))
    assert ledger.statements().items[0].at == when.replace(tzinfo=UTC)
    ledger.close()


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("nonsense", "no database address"),
        ("mysql://x/y", "'mysql', which keeps no ledger"),
        ("postgresql+nodriver://x/y", "driver that is not installed"),
    ],
)
def test_an_address_that_is_no_ledgers_is_refused_in_one_line(url: str, word: str) -> None:
    with pytest.raises(OperatorError, match=word) as caught:
        opening.opened(url)
    assert "\n" not in str(caught.value)
