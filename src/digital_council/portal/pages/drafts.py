"""The page of a learner's earlier answers to a unit, and the way back to them."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from digital_council.portal.learners import learning
from digital_council.portal.lesson import earlier
from digital_council.portal.pages.access import Member, Pages, posted
from digital_council.portal.rights.access import Parts

router = APIRouter()
AT_ONCE = 20


@router.get("/courses/{course}/units/{unit}/drafts")
def drafts(
    course: str, unit: str, request: Request, who: Member, services: Parts, pages: Pages, before: int | None = None
) -> Response:
    """The versions worth going back to, newest first."""
    found = learning.unit_for(services, who, course, unit)
    kept = earlier.versions(found, services.drafts.history(who.account, course, unit))
    kept = [each for each in kept if before is None or each.version < before]
    return pages.page(
        request,
        "earlier.html",
        unit=found,
        course=services.library.course(course),
        page=learning.page_of(course, unit),
        versions=kept[:AT_ONCE],
        following=kept[AT_ONCE - 1].version if len(kept) > AT_ONCE else None,
    )


@router.post("/courses/{course}/units/{unit}/drafts/{version}")
async def go_back(course: str, unit: str, version: int, request: Request, who: Member, services: Parts) -> Response:
    """Make an earlier version the draft again, and open the lesson with it."""
    await posted(request, who)
    found = await run_in_threadpool(learning.unit_for, services, who, course, unit)
    await run_in_threadpool(earlier.go_back, services, who, found, version)
    return RedirectResponse(f"{learning.page_of(course, unit)}?restored=1", 303)
