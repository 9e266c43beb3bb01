"""Pages about the portal, open to everybody: accessibility, and who sees what."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from digital_council.portal.pages.access import Anybody, Pages
from digital_council.portal.rights.access import Parts

router = APIRouter()


@router.get("/accessibility")
def accessibility(request: Request, who: Anybody, pages: Pages) -> Response:
    """The accessibility statement."""
    return pages.page(request, "accessibility.html")


@router.get("/privacy")
def privacy(request: Request, who: Anybody, services: Parts, pages: Pages) -> Response:
    """What is kept, and what managers and leaders can see of it."""
    settings = services.settings
    return pages.page(
        request,
        "privacy.html",
        threshold=settings.disclosure.threshold,
        refresh=settings.disclosure.refresh,
        months=settings.ledger.attempts_kept_months,
    )
