"""Terms: until when and how often a unit may be handed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from digital_council.courses import Unit
from digital_council.ledger import Sitting
from digital_council.portal.learners.withholding import today
from digital_council.portal.services import Services


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
