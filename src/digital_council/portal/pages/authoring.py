"""Pages for authors and operators: a desk for each unit, and what could not be checked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from digital_council.courses import Unit
from digital_council.grading.hand import HandMark
from digital_council.portal.authors import authoring
from digital_council.portal.learners import terms
from digital_council.portal.learners.withholding import told_rule
from digital_council.portal.lesson import prose
from digital_council.portal.pages.access import Member, Pages, posted
from digital_council.portal.problems import Problem
from digital_council.portal.rights.access import Parts
from digital_council.portal.rights.identity import Identity
from digital_council.portal.rights.sessions import PREFIX
from digital_council.portal.services import Services

router = APIRouter()
SAID = {
    "allowed": "What you allowed is kept.",
    "regraded": "Every attempt kept is being marked again. Its learner sees the new mark and the old one.",
    "released": "Learners can see the results of everything handed in until now.",
    "marked": "Your marks are kept, and the learner can see them.",
    "same": "Those marks were given before, so nothing changed.",
    "queued": "It is being checked again.",
}


@router.get("/authoring")
def desks(request: Request, who: Member, services: Parts, pages: Pages) -> Response:
    """Every unit, with what waits for its authors."""
    authoring.require(who, "author")
    units = authoring.units_named(services, None, None)
    flagged = {
        (each["course"], each["unit"]): each["flags"] for each in authoring.figures(services, who, units)["units"]
    }
    courses = [
        {"title": course.title, "units": [_brief(services, unit, flagged) for unit in course.units]}
        for course in services.library.courses
    ]
    return pages.page(request, "authoring.html", courses=courses)


@router.get("/authoring/{course}/{unit}/figures")
def figures(course: str, unit: str, request: Request, who: Member, services: Parts, pages: Pages) -> Response:
    """How each question of one unit is met by its learners."""
    found = services.library.unit(course, unit)
    told = authoring.figures(services, who, [found])
    shown = told["units"][0]
    names = {each.id: prose.prompt(each.prompt)[0] for each in found.questions}
    numbers = {each.id: number for number, each in enumerate(found.questions, 1)}
    as_at = date.fromisoformat(told["as_at"][:10])
    return pages.page(
        request, "author_figures.html", unit=found, told=told, as_at=as_at, figures=shown, names=names, numbers=numbers
    )


@router.get("/authoring/{course}/{unit}")
def desk(
    course: str, unit: str, request: Request, who: Member, services: Parts, pages: Pages, said: str = ""
) -> Response:
    """One unit's desk: marks by hand, allowances, release of results, regrade."""
    found = services.library.unit(course, unit)
    return pages.page(
        request,
        "desk.html",
        unit=found,
        course=services.library.course(course),
        closes=terms.closes(services, found),
        rule=told_rule(found),
        formgrader=formgrader(services, course),
        released_at=services.withholding.released_at(course, unit),
        queued=services.ledger.waiting_on(course, unit),
        awaiting=authoring.awaiting(services, who, found),
        allowances=authoring.allowances(services, who, found),
        said=SAID.get(said, ""),
    )


@router.post("/authoring/{course}/{unit}")
async def act(course: str, unit: str, request: Request, who: Member, services: Parts) -> Response:
    """Do what a button of the desk says."""
    fields = await posted(request, who)
    found = services.library.unit(course, unit)
    said = await run_in_threadpool(_act, services, who, found, fields)
    return RedirectResponse(f"{PREFIX}authoring/{course}/{unit}?said={said}", 303)


@router.get("/unchecked")
def unchecked(
    request: Request, who: Member, services: Parts, pages: Pages, cursor: str | None = None, said: str = ""
) -> Response:
    """The operator's inbox."""
    found = authoring.unchecked(services, who, cursor)
    named = {each["id"]: services.library.title(each["course"], each["unit"]) for each in found["attempts"]}
    return pages.page(request, "unchecked.html", named=named, said=SAID.get(said, ""), **found)


@router.post("/unchecked/{id}")
async def check_again(id: str, request: Request, who: Member, services: Parts) -> Response:
    """Queue one attempt again."""
    await posted(request, who)
    await run_in_threadpool(authoring.check_again, services, who, id)
    return RedirectResponse(f"{PREFIX}unchecked?said=queued", 303)


def formgrader(services: Services, course: str) -> str:
    """Where nbgrader's formgrader has this course: an origin of its own, beside the hub's."""
    scheme, _, host = services.auth.hub.partition("://")
    return f"{f'{scheme}://formgrader.{host}' if host else ''}/services/formgrader/{course}/"


def _brief(services: Services, unit: Unit, flagged: Mapping[Any, list[dict[str, str]]]) -> dict[str, Any]:
    waiting = len(services.ledger.awaiting(unit.course, unit.id, limit=authoring.AT_ONCE).items)
    return {
        "title": unit.title,
        "desk": f"{PREFIX}authoring/{unit.course}/{unit.id}",
        "release": unit.release,
        "review_date": unit.review_date,
        "owner": unit.owner,
        "closes": terms.closes(services, unit),
        "waiting": waiting,
        "is_full": waiting == authoring.AT_ONCE,
        "flags": len(flagged.get((unit.course, unit.id), ())),
    }


def _act(services: Services, who: Identity, unit: Unit, fields: Mapping[str, str]) -> str:
    doing, _, subject = fields.get("do", "").partition(":")
    if doing == "mark":
        return "marked" if authoring.mark(services, who, subject, _marks(fields)) else "same"
    if doing == "regrade":
        authoring.regrade(services, who, unit)
        return "regraded"
    if doing == "release":
        authoring.release(services, who, unit)
        return "released"
    if doing == "allow":
        attempts, closes = fields.get("attempts", "").strip(), fields.get("closes", "").strip()
        account = fields.get("account", "").strip()
        authoring.allow(services, who, unit, account, _count(attempts), _day(closes))
        return "allowed"
    raise Problem(422, f"This page has no button {doing[:40]!r}.")


def _marks(fields: Mapping[str, str]) -> dict[str, HandMark]:
    """The marks typed on the page; a question left empty goes on waiting."""
    found = {}
    for name, value in fields.items():
        kind, _, question = name.partition("-")
        if kind == "points" and value.strip():
            try:
                points = float(value)
            except ValueError:
                raise Problem(422, f"{value[:40]!r} is not a number of marks.") from None
            found[question] = HandMark(points, fields.get(f"comment-{question}", "").strip())
    if not found:
        raise Problem(422, "No marks were given. Type a number of marks, then press the button again.")
    return found


def _count(text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or not 1 <= int(text) <= 1000:
        raise Problem(422, f"{text[:40]!r} is not a number of attempts; give 1 to 1000, or nothing.")
    return int(text)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Problem(422, f"{text[:40]!r} is not a day; give it as 2030-03-31, or nothing.") from None
