"""Pages of figures: those of a place for whoever may see it, and what a manager sees of oneself."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from digital_council.portal.leaders.board import board
from digital_council.portal.leaders.figures import figures_of, seen_of
from digital_council.portal.pages.access import Member, Pages
from digital_council.portal.problems import Problem
from digital_council.portal.rights.access import Parts

router = APIRouter()
Place = Annotated[str, Query(max_length=100)]


@router.get("/figures")
def figures(request: Request, who: Member, services: Parts, pages: Pages, scope: Place = "") -> Response:
    """The figures of one place: of the team somebody manages unless they choose another."""
    found = figures_of(services, who)
    seen = {each["id"]: each for each in found["scopes"]}
    if not seen:
        detail = "Figures are for those who lead teams, and for authors, analysts and operators."
        raise Problem(403, f"{detail} What your own manager sees of you stands on your page My learning.")
    managed = sorted(who.person.manages & seen.keys()) if who.person else []
    place = scope or next(iter([*managed, *seen]))
    if place not in seen:
        raise Problem(404, f"You see no figures of {place[:80]!r}.")
    titles = {course.id: course.title for course in services.library.courses}
    shown = board(found, place, titles)
    return pages.page(request, "figures.html", board=shown, place=place, found=found)


@router.get("/figures/me")
def me(request: Request, who: Member, services: Parts, pages: Pages) -> Response:
    """Exactly what the line manager sees of whoever is asking."""
    return pages.page(request, "figures_me.html", **seen_of(services, who))
