"""Paths, enrolments, what is due, and the private calendar."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from digital_council.ledger import Enrolment
from digital_council.portal.api.documents import FOUND, SIGNED_IN, refusals
from digital_council.portal.api.units import Id
from digital_council.portal.learners import calendar, enrolment, learning
from digital_council.portal.learners import enrolment_models as models
from digital_council.portal.learners.enrolment import Plan
from digital_council.portal.rights.access import Member, Parts
from digital_council.portal.rights.sessions import origin_of
from digital_council.portal.services import Services

router = APIRouter(tags=["learning"])


@router.get("/paths", response_model=models.PathList, responses=SIGNED_IN)
def paths(who: Member, services: Parts) -> dict[str, Any]:
    """Every path, and how far you are."""
    plan = Plan(services, who)
    return {"paths": [_path(plan, what) for what in enrolment.subjects(services) if what.startswith("path/")]}


@router.get("/paths/{path}", response_model=models.PathOut, responses=FOUND)
def path(path: Id, who: Member, services: Parts) -> dict[str, Any]:
    """One path: its units in order, each with what is to come first and when it is due for you."""
    plan, found = Plan(services, who), enrolment.subject(services, f"path/{path}")
    return _path(plan, found.what) | {"units": [_unit(services, plan.units[place]) for place in found.units]}


@router.get("/enrolments", response_model=models.EnrolmentList, responses=SIGNED_IN)
def enrolments(who: Member, services: Parts) -> dict[str, Any]:
    """What you are enrolled in, and what is set for the places you may enrol."""
    mine = services.ledger.enrolments(who.account, enrolment.places_of(who))
    return {
        "mine": [_enrolment(services, each) for each in mine],
        "places": [_enrolment(services, each) for each in enrolment.set_by(services, who)],
        "may_enrol": enrolment.places_for(services, who),
    }


@router.post("/enrolments", status_code=201, response_model=models.EnrolmentOut, responses=FOUND | refusals(400, 413))
def enrol(body: models.EnrolmentIn, who: Member, services: Parts) -> dict[str, Any]:
    """Join a path or a course, or enrol a place. Doing it again changes the due date."""
    return _enrolment(services, enrolment.enrol(services, who, body.what, body.due, body.place))


@router.delete("/enrolments/{id}", response_model=models.EnrolmentOut, responses=FOUND)
def unenrol(id: Id, who: Member, services: Parts) -> dict[str, Any]:
    """Leave, or end a place's enrolment; the answer holds all that is needed to take that back."""
    return _enrolment(services, enrolment.unenrol(services, who, id))


@router.get("/due", response_model=models.DueList, responses=SIGNED_IN)
def due(who: Member, services: Parts) -> dict[str, Any]:
    """What is due for you and not completed."""
    return {"due": [_unit(services, unit) for unit in Plan(services, who).due()]}


@router.get("/calendar", response_model=models.CalendarOut, responses=SIGNED_IN)
def my_calendar(who: Member, services: Parts, request: Request) -> dict[str, str]:
    """The private address of your calendar."""
    return {"address": origin_of(request) + calendar.address(services, who.account)}


@router.post("/calendar/renew", response_model=models.CalendarOut, responses=SIGNED_IN)
def renew(who: Member, services: Parts, request: Request) -> dict[str, str]:
    """Another address; the one before opens nothing any more."""
    return {"address": origin_of(request) + calendar.address(services, who.account, anew=True)}


def _path(plan: Plan, what: str) -> dict[str, Any]:
    found = enrolment.subject(plan.services, what)
    done = sum(plan.units[place]["standing"] in enrolment.DONE for place in found.units)
    enrolled = any(goal.subject.what == what for goal in plan.goals)
    said = {"title": found.title, "audience": found.audience, "summary": found.summary, "page": found.page}
    return {"id": what.partition("/")[2], **said, "enrolled": enrolled, "done": done, "of": len(found.units)}


def _unit(services: Services, unit: dict[str, Any]) -> dict[str, Any]:
    course, _, id = unit["place"].partition("/")
    due = unit["due"].isoformat() if unit["due"] else None
    return {**unit, "course": course, "notebook": learning.notebook_of(services, course, id), "due": due}


def _enrolment(services: Services, found: Enrolment) -> dict[str, Any]:
    known = enrolment.subjects(services).get(found.what)
    due = found.due.isoformat() if found.due else None
    told = {"title": known.title if known else found.what, "due": due, "at": found.at.isoformat()}
    return {"id": found.id, "what": found.what, "place": found.place, **told}
