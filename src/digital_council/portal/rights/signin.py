"""Signing in by the hub, in a browser: there with a state and a challenge, back with a code."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from digital_council.portal.problems import Problem
from digital_council.portal.rights.access import Parts, guard_form, identify
from digital_council.portal.rights.sessions import PREFIX

router = APIRouter(prefix=PREFIX.rstrip("/"), include_in_schema=False)
LEADS_AWAY = re.compile(r"[\x00-\x1f\\]|/(\.|%2e){2}([/?#]|$)", re.IGNORECASE)
"""What browsers leave out, take for a slash, or climb up by."""


@router.get("/sign-in")
def sign_in(request: Request, services: Parts, next: str = PREFIX) -> Response:
    """Send the browser to the hub; it remembers in a signed cookie where it was going."""
    state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    response = RedirectResponse(services.auth.sign_in_url(state, challenge), 302)
    services.sessions.remember_sign_in(request, response, state, [verifier, safe_next(next)])
    return response


@router.get("/oauth_callback")
async def oauth_callback(
    request: Request, services: Parts, code: str = "", state: str = "", error: str = ""
) -> Response:
    """Take the code the hub gave this browser, and begin its session."""
    response = RedirectResponse(PREFIX, 302)
    kept = services.sessions.recall_sign_in(request, response, state)
    if kept is None or not code or error:
        raise Problem(400, "That sign-in was not finished here, or took over ten minutes. Sign in again.")
    verifier, following = kept
    token = await services.auth.token(code, verifier)
    if token is None or await services.auth.user(token) is None:
        raise Problem(403, "The hub did not let you in here. Ask the operator whether your account may use it.")
    services.sessions.begin(request, response, token)
    response.headers["location"] = following
    return response


@router.post("/sign-out")
async def sign_out(request: Request, services: Parts, csrf: str = Form(default="")) -> Response:
    """End the portal's session, then the hub's."""
    identity = await identify(request)
    if identity is not None and identity.via == "session":
        guard_form(request, identity, csrf)
    response = RedirectResponse(f"{services.auth.hub}/hub/logout", 303)
    services.sessions.end(request, response)
    return response


def safe_next(path: str) -> str:
    """A page of this portal and nothing else: an address from outside would make us a springboard."""
    return path if path.startswith(PREFIX) and not LEADS_AWAY.search(path) else PREFIX
