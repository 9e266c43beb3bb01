"""Figures: what a viewer may see of progress, worked out by the room that owns the rules."""

from __future__ import annotations

from typing import Any

from digital_council.portal.identity import Identity
from digital_council.portal.services import Services
from digital_council.progress import for_viewer


def progress_for(services: Services, who: Identity) -> dict[str, Any]:
    """The figures for this person, with the roles they hold now, and the units that the figures are of."""
    figures = for_viewer(services.ledger, services.organisation, who.account, services.settings, who.roles)
    return {**figures, "units": _units(services)}


def _units(services: Services) -> list[dict[str, str]]:
    return [
        {"course": course.id, "unit": unit.id, "title": unit.title}
        for course in services.library.courses
        for unit in course.units
    ]
