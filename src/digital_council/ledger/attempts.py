"""Attempts: what was submitted, by whom, for which release of which unit."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select, update

from digital_council.errors import LearnerError
from digital_council.ledger import statements
from digital_council.ledger.identities import known_person, person_id
from digital_council.ledger.moments import now
from digital_council.ledger.pages import Page, cursor_at, position_of, within
from digital_council.ledger.records import Attempt
from digital_council.ledger.store import Store
from digital_council.ledger.tables import attempt, identity, job

STATES = ("received", "running", "awaiting-mark", "withheld", "done", "superseded")


class UsedUpError(LearnerError):
    """There are no more attempts on this unit for this person."""


@dataclass(frozen=True)
class NewAttempt:
    """An attempt about to be added. `complete` is true when every graded question has an answer."""

    account: str
    course: str
    unit: str
    release: str
    door: str
    fingerprint: str
    complete: bool = False
    variant: str = ""
    name: str = ""
    idempotency_key: str | None = None
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    submitted_at: datetime = field(default_factory=now)


def object_of(course: str, unit: str) -> str:
    """How statements name a unit."""
    return f"{course}/{unit}"


def selected() -> Select[Any]:
    """Every column of an attempt and the account behind it."""
    people = attempt.outerjoin(identity, identity.c.person_id == attempt.c.person_id)
    return select(attempt, identity.c.account).select_from(people)


def record(row: Row[Any]) -> Attempt:
    """The attempt in a row of `selected`."""
    return Attempt(**row._mapping)


class Attempts(Store):
    """Attempts and their present standing."""

    def add_attempt(
        self, new: NewAttempt, same_within: timedelta = timedelta(0), most: int | None = None
    ) -> tuple[Attempt, bool]:
        """Adds an attempt and the job of grading it, at once and durably; (attempt, True) when it was new.

        It was not when the person gave the same idempotency key before, or when their latest attempt on the
        unit has the same fingerprint and is no older than `same_within`. Raises UsedUpError when the person has
        made `most` attempts on the unit already.
        """
        with self.writing() as connection:
            person = person_id(connection, new.account, new.name)
            known = _earlier(connection, person, new, same_within)
            if known is not None:
                return known, False
            used = 0 if most is None else _used(connection, person, new.course, new.unit)
            if most is not None and used >= most:
                raise UsedUpError(f"{used} of {most} attempts on {new.unit} are used")
            _insert(connection, person, new)
            return record(connection.execute(selected().where(attempt.c.id == new.id)).one()), True

    def attempt(self, id: str) -> Attempt | None:
        """The attempt of that id, or None."""
        with self.reading() as connection:
            row = connection.execute(selected().where(attempt.c.id == id)).one_or_none()
        return None if row is None else record(row)

    def attempts(
        self,
        account: str,
        course: str | None = None,
        unit: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[Attempt]:
        """A person's attempts, newest first."""
        with self.reading() as connection:
            person = known_person(connection, account)
            if person is None:
                return Page([], None)
            query = _filtered(selected().where(attempt.c.person_id == person), course, unit, cursor)
            limit = within(limit)
            rows = [record(row) for row in connection.execute(query.limit(limit + 1))]
        return Page(rows[:limit], cursor_at(rows[limit - 1].seq) if len(rows) > limit else None)

    def latest(self, account: str, course: str, unit: str) -> Attempt | None:
        """A person's latest attempt on a unit, or None."""
        return next(iter(self.attempts(account, course, unit, limit=1).items), None)

    def attempts_on(self, course: str, unit: str, limit: int = 50, cursor: str | None = None) -> Page[Attempt]:
        """Everybody's attempts on a unit, newest first: for regrading, never for a leader."""
        limit = within(limit)
        with self.reading() as connection:
            query = _filtered(selected(), course, unit, cursor).limit(limit + 1)
            rows = [record(row) for row in connection.execute(query)]
        return Page(rows[:limit], cursor_at(rows[limit - 1].seq) if len(rows) > limit else None)

    def known_attempts(self, ids: Sequence[str]) -> set[str]:
        """Which of these ids (a few hundred at most) are attempts."""
        with self.reading() as connection:
            return set(connection.scalars(select(attempt.c.id).where(attempt.c.id.in_(ids))))

    def attempts_used(self, account: str, course: str, unit: str) -> int:
        """How many attempts count against a limit: one we could not check costs nothing."""
        with self.reading() as connection:
            return _used(connection, known_person(connection, account) or "", course, unit)

    def set_state(self, id: str, state: str) -> None:
        """Moves an attempt to one of STATES."""
        if state not in STATES:
            raise ValueError(f"{state} is not one of {', '.join(STATES)}")
        with self.writing() as connection:
            connection.execute(update(attempt).where(attempt.c.id == id).values(state=state))


def _used(connection: Connection, person: str, course: str, unit: str) -> int:
    query = select(func.count()).where(
        attempt.c.person_id == person,
        attempt.c.course == course,
        attempt.c.unit == unit,
        attempt.c.outcome.is_(None) | (attempt.c.outcome != "could-not-check"),
    )
    return connection.scalar(query) or 0


def _earlier(connection: Connection, person: str, new: NewAttempt, window: timedelta) -> Attempt | None:
    if new.idempotency_key is not None:
        query = selected().where(attempt.c.person_id == person, attempt.c.idempotency_key == new.idempotency_key)
        row = connection.execute(query).one_or_none()
        if row is not None:
            return record(row)
    query = _filtered(selected().where(attempt.c.person_id == person), new.course, new.unit, None).limit(1)
    row = connection.execute(query).one_or_none()
    if row is None or row.fingerprint != new.fingerprint or row.release != new.release:
        return None
    return record(row) if new.submitted_at - row.submitted_at < window else None


def _insert(connection: Connection, person: str, new: NewAttempt) -> None:
    number = connection.scalar(
        select(func.max(attempt.c.number)).where(
            attempt.c.person_id == person, attempt.c.course == new.course, attempt.c.unit == new.unit
        )
    )
    values = {name: getattr(new, name) for name in _COPIED}
    connection.execute(insert(attempt).values(**values, person_id=person, number=(number or 0) + 1, state="received"))
    connection.execute(insert(job).values(attempt_id=new.id, priority=0, queued_at=new.submitted_at, tries=0))
    result = {"attempt": new.id, "number": (number or 0) + 1, "door": new.door, "complete": new.complete}
    where = object_of(new.course, new.unit)
    statements.state(connection, person, "attempted", where, result, at=new.submitted_at)
    if new.complete:
        statements.state(connection, person, "completed", where, {"attempt": new.id}, at=new.submitted_at)


_COPIED = (
    "id", "course", "unit", "release", "variant", "door", "complete", "submitted_at", "fingerprint",
    "idempotency_key",
)  # fmt: skip


def _filtered(query: Select[Any], course: str | None, unit: str | None, cursor: str | None) -> Select[Any]:
    if course is not None:
        query = query.where(attempt.c.course == course)
    if unit is not None:
        query = query.where(attempt.c.unit == unit)
    if cursor is not None:
        query = query.where(attempt.c.seq < position_of(cursor))
    return query.order_by(attempt.c.seq.desc())
