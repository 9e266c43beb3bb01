"""Files of open data, for everybody and every program: CSV, Parquet, Data Package, queries, the feed, the catalogue."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import FileResponse, StreamingResponse

from digital_council.datasets.description import Description
from digital_council.datasets.publication import dcat, feed, files, gate, query
from digital_council.datasets.publication.package import package
from digital_council.portal.api.documents import refuse_unknown_parameters
from digital_council.portal.catalogue import in_dcat, places_of
from digital_council.portal.pages.open_data import published
from digital_council.portal.rights.access import Parts

router = APIRouter(prefix="/open", dependencies=[Depends(refuse_unknown_parameters)])
SHARED = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "public, max-age=300",
}
"""Open data may be read by any page of any site, and kept for five minutes."""
CSV = "text/csv; charset=utf-8"
PARQUET = "application/vnd.apache.parquet"


@router.get("/feed.atom")
def changes(request: Request, services: Parts) -> Response:
    """Every version of every published dataset, newest first."""
    content = feed.atom(gate.published(), places_of(request), services.settings.council.name)
    return _answer(request, content, "application/atom+xml")


@router.get("/catalog.jsonld")
def catalogue(request: Request, services: Parts) -> Response:
    """Everything published, as DCAT-AP in JSON-LD."""
    return _answer(request, _json(in_dcat(request, services)), "application/ld+json")


@router.get("/catalog.ttl")
def catalogue_in_turtle(request: Request, services: Parts) -> Response:
    """Everything published, as DCAT-AP in Turtle."""
    return _answer(request, dcat.turtle(in_dcat(request, services)).encode(), "text/turtle; charset=utf-8")


@router.get("/{id}/datapackage.json")
def data_package(id: str, request: Request) -> Response:
    """The dataset's Data Package, with its data beside it."""
    return _answer(request, _json(package(published(id), places_of(request))), "application/json")


@router.get("/{id}/data.csv")
def as_csv(id: str, request: Request) -> Response:
    """All rows as CSV, exactly as they are."""
    described = published(id)
    if described.file.suffix == ".csv":
        return _file(request, described, described.file, "csv", CSV)
    return _rows(request, described, "csv", lambda: files.as_csv(described))


@router.get("/{id}/data-for-spreadsheets.csv")
def for_spreadsheets(id: str, request: Request) -> Response:
    """All rows as CSV that no spreadsheet takes for formulas."""
    described = published(id)
    return _rows(request, described, "for-spreadsheets.csv", lambda: files.for_spreadsheets(described))


@router.get("/{id}/data.parquet")
def as_parquet(id: str, request: Request) -> Response:
    """All rows as Parquet, with their types."""
    described = published(id)
    made = files.as_parquet(described)
    if isinstance(made, Path):
        return _file(request, described, made, "parquet", PARQUET)
    headers = _named(described, "parquet") | {"ETag": _etag(described, "parquet")}
    return _unchanged(request, headers) or Response(made, media_type=PARQUET, headers=headers)


@router.get("/{id}/query")
def ask(
    id: str,
    columns: Annotated[str, Query(max_length=4_000)] = "",
    where: Annotated[list[str] | None, Query(max_length=query.MOST_FILTERS)] = None,
    group: Annotated[str, Query(max_length=4_000)] = "",
    sum: Annotated[str, Query(max_length=4_000)] = "",
    order: Annotated[str, Query(max_length=100)] = "",
    limit: Annotated[int, Query(ge=1, le=query.MOST_ROWS)] = 100,
    format: Annotated[str, Query(pattern="^(json|csv)$")] = "json",
) -> Response:
    """Some rows, some columns, or counts and sums by group."""
    described = published(id)
    asked = query.parse(
        described, columns=columns, where=where or (), group=group, total=sum, order=order, limit=limit
    )  # fmt: skip
    answer = query.run(described, asked)
    if format == "csv":
        shown = ([files.harmless(str(cell)) for cell in row.values()] for row in _texts(answer.to_json()))
        content = b"".join(files.pieces(_chained(answer.columns, shown)))
        return Response(content, media_type=CSV, headers=_named(described, "query.csv"))
    said = {"dataset": described.id, "version": described.version, "licence": described.licence,
            "columns": answer.columns, "more": answer.more, "rows": answer.to_json()}  # fmt: skip
    return Response(_json(said), media_type="application/json", headers=SHARED)


def _texts(rows: list[dict[str, object]]) -> Iterable[dict[str, object]]:
    for row in rows:
        yield {name: "" if value is None else value for name, value in row.items()}


def _chained(header: Iterable[str], rows: Iterable[list[str]]) -> Iterable[list[str]]:
    yield list(header)
    yield from rows


def _json(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False, allow_nan=False).encode()


def _answer(request: Request, content: bytes, media: str) -> Response:
    headers = SHARED | {"ETag": f'"{hashlib.sha256(content).hexdigest()[:24]}"'}
    return _unchanged(request, headers) or Response(content, media_type=media, headers=headers)


def _file(request: Request, described: Description, path: Path, suffix: str, media: str) -> Response:
    headers = _named(described, suffix) | {"ETag": _etag(described, suffix)}
    return _unchanged(request, headers) or FileResponse(path, media_type=media, headers=headers)


def _rows(request: Request, described: Description, suffix: str, made: Callable[[], Iterable[bytes]]) -> Response:
    headers = _named(described, suffix) | {"ETag": _etag(described, suffix)}
    return _unchanged(request, headers) or StreamingResponse(made(), media_type=CSV, headers=headers)


def _named(described: Description, suffix: str) -> dict[str, str]:
    separator = "." if "." not in suffix else "-"
    return SHARED | {"Content-Disposition": f'attachment; filename="{described.id}{separator}{suffix}"'}


def _etag(described: Description, suffix: str) -> str:
    return f'"{described.fingerprint[:24]}-{suffix}"'


def _unchanged(request: Request, headers: dict[str, str]) -> Response | None:
    """304 where the asker has this very version already."""
    held = request.headers.get("if-none-match", "")
    return Response(status_code=304, headers=headers) if headers["ETag"] in held else None
