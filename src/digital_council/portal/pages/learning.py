"""My learning: how far somebody is, what has come back to them, and what they can show for it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from digital_council.portal.learners import calendar, enrolment, learning, returning
from digital_council.portal.learners.enrolment import Plan
from digital_council.portal.learners.returning import Due
from digital_council.portal.learners.standing import course_standing, following
from digital_council.portal.lesson import forms, prose
from digital_council.portal.pages.access import Anybody, Member, Pages
from digital_council.portal.problems import Problem
from digital_council.portal.rights.access import Parts, guard_form
from digital_council.portal.rights.identity import Identity
from digital_council.portal.rights.sessions import PREFIX, origin_of
from digital_council.portal.services import Services
from digital_council.progress import lessons

router = APIRouter()
MOST_FIELDS = 500
Posted = Annotated[str, Form(max_length=200)]


@router.get("/learning")
def my_learning(
    request: Request, who: Member, services: Parts, pages: Pages, said: str = "", what: str = "", until: str = ""
) -> Response:
    """What is due, paths and courses with progress, what is next, what came back today, and confidence."""
    plan = Plan(services, who)
    courses = [
        _with_certificate(services, who, course, standing)
        for course, standing in zip(services.library.courses, plan.courses, strict=True)
    ]
    return pages.page(
        request,
        "learning.html",
        courses=courses,
        following=following(plan.in_order()),
        goals=[plan.shown(goal) for goal in plan.goals],
        open_paths=plan.open(),
        pressing=plan.due(),
        calendar=origin_of(request) + calendar.address(services, who.account),
        left=enrolment.subjects(services).get(what) if said == "left" else None,
        until=until,
        may_enrol=bool(enrolment.places_for(services, who)),
        due=len(returning.due(services, who)),
        unused=returning.unused(services, who),
        uses=list(returning.USES.items()),
        confidence=_confidence(services, who),
    )


@router.post("/learning/applied")
def applied(
    request: Request, who: Member, services: Parts, csrf: Posted = "", place: Posted = "", use: Posted = ""
) -> Response:
    """Record whether a unit was used at work."""
    _guard(request, who, csrf)
    returning.applied(services, who, place, use)
    return RedirectResponse(f"{PREFIX}learning", 303)


@router.get("/retrieval")
def retrieval(request: Request, who: Member, services: Parts, pages: Pages) -> Response:
    """The first question that has come back."""
    waiting = returning.due(services, who)
    shown: dict[str, Any] = {"left": len(waiting), "told": None}
    return pages.page(request, "retrieval.html", asked=_asked(waiting[0], None) if waiting else None, **shown)


@router.post("/retrieval")
async def answered(request: Request, who: Member, services: Parts, pages: Pages) -> Response:
    """Judge and record an answer, and say what was found."""
    async with request.form(max_fields=MOST_FIELDS, max_files=0) as form:
        posted = {name: value for name, value in form.items() if isinstance(value, str)}
        choices = {name: [value for value in form.getlist(name) if isinstance(value, str)] for name in form}
    _guard(request, who, posted.get("csrf", ""))
    asked = await run_in_threadpool(returning.find, services, who, posted.get("place", ""))
    value = forms.read_one(asked.unit.form(asked.question.id) | {"code": False}, posted, choices)
    told = await run_in_threadpool(returning.answer, services, who, asked, value)
    left = await run_in_threadpool(lambda: len(returning.due(services, who)))
    return pages.page(request, "retrieval.html", asked=_asked(asked, value), told=told, left=left)


@router.post("/learning/certificates")
def certify(request: Request, who: Member, services: Parts, csrf: Posted = "", course: Posted = "") -> Response:
    """Issue the certificate of a course passed, and show it."""
    _guard(request, who, csrf)
    found = services.library.course(course)
    standing = course_standing(services, who, found)
    if not _with_certificate(services, who, found, standing)["is_earned"]:  # a result held back is not given away here
        raise Problem(403, f"Not every unit of {found.title} is passed yet, so there is no certificate.")
    serial = services.certificates.issue(who.account, found)
    return RedirectResponse(f"{PREFIX}certificates/{serial}?name={services.certificates.name_token(serial)}", 303)


@router.get("/certificates/{serial}")
def certificate(serial: str, request: Request, who: Anybody, services: Parts, pages: Pages, name: str = "") -> Response:
    """Whether a certificate is true, for anybody; whose it is only by the link its holder passed on."""
    found = services.certificates.find(serial)
    holder = None
    if found and found.account and services.certificates.may_name(serial, name):
        person = services.organisation.person(found.account)
        holder = person.name if person else found.account
    address = f"{origin_of(request)}{PREFIX}certificates/"
    is_own = bool(found and who and who.account == found.account)
    named = f"{serial}?name={services.certificates.name_token(serial)}" if is_own else ""
    shown: dict[str, Any] = {"found": found, "holder": holder, "address": address, "serial": serial[:40]}
    return pages.page(request, "certificate.html", 200 if found else 404, is_own=is_own, named=named, **shown)


def _with_certificate(services: Services, who: Identity, course: Any, standing: dict[str, Any]) -> dict[str, Any]:
    is_passed = bool(course.units) and all(unit["standing"] == "Passed" for unit in standing["units"])
    return standing | {
        "closes": course.closes,
        "passed": sum(unit["standing"] == "Passed" for unit in standing["units"]),
        "is_earned": is_passed and services.certificates.is_earned(who.account, course),
    }


def _asked(asked: Due, value: Any) -> dict[str, Any]:
    line, more = prose.prompt(asked.question.prompt)
    form = forms.shown(asked.unit, asked.question, value) | {"code": False}
    shown = {"line": line, "more": more, "number": 1, "days": asked.days, "place": asked.place}
    return form | shown | {"unit_title": asked.unit.title, "page": learning.page_of(asked.unit.course, asked.unit.id)}


def _confidence(services: Services, who: Identity) -> list[dict[str, Any]]:
    """Each unit's ratings as they stand, in the order in which the units were first rated."""
    said: dict[str, dict[str, str]] = {}
    for each in reversed(services.ledger.statements(who.account, "rated", limit=500).items):
        said.setdefault(each.object, {})[each.result["question"]] = str(each.result["value"])
    rows = []
    for place, ratings in said.items():
        course, _, unit_id = place.partition("/")
        try:
            unit = learning.unit_for(services, who, course, unit_id)
        except Problem:
            continue
        asked = [question.id for question in unit.questions if question.role == "confidence"]
        rows.append({"title": unit.title, "ratings": _before_and_after(asked, ratings)})
    return rows


def _before_and_after(asked: list[str], ratings: dict[str, str]) -> list[tuple[str, int | None]]:
    """Before, after and looking back, each with its rating if there is one."""
    values = [ratings.get(id, "") for id in lessons.ratings(asked)]
    labels = ("Before", "After", "Looking back")
    return [(label, int(value) if value.isdigit() else None) for label, value in zip(labels, values, strict=True)]


def _guard(request: Request, who: Identity, csrf: str) -> None:
    if who.via == "session":
        guard_form(request, who, csrf)
