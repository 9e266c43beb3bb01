"""Courses and units, and what a learner does with a unit before submitting: draft, check, hints, run."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Request, Response

from digital_council.portal import models
from digital_council.portal.api.documents import FOUND, SIGNED_IN, link_next, refusals
from digital_council.portal.learners import learning
from digital_council.portal.learners.drafts import Draft
from digital_council.portal.paging import paged
from digital_council.portal.problems import Problem
from digital_council.portal.rights.access import Member, Parts

router = APIRouter(tags=["learning"])
Id = Annotated[str, Path(max_length=80)]
Limit = Annotated[int, Query(ge=1, le=500)]
Cursor = Annotated[str | None, Query(max_length=200)]
Key = Annotated[str | None, Header(max_length=200)]
IF_MATCH = re.compile(r'"?(\d{1,15})"?')


@router.get("/courses", response_model=models.CourseList, responses=SIGNED_IN)
def courses(
    who: Member, services: Parts, request: Request, response: Response, limit: Limit = 100, cursor: Cursor = None
) -> dict[str, Any]:
    """Every course and its units. The next page, if there is one, is in the Link header."""
    some, following = paged(services.library.courses, limit, cursor)
    link_next(request, response, following)
    return {"courses": [_course(services, course) for course in some]}


@router.get("/courses/{course}", response_model=models.CourseDetail, responses=FOUND)
def course(course: Id, who: Member, services: Parts) -> dict[str, Any]:
    """One course."""
    found = services.library.course(course)
    return _course(services, found) | {
        "audience": found.audience,
        "outcomes": list(found.outcomes),
        "pass_mark": found.pass_mark,
    }


@router.get("/courses/{course}/units/{unit}", response_model=models.UnitDetail, responses=FOUND)
def unit(course: Id, unit: Id, who: Member, services: Parts) -> dict[str, Any]:
    """A unit and its questions, never their answers."""
    return learning.unit_detail(services, who, learning.unit_for(services, who, course, unit))


@router.get("/courses/{course}/units/{unit}/draft", response_model=models.DraftOut, responses=FOUND)
def draft(course: Id, unit: Id, who: Member, services: Parts, response: Response) -> dict[str, Any]:
    """Your answers so far, by whichever door you gave them."""
    found = learning.unit_for(services, who, course, unit)
    return draft_out(found, services.drafts.get(who.account, course, unit), response)


@router.put(
    "/courses/{course}/units/{unit}/draft",
    response_model=models.DraftOut,
    responses=FOUND | refusals(400, 412, 413),
)
def put_draft(
    course: Id,
    unit: Id,
    body: models.DraftIn,
    who: Member,
    services: Parts,
    response: Response,
    if_match: Annotated[str | None, Header(max_length=40, description="A version; 412 if it is old.")] = None,
) -> dict[str, Any]:
    """Save all answers. Of two edits of one question at once the later wins; the earlier is kept and told.

    With `version` only what you changed since it is written. With If-Match nothing is written unless it is
    still the latest. With neither, these answers replace all others.
    """
    found = learning.unit_for(services, who, course, unit)
    base = body.version
    if if_match is not None and if_match.strip() != "*":
        base = _must_match(services.drafts.get(who.account, course, unit), if_match)
    return draft_out(found, learning.save(services, who, found, body.answers, base, body.door), response)


@router.post(
    "/courses/{course}/units/{unit}/check", response_model=models.CheckOut, responses=FOUND | refusals(400, 413)
)
def check(course: Id, unit: Id, body: models.CheckIn, who: Member, services: Parts) -> dict[str, Any]:
    """The visible checks on the answers given; nothing is recorded and no attempt is spent."""
    verdict = learning.check(services, learning.unit_for(services, who, course, unit), body.answers)
    told = learning.told(verdict.to_json())
    if body.question is not None:
        told = {part: [each for each in told[part] if each["question"] == body.question] for part in told}
    return {"outcome": verdict.outcome, **told}


@router.post("/courses/{course}/units/{unit}/hints/{question}", response_model=models.HintOut, responses=FOUND)
def hints(
    course: Id, unit: Id, question: Id, who: Member, services: Parts, idempotency_key: Key = None
) -> dict[str, Any]:
    """The next hint of a question; asking is recorded, and costs nothing."""
    return learning.hint(services, who, learning.unit_for(services, who, course, unit), question, idempotency_key)


@router.post("/run", response_model=models.RunOut, responses=FOUND | refusals(400, 413))
def run(body: models.RunIn, who: Member, services: Parts) -> dict[str, Any]:
    """Run the lesson from the top to one question's cell, in the sandbox; nothing is kept."""
    found = learning.unit_for(services, who, body.course, body.unit)
    learning.known_answers(found, {**body.cells, body.upto: ""})
    return {"outputs": services.grading.run(found, body.cells, body.upto)}


def _course(services: Any, course: Any) -> dict[str, Any]:
    units = [learning.unit_link(services, unit) for unit in course.units]
    return {"id": course.id, "title": course.title, "units": units}


def _must_match(current: Draft, if_match: str) -> int:
    match = IF_MATCH.fullmatch(if_match.strip())
    if match is None:
        raise Problem(422, f"If-Match {if_match[:40]!r} is not a version; send back the ETag of the draft.")
    if int(match[1]) != current.version:
        detail = f"The draft is at version {current.version} now, not {match[1]}; read it again, then save."
        raise Problem(412, detail, version=current.version)
    return current.version


def draft_out(unit: Any, draft: Draft, response: Response) -> dict[str, Any]:
    response.headers["ETag"] = f'"{draft.version}"'
    return {
        "course": unit.course,
        "unit": unit.id,
        "answers": draft.answers,
        "version": draft.version,
        "updated_at": draft.updated_at,
        "door": draft.door,
        "conflict": bool(draft.replaced),
        "replaced": dict(draft.replaced or {}),
    }
