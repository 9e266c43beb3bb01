"""Sign-in by the council's own identity provider (OpenID Connect); roles stay with people.csv."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any

from oauthenticator.generic import GenericOAuthenticator

from digital_council.errors import OperatorError
from digital_council.hub.authenticator import Directory, groups_of, refreshed
from digital_council.settings import OpenIDConnect


class OpenIDAuthenticator(GenericOAuthenticator):  # type: ignore[misc]
    """Whom the provider vouches for and people.csv names may sign in."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.directory = Directory()

    async def check_allowed(self, username: str, auth_model: dict[str, Any] | None) -> bool:
        return self.directory.read().person(username) is not None

    def get_user_groups(self, auth_state: dict[str, Any]) -> set[str]:
        """The groups of people.csv, whatever the provider says."""
        account = self.normalize_username(self.user_info_to_username(auth_state[self.user_auth_state_key]))
        return set(groups_of(self.directory.read(), account))

    async def refresh_user(self, user: Any, handler: Any = None, **kwargs: Any) -> dict[str, Any] | bool:
        return refreshed(self, user.name)


def require(settings: OpenIDConnect) -> dict[str, Any]:
    """What the provider says of itself; raises OperatorError for a setting, secret or provider that is missing."""
    for name in ("issuer", "client_id", "secret_file"):
        if not getattr(settings, name):
            raise OperatorError(f"hub_config/council.toml: openid_connect.{name} is empty; sign-in needs it")
    secret(Path(settings.secret_file))
    return discover(settings.issuer)


def configure(c: Any, settings: OpenIDConnect) -> None:
    """Point the authenticator at the provider; raises OperatorError for what is missing."""
    provider = require(settings)
    ours = c.OpenIDAuthenticator
    ours.client_id = settings.client_id
    ours.client_secret = secret(Path(settings.secret_file))
    ours.login_service = "your council account"
    ours.username_claim = settings.account_claim
    ours.scope = ["openid", "profile"]
    ours.authorize_url = provider["authorization_endpoint"]
    ours.token_url = provider["token_endpoint"]
    ours.userdata_url = provider["userinfo_endpoint"]
    ours.enable_auth_state = False


def discover(issuer: str) -> dict[str, Any]:
    """The provider's own description of its addresses; raises OperatorError when it does not answer."""
    url = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            described: dict[str, Any] = json.load(answer)
    except (OSError, ValueError) as error:
        raise OperatorError(f"the identity provider did not answer at {url} ({error})") from None
    return described


def secret(path: Path) -> str:
    """The client's secret, from a file outside the repository; raises OperatorError."""
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise OperatorError(f"{path}: the OpenID Connect secret cannot be read ({error.strerror})") from None
