"""Attempts: submitting, and reading what came of it."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import ValidationError
from starlette.datastructures import UploadFile

from digital_council.portal import models
from digital_council.portal.api.documents import API, FOUND, SIGNED_IN, link_next, refusals
from digital_council.portal.api.units import Cursor, Id, Key, Limit, draft_out
from digital_council.portal.learners import learning
from digital_council.portal.problems import Problem
from digital_council.portal.rights.access import Member, Parts

router = APIRouter(tags=["attempts"])

_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": models.AnswersIn.model_json_schema()},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["notebook"],
                    "properties": {"notebook": {"type": "string", "format": "binary"}},
                }
            },
        },
    }
}


@router.post(
    "/courses/{course}/units/{unit}/attempts",
    status_code=202,
    response_model=models.AttemptOut,
    responses=FOUND | refusals(400, 409, 413, 415),
    openapi_extra=_BODY,
)
async def submit(
    course: Id,
    unit: Id,
    who: Member,
    services: Parts,
    request: Request,
    response: Response,
    idempotency_key: Key = None,
) -> dict[str, Any]:
    """Hand in answers, or a notebook. It is stored and fingerprinted first, then graded; 202 says where to look."""
    found = await run_in_threadpool(learning.unit_for, services, who, course, unit)
    given = await _given(request)
    door = "notebook" if "notebook" in given else "page"
    attempt = await run_in_threadpool(learning.submit, services, who, found, door=door, key=idempotency_key, **given)
    response.headers["Location"] = f"{API}/attempts/{attempt.id}"
    return learning.attempt_detail(services, attempt)


@router.get("/attempts", response_model=models.AttemptList, responses=SIGNED_IN)
def attempts(
    who: Member,
    services: Parts,
    request: Request,
    response: Response,
    course: Annotated[str | None, Query(max_length=80)] = None,
    unit: Annotated[str | None, Query(max_length=80)] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> dict[str, Any]:
    """Your attempts, newest first."""
    page = services.ledger.attempts(who.account, course, unit, limit, cursor)
    link_next(request, response, page.cursor)
    return {"attempts": [learning.attempt_brief(services, each) for each in page.items], "next": page.cursor}


@router.get("/attempts/{id}", response_model=models.AttemptOut, responses=FOUND)
def attempt(id: Id, who: Member, services: Parts) -> dict[str, Any]:
    """One of your attempts, and what was found."""
    return learning.attempt_detail(services, learning.own_attempt(services, who, id))


@router.post("/attempts/{id}/restore", response_model=models.DraftOut, responses=FOUND | refusals(409))
def restore(id: Id, who: Member, services: Parts, response: Response) -> dict[str, Any]:
    """Make the answers of one of your attempts your draft again; the draft as it was is kept in history."""
    attempt = learning.own_attempt(services, who, id)
    draft = learning.restore(services, who, attempt)
    return draft_out(learning.unit_for(services, who, attempt.course, attempt.unit), draft, response)


async def _given(request: Request) -> dict[str, Any]:
    """The answers or the notebook in a request's body; raises a problem that says what is taken."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        return {"answers": _answers(await request.body())}
    if kind == "multipart/form-data":
        async with request.form(max_files=1, max_fields=5) as form:
            notebook = form.get("notebook")
            if not isinstance(notebook, UploadFile):
                raise Problem(422, "The upload has no file in its field `notebook`.")
            return {"notebook": await notebook.read()}
    raise Problem(415, "Send answers as application/json, or a notebook as multipart/form-data.")


def _answers(body: bytes) -> dict[str, Any]:
    try:
        answers: dict[str, Any] = models.AnswersIn.model_validate(json.loads(body)).answers
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the body"
        raise Problem(422, f"{where}: {first['msg']}") from None
    except (ValueError, RecursionError):
        raise Problem(422, "The body is not JSON.") from None
    return answers
