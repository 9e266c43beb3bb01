"""The front page, by what a person does here, and the page of a course."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from digital_council.portal.api.me import parts_of
from digital_council.portal.authors import authoring, review
from digital_council.portal.leaders.figures import progress_for
from digital_council.portal.learners import enrolment, learning, returning
from digital_council.portal.learners.enrolment import Plan
from digital_council.portal.learners.standing import following
from digital_council.portal.pages import help
from digital_council.portal.pages.access import Member, Pages
from digital_council.portal.rights.access import Parts
from digital_council.portal.rights.identity import Identity
from digital_council.portal.rights.sessions import PREFIX
from digital_council.portal.services import Services
from digital_council.portal.sharing.gallery import apps_for

router = APIRouter()
ROLES = ("operator", "leader", "analyst", "author", "partner")
RECENT = 3


@router.get("")
def without_slash() -> Response:
    """The front page has one address, and this is how people type it."""
    return RedirectResponse(PREFIX, 307)


@router.get("/")
def home(request: Request, who: Member, services: Parts, pages: Pages) -> Response:
    """What is next, what this person's roles bring, their courses, and their latest attempts."""
    plan = Plan(services, who)
    recent = services.ledger.attempts(who.account, limit=RECENT).items
    attempts = [learning.attempt_brief(services, each) for each in recent]
    to_review = review.to_do(services, who)
    return pages.page(
        request,
        "home.html",
        parts=[role for role in ROLES if role in who.roles],
        courses=plan.courses,
        following=following(plan.in_order()),
        pressing=plan.due(),
        goals=[plan.shown(goal) for goal in plan.goals],
        to_review=to_review,
        to_review_titles={each.id: services.library.title(each.course, each.unit) for each in to_review},
        attempts=attempts,
        is_new=all(unit["standing"] == "Not begun" for unit in plan.units.values()),
        is_help_hidden=help.is_hidden(request),
        returned=len(returning.due(services, who)),
        named=learning.titles(services, attempts),
        **_for_roles(services, who),
    )


@router.get("/courses/{course}")
def course(course: str, request: Request, who: Member, services: Parts, pages: Pages) -> Response:
    """A course, its units, and how far this person is."""
    found, plan = services.library.course(course), Plan(services, who)
    units = [unit for unit in plan.units.values() if unit["place"].startswith(f"{course}/")]
    goal = next((plan.shown(goal) for goal in plan.goals if goal.subject.what == f"course/{course}"), None)
    return pages.page(request, "course.html", course=found, units=units, goal=goal, what=f"course/{course}")


def _for_roles(services: Services, who: Identity) -> dict[str, Any]:
    shown: dict[str, Any] = {"apps": apps_for(services, who), "people": [], "health": {}, "unchecked": 0}
    if who.has("leader"):
        shown["people"] = progress_for(services, who)["people"]
        shown["may_enrol"] = bool(enrolment.places_for(services, who))
    if who.has("operator"):
        shown |= {"health": parts_of(services), "unchecked": len(authoring.unchecked(services, who)["attempts"])}
    if who.has("author"):
        shown["waiting"] = services.threads.waiting()
        units = authoring.units_named(services, None, None)
        shown["flagged"] = [each for each in authoring.figures(services, who, units)["units"] if each["flags"]]
    return shown
