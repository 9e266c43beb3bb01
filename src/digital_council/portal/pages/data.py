"""Pages of data for those signed in: all they may see. What everybody may see is in open_data."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from digital_council.datasets.description import Description
from digital_council.portal.api.documents import API
from digital_council.portal.pages.access import Member, Pages
from digital_council.portal.rights import visibility
from digital_council.portal.rights.sessions import PREFIX

router = APIRouter()


@router.get("/datasets")
def datasets(request: Request, who: Member, pages: Pages) -> Response:
    """The datasets this person may see."""
    lead = "Each has a description, an owner and a licence. Look through it here, or open it by its name in a notebook."
    shown: dict[str, Any] = {"heading": "Datasets", "lead": lead, "base": f"{PREFIX}datasets/"}
    return pages.page(request, "datasets.html", datasets=visibility.datasets_for(who), **shown)


@router.get("/datasets/{id}")
def dataset(id: str, request: Request, who: Member, pages: Pages) -> Response:
    """A dataset's description."""
    found = visibility.dataset_for(who, id)
    table = f"{PREFIX}datasets/{found.id}/table" if found.file.suffix == ".csv" else ""
    shown: dict[str, Any] = {"base": f"{PREFIX}datasets", "table": table, "data": f"{API}/datasets/{found.id}/data.csv"}
    return pages.page(request, "dataset.html", dataset=found, facts=facts(found), **shown)


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
