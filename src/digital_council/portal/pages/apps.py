"""Pages of apps: the gallery, one app with its versions and its record, and publishing a notebook from a form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData, UploadFile

from digital_council.apps import audience
from digital_council.errors import CouncilError, LearnerError, UsageError
from digital_council.portal.api import publishing
from digital_council.portal.pages.access import Member, Pages, posted
from digital_council.portal.problems import Problem
from digital_council.portal.rights import access, visibility
from digital_council.portal.rights.access import Parts
from digital_council.portal.rights.identity import Identity
from digital_council.portal.rights.sessions import PREFIX
from digital_council.portal.services import Services
from digital_council.portal.sharing import gallery, stewards

router = APIRouter()
ORDERS = {"title": "By title", "used": "Most used first", "recent": "Newest first"}
SAID = {
    "published": "It is live: those it is for can open it now.",
    "unchanged": "The app says exactly this already, so nothing was changed.",
    "shared": "Done. It holds from now on.",
    "rolled-back": "The earlier version is live. Pages that are open stay on theirs until they are closed.",
    "retired": "The app is retired. Nobody can open it; its versions and its record are kept.",
}
VERBS = {
    "published": "published version {version}",
    "opened": "opened version {version}",
    "rolled-back": "went back to version {version}",
    "shared": "changed whom it is shared with",
    "retired": "retired it",
}


@router.get("/apps")
def apps(
    request: Request, who: Member, services: Parts, pages: Pages,
    q: Annotated[str, Query(max_length=200)] = "", order: str = "title",
) -> Response:  # fmt: skip
    """The gallery: every app this person may open."""
    order = order if order in ORDERS else "title"
    every = gallery.apps_for(services, who)
    found = ordered([app for app in every if matches(app, q)], order)
    may_publish = who.has(*stewards.PUBLISHERS)
    shown: dict[str, Any] = {"apps": found, "of": len(every), "q": q, "order": order, "orders": ORDERS}
    sent = services.publications.lately(who.account) if may_publish else []
    return pages.page(request, "apps.html", may_publish=may_publish, sent=sent, **shown)


@router.get("/apps/new")
def new(request: Request, who: Member, services: Parts, pages: Pages) -> Response:
    """The form that publishes a notebook."""
    stewards.require_publisher(who)
    return _form(request, services, who, pages, {"owner": who.account, "audience": "leader"})


@router.post("/apps/new")
async def publish(request: Request, who: Member, services: Parts, pages: Pages) -> Response:
    """Put the notebook through the gate; then the app's page, or the form again with every reason why not."""
    stewards.require_publisher(who)
    async with request.form(max_files=1, max_fields=500) as form:
        if who.via == "session":
            access.guard_form(request, who, str(form.get("csrf", "")))
        notebook = form.get("notebook")
        content = await notebook.read() if isinstance(notebook, UploadFile) else b""
        said = publishing.read_proposal(form, content)
        fields = _typed(form)
    try:
        made = await run_in_threadpool(services.publications.begin, who.account, who.roles, said)
        await run_in_threadpool(services.publications.wait, made, publishing.LONGEST_WAIT)
    except LearnerError as error:
        return _form(request, services, who, pages, fields, [str(error)])
    if made.status >= 500:
        raise CouncilError(made.detail)
    if made.status >= 400:
        lines = [str(finding) for finding in made.findings] or [made.detail]
        return _form(request, services, who, pages, fields, lines)
    return RedirectResponse(f"{PREFIX}apps/{made.app}?said={made.state}", 303)


@router.get("/apps/{id}")
def app(
    id: str, request: Request, who: Member, services: Parts, pages: Pages, said: str = "", cursor: str | None = None
) -> Response:
    """One app: what it is and, for its owner, whom it is shared with, its versions and who opened it."""
    try:
        return _app(request, services, who, pages, id, said=SAID.get(said, ""), cursor=cursor)
    except Problem as problem:
        if problem.status_code != 403:
            raise
        return pages.page(request, "error.html", 403, title="Not shared with you", detail=problem.detail)


@router.post("/apps/{id}")
async def act(id: str, request: Request, who: Member, services: Parts, pages: Pages) -> Response:
    """Do what a button of the app's page says."""
    fields = await posted(request, who)
    try:
        said = await run_in_threadpool(_act, services, who, id, fields)
    except UsageError as error:
        return await run_in_threadpool(_app, request, services, who, pages, id, error=str(error))
    return RedirectResponse(f"{PREFIX}apps/{id}?said={said}", 303)


def matches(app: Mapping[str, Any], words: str) -> bool:
    """Whether every word begins a word of what is said of the app."""
    told = " ".join([app["title"], app["summary"], app["owner"], app["audience_in_words"], *app["datasets"]])
    there = told.casefold().replace("_", " ").replace(",", " ").split()
    return all(any(word.startswith(asked) for word in there) for asked in words.casefold().split())


def ordered(apps: list[dict[str, Any]], order: str) -> list[dict[str, Any]]:
    if order == "used":
        return sorted(apps, key=lambda app: -app["opened"])
    return sorted(apps, key=lambda app: app["updated"], reverse=True) if order == "recent" else apps


def _app(
    request: Request, services: Services, who: Identity, pages: Pages, id: str, *,
    said: str = "", error: str = "", cursor: str | None = None,
) -> Response:  # fmt: skip
    told = stewards.detail(services, who, id)
    page: dict[str, Any] = {"events": [], "next": None}
    if told["events"] is not None:
        page = stewards.events(services, id, cursor=cursor)
    lines = [each | {"did": _did(each)} for each in page["events"]]
    targets = [(target, audience.words(target, services.organisation)) for target in told["audience"]]
    shown: dict[str, Any] = {
        "app": told,
        "targets": targets,
        "events": lines,
        "next": page["next"],
        "said": said,
        "error": error,
    }
    return pages.page(request, "app.html", 422 if error else 200, **shown)


def _did(event: Mapping[str, Any]) -> str:
    return VERBS[event["verb"]].format(version=event["result"].get("version", "–"))


def _act(services: Services, who: Identity, id: str, fields: Mapping[str, str]) -> str:
    doing, _, subject = fields.get("do", "").partition(":")
    if doing == "share":
        names = [name.strip() for name in fields.get("with", "").split(",") if name.strip()]
        if not names:
            raise UsageError("say whom to share with: an account, team-…, directorate-…, role-…, org-… or everyone")
        stewards.share(services, who, id, names, [])
        return "shared"
    if doing == "unshare":
        stewards.share(services, who, id, [], [subject])
        return "shared"
    if doing == "rollback" and subject.isdecimal():
        stewards.roll_back(services, who, id, int(subject[:9]))
        return "rolled-back"
    if doing == "retire":
        stewards.retire(services, who, id)
        return "retired"
    raise Problem(422, f"This page has no button {doing[:40]!r}.")


def _form(
    request: Request, services: Services, who: Identity, pages: Pages, fields: Mapping[str, str],
    reasons: list[str] | None = None,
) -> Response:  # fmt: skip
    shown: dict[str, Any] = {"fields": fields, "reasons": reasons or [], "datasets": visibility.datasets_for(who)}
    return pages.page(request, "app_new.html", 422 if reasons else 200, **shown)


def _typed(form: FormData) -> dict[str, str]:
    """What was typed, to be shown again; lists as one line with commas."""
    return {name: ", ".join(str(value) for value in form.getlist(name)) for name in set(form) - {"notebook", "csrf"}}
