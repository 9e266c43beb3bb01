"""Authors' and operators' calls: allowances, regrades, results released, marks by hand, what could not be checked."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from digital_council.grading.hand import HandMark
from digital_council.portal import models
from digital_council.portal.api.documents import FOUND, SIGNED_IN, link_next, refusals
from digital_council.portal.api.units import Cursor, Id
from digital_council.portal.authors import authoring
from digital_council.portal.rights.access import Member, Parts

router = APIRouter(tags=["authoring"])
UNIT = "/courses/{course}/units/{unit}"


class FigureList(BaseModel):
    """Authors' figures, with what each of them means."""

    as_at: str
    threshold: int
    definitions: dict[str, str]
    units: list[dict[str, Any]]


@router.get(f"{UNIT}/allowances", response_model=models.AllowanceList, responses=FOUND)
def allowances(course: Id, unit: Id, who: Member, services: Parts) -> dict[str, Any]:
    """Who is allowed more attempts or more time than the course allows. For authors."""
    return {"allowances": authoring.allowances(services, who, services.library.unit(course, unit))}


@router.get("/authoring/figures", response_model=FigureList, responses=FOUND)
def figures(who: Member, services: Parts, course: str | None = None, unit: str | None = None) -> dict[str, Any]:
    """How each question is met: right first time, mistakes, time, confidence, drop-off; small counts hidden.

    Of every unit, or of one course, or of one unit of it. For authors.
    """
    return authoring.figures(services, who, authoring.units_named(services, course, unit))


@router.put(f"{UNIT}/allowances/{{account}}", response_model=models.AllowanceOut, responses=FOUND | refusals(400, 413))
def allow(course: Id, unit: Id, account: Id, body: models.AllowanceIn, who: Member, services: Parts) -> dict[str, Any]:
    """Allow one person so many attempts, or until the end of a day; neither takes that back. For authors."""
    found = services.library.unit(course, unit)
    return authoring.allow(services, who, found, account, body.attempts, body.closes)


@router.post(f"{UNIT}/regrade", status_code=202, response_model=models.Regraded, responses=FOUND)
def regrade(course: Id, unit: Id, who: Member, services: Parts) -> dict[str, Any]:
    """Judge every attempt once more by the unit's present release. Old marks stay in the ledger."""
    found = services.library.unit(course, unit)
    return {"queued": authoring.regrade(services, who, found), "release": found.release}


@router.post(f"{UNIT}/release", response_model=models.Released, responses=FOUND)
def release(course: Id, unit: Id, who: Member, services: Parts) -> dict[str, Any]:
    """Tell learners the results of what was handed in until now. For authors."""
    moment = authoring.release(services, who, services.library.unit(course, unit))
    return {"released_at": moment.isoformat()}


@router.get(f"{UNIT}/awaiting", response_model=models.AwaitingList, responses=FOUND)
def awaiting(course: Id, unit: Id, who: Member, services: Parts) -> dict[str, Any]:
    """Answers that await a mark by hand, fifty at a time. For authors."""
    return {"attempts": authoring.awaiting(services, who, services.library.unit(course, unit))}


@router.put("/attempts/{id}/marks", response_model=models.Marked, responses=FOUND | refusals(400, 409, 413))
def mark(id: Id, body: models.MarksIn, who: Member, services: Parts) -> dict[str, Any]:
    """Give marks by hand, by question. Giving the same marks again changes nothing. For authors."""
    marks = {question: HandMark(each.points, each.comment) for question, each in body.marks.items()}
    return {"changed": authoring.mark(services, who, id, marks)}


@router.post("/attempts/{id}/regrade", status_code=202, response_model=models.Queued, responses=FOUND | refusals(409))
def regrade_one(id: Id, who: Member, services: Parts) -> dict[str, Any]:
    """Judge one attempt once more by its unit's present release. For authors and operators."""
    return {"state": authoring.regrade_one(services, who, id).state}


@router.get("/unchecked", response_model=models.UncheckedList, responses=SIGNED_IN)
def unchecked(
    who: Member, services: Parts, request: Request, response: Response, cursor: Cursor = None
) -> dict[str, Any]:
    """Attempts that could not be checked, newest first. For operators."""
    found = authoring.unchecked(services, who, cursor)
    link_next(request, response, found["next"])
    return found


@router.post("/unchecked/{id}/queue", status_code=202, response_model=models.Queued, responses=FOUND | refusals(409))
def check_again(id: Id, who: Member, services: Parts) -> dict[str, Any]:
    """Check an attempt again. For operators."""
    return {"state": authoring.check_again(services, who, id).state}
