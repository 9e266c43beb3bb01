"""Help: how Digital Council works, on a page of its own and, until it is hidden, before a new learner."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from digital_council.portal.pages.access import Anybody, Member, Pages, posted
from digital_council.portal.rights.sessions import PREFIX, is_secure

router = APIRouter()
HIDDEN = "council-help-hidden"
YEAR_SECONDS = 365 * 24 * 3600


@router.get("/help")
def how(request: Request, who: Anybody, pages: Pages) -> Response:
    """How a lesson works, and what to do when something goes wrong."""
    return pages.page(request, "how.html")


@router.post("/help")
async def hide(request: Request, who: Member) -> Response:
    """Show a newcomer's help no more in this browser, and go back to Home."""
    await posted(request, who)
    answer = RedirectResponse(PREFIX, 303)
    secure = is_secure(request)
    answer.set_cookie(HIDDEN, "yes", max_age=YEAR_SECONDS, path=PREFIX, secure=secure, httponly=True, samesite="lax")
    return answer


def is_hidden(request: Request) -> bool:
    return HIDDEN in request.cookies
