"""Figures: progress as the viewer may see it, for pages, apps and the council's own tools."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse, StreamingResponse

from digital_council.portal.api.documents import FOUND, SIGNED_IN
from digital_council.portal.leaders.figures import figures_of, figures_written, progress_for
from digital_council.portal.rights.access import Parts, Reader
from digital_council.progress import exports

router = APIRouter(tags=["figures"])
Scope = Annotated[str | None, Query(max_length=100, description="Only this place: council, a directorate or a team.")]
OBJECT: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/json": {"schema": {"type": "object"}}}, "description": "The figures."}
}

FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "text/csv": {"schema": {"type": "string"}},
            "application/json": {"schema": {"type": "object"}},
            "application/vnd.apache.parquet": {"schema": {"type": "string", "format": "binary"}},
        },
        "description": "The table.",
    }
}


@router.get("/progress", responses=SIGNED_IN)
def progress(who: Reader, services: Parts) -> dict[str, Any]:
    """The figures you may see: names in the team you manage, counts elsewhere, small ones as `[c]`."""
    return progress_for(services, who)


@router.get("/progress/figures", response_class=JSONResponse, responses=FOUND | OBJECT)
def figures(who: Reader, services: Parts, scope: Scope = None) -> Response:
    """Every figure you may see, with its definition: by place, by unit and by month; skills gaps and misconceptions."""
    return Response(figures_written(services, who, scope), media_type="application/json")


@router.get("/progress/{table}.{kind}", response_class=Response, responses=FOUND | FILE)
def export(
    table: Literal["figures", "counts", "completions"],
    kind: Literal["csv", "json", "parquet"],
    who: Reader,
    services: Parts,
) -> Response:
    """A table of what you may see, with fields that stay: figures, counts by unit, or your own team's completions."""
    found = figures_of(services, who) if table == "figures" else progress_for(services, who)
    made = exports.TABLES[table](found)
    name = {"Content-Disposition": f'attachment; filename="{table}.{kind}"'}
    if kind == "csv":
        return StreamingResponse(exports.as_csv(made), media_type="text/csv; charset=utf-8", headers=name)
    if kind == "json":
        return Response(exports.as_json(made), media_type="application/json", headers=name)
    return Response(exports.as_parquet(made), media_type="application/vnd.apache.parquet", headers=name)
