"""Figures: what a viewer may see of progress, worked out by the room that owns the rules."""

from __future__ import annotations

from typing import Any

from digital_council.portal.identity import Identity
from digital_council.portal.services import Services


def progress_for(services: Services, who: Identity) -> dict[str, Any]:
    """The figures for this person and no others; somebody outside the organisation has none."""
    try:
        from digital_council.progress import for_viewer
    except ImportError:
        return {"teams": [], "people": []}
    figures: dict[str, Any] = for_viewer(services.ledger, services.organisation, who.account, services.settings)
    return figures
