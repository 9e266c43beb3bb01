"""Pages of tables: the rows of an example or of a dataset, filtered, sorted, grouped and charted as asked."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from digital_council.courses import Unit
from digital_council.errors import LearnerError
from digital_council.portal.face.views import Views
from digital_council.portal.learners import learning
from digital_council.portal.lesson.parts import example_grid
from digital_council.portal.pages.access import Member, Pages
from digital_council.portal.problems import Problem
from digital_council.portal.rights import visibility
from digital_council.portal.rights.access import Parts
from digital_council.portal.rights.sessions import PREFIX
from digital_council.portal.services import Services
from digital_council.portal.tables import own_tables
from digital_council.portal.tables.asking import Asked, answer
from digital_council.portal.tables.grids import Grid, of_dataset

router = APIRouter()


@router.get("/courses/{course}/units/{unit}/tables/{place}")
def table(course: str, unit: str, place: int, request: Request, who: Member, services: Parts, pages: Pages) -> Response:
    """The table that one example of a lesson shows."""
    found = learning.unit_for(services, who, course, unit)
    return shown(request, pages, services, found, place, learning.page_of(course, unit))


@router.get("/courses/{course}/units/{unit}/tables/own/{question}")
def own_table(
    course: str, unit: str, question: str, request: Request, who: Member, services: Parts, pages: Pages
) -> Response:
    """The table that a learner's own code shows, as it is saved now."""
    found = learning.unit_for(services, who, course, unit)
    learning.hints_of(found, question)  # refuses a question the unit does not have
    given = services.drafts.get(who.account, course, unit).answers
    try:
        own = own_tables.grid_of(services, found, question, given)
    except LearnerError:
        own = None
    if own is None:
        raise Problem(404, "Your code shows no table of four rows or more now. Run it again in the lesson.")
    grid, total = own
    number = next(number for number, each in enumerate(found.questions, 1) if each.id == question)
    cut = f", its first {len(grid.rows):,} rows of {total:,}" if total > len(grid.rows) else ""
    about = f"your table of question {number}{cut}"
    shown: dict[str, Any] = {"form": f"own-{question}", "back": learning.page_of(course, unit)}
    return _shown(request, pages, grid, "Y" + about[1:], about, back_title=found.title, **shown)


@router.get("/datasets/{id}/table")
def dataset_table(id: str, request: Request, who: Member, pages: Pages) -> Response:
    """A whole dataset."""
    described = visibility.dataset_for(who, id)
    grid = of_dataset(described)
    if grid is None:
        raise Problem(404, f"The dataset {id!r} is too large to be looked through here; open it in a notebook.")
    heading, about = f"Look through {described.title}", f"the dataset {described.title}"
    return _shown(request, pages, grid, heading, about, f"{PREFIX}datasets/{id}", described.title)


def shown(request: Request, pages: Views, services: Services, unit: Unit, place: int, back: str) -> Response:
    """The table that one example of a unit shows; raises a 404 problem where there is none."""
    grid = example_grid(services, unit, place)
    if grid is None:
        raise Problem(404, f"The lesson {unit.id!r} shows no table at {place}.")
    number = sum(cell.kind == "code" for cell in unit.cells[: place + 1])
    about = f"the table of example {number}"
    return _shown(request, pages, grid, "T" + about[1:], about, back, unit.title)


def _shown(
    request: Request, pages: Views, grid: Grid, heading: str, about: str, back: str, back_title: str,
    form: str = "table",
) -> Response:  # fmt: skip
    asked = Asked.read(grid, request.query_params)
    told = answer(grid, asked)
    if "application/json" in request.headers.get("accept", ""):
        html = pages.part("grid.html", "result", told=told, about=about)
        return JSONResponse({"html": html, "said": f"{told.problem} {told.said} {told.caption}".strip()})
    shown: dict[str, Any] = {"heading": heading, "about": about, "back": back, "back_title": back_title, "form": form}
    return pages.page(request, "table.html", grid=grid, asked=asked, told=told, **shown)
