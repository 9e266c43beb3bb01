"""Drafts: a learner's answers so far, by question, outside the ledger; nothing written is lost."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

KEPT = 200
"""Versions kept for a learner and unit: saving as you type makes one every few seconds."""

Answers = dict[str, Any]

_TABLES = """
create table if not exists draft (
    account text not null, course text not null, unit text not null, version integer not null,
    answers text not null, door text not null, updated_at text not null,
    primary key (account, course, unit, version)
) without rowid;
create table if not exists begun (
    account text not null, course text not null, unit text not null, release text not null,
    primary key (account, course, unit)
) without rowid;
"""


@dataclass(frozen=True)
class Draft:
    """One version of a learner's answers. `replaced` holds what an edit elsewhere had said, by question.

    `sent` is the version that holds just what was sent: what a page that goes on showing it sends back next.
    """

    answers: Answers
    version: int
    updated_at: str | None
    door: str = "page"
    replaced: Mapping[str, Any] | None = None
    sent: int = 0


class Drafts:
    """Answers by account, course and unit. Of two edits at once the later wins and the earlier is kept."""

    def __init__(self, path: Path) -> None:
        self._lock, self._reading = threading.Lock(), threading.Lock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.execute("pragma journal_mode = wal")
        self._connection.execute("pragma synchronous = normal")
        self._connection.executescript(_TABLES)
        # Who reads never waits for who writes: a disk may take long over a write.
        self._reader = sqlite3.connect(path, check_same_thread=False, isolation_level=None)

    def close(self) -> None:
        with self._lock, self._reading:
            self._reader.close()
            self._connection.close()

    def get(self, account: str, course: str, unit: str, version: int | None = None) -> Draft:
        """The latest draft, or the version asked for; an empty one, version 0, when there is none."""
        with self._reading:
            return _latest(self._reader, account, course, unit, version)

    def put(
        self, account: str, course: str, unit: str, answers: Answers, base_version: int | None = None,
        door: str = "page",
    ) -> Draft:  # fmt: skip
        """Save all answers. With an old `base_version` only what changed since it is written over what
        stands now, and what that replaced is told."""
        with self._lock, closing(self._connection.cursor()) as cursor:
            cursor.execute("begin immediate")
            try:
                draft = self._merge(account, course, unit, answers, base_version, door)
                cursor.execute("commit")
            except BaseException:
                cursor.execute("rollback")
                raise
        return draft

    def history(self, account: str, course: str, unit: str) -> list[Draft]:
        """Every version kept, newest first."""
        with self._reading:
            rows = self._reader.execute(
                "select answers, version, updated_at, door from draft"
                " where account = ? and course = ? and unit = ? order by version desc",
                (account, course, unit),
            ).fetchall()
        return [_draft(row) for row in rows]

    def release(self, account: str, course: str, unit: str) -> str | None:
        """The release of a unit that somebody began with; None before that."""
        with self._reading:
            row = self._reader.execute(
                "select release from begun where account = ? and course = ? and unit = ?", (account, course, unit)
            ).fetchone()
        return row[0] if row else None

    def begin(self, account: str, course: str, unit: str, release: str, anew: bool = False) -> None:
        """Remember the release somebody begins with; a later one only when they begin `anew`."""
        doing = "replace" if anew else "ignore"
        with self._lock:
            self._connection.execute(
                f"insert or {doing} into begun values (?, ?, ?, ?)", (account, course, unit, release)
            )

    def erase(self, account: str) -> None:
        """Forget everything this account has drafted."""
        with self._lock:
            for table in ("draft", "begun"):
                self._connection.execute(f"delete from {table} where account = ?", (account,))

    def _merge(
        self, account: str, course: str, unit: str, answers: Answers, base_version: int | None, door: str
    ) -> Draft:
        current = _latest(self._connection, account, course, unit)
        merged, sent = answers, 0
        replaced: Answers = {}
        if base_version is not None and base_version != current.version:
            base = _latest(self._connection, account, course, unit, base_version).answers if base_version > 0 else {}
            merged, replaced = merge(base, current.answers, answers)
        if merged != answers:
            sent = self._add(account, course, unit, current.version + 1, answers, door)
        if merged == current.answers and current.version and not sent:
            return replace(current, replaced=replaced or None, sent=current.version)
        version = self._add(account, course, unit, (sent or current.version) + 1, merged, door)
        self._connection.execute(
            "delete from draft where account = ? and course = ? and unit = ? and version <= ?",
            (account, course, unit, version - KEPT),
        )
        written = _latest(self._connection, account, course, unit, version)
        return replace(written, replaced=replaced or None, sent=sent or version)

    def _add(self, account: str, course: str, unit: str, version: int, answers: Answers, door: str) -> int:
        self._connection.execute(
            "insert into draft values (?, ?, ?, ?, ?, ?, ?)",
            (account, course, unit, version, json.dumps(answers), door, _now()),
        )
        return version


def _latest(connection: sqlite3.Connection, account: str, course: str, unit: str, version: int | None = None) -> Draft:
    row = connection.execute(
        "select answers, version, updated_at, door from draft where account = ? and course = ? and unit = ?"
        " and (? is null or version = ?) order by version desc limit 1",
        (account, course, unit, version, version),
    ).fetchone()
    return _draft(row) if row else Draft({}, 0, None)


def merge(base: Answers, current: Answers, mine: Answers) -> tuple[Answers, Answers]:
    """What I changed since `base`, laid over `current`; and the answers given elsewhere that this replaced."""
    changed = {key for key in base.keys() | mine.keys() if base.get(key) != mine.get(key)}
    merged = {key: value for key, value in current.items() if key not in changed}
    merged |= {key: mine[key] for key in changed if key in mine}
    replaced = {
        key: current.get(key)
        for key in changed
        if current.get(key) != base.get(key) and current.get(key) != mine.get(key)
    }
    return merged, replaced


def _draft(row: tuple[str, int, str, str]) -> Draft:
    return Draft(json.loads(row[0]), row[1], row[2], row[3])


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
