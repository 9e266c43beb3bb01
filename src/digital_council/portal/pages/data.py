"""Pages of data: for those signed in all they may see, for everybody what is open."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, JSONResponse

from digital_council.datasets.description import Description
from digital_council.portal import visibility
from digital_council.portal.api.documents import API
from digital_council.portal.catalogue import in_dcat
from digital_council.portal.pages.access import Anybody, Member, Pages
from digital_council.portal.sessions import PREFIX

router = APIRouter()
OPEN = f"{PREFIX}open/"


@router.get("/datasets")
def datasets(request: Request, who: Member, pages: Pages) -> Response:
    """The datasets this person may see."""
    lead = "Each has a description, an owner and a licence. Open one by its name in a notebook, or download it."
    shown: dict[str, Any] = {"heading": "Datasets", "lead": lead, "base": f"{PREFIX}datasets/"}
    return pages.page(request, "datasets.html", datasets=visibility.datasets_for(who), **shown)


@router.get("/datasets/{id}")
def dataset(id: str, request: Request, who: Member, pages: Pages) -> Response:
    """A dataset's description."""
    found = visibility.dataset_for(who, id)
    shown: dict[str, Any] = {"base": f"{PREFIX}datasets", "data": f"{API}/datasets/{found.id}/data.csv"}
    return pages.page(request, "dataset.html", dataset=found, facts=facts(found), **shown)


@router.get("/open/")
def open_data(request: Request, who: Anybody, pages: Pages) -> Response:
    """Open data, for everybody."""
    lead = "Data that anybody may use, with no sign-in."
    shown: dict[str, Any] = {"heading": "Open data", "lead": lead, "base": OPEN}
    return pages.page(request, "datasets.html", datasets=visibility.datasets_for(None), **shown)


@router.get("/open/catalog.jsonld")
def open_catalogue(request: Request) -> Response:
    """The open datasets as DCAT."""
    document = in_dcat(visibility.datasets_for(None), origin=str(request.base_url).rstrip("/"))
    return JSONResponse(document, media_type="application/ld+json")


@router.get("/open/{id}")
def open_dataset(id: str, request: Request, who: Anybody, pages: Pages) -> Response:
    """An open dataset's description."""
    found = visibility.public_dataset(id)
    shown: dict[str, Any] = {"base": OPEN, "data": f"{OPEN}{found.id}/data.csv"}
    return pages.page(request, "dataset.html", dataset=found, facts=facts(found), **shown)


@router.get("/open/{id}/data.csv")
def open_rows(id: str) -> Response:
    """An open dataset's rows."""
    found = visibility.public_dataset(id)
    return FileResponse(found.file, media_type="text/csv", filename=f"{found.id}.csv")


def facts(found: Description) -> list[tuple[str, str]]:
    """What to know before using a dataset."""
    told = [
        ("One row is", found.row_is),
        ("Rows", f"{found.rows:,}"),
        ("Owner", found.owner),
        ("Licence", found.licence),
        ("Sensitivity", found.sensitivity),
        ("Refreshed", found.refresh),
        ("Source", found.source),
    ]
    return told + ([("Invented", found.synthetic)] if found.synthetic else [])
