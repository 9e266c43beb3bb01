"""People: erasing one, for operators."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from digital_council.portal import erasure, models
from digital_council.portal.api.documents import FOUND, refusals
from digital_council.portal.api.units import Id
from digital_council.portal.rights.access import Member, Parts

router = APIRouter(tags=["operations"])


@router.delete("/people/{account}", response_model=models.Erased, responses=FOUND | refusals(409))
def erase(account: Id, who: Member, services: Parts) -> dict[str, Any]:
    """Remove everything kept for a person and forget who they were; figures stay true. For operators."""
    found = erasure.erase(services, who, account)
    return {"submissions": found.submissions, "has_home": found.has_home}
