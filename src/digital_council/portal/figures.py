"""Figures: what a viewer may see of progress, worked out by the room that owns the rules."""

from __future__ import annotations

from typing import Any

from digital_council import progress
from digital_council.portal.identity import Identity
from digital_council.portal.services import Services


def progress_for(services: Services, who: Identity) -> dict[str, Any]:
    """The figures for this person in the roles the hub gives them now, and no others."""
    return progress.for_viewer(services.ledger, services.organisation, who.account, services.settings, who.roles)
