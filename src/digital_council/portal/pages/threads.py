"""Questions and challenges to a lesson: asked by learners, with a name or without, answered by authors."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from digital_council.portal.learners import learning
from digital_council.portal.learners.threads import LONGEST, TooMany
from digital_council.portal.pages.access import Member
from digital_council.portal.pages.learning import Posted, _guard
from digital_council.portal.problems import Problem
from digital_council.portal.rights.access import Parts

router = APIRouter()
Text = Annotated[str, Form(max_length=LONGEST * 2)]


@router.post("/courses/{course}/units/{unit}/questions")
def ask(
    course: str, unit: str, request: Request, who: Member, services: Parts, csrf: Posted = "", text: Text = "",
    named: Posted = "",
) -> Response:  # fmt: skip
    """Keep a question or a challenge."""
    _guard(request, who, csrf)
    services.library.unit(course, unit)
    if not text.strip():
        raise Problem(422, "There is nothing written in the box. Go back and write your question.")
    try:
        services.threads.ask(who.account, course, unit, text.strip(), is_named=named != "no")
    except TooMany:
        raise Problem(429, "That is a lot for one day; ask again tomorrow, or talk to the author.") from None
    return RedirectResponse(f"{learning.page_of(course, unit)}?asked=yes#asked", 303)


@router.post("/questions/{id}")
def answer(
    id: str, request: Request, who: Member, services: Parts, csrf: Posted = "", text: Text = "", do: Posted = ""
) -> Response:
    """Answer a question, take it off the page or put it back: for authors."""
    _guard(request, who, csrf)
    if not who.has("author"):
        raise Problem(403, "Only authors answer.")
    found = services.threads.put_back(id) if do == "put-back" else services.threads.find(id)
    if found is None:
        raise Problem(404, "That question is not there any more.")
    if do == "remove":
        services.threads.remove(id)
        return RedirectResponse(f"{learning.page_of(found.course, found.unit)}?removed={id}#asked", 303)
    if do != "put-back" and text.strip():
        services.threads.answer(id, who.name, text.strip())
    return RedirectResponse(f"{learning.page_of(found.course, found.unit)}#asked", 303)
