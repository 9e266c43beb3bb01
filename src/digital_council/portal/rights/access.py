"""Access: what each request must prove before anything is done for it."""

from __future__ import annotations

import contextlib
from typing import Annotated

from fastapi import Depends, Request
from starlette.exceptions import HTTPException

from digital_council.portal.problems import Problem
from digital_council.portal.rights.identity import Identity, from_hub, from_viewer
from digital_council.portal.rights.sessions import is_own_origin
from digital_council.portal.services import Services

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
CHALLENGE = {"WWW-Authenticate": 'token realm="Digital Council"'}


def services_of(request: Request) -> Services:
    return request.app.state.services  # type: ignore[no-any-return]


async def identify(request: Request) -> Identity | None:
    """Who is asking, or None for nobody; raises a 401 problem for credentials that are wrong."""
    services = services_of(request)
    header = request.headers.get("authorization")
    if header is not None:
        return await _from_header(services, header)
    session = services.sessions.read(request)
    if session is None:
        return None
    model = await services.auth.user(session.token)
    return from_hub(model, services.organisation, "session", session.id) if model else None


async def _from_header(services: Services, header: str) -> Identity:
    scheme, _, credentials = header.partition(" ")
    credentials = credentials.strip()
    if scheme.lower() == "token" and credentials.isascii() and credentials:
        model = await services.auth.user(credentials)
        if model:
            return from_hub(model, services.organisation, "token")
    if scheme.lower() == "bearer" and (viewer := services.tokens.read_viewer(credentials)):
        groups = await services.auth.groups(viewer.account)
        if groups is not None:
            return from_viewer(viewer, groups, services.organisation)
    raise Problem(401, "That token is not known here, has expired, or may not reach the portal.", CHALLENGE)


async def _anybody(request: Request) -> Identity | None:
    identity = await identify(request)
    request.state.identity = identity
    return identity


async def recognise(request: Request) -> None:
    """Note who is asking, for the head of a page that is there for nobody in particular."""
    with contextlib.suppress(HTTPException):
        await _anybody(request)


async def _reader(request: Request) -> Identity:
    """Somebody signed in, or a viewer through an app reading."""
    identity = await _anybody(request)
    if identity is None or (identity.service and not identity.viewer):
        detail = "Sign in, or send a hub token as `Authorization: token …`."
        raise Problem(401 if identity is None else 403, detail, CHALLENGE if identity is None else None)
    return identity


async def _member(request: Request) -> Identity:
    """Somebody signed in themselves. A write by cookie must carry this session's form token and our origin."""
    identity = await _reader(request)
    if identity.viewer:
        raise Problem(403, "A viewer's token only reads progress and datasets.")
    if identity.via == "session" and request.method not in SAFE:
        guard_form(request, identity, request.headers.get("x-csrf-token", ""))
    return identity


def guard_form(request: Request, identity: Identity, token: str) -> None:
    """Refuse a write that another site's page, or another session's, has sent."""
    if not is_own_origin(request):
        raise Problem(403, "This form was sent from another site, so nothing was changed.")
    if not services_of(request).sessions.is_form_token(identity.session, token):
        raise Problem(403, "This page is from an earlier sign-in, so nothing was changed; reload it and try again.")


async def _parts(request: Request) -> Services:
    """Async, as every small dependency here: FastAPI sends each that is not to a thread of its own."""
    return services_of(request)


Anybody = Annotated[Identity | None, Depends(_anybody)]
Reader = Annotated[Identity, Depends(_reader)]
Member = Annotated[Identity, Depends(_member)]
Parts = Annotated[Services, Depends(_parts)]
