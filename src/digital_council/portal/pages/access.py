"""Access to pages: nobody signed in is sent to sign in; a posted form is guarded before it is read."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from digital_council.portal.face.views import Views
from digital_council.portal.problems import Problem
from digital_council.portal.rights import access
from digital_council.portal.rights.identity import Identity


async def _member(request: Request) -> Identity:
    """Somebody signed in themselves. Their forms are guarded where they are read, by `guard_form`."""
    identity = await access.identify(request)
    request.state.identity = identity
    if identity is None:
        raise Problem(401, "Sign in to see this page.", access.CHALLENGE)
    if identity.viewer or identity.service:
        raise Problem(403, "This page is for people.")
    return identity


async def _anybody(request: Request) -> Identity | None:
    """Whoever it is; a page open to everybody does not mind a session that has ended."""
    identity = await access.identify(request)
    request.state.identity = identity
    return identity


async def posted(request: Request, who: Identity) -> dict[str, str]:
    """The fields of a small form, once it has proved to be one of ours."""
    async with request.form(max_fields=500, max_files=0) as form:
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
    if who.via == "session":
        access.guard_form(request, who, fields.get("csrf", ""))
    return fields


async def _views(request: Request) -> Views:
    return request.app.state.views  # type: ignore[no-any-return]


Member = Annotated[Identity, Depends(_member)]
Anybody = Annotated[Identity | None, Depends(_anybody)]
Pages = Annotated[Views, Depends(_views)]
