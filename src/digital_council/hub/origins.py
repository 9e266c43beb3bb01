"""Origins: a host of its own for every service and every user's server."""

from __future__ import annotations

from typing import Literal

from jupyterhub.utils import subdomain_hook_idna

SERVICES = ("council", "apps", "formgrader")


def host(name: str, domain: str, kind: Literal["user", "service"]) -> str:
    """The host of a user's server or of a service; no two of them ever share one."""
    if kind == "service":
        return f"{name}.{domain}"
    safe: str = subdomain_hook_idna(name, domain, kind)
    # An account may be called `apps`; its server must not sit on the origin of the service.
    return f"user--{safe}" if safe.split(".")[0] in SERVICES else safe
