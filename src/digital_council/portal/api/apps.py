"""Apps: what may be opened, and the tokens with which the apps service opens it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse

from digital_council.apps.catalogue import App
from digital_council.apps.thumbnail import of_title
from digital_council.ledger.apps import object_of
from digital_council.portal import models
from digital_council.portal.api import publishing
from digital_council.portal.api.documents import FOUND, SIGNED_IN, link_next
from digital_council.portal.api.units import Cursor, Id, Limit
from digital_council.portal.paging import paged
from digital_council.portal.problems import Problem
from digital_council.portal.rights import access, tokens
from digital_council.portal.rights.access import Member, Parts
from digital_council.portal.rights.identity import Identity, from_hub
from digital_council.portal.services import Services
from digital_council.portal.sharing import app_models, gallery, stewards
from digital_council.portal.sharing.gallery import apps_for

router = APIRouter(tags=["apps"])
router.include_router(publishing.router)
PICTURE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"image/png": {}, "image/svg+xml": {}}, "description": "The picture."}
}


async def _apps_service(request: Request) -> Identity:
    identity = await access.identify(request)
    if identity is None:
        raise Problem(401, "Only the apps service may ask for this.", access.CHALLENGE)
    if not identity.service or identity.account != "apps":
        raise Problem(403, "Only the apps service may ask for this.")
    return identity


@router.get("/apps", response_model=app_models.AppList, responses=SIGNED_IN)
def apps(
    who: Member,
    services: Parts,
    request: Request,
    response: Response,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> dict[str, Any]:
    """The apps you may open."""
    some, following = paged(apps_for(services, who), limit, cursor)
    link_next(request, response, following)
    return {"apps": list(some), "next": following}


@router.get("/apps/{id}", response_model=app_models.AppDetail, responses=FOUND)
def app(id: Id, who: Member, services: Parts) -> dict[str, Any]:
    """An app and its versions; for its owner and operators also who did what with it."""
    return stewards.detail(services, who, id)


@router.get("/apps/{id}/events", response_model=app_models.AppEventList, responses=FOUND)
def app_events(
    id: Id,
    who: Member,
    services: Parts,
    request: Request,
    response: Response,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> dict[str, Any]:
    """Who published, shared, opened, rolled back or retired an app, newest first. For its owner and operators."""
    stewards.require_auditor(services, who, id)
    found = stewards.events(services, id, limit, cursor)
    link_next(request, response, found["next"])
    return found


@router.get("/apps/{id}/thumbnail", response_class=FileResponse, responses=FOUND | PICTURE)
def thumbnail(id: Id, who: Member, services: Parts) -> Response:
    """A picture of an app: its first chart made small, or its title."""
    app = gallery.pictured(services, who, id)
    kept = app.thumbnail
    if kept is not None:
        kind = "image/png" if kept.suffix == ".png" else "image/svg+xml"
        return FileResponse(kept, media_type=kind, headers=gallery.INERT)
    return Response(of_title(app.id, app.title)[1], media_type="image/svg+xml", headers=gallery.INERT)


@router.get("/internal/apps", include_in_schema=False)
def live_apps(caller: Annotated[Identity, Depends(_apps_service)], services: Parts) -> dict[str, Any]:
    """Every live app, whoever may open it: what the apps service serves, and where from."""
    return {"apps": [_served(app) for app in gallery.live(services).values()]}


@router.post("/internal/viewer-tokens", response_model=models.ViewerTokenOut, include_in_schema=False)
async def viewer_token(
    body: models.ViewerTokenIn, caller: Annotated[Identity, Depends(_apps_service)], services: Parts
) -> dict[str, Any]:
    """Sign ten minutes of reading for one viewer of one app, if that viewer may open it now.

    Without a version it is an opening, and recorded; with one a page that is open already is asking to go on, and
    keeps that version whatever has been published or rolled back since.
    """
    groups = await services.auth.groups(body.account)
    if groups is None:
        raise Problem(404, f"There is no account {body.account[:80]!r}.")
    viewer = from_hub({"name": body.account, "groups": groups}, services.organisation, "token")
    return await run_in_threadpool(_opened, services, viewer, body)


def _opened(services: Services, viewer: Identity, body: models.ViewerTokenIn) -> dict[str, Any]:
    app = gallery.app_for(services, viewer, body.app)
    if body.version is None:
        services.ledger.say(viewer.account, "opened", object_of(app.id), {"version": app.version})
    else:
        app = gallery.at_version(services, app, body.version)
    # What the app declares counts, not what the request says: the apps service runs beside untrusted kernels.
    token = services.tokens.sign_viewer(viewer.account, app.id, app.datasets)
    return {"token": token, "seconds": tokens.SECONDS, "app": _served(app)}


def _served(app: App) -> dict[str, Any]:
    said = {name: getattr(app, name) for name in ("id", "title", "description", "version", "fingerprint", "owner")}
    return said | {
        "folder": str(app.folder),
        "datasets": list(app.datasets),
        "sensitivity": app.sensitivity,
        "review": app.review.isoformat(),
        "updated": app.updated.isoformat(),
        "shipped": app.shipped,
    }
