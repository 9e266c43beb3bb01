"""Documents: how the interface describes its errors and paging in OpenAPI."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI, Request, Response
from fastapi.openapi.utils import get_openapi

from digital_council.portal import problems
from digital_council.portal.models import ProblemDocument
from digital_council.portal.problems import Problem
from digital_council.portal.rights.sessions import PREFIX

API = f"{PREFIX}api/v1"
REFERENCE = {"$ref": "#/components/schemas/Problem"}
MEANING = {
    400: "The request cannot be read.",
    401: "Nobody is signed in, or the token is not good here.",
    403: "Signed in, but not allowed.",
    404: "There is no such thing, or it is not yours to see.",
    405: "Not a method of this address.",
    409: "It has changed or is not possible now.",
    412: "Changed since the version you named.",
    413: "Too large.",
    415: "Not a kind of body this takes.",
    422: "The content is not as it should be; `detail` says where.",
    501: "Not built yet.",
    503: "A part of the product does not answer; try again.",
}


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The responses to declare for these statuses, each a problem document."""
    content = {problems.MEDIA: {"schema": REFERENCE}}
    return {status: {"description": MEANING[status], "content": content} for status in statuses}


SIGNED_IN = refusals(401, 403, 422, 503)
FOUND = refusals(401, 403, 404, 422, 503)


async def refuse_unknown_parameters(request: Request) -> None:
    """A misspelt parameter is named, not ignored: `?cousre=x` would silently list everything."""
    known = {parameter.alias for parameter in request.scope["route"].dependant.query_params}
    strange = sorted(set(request.query_params) - known)
    if strange:
        allowed = f"it takes {', '.join(sorted(known))}" if known else "it takes none"
        raise Problem(422, f"There is no parameter {strange[0][:80]!r} here; {allowed}.")


def link_next(request: Request, response: Response, cursor: str | None) -> None:
    """Say in a Link header where the next page is."""
    if cursor:
        query = dict(request.query_params) | {"cursor": cursor}
        response.headers["Link"] = f'<{request.url.path}?{urlencode(query)}>; rel="next"'


def describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, with the problem document and the ways to sign in."""
    if app.openapi_schema is None:
        document = get_openapi(
            title="Digital Council",
            version="1",
            description="Courses, attempts, datasets and figures. Send a hub token as `Authorization: token …`.",
            routes=app.routes,
        )
        components = document.setdefault("components", {})
        schema = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
        components.setdefault("schemas", {})["Problem"] = schema
        components["securitySchemes"] = {
            "hubToken": {
                "type": "apiKey",
                "in": "header",
                "name": "Authorization",
                "description": "`token ` and a token from the hub's token page.",
            }
        }
        for path, operations in document["paths"].items():
            for operation in operations.values():
                if not path.endswith("/health"):
                    operation["security"] = [{"hubToken": []}]
        app.openapi_schema = document
    return app.openapi_schema
