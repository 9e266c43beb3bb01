"""Figures: what a viewer may see of progress, worked out by the room that owns the rules."""

from __future__ import annotations

from typing import Any

from digital_council.portal import terms
from digital_council.portal.identity import Identity
from digital_council.portal.services import Services
from digital_council.progress import for_viewer


def progress_for(services: Services, who: Identity) -> dict[str, Any]:
    """The figures for this person, with the roles they hold now, and the units that the figures are of."""
    figures = for_viewer(services.ledger, services.organisation, who.account, services.settings, who.roles)
    own = [_told(services, who, row) for row in figures["own"]]
    return {**figures, "own": own, "units": _units(services)}


def _told(services: Services, who: Identity, row: dict[str, Any]) -> dict[str, Any]:
    """A completion without its pass while the author holds the results back."""
    is_told = not row["passed_at"] or terms.is_pass_told(services, who.account, row["course"], row["unit"])
    return row if is_told else {**row, "passed_at": None}


def _units(services: Services) -> list[dict[str, str]]:
    return [
        {"course": course.id, "unit": unit.id, "title": unit.title}
        for course in services.library.courses
        for unit in course.units
    ]
