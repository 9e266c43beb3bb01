"""Apps: what may be opened, and the tokens with which the apps service opens it."""

from __future__ import annotations

from typing import Annotated, Any, NoReturn

from fastapi import APIRouter, Depends, Request, Response

from digital_council.apps import catalogue
from digital_council.apps.catalogue import App
from digital_council.portal import access, models, tokens
from digital_council.portal.access import Member, Parts
from digital_council.portal.api.documents import FOUND, SIGNED_IN, link_next, refusals
from digital_council.portal.api.units import Cursor, Id, Key, Limit
from digital_council.portal.identity import Identity, from_hub
from digital_council.portal.paging import paged
from digital_council.portal.problems import Problem
from digital_council.portal.services import Services

router = APIRouter(tags=["apps"])
NOT_YET = "Publishing apps from the portal is not built yet; ask the operator to add the app's folder."


async def _apps_service(request: Request) -> Identity:
    identity = await access.identify(request)
    if identity is None:
        raise Problem(401, "Only the apps service may ask for this.", access.CHALLENGE)
    if not identity.service or identity.account != "apps":
        raise Problem(403, "Only the apps service may ask for this.")
    return identity


@router.get("/apps", response_model=models.AppList, responses=SIGNED_IN)
def apps(
    who: Member, services: Parts, request: Request, response: Response, limit: Limit = 100, cursor: Cursor = None
) -> dict[str, Any]:
    """The apps you may open."""
    some, following = paged(apps_for(services, who), limit, cursor)
    link_next(request, response, following)
    return {"apps": list(some), "next": following}


@router.post("/apps", status_code=501, responses=SIGNED_IN | refusals(501))
def publish(who: Member, idempotency_key: Key = None) -> None:
    """Publish a notebook as an app. For analysts."""
    _not_built(who)


@router.post("/apps/{id}/share", status_code=501, responses=FOUND | refusals(501))
def share(id: Id, who: Member, idempotency_key: Key = None) -> None:
    """Share an app with people, groups or everyone. For analysts."""
    _not_built(who)


@router.post("/apps/{id}/rollback", status_code=501, responses=FOUND | refusals(501))
def rollback(id: Id, who: Member, idempotency_key: Key = None) -> None:
    """Go back to an earlier version of an app. For analysts."""
    _not_built(who)


def _not_built(who: Identity) -> NoReturn:
    if not who.has("analyst"):
        raise Problem(403, "Apps are published and shared by analysts; ask the operator for that role.")
    raise Problem(501, NOT_YET)


@router.post("/internal/viewer-tokens", response_model=models.ViewerTokenOut, include_in_schema=False)
async def viewer_token(
    body: models.ViewerTokenIn, caller: Annotated[Identity, Depends(_apps_service)], services: Parts
) -> dict[str, Any]:
    """Sign ten minutes of reading for one viewer of one app, if that viewer may open it now."""
    app = catalogue.load().get(body.app)
    groups = await services.auth.groups(body.account)
    if app is None or groups is None:
        raise Problem(404, f"There is no app {body.app!r} or no account {body.account!r}.")
    viewer = from_hub({"name": body.account, "groups": groups}, services.organisation, "token")
    if not app.open_to(viewer.roles):
        raise Problem(403, f"{app.description.title} is not shared with {body.account}.")
    # What the app declares counts, not what the request says: the apps service runs beside untrusted kernels.
    token = services.tokens.sign_viewer(body.account, app.id, app.description.datasets)
    return {"token": token, "seconds": tokens.SECONDS}


def apps_for(services: Services, who: Identity) -> list[dict[str, Any]]:
    """The apps open to this person, with where they are."""
    return [_described(services, app) for app in catalogue.load().values() if app.open_to(who.roles)]


def _described(services: Services, app: App) -> dict[str, Any]:
    return {
        "id": app.id,
        "title": app.description.title,
        "url": f"{services.apps_origin}/services/apps/{app.id}/",
        "summary": app.description.summary,
        "owner": app.description.owner,
    }
