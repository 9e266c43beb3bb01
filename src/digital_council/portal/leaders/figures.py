"""Figures: what a viewer may see of progress, worked out by the room that owns the rules."""

from __future__ import annotations

from typing import Any

from digital_council.portal.problems import Problem
from digital_council.portal.rights.identity import Identity
from digital_council.portal.services import Services
from digital_council.progress import UnseenError, figures_for, figures_json, for_viewer, named_for_manager


def progress_for(services: Services, who: Identity) -> dict[str, Any]:
    """The figures for this person, with the roles they hold now, and the units that the figures are of."""
    figures = for_viewer(services.publication, who.account, who.roles)
    own = [_told(services, who, row) for row in figures["own"]]
    return {**figures, "own": own, "units": _units(services)}


def figures_of(services: Services, who: Identity, scope: str | None = None) -> dict[str, Any]:
    """Every figure this person may see with the roles they hold now; raises a 404 problem for another place's."""
    try:
        return figures_for(services.publication, who.account, who.roles, scope)
    except UnseenError as error:
        raise Problem(404, str(error)) from None


def figures_written(services: Services, who: Identity, scope: str | None = None) -> bytes:
    """The same as JSON; raises a 404 problem."""
    try:
        return figures_json(services.publication, who.account, who.roles, scope)
    except UnseenError as error:
        raise Problem(404, str(error)) from None


def seen_of(services: Services, who: Identity) -> dict[str, Any]:
    """What this person's managers see of them by name, and who they are; the same rows that the managers get."""
    organisation = services.organisation
    team = who.person.team if who.person else ""
    managers = [
        each for each in organisation.people.values() if team and team in each.manages and "leader" in each.roles
    ]
    named = named_for_manager(services.publication, who.account) if managers else None
    titles = {f"{unit['course']}/{unit['unit']}": unit["title"] for unit in _units(services)}
    return {
        "managers": [each.name for each in managers if each.account != who.account],
        "named": named,
        "titles": titles,
        "threshold": services.settings.disclosure.threshold,
    }


def _told(services: Services, who: Identity, row: dict[str, Any]) -> dict[str, Any]:
    """A completion without its pass while the author holds the results back."""
    is_told = not row["passed_at"] or services.withholding.is_pass_told(who.account, row["course"], row["unit"])
    return row if is_told else {**row, "passed_at": None}


def _units(services: Services) -> list[dict[str, str]]:
    return [
        {"course": course.id, "course_title": course.title, "unit": unit.id, "title": unit.title}
        for course in services.library.courses
        for unit in course.units
    ]
