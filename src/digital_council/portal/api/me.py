"""Me and health: who is asking, and whether everything answers."""

from __future__ import annotations

from fastapi import APIRouter, Response

from digital_council.portal.api.documents import SIGNED_IN
from digital_council.portal.models import Health, Me
from digital_council.portal.rights.access import Member, Parts
from digital_council.portal.services import Services

router = APIRouter(tags=["me"])


@router.get("/me", response_model=Me, responses=SIGNED_IN)
def me(who: Member) -> dict[str, object]:
    """Who the token or the session belongs to, with the roles the hub gives them now."""
    person = who.person
    return {
        "account": who.account,
        "name": who.name,
        "roles": sorted(who.roles),
        "organisation": person.organisation if person else None,
        "directorate": person.directorate or None if person else None,
        "team": person.team or None if person else None,
        "job": person.job or None if person else None,
        "manages": sorted(person.manages) if person else [],
        "oversees": sorted(person.oversees) if person else [],
    }


@router.get("/health", response_model=Health, responses={503: {"model": Health, "description": "Degraded."}})
def health(services: Parts, response: Response) -> dict[str, object]:
    """Whether the portal, the ledger and the grader answer. Public, and says nothing more."""
    parts = parts_of(services)
    is_well = all(parts.values())
    response.status_code = 200 if is_well else 503
    return {"status": "ok" if is_well else "degraded", "parts": parts}


def parts_of(services: Services) -> dict[str, bool]:
    return {
        "portal": True,
        "ledger": bool(services.ledger.health()["ok"]),
        "grading": bool(services.grading.healthy()),
    }
