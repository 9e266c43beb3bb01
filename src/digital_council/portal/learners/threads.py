"""Threads: what learners ask of a lesson or hold against it, and what its authors answer."""

from __future__ import annotations

import sqlite3
import threading
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

LONGEST = 2000
A_DAY = 20
"""What one person may ask in a day; the count is of hands, not of names, and is forgotten at a restart."""

REMEMBERED = 50
"""Threads taken off that can still be put back."""

_TABLE = """
create table if not exists thread (
    id text primary key, course text not null, unit text not null, account text, text text not null,
    asked_at text not null, answer text, answered_by text, answered_at text
) without rowid;
"""
_COLUMNS = "id, course, unit, account, text, asked_at, answer, answered_by, answered_at"
_PLACES = ", ".join("?" * len(_COLUMNS.split(",")))
_INSERT = f"insert into thread ({_COLUMNS}) values (?, ?, ?, ?, ?, ?, null, null, null)"


@dataclass(frozen=True)
class Thread:
    """One question or challenge; `account` is None when it came without a name."""

    id: str
    course: str
    unit: str
    account: str | None
    text: str
    asked_at: str
    answer: str | None
    answered_by: str | None
    answered_at: str | None


class TooMany(Exception):
    """Somebody has asked more in a day than anybody could answer."""


class Threads:
    """Kept outside the ledger, so that words can be taken back."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.execute("pragma journal_mode = wal")
        self._connection.executescript(_TABLE)
        self._asked: dict[str, list[datetime]] = {}
        self._removed: dict[str, Thread] = {}

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def ask(self, account: str, course: str, unit: str, text: str, is_named: bool) -> None:
        """Keep a question. Without a name nothing kept leads back to who asked. Raises TooMany."""
        with self._lock:
            now = datetime.now(UTC)
            recent = [at for at in self._asked.get(account, []) if at > now - timedelta(days=1)]
            if len(recent) >= A_DAY:
                raise TooMany
            self._asked[account] = [*recent, now]
            # To the hour when there is no name: a log of visits would tell the rest.
            at = now if is_named else now.replace(minute=0, second=0, microsecond=0)
            row = (uuid.uuid4().hex, course, unit, account if is_named else None, text[:LONGEST], at.isoformat())
            self._connection.execute(_INSERT, row)

    def answer(self, id: str, by: str, text: str) -> Thread | None:
        """Write or mend the answer; gives the thread, or None when it is gone."""
        with self._lock:
            at = datetime.now(UTC).isoformat()
            self._connection.execute(
                "update thread set answer = ?, answered_by = ?, answered_at = ? where id = ?",
                (text[:LONGEST], by, at, id),
            )
        return self.find(id)

    def find(self, id: str) -> Thread | None:
        found = self._select("id = ?", id)
        return found[0] if found else None

    def remove(self, id: str) -> None:
        """Take a thread off its page; until the next restart it can be put back."""
        found = self.find(id)
        with self._lock:
            self._connection.execute("delete from thread where id = ?", (id,))
            if found:
                self._removed[id] = found
                while len(self._removed) > REMEMBERED:
                    self._removed.pop(next(iter(self._removed)))

    def removed(self, id: str) -> Thread | None:
        """A thread that was taken off and can be put back."""
        return self._removed.get(id)

    def put_back(self, id: str) -> Thread | None:
        """Undo a removal; None when it is too late for that."""
        with self._lock:
            found = self._removed.pop(id, None)
            if found:
                values = tuple(vars(found).values())
                self._connection.execute(f"insert into thread ({_COLUMNS}) values ({_PLACES})", values)
        return found

    def of_unit(self, course: str, unit: str) -> list[Thread]:
        return self._select("course = ? and unit = ?", course, unit)

    def waiting(self) -> list[Thread]:
        """What no author has answered, oldest first."""
        return self._select("answer is null")

    def erase(self, account: str) -> None:
        """Forget everything this person asked under their name."""
        with self._lock:
            self._connection.execute("delete from thread where account = ?", (account,))
            self._removed = {id: each for id, each in self._removed.items() if each.account != account}

    def _select(self, where: str, *values: str) -> list[Thread]:
        with self._lock:
            rows = self._connection.execute(
                f"select {_COLUMNS} from thread where {where} order by asked_at", values
            ).fetchall()
        return [Thread(*row) for row in rows]
