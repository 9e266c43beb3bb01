"""The council's identity provider: what it says of itself, and whether our settings for it will do."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from digital_council.errors import OperatorError
from digital_council.settings import OpenIDConnect

NEEDED = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint")


def require(settings: OpenIDConnect) -> dict[str, Any]:
    """What the provider says of itself; raises OperatorError for a setting, secret or provider that is missing."""
    for name in ("issuer", "client_id", "secret_file"):
        if not getattr(settings, name):
            raise OperatorError(f"hub_config/council.toml: openid_connect.{name} is empty; sign-in needs it")
    secret(Path(settings.secret_file))
    return discover(settings.issuer)


def discover(issuer: str) -> dict[str, Any]:
    """The provider's own description of its addresses; raises OperatorError when it gives none that will do."""
    url = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            described = json.load(answer)
    except (OSError, ValueError) as error:
        raise OperatorError(
            f"the identity provider did not answer at {url} ({error}); look at openid_connect.issuer in council.toml"
        ) from None
    missing = [name for name in NEEDED if not isinstance(described, dict) or not described.get(name)]
    if missing:
        raise OperatorError(f"{url}: names no {missing[0]}; set openid_connect.issuer to an OpenID Connect provider")
    return dict(described)


def secret(path: Path) -> str:
    """The client's secret, from a file outside the repository; raises OperatorError."""
    try:
        found = path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is not text"
        raise OperatorError(f"{path}: the OpenID Connect secret cannot be read ({why})") from None
    if not found:
        raise OperatorError(f"{path}: the OpenID Connect secret is empty; put the client's secret in it")
    return found


def wants_header(provider: dict[str, Any]) -> bool:
    """Whether our secret goes into a header: what a provider takes that does not say what it takes."""
    return "client_secret_post" not in provider.get("token_endpoint_auth_methods_supported", ())


def sign_out(provider: dict[str, Any], client_id: str, origin: str) -> str:
    """Where one ends one's session at the provider and comes back to our sign-in; empty where it offers none."""
    place = provider.get("end_session_endpoint")
    back = {"client_id": client_id, "post_logout_redirect_uri": f"{origin}/hub/login"}
    return f"{place}{'&' if '?' in place else '?'}{urlencode(back)}" if place else ""
