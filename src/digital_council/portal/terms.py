"""Terms: until when and how often a unit may be handed in, and when its results are told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from digital_council.courses import Unit
from digital_council.courses.units import AT_ONCE, BY_HAND
from digital_council.ledger import Attempt, Sitting
from digital_council.portal.problems import Problem
from digital_council.portal.services import Services

RELEASED = "released"
"""The verb with which an author tells results that were held back."""


@dataclass(frozen=True)
class Terms:
    """What holds for one person and unit. `due` is the last day; `allowed` is None for no limit."""

    due: date | None
    allowed: int | None
    used: int

    @property
    def is_over(self) -> bool:
        return self.due is not None and today() > self.due

    @property
    def left(self) -> int | None:
        return None if self.allowed is None else max(0, self.allowed - self.used)


def today() -> date:
    """The day it is here."""
    return datetime.now().astimezone().date()


def closes(services: Services, unit: Unit) -> date | None:
    """The last day for everybody: the unit's own or the course's, whichever is first."""
    course, current = services.library.course(unit.course), services.library.unit(unit.course, unit.id)
    return min((day for day in (course.closes, current.due) if day is not None), default=None)


def due_for(services: Services, account: str, unit: Unit) -> date | None:
    """The last day for one person, an extension included."""
    day = closes(services, unit)
    return day and (services.ledger.allowance(account, unit.course, unit.id).closes or day)


def terms_for(services: Services, account: str, unit: Unit) -> Terms:
    """What holds for one person: the course's rules, or what they were allowed."""
    return terms_of(services, unit, services.ledger.sitting(account, unit.course, unit.id))


def terms_of(services: Services, unit: Unit, record: Sitting) -> Terms:
    """The same for somebody whose record has been read."""
    day, most = closes(services, unit), services.library.course(unit.course).max_attempts
    allowed = record.allowance
    return Terms(day and (allowed.closes or day), allowed.attempts or most if most else None, record.used)


def is_withheld(services: Services, attempt: Attempt) -> bool:
    """Whether the author has still to release what came of an attempt. What we could not check is told at once."""
    try:
        rule = services.library.unit(attempt.course, attempt.unit).feedback
    except Problem:  # the unit has been withdrawn
        return False
    if rule == AT_ONCE or attempt.outcome in (None, "could-not-check"):
        return False
    if isinstance(rule, date) and today() >= rule:
        return False
    released = released_at(services, attempt.course, attempt.unit)
    return released is None or attempt.submitted_at > released


def is_pass_told(services: Services, account: str, course: str, unit: str) -> bool:
    """Whether a pass may be shown: results that are held back are no secret if a list gives them away."""
    try:
        if services.library.unit(course, unit).feedback == AT_ONCE:
            return True
    except Problem:  # the unit has been withdrawn
        return True
    found = services.ledger.attempts(account, course, unit, limit=100).items
    return any(each.outcome == "passed" and not is_withheld(services, each) for each in found)


def released_at(services: Services, course: str, unit: str) -> datetime | None:
    """When an author last released the results of a unit."""
    said = services.ledger.statements(verb=RELEASED, object=f"{course}/{unit}", limit=1).items
    return said[0].at if said else None


def told_rule(unit: Unit) -> str:
    """When results are told, in words; empty when at once."""
    if unit.feedback == AT_ONCE:
        return ""
    if unit.feedback == BY_HAND or not isinstance(unit.feedback, date):
        return "Results are told when the author releases them."
    return f"Results are told on {unit.feedback:%-d %B %Y}."
