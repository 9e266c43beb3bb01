"""Sittings: all that the record holds of one person and one unit, read at one moment with three questions.

A lesson's page asks this at every view, so the questions are put together once and not at every call.
"""

from dataclasses import dataclass

from sqlalchemy import bindparam, func, select

from digital_council.ledger.attempts import object_of, record, selected
from digital_council.ledger.pages import LARGEST, within
from digital_council.ledger.records import Allowance, Attempt, Statement
from digital_council.ledger.store import Store
from digital_council.ledger.tables import allowance, attempt, identity, statement


@dataclass(frozen=True)
class Sitting:
    """`attempts` are the latest, newest first; `used` are those that count; `hints` the statements of hints given."""

    attempts: tuple[Attempt, ...]
    used: int
    allowance: Allowance
    hints: tuple[Statement, ...]


class Sittings(Store):
    """What one person has done with one unit."""

    def sitting(self, account: str, course: str, unit: str, limit: int = 10) -> Sitting:
        """What the record holds now, with at most `limit` attempts; empty for somebody not known here."""
        where = {"account": account, "course": course, "unit": unit, "object": object_of(course, unit)}
        with self.reading() as connection:
            attempts = connection.execute(_ATTEMPTS, where | {"limit": within(limit)}).all()
            terms = connection.execute(_TERMS, where).one()
            hints = connection.execute(_HINTS, where).all()
        return Sitting(
            attempts=tuple(map(record, attempts)),
            used=terms.used,
            allowance=Allowance(terms.attempts, terms.closes),
            hints=tuple(Statement(**row._mapping) for row in hints),
        )


_PERSON = select(identity.c.person_id).where(identity.c.account == bindparam("account")).scalar_subquery()
_HERE = (
    (attempt.c.person_id == _PERSON) & (attempt.c.course == bindparam("course")) & (attempt.c.unit == bindparam("unit"))
)
_ATTEMPTS = selected().where(_HERE).order_by(attempt.c.seq.desc()).limit(bindparam("limit"))
# One we could not check costs nothing.
_USED = select(func.count()).where(_HERE, attempt.c.outcome.is_(None) | (attempt.c.outcome != "could-not-check"))
_ALLOWED = (
    (allowance.c.person_id == _PERSON)
    & (allowance.c.course == bindparam("course"))
    & (allowance.c.unit == bindparam("unit"))
)
_TERMS = select(
    _USED.scalar_subquery().label("used"),
    select(allowance.c.attempts).where(_ALLOWED).scalar_subquery().label("attempts"),
    select(allowance.c.closes).where(_ALLOWED).scalar_subquery().label("closes"),
)
_HINTS = (
    select(statement)
    .where(statement.c.actor == _PERSON, statement.c.verb == "hinted", statement.c.object == bindparam("object"))
    .order_by(statement.c.id.desc())
    .limit(LARGEST)
)
