"""Sessions: the signed cookie of a signed-in browser, and the form tokens bound to it."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from pathlib import Path

from fastapi import Request, Response
from itsdangerous import BadSignature, URLSafeTimedSerializer

from digital_council.portal.rights import keys

PREFIX = "/services/council/"
COOKIE = "council-session"
SESSION_SECONDS = 14 * 24 * 3600
SIGN_IN_SECONDS = 600


@dataclass(frozen=True)
class Session:
    """A browser's session: its own random id, and the hub token that says who signed in."""

    id: str
    token: str


class Sessions:
    """Signs what browsers carry. The hub token decides at each request; the cookie only brings it."""

    def __init__(self, secrets_folder: Path) -> None:
        key = keys.ensure(secrets_folder / "portal.key")
        self._sessions = URLSafeTimedSerializer(key, salt="session")
        self._sign_ins = URLSafeTimedSerializer(key, salt="sign-in")
        self._key = key.encode()

    def read(self, request: Request) -> Session | None:
        cookie = request.cookies.get(cookie_name(request))
        if not cookie:
            return None
        try:
            session_id, token = self._sessions.loads(cookie, max_age=SESSION_SECONDS)
        except (BadSignature, ValueError, TypeError):
            return None
        return Session(session_id, token)

    def begin(self, request: Request, response: Response, token: str) -> None:
        """Start a session with a new id, so that no form token of an earlier one is good for it."""
        value = self._sessions.dumps([secrets.token_urlsafe(18), token])
        _set(request, response, cookie_name(request), value, SESSION_SECONDS)

    def end(self, request: Request, response: Response) -> None:
        _set(request, response, cookie_name(request), "", 0)

    def remember_sign_in(self, request: Request, response: Response, state: str, parts: list[str]) -> None:
        name = _sign_in_cookie(request, state)
        _set(request, response, name, self._sign_ins.dumps([state, *parts]), SIGN_IN_SECONDS)

    def recall_sign_in(self, request: Request, response: Response, state: str) -> list[str] | None:
        """What this browser was told when it left to sign in, once; None when it was another browser."""
        name = _sign_in_cookie(request, state)
        _set(request, response, name, "", 0)
        try:
            kept_state, *parts = self._sign_ins.loads(request.cookies.get(name, ""), max_age=SIGN_IN_SECONDS)
        except (BadSignature, ValueError, TypeError):
            return None
        return list(parts) if hmac.compare_digest(kept_state, state) else None

    def form_token(self, session_id: str) -> str:
        """A token for the forms of one session; a fresh one each time, so that compression tells nothing."""
        nonce = secrets.token_urlsafe(12)
        return f"{nonce}.{self._mac(session_id, nonce)}"

    def is_form_token(self, session_id: str, token: str) -> bool:
        nonce, _, mac = token.partition(".")
        return bool(session_id and nonce) and hmac.compare_digest(mac, self._mac(session_id, nonce))

    def _mac(self, session_id: str, nonce: str) -> str:
        return hmac.new(self._key, f"form:{session_id}:{nonce}".encode(), hashlib.sha256).hexdigest()


def cookie_name(request: Request) -> str:
    """Over HTTPS the name is host-bound: a learner's server on a sister host cannot plant a session."""
    return f"__Host-{COOKIE}" if is_secure(request) else COOKIE


def is_secure(request: Request) -> bool:
    """Whether the browser speaks HTTPS; the header comes from the hub's proxy, nearest part first."""
    forwarded = request.headers.get("x-forwarded-proto", request.url.scheme)
    return forwarded.split(",")[0].strip() == "https"


def origin_of(request: Request) -> str:
    """This portal's own origin, as whoever is asking sees it."""
    return f"{'https' if is_secure(request) else 'http'}://{request.headers.get('host', '')}"


def is_own_origin(request: Request) -> bool:
    """Whether a page of this very origin sent the request."""
    return request.headers.get("origin") == origin_of(request)


def _sign_in_cookie(request: Request, state: str) -> str:
    short = hashlib.sha256(state.encode()).hexdigest()[:12]
    return f"{cookie_name(request)}-{short}"


def _set(request: Request, response: Response, name: str, value: str, seconds: int) -> None:
    secure = is_secure(request)
    response.set_cookie(
        name, value, max_age=seconds, path="/" if secure else PREFIX, secure=secure, httponly=True, samesite="lax"
    )
