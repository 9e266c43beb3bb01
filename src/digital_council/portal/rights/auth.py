"""Authentication: the hub says who a token belongs to; its answer is believed for half a minute."""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from jupyterhub.services.auth import HubOAuth
from tornado.web import HTTPError

from digital_council.portal.problems import Problem

BELIEVED_SECONDS = 30
"""A lost role must take effect within a minute: half of it leaves room for a slow request."""

CACHED = 2_000


class Authenticator(Protocol):
    """What the portal needs of a hub; the tests' one has fixed tokens."""

    hub: str
    """The hub's public address without a path; empty when it is on the portal's own origin."""

    async def user(self, token: str) -> Mapping[str, Any] | None:
        """The hub's user model for a token that may reach the portal, or None."""

    async def groups(self, account: str) -> list[str] | None:
        """The hub groups of an account now, or None when the hub does not know it."""

    def sign_in_url(self, state: str, challenge: str) -> str:
        """Where a browser goes to sign in."""

    async def token(self, code: str, verifier: str) -> str | None:
        """The token for a sign-in code, or None when the hub refuses the code."""


class Remembered:
    """Answers of the hub by key, each for half a minute, never more than CACHED of them."""

    def __init__(self, seconds: float = BELIEVED_SECONDS) -> None:
        self.seconds = seconds
        self._kept: OrderedDict[str, tuple[float, Any]] = OrderedDict()

    def get(self, key: str) -> Any:
        kept = self._kept.get(key)
        if kept is None or time.monotonic() - kept[0] > self.seconds:
            self._kept.pop(key, None)
            return None
        return kept[1]

    def put(self, key: str, value: Any) -> None:
        self._kept[key] = (time.monotonic(), value)
        while len(self._kept) > CACHED:
            self._kept.popitem(last=False)


class HubAuthenticator:
    """The real hub, reached with the portal's own service token from the JUPYTERHUB_* environment."""

    def __init__(self, hub: HubOAuth | None = None) -> None:
        self._hub = hub or HubOAuth()
        self._users = Remembered()
        self._groups = Remembered()
        self.hub: str = self._hub.hub_host

    async def user(self, token: str) -> Mapping[str, Any] | None:
        key = hashlib.sha256(token.encode()).hexdigest()
        model = self._users.get(key)
        if model is None:
            model = await self._ask(self._hub.user_for_token(token, use_cache=False, sync=False))
            if model and self._may_enter(model):
                self._users.put(key, model)
        return model if model and self._may_enter(model) else None

    async def groups(self, account: str) -> list[str] | None:
        groups: list[str] | None = self._groups.get(account)
        if groups is None:
            url = f"{self._hub.api_url.rstrip('/')}/users/{quote(account, safe='')}"
            model = await self._ask(self._hub._api_request("GET", url))
            groups = list(model["groups"]) if model else None
            if groups is not None:
                self._groups.put(account, groups)
        return groups

    def sign_in_url(self, state: str, challenge: str) -> str:
        query = {
            "client_id": self._hub.oauth_client_id,
            "redirect_uri": self._hub.oauth_redirect_uri,
            "response_type": "code",
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{self._hub.oauth_authorization_url}?{urlencode(query)}"

    async def token(self, code: str, verifier: str) -> str | None:
        try:
            token: str = await self._hub.token_for_code(code, code_verifier=verifier, sync=False)
        except HTTPError:
            return None
        return token

    def _may_enter(self, model: Mapping[str, Any]) -> bool:
        # A service is let in to be told apart later: only the apps service may ask for anything.
        return model.get("kind") == "service" or bool(self._hub.check_scopes(self._hub.access_scopes, model))

    async def _ask(self, question: Any) -> Any:
        try:
            return await question
        except HTTPError as error:
            raise Problem(
                503, "The hub did not say who you are; try again in a moment.", {"Retry-After": "5"}
            ) from error
