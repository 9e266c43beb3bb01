"""Data: datasets, the catalogue and finding things."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse, JSONResponse

from digital_council.datasets.description import Description
from digital_council.ledger.pages import cursor_at, position_of
from digital_council.portal import models
from digital_council.portal.api.documents import API, FOUND, SIGNED_IN, link_next
from digital_council.portal.api.units import Cursor, Id, Limit
from digital_council.portal.catalogue import in_dcat
from digital_council.portal.finding import found
from digital_council.portal.paging import paged
from digital_council.portal.rights import visibility
from digital_council.portal.rights.access import Member, Parts, Reader

router = APIRouter(tags=["data"])
CSV: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {"schema": {"type": "string"}}}, "description": "The rows."}
}
DCAT: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/ld+json": {"schema": {"type": "object"}}}, "description": "DCAT."}
}


@router.get("/datasets", response_model=models.DatasetList, responses=SIGNED_IN)
def datasets(
    who: Reader, request: Request, response: Response, limit: Limit = 100, cursor: Cursor = None
) -> dict[str, Any]:
    """The datasets you may see."""
    some, following = paged(visibility.datasets_for(who), limit, cursor)
    link_next(request, response, following)
    return {"datasets": [dataset_brief(each) for each in some], "next": following}


@router.get("/datasets/{id}", response_model=models.DatasetOut, responses=FOUND)
def dataset(id: Id, who: Reader) -> dict[str, Any]:
    """A dataset's description."""
    return dataset_detail(visibility.dataset_for(who, id))


@router.get("/datasets/{id}/data.csv", response_class=FileResponse, responses=FOUND | CSV)
def rows(id: Id, who: Reader) -> FileResponse:
    """A dataset's rows, as CSV."""
    described = visibility.dataset_for(who, id)
    return FileResponse(described.file, media_type="text/csv", filename=f"{described.id}.csv")


@router.get("/catalog.jsonld", response_class=JSONResponse, responses=SIGNED_IN | DCAT)
def catalog(who: Member, request: Request, services: Parts) -> JSONResponse:
    """The catalogue of open data as DCAT."""
    return JSONResponse(in_dcat(request, services), media_type="application/ld+json")


@router.get("/search", response_model=models.SearchOut, responses=SIGNED_IN)
def search(
    who: Member,
    services: Parts,
    request: Request,
    response: Response,
    q: Annotated[str, Query(max_length=200)] = "",
    limit: Limit = 20,
    cursor: Cursor = None,
) -> dict[str, Any]:
    """Datasets, columns, courses, units, notebooks and apps with words that begin so, among what you may see."""
    start = position_of(cursor) if cursor else 0
    some = found(services, who, q, limit=limit + 1, start=start)
    following = cursor_at(start + limit) if len(some) > limit else None
    link_next(request, response, following)
    return {"results": [vars(hit) for hit in some[:limit]], "next": following}


def dataset_brief(described: Description) -> dict[str, Any]:
    names = ("id", "title", "owner", "licence", "sensitivity", "public")
    return {name: getattr(described, name) for name in names}


def dataset_detail(described: Description) -> dict[str, Any]:
    return described.to_json() | {"row": described.row_is, "data": f"{API}/datasets/{described.id}/data.csv"}
