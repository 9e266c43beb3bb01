"""Outcomes: how learning went, for counting. Who may see what is made of it is for `progress` to decide."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, case, func, select

from digital_council.ledger.store import Store
from digital_council.ledger.tables import attempt, identity, mark, statement

_AT_ONCE = 10_000


class Learnt(NamedTuple):
    """How one person did on one unit. `first_try` is 1 when the first attempt passed, 0 when it did not."""

    person: str
    course: str
    unit: str
    completed_at: datetime | None
    passed_at: datetime | None
    first_at: datetime | None
    first_try: int


class Said(NamedTuple):
    """One statement by a person about a unit."""

    person: str
    verb: str
    object: str
    result: Any
    at: datetime


class Judged(NamedTuple):
    """The verdict on one attempt that did not reach every point."""

    person: str
    course: str
    unit: str
    verdict: dict[str, Any]
    at: datetime


class Outcomes(Store):
    """Everybody's outcomes, a row at a time; never one person's for another person to read."""

    def accounts(self) -> dict[str, str]:
        """The account behind each person who has not been erased."""
        with self.reading() as connection:
            rows = connection.execute(select(identity.c.person_id, identity.c.account))
            return {row.person_id: row.account for row in rows}

    def learnt(self) -> Iterator[Learnt]:
        """Each person's first completion, first pass and first attempt on each unit."""
        for row in self._rows(_learnt()):
            yield Learnt(*row)

    def said(self, *verbs: str) -> Iterator[Said]:
        """Every statement by a person with one of these verbs, oldest first."""
        columns = (statement.c.actor, statement.c.verb, statement.c.object, statement.c.result, statement.c.at)
        query = select(*columns).where(statement.c.verb.in_(verbs), statement.c.actor.is_not(None))
        for row in self._rows(query.order_by(statement.c.id)):
            yield Said(*row)

    def begun(self) -> Iterator[tuple[str, str, datetime]]:
        """When each person first opened each unit, as (person, course/unit, moment)."""
        columns = (statement.c.actor, statement.c.object, func.min(statement.c.at))
        query = select(*columns).where(statement.c.verb == "initialized", statement.c.actor.is_not(None))
        for row in self._rows(query.group_by(statement.c.actor, statement.c.object)):
            yield row[0], row[1], row[2]

    def imperfect(self) -> Iterator[Judged]:
        """The verdicts that found something to say, by any grader version."""
        columns = (attempt.c.person_id, attempt.c.course, attempt.c.unit, mark.c.verdict, mark.c.recorded_at)
        query = select(*columns).join_from(mark, attempt, attempt.c.id == mark.c.attempt_id)
        for row in self._rows(query.where(mark.c.score < mark.c.max)):
            yield Judged(*row)

    def _rows(self, query: Select[Any]) -> Iterator[Any]:
        with self.reading() as connection:
            yield from connection.execution_options(yield_per=_AT_ONCE).execute(query)


def _learnt() -> Select[Any]:
    key = (attempt.c.person_id, attempt.c.course, attempt.c.unit)
    is_first = attempt.c.number == 1
    return select(
        *key,
        func.min(case((attempt.c.complete, attempt.c.submitted_at))),
        func.min(case((attempt.c.outcome == "passed", attempt.c.marked_at))),
        func.min(case((is_first, attempt.c.marked_at))),
        func.max(case((is_first & (attempt.c.outcome == "passed"), 1), else_=0)),
    ).group_by(*key)
