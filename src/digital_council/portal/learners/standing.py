"""Standing: how far a person is with each unit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from digital_council.courses import Course, Unit
from digital_council.portal.learners import learning, terms
from digital_council.portal.rights.identity import Identity
from digital_council.portal.services import Services


def standings(services: Services, who: Identity) -> Callable[[Unit], str]:
    """Tells for a unit: Passed, Completed, Begun or Not begun."""
    rows = {(row.course, row.unit): row for row in services.ledger.completions([who.account])}

    def standing(unit: Unit) -> str:
        row = rows.get((unit.course, unit.id))
        if row is not None and row.passed_at and services.withholding.is_pass_told(who.account, unit.course, unit.id):
            return "Passed"
        if row is not None and row.completed_at:
            return "Completed"
        is_begun = services.drafts.get(who.account, unit.course, unit.id).version > 0
        return "Begun" if is_begun else "Not begun"

    return standing


def course_standing(services: Services, who: Identity, course: Course) -> dict[str, Any]:
    """A course with its units, and how far a person is with each."""
    standing = standings(services, who)
    units = [
        {
            "id": unit.id,
            "title": unit.title,
            "course_title": course.title,
            "minutes": unit.minutes,
            "summary": unit.summary,
            "page": learning.page_of(course.id, unit.id),
            "standing": standing(unit),
            "due": terms.due_for(services, who.account, unit),
        }
        for unit in course.units
    ]
    done = sum(unit["standing"] in ("Completed", "Passed") for unit in units)
    return {"id": course.id, "title": course.title, "units": units, "done": done}


def following(units: list[dict[str, Any]]) -> dict[str, Any] | None:
    """What to go on with: a unit begun, else the first not begun."""
    for standing in ("Begun", "Not begun"):
        for unit in units:
            if unit["standing"] == standing:
                return unit
    return None
