"""Problem documents (RFC 9457): every error of the interface, in one shape; a page where a page was asked for."""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from digital_council.errors import AuthorError, CouncilError, LearnerError, UsageError

MEDIA = "application/problem+json"
NO_PAGE = "If you typed the address, look at it again. If a link brought you here, tell us where it stands."
FORMS = {
    "Field exceeded maximum size": (413, "One answer is too large: at most 1 MB is taken. Shorten it."),
    "Part exceeded maximum size": (413, "One answer is too large: at most 1 MB is taken. Shorten it."),
    "Too many files": (400, "No file is wanted here. Go back, and send the form without one."),
    "Too many fields": (413, "That is more fields than this form has. Go back and begin it anew."),
}
LOOK_IN = re.compile(r"; (GET )?\S+ lists .*$")
"""Where a program finds what there is. Whoever reads a page has its links."""
SEE = "see /services/council/api/openapi.json for what there is."
log = logging.getLogger("digital_council.portal")


class Problem(HTTPException):
    """A refusal: a status and one line that says what, where, what is allowed and what to do."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None, **members: Any) -> None:
        super().__init__(status, detail, dict(headers) if headers else None)
        self.members = members


def install(app: FastAPI) -> None:
    """Answer every error with a problem document or, on the pages, with a page."""
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(CouncilError, _council)
    app.add_exception_handler(Exception, _unforeseen)


def document(request: Request, status: int, detail: str, **members: Any) -> dict[str, Any]:
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": encodable(detail),
        "instance": request.url.path,
        **members,
    }


def encodable(text: str) -> str:
    """The text without lone surrogates, which JSON can bring in and UTF-8 cannot take out."""
    return text.encode("utf-8", "replace").decode()


def answer(
    request: Request, status: int, detail: str, headers: Mapping[str, str] | None = None, **members: Any
) -> Response:
    """The problem as JSON for programs, as a page for people."""
    if wants_page(request):
        page = request.app.state.error_page
        return page(request, status, LOOK_IN.sub(".", detail), headers)  # type: ignore[no-any-return]
    body = document(request, status, detail, **members)
    return JSONResponse(body, status, dict(headers or {}), media_type=MEDIA)


def wants_page(request: Request) -> bool:
    is_api = "/api/" in request.url.path
    return not is_api and "text/html" in request.headers.get("accept", "")


async def _http(request: Request, error: Any) -> Response:
    status, detail = _said(error.status_code, str(error.detail))
    if error.status_code == 404 and detail == "Not Found":
        detail = f"Nothing is at {request.url.path}; {SEE}"
        if wants_page(request):
            await request.app.state.recognise(request)  # no route has asked who this is
            detail = NO_PAGE
    elif error.status_code == 405:
        detail = f"{request.method} is not allowed at {request.url.path}."
    return answer(request, status, detail, error.headers, **getattr(error, "members", {}))


def _said(status: int, detail: str) -> tuple[int, str]:
    """What the reader of forms says, in words for whoever filled one in."""
    for start, plain in FORMS.items():
        if detail.startswith(start):
            return plain
    return status, detail


async def _invalid(request: Request, error: Any) -> Response:
    errors = [
        {
            "field": encodable(".".join(str(part) for part in found["loc"])[:200]),
            "message": encodable(found["msg"]),
        }
        for found in error.errors()
    ]
    first = errors[0]
    return answer(request, 422, f"{first['field']}: {first['message']}", errors=errors)


async def _council(request: Request, error: Exception) -> Response:
    return answer(request, status_of(error), str(error))


def status_of(error: Exception) -> int:
    """The status an error names; else whose it is decides: the caller's 4xx, ours 5xx."""
    if isinstance(status := getattr(error, "status", None), int):
        return status
    if isinstance(error, LearnerError | UsageError):
        return 422
    return 500 if isinstance(error, AuthorError) else 503


async def _unforeseen(request: Request, error: Exception) -> Response:
    incident = uuid.uuid4().hex[:8]
    log.error("incident %s: %s %s", incident, request.method, request.url.path, exc_info=error)
    return answer(
        request, 500, f"Something went wrong on our side. Nothing you saved is lost. Quote {incident} for help."
    )
