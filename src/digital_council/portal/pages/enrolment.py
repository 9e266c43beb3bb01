"""Pages of enrolment: a path, joining and leaving, enrolling a team, and the calendar."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from digital_council.portal.learners import calendar, enrolment
from digital_council.portal.learners.enrolment import Plan
from digital_council.portal.pages.access import Member, Pages, posted
from digital_council.portal.problems import Problem
from digital_council.portal.rights.access import Parts
from digital_council.portal.rights.identity import Identity, from_hub
from digital_council.portal.rights.sessions import PREFIX, origin_of
from digital_council.portal.services import Services

router = APIRouter()


@router.get("/paths/{path}")
def path(path: str, request: Request, who: Member, services: Parts, pages: Pages) -> Response:
    """A path: its units in order, how far this person is, and joining or leaving it."""
    plan, found = Plan(services, who), enrolment.subject(services, f"path/{path}")
    goal = next((plan.shown(goal) for goal in plan.goals if goal.subject.what == found.what), None)
    units = [plan.units[place] for place in found.units]
    return pages.page(request, "path.html", path_=found, units=units, goal=goal, what=found.what)


@router.post("/learning/enrolments")
async def enrolled(request: Request, who: Member, services: Parts) -> Response:
    """Join or leave, as the button says; what was left can be joined again with the day it had."""
    fields = await posted(request, who)
    doing, _, id = fields.get("do", "").partition(":")
    if doing == "join":
        await run_in_threadpool(enrolment.enrol, services, who, fields.get("what", ""), _day(fields.get("due", "")))
        return RedirectResponse(f"{PREFIX}learning#plan", 303)
    if doing == "leave":
        left = await run_in_threadpool(enrolment.unenrol, services, who, id)
        told = {"said": "left", "what": left.what, "until": left.due.isoformat() if left.due else ""}
        return RedirectResponse(f"{PREFIX}learning?{urlencode(told)}", 303)
    raise Problem(422, f"This page has no button {doing[:40]!r}.")


@router.get("/enrolments")
def places(
    request: Request, who: Member, services: Parts, pages: Pages, said: str = "", what: str = "", place: str = "",
    until: str = "",
) -> Response:  # fmt: skip
    """What is set for the places this person may enrol."""
    may = enrolment.places_for(services, who)
    if not may:
        raise Problem(403, "Teams are enrolled by their managers and by operators; you can join by yourself.")
    every = enrolment.subjects(services)
    rows = [_row(services, each) for each in enrolment.set_by(services, who) if each.what in every]
    ended = {"what": what, "title": every[what].title, "place": place, "until": until} if what in every else None
    return pages.page(
        request,
        "enrolments.html",
        rows=rows,
        places=[(each, enrolment.label(each)) for each in may],
        subjects=[each for each in every.values() if each.units],
        ended=ended if said == "ended" and place in may else None,
        label=enrolment.label,
    )


@router.post("/enrolments")
async def enrol_place(request: Request, who: Member, services: Parts) -> Response:
    """Enrol a place, or end its enrolment."""
    fields = await posted(request, who)
    doing, _, id = fields.get("do", "").partition(":")
    if doing == "end":
        ended = await run_in_threadpool(enrolment.unenrol, services, who, id)
        told = {"said": "ended", "what": ended.what, "place": ended.place or "", "until": ended.due or ""}
        return RedirectResponse(f"{PREFIX}enrolments?{urlencode(told)}", 303)
    what, due, place = fields.get("what", ""), _day(fields.get("due", "")), fields.get("place", "")
    await run_in_threadpool(enrolment.enrol, services, who, what, due, place)
    return RedirectResponse(f"{PREFIX}enrolments", 303)


@router.get("/learning/calendar.ics")
def download(request: Request, who: Member, services: Parts) -> Response:
    """What is due, once, as a file."""
    return _calendar(request, services, who, {"Content-Disposition": 'attachment; filename="learning.ics"'})


@router.post("/learning/calendar")
async def renew(request: Request, who: Member, services: Parts) -> Response:
    """Another private address; the one before opens nothing any more."""
    await posted(request, who)
    await run_in_threadpool(calendar.address, services, who.account, True)
    return RedirectResponse(f"{PREFIX}learning#calendar", 303)


@router.get("/calendar/{token}.ics")
async def subscribed(token: str, request: Request, services: Parts) -> Response:
    """What is due, for a calendar program that knows the private address; it signs in as nobody."""
    account = await run_in_threadpool(calendar.account_of, services, token)
    groups = await services.auth.groups(account) if account else None
    if account is None or groups is None:  # renewed, erased, or no longer an account of the hub
        raise Problem(404, "There is no calendar at this address; copy the present one from My learning.")
    who = from_hub({"name": account, "groups": groups}, services.organisation, "token")
    return await run_in_threadpool(_calendar, request, services, who, {})


def _calendar(request: Request, services: Services, who: Identity, headers: dict[str, str]) -> Response:
    found = calendar.text(services, who.account, Plan(services, who).due(), origin_of(request))
    return Response(found, media_type=calendar.MEDIA, headers=headers)


def _row(services: Services, each: Any) -> dict[str, Any]:
    person = services.organisation.person(each.by or "")
    found = enrolment.subject(services, each.what)
    by = person.name if person else "somebody who has left"
    return {"id": each.id, "title": found.title, "page": found.page, "place": each.place, "due": each.due, "by": by}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Problem(422, f"{text[:40]!r} is not a day; give it as 2030-03-31, or nothing.") from None
