"""Publishing: a notebook becomes an app, is shared, goes back to an earlier version and is retired."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from digital_council.apps.proposal import Proposal
from digital_council.portal.api.documents import API, FOUND, SIGNED_IN, refusals
from digital_council.portal.api.units import Id, Key
from digital_council.portal.problems import Problem
from digital_council.portal.rights.access import Member, Parts
from digital_council.portal.rights.identity import Identity
from digital_council.portal.services import Services
from digital_council.portal.sharing import app_models, publications, stewards
from digital_council.portal.sharing.publications import Publication

router = APIRouter()
LONGEST_WAIT = 300.0
LISTS = ("audience", "datasets")
TEXTS = ("id", "title", "description", "owner", "review", "sensitivity")
FIELDS = {
    "notebook": {"type": "string", "format": "binary"},
    **{name: {"type": "string"} for name in TEXTS},
    **{name: {"type": "array", "items": {"type": "string"}} for name in LISTS},
    "accepted": {"type": "string", "description": 'Signs of people that you answer for: {"name": "why"}.'},
}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {"schema": {"type": "object", "required": ["notebook"], "properties": FIELDS}}
        },
    }
}
Wish = Annotated[str | None, Header(max_length=200, description="`respond-async` answers 202 at once.")]


@router.post(
    "/apps",
    status_code=201,
    response_model=app_models.AppDetail | app_models.PublicationOut,
    responses=SIGNED_IN
    | refusals(400, 409, 413, 415)
    | {
        200: {"model": app_models.AppDetail, "description": "It says exactly this already."},
        202: {"model": app_models.PublicationOut, "description": "Being looked at; Location says where to ask."},
    },
    openapi_extra=_BODY,
)
async def publish(
    who: Member,
    services: Parts,
    request: Request,
    response: Response,
    prefer: Wish = None,
    idempotency_key: Key = None,
) -> dict[str, Any]:
    """Publish a notebook as an app, or a new version of one. For analysts.

    It is run from an empty kernel with your rights, and what it shows is looked at for personal data and for barriers
    to people with disabilities. A refusal (422) lists every reason in `findings`.
    """
    stewards.require_publisher(who)
    said = await _proposal(request)
    made = await run_in_threadpool(services.publications.begin, who.account, who.roles, said, idempotency_key)
    if "respond-async" in (prefer or ""):
        response.status_code = 202
        response.headers["Location"] = f"{API}/apps/publications/{made.id}"
        response.headers["Preference-Applied"] = "respond-async"
        return publications.told(made)
    await run_in_threadpool(services.publications.wait, made, LONGEST_WAIT)
    return await run_in_threadpool(_answer, services, who, made, response)


@router.get("/apps/publications/{id}", response_model=app_models.PublicationOut, responses=FOUND)
def publication(id: Id, who: Member, services: Parts) -> dict[str, Any]:
    """How far one of your publications has come."""
    made = services.publications.of(who.account, id)
    if made is None:
        raise Problem(404, "There is no such publication of yours; GET apps lists what is live.")
    return publications.told(made)


@router.post("/apps/{id}/share", response_model=app_models.AppDetail, responses=FOUND | refusals(400, 409, 413))
def share(
    id: Id, body: app_models.ShareIn, who: Member, services: Parts, idempotency_key: Key = None
) -> dict[str, Any]:
    """Share an app with people, teams, groups, another organisation or everyone, or no longer. For its owner."""
    if not body.with_ and not body.without:
        raise Problem(422, "Say `with` or `without` whom: accounts, team-…, directorate-…, role-…, org-… or everyone.")
    stewards.share(services, who, id, body.with_, body.without)
    return stewards.detail(services, who, id)


@router.post("/apps/{id}/rollback", response_model=app_models.AppDetail, responses=FOUND | refusals(400, 409, 413))
def rollback(
    id: Id, who: Member, services: Parts, body: app_models.RollbackIn | None = None, idempotency_key: Key = None
) -> dict[str, Any]:
    """Make an earlier version the live one. Pages that are open stay on theirs. For its owner."""
    stewards.roll_back(services, who, id, body.version if body else None)
    return stewards.detail(services, who, id)


@router.post("/apps/{id}/retire", response_model=app_models.AppDetail, responses=FOUND | refusals(409))
def retire(id: Id, who: Member, services: Parts, idempotency_key: Key = None) -> dict[str, Any]:
    """Take an app away from everybody; its versions and its record stay. For its owner and for operators."""
    stewards.retire(services, who, id)
    return stewards.detail(services, who, id)


def _answer(services: Services, who: Identity, made: Publication, response: Response) -> dict[str, Any]:
    if made.status >= 400:
        members = {"findings": publications.told(made)["findings"]} if made.findings else {}
        raise Problem(made.status, made.detail, **members)
    response.status_code = made.status
    response.headers["Location"] = f"{API}/apps/{made.app}"
    return stewards.detail(services, who, made.app)


async def _proposal(request: Request) -> Proposal:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        raise Problem(415, "Send the notebook and its description as multipart/form-data.")
    async with request.form(max_files=1, max_fields=500) as form:
        notebook = form.get("notebook")
        if not isinstance(notebook, UploadFile):
            raise Problem(422, "The upload has no file in its field `notebook`.")
        strange = sorted(set(form) - set(FIELDS) - {"review_date"})
        if strange:
            raise Problem(422, f"There is no field {strange[0][:80]!r}; it takes {', '.join(FIELDS)}.")
        return read_proposal(form, await notebook.read())


def read_proposal(form: FormData, notebook: bytes) -> Proposal:
    """What the fields of a form say; lists may be given as several fields or as one with commas."""
    texts = {name: _one(form, name) for name in TEXTS}
    texts["review"] = texts["review"] or _one(form, "review_date")
    lists = {name: tuple(_many(form, name)) for name in LISTS}
    return Proposal(notebook=notebook, accepted=_accepted(_one(form, "accepted")), **texts, **lists)  # type: ignore[arg-type]


def _one(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value.strip().replace("\r\n", "\n") if isinstance(value, str) else ""


def _many(form: FormData, name: str) -> list[str]:
    given = (value for value in form.getlist(name) if isinstance(value, str))
    return list(dict.fromkeys(part.strip() for value in given for part in value.split(",") if part.strip()))


def _accepted(text: str) -> dict[str, str]:
    """`{"name": "why"}` as JSON, or lines of `name: why` as people type them."""
    try:
        read = json.loads(text) if text.startswith("{") else dict(
            line.split(":", 1) for line in text.splitlines() if line.strip()
        )  # fmt: skip
        return {str(sign).strip(): str(reason).strip() for sign, reason in read.items()}
    except ValueError:
        raise Problem(422, "accepted: give each kind of sign and why it may be shown, as `name: why`.") from None
