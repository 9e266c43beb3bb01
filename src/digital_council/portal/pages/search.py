"""The search page: everything a person may see, found as they type."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from digital_council.portal.finding import found
from digital_council.portal.pages.access import Member, Pages
from digital_council.portal.rights.access import Parts

router = APIRouter()
SHOWN = 50
NAMES = {
    "unit": "Lesson",
    "course": "Course",
    "dataset": "Dataset",
    "column": "Column",
    "notebook": "Notebook",
    "app": "App",
}


@router.get("/search")
def search(
    request: Request, who: Member, services: Parts, pages: Pages,
    q: Annotated[str, Query(max_length=200)] = "", part: str = "",
) -> Response:  # fmt: skip
    """Lessons, datasets, columns, notebooks and apps; the results alone for a page that is already open."""
    results = found(services, who, q, limit=SHOWN)
    if part == "results":
        return Response(pages.render("search_results.html", q=q, results=results, names=NAMES), media_type="text/html")
    return pages.page(request, "search.html", q=q, results=results, names=NAMES)
