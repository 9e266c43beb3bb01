"""Pages of open data, for everybody: browse, search, one dataset, the Transparency Code, how to ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from digital_council.datasets import table
from digital_council.datasets.description import Description
from digital_council.datasets.errors import UnknownDatasetError
from digital_council.datasets.publication import duties, feed, gate, query
from digital_council.datasets.publication.chart import chart
from digital_council.datasets.publication.places import Places, licence
from digital_council.portal.catalogue import OPEN, places_of
from digital_council.portal.finding import found
from digital_council.portal.pages.access import Anybody, Pages
from digital_council.portal.problems import Problem
from digital_council.portal.rights.access import Parts

router = APIRouter(prefix="/open")
PREVIEWED = 10
KINDS = ("dataset", "column")
TYPES = {"string": "text", "integer": "whole number", "boolean": "true or false", "datetime": "date and time"}
"""Types as people call them; the others are called as they are."""
HERE = Places(OPEN)


@dataclass(frozen=True)
class Preview:
    """The first rows of a dataset, as its file has them."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[str]


def published(id: str) -> Description:
    """A published dataset; anything else is as absent as what never was."""
    try:
        return gate.find(id)
    except UnknownDatasetError:
        raise Problem(404, f"There is no open dataset {id[:80]!r}; {OPEN} lists what there is.") from None


@router.get("/")
def browse(
    request: Request, who: Anybody, services: Parts, pages: Pages,
    q: Annotated[str, Query(max_length=200)] = "", part: str = "",
) -> Response:  # fmt: skip
    """Every published dataset, or those that hold the words."""
    datasets = sorted(gate.published(), key=lambda each: each.title.casefold())
    shown: dict[str, Any] = {"q": q, "results": _results(services, q, datasets), "datasets": datasets}
    if part == "results":
        return Response(pages.render("open_results.html", places=HERE, **shown), media_type="text/html")
    return pages.page(request, "open.html", places=HERE, changes=feed.changes(datasets)[:3], **shown)


@router.get("/transparency-code")
def transparency(request: Request, who: Anybody, pages: Pages) -> Response:
    """The sixteen duties of the Transparency Code: what is published, due and late."""
    standings = duties.standings({each.id: each for each in gate.published()}, date.today())
    counts = {status: sum(each.status == status for each in standings) for status in
              ("published", "part", "late", "not-published")}  # fmt: skip
    nothing = sum(each.status == "late" and each.dataset is None for each in standings)
    return pages.page(
        request, "open_transparency.html", standings=standings, counts=counts, nothing=nothing, places=HERE
    )


@router.get("/how-to-query")
def how_to_query(request: Request, who: Anybody, pages: Pages) -> Response:
    """How to ask for part of a dataset."""
    return pages.page(request, "open_query.html", places=HERE, here=places_of(request), limits=query)


@router.get("/{id}")
def dataset(id: str, request: Request, who: Anybody, pages: Pages) -> Response:
    """One dataset: what it is, its first rows, a chart and its files."""
    described = published(id)
    said = gate.package(described)
    return pages.page(
        request, "open_dataset.html", dataset=described, facts=_facts(described), preview=preview(described),
        chart=chart(described), places=HERE, kinds=TYPES, quality=said.get("quality", ""),
        licence=licence(described.licence),
        changes=feed.changes([described]), made=str(said["created"]), query_url=places_of(request).query(described.id),
    )  # fmt: skip


def preview(described: Description) -> Preview:
    """The first rows."""
    return _preview(described.folder, described.fingerprint)


@lru_cache(maxsize=64)
def _preview(folder: Path, fingerprint: str) -> Preview:
    from digital_council.datasets import reading

    described = reading.read(folder)
    frame = table.text(described).head(PREVIEWED)
    numbers = frozenset(column.name for column in described.columns if column.type in ("integer", "number"))
    rows = tuple(tuple(str(cell)[:120] for cell in row) for row in frame.itertuples(index=False))
    return Preview(tuple(map(str, frame.columns)), rows, numbers)


def _results(services: Any, words: str, datasets: list[Description]) -> list[dict[str, str]]:
    """What the words find among what is published, at its public address."""
    known = {each.id for each in datasets}
    shown = []
    for hit in found(services, None, words, kinds=KINDS, limit=50):
        name, _, column = hit.id.partition(".")
        if name in known:
            address = HERE.page(name) + (f"#column-{column}" if column else "")
            shown.append({"kind": hit.kind, "title": hit.title, "summary": hit.summary, "url": address,
                          "sensitivity": hit.sensitivity})  # fmt: skip
    return shown


def _facts(described: Description) -> list[tuple[str, str]]:
    told = [
        ("One row is", described.row_is),
        ("Rows", f"{described.rows:,}"),
        ("Owner", described.owner),
        ("Sensitivity", described.sensitivity),
        ("Refreshed", described.refresh),
        ("Source", described.source),
        ("Version", described.version),
    ]
    if marks := [f"{mark or 'blank'}: {label.removeprefix('blank: ')}" for mark, label in described.missing]:
        told.append(("Missing values", "; ".join(marks)))
    return told + ([("Invented", described.synthetic)] if described.synthetic else [])
