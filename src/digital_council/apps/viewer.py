"""Who is looking: the hub's sign-in for Voila, and one owner for every kernel."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from jupyter_server.auth import Authorizer
from jupyterhub.singleuser.extension import JupyterHubIdentityProvider
from jupyterhub.utils import url_path_join


@dataclass(frozen=True)
class Viewing:
    """A person opening an app: the account, the app and the token its kernel gets."""

    account: str
    app: str
    token: str


VIEWING: ContextVar[Viewing] = ContextVar("viewing")
"""Set by the page's handler before Voila starts the kernel; read by the kernel manager in the same task."""


class HubIdentity(JupyterHubIdentityProvider):  # type: ignore[misc]
    """The hub's sign-in, with its callback under the service's own prefix, where the hub sends browsers."""

    def get_handlers(self) -> list[tuple[Any, ...]]:
        prefix = self.parent.base_url
        return [(url_path_join(prefix, path), *rest) for path, *rest in super().get_handlers()]


class OwnKernelOnly(Authorizer):  # type: ignore[misc]
    """A kernel answers to the viewer it was started for, and to nobody else."""

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        kernel_id = handler.path_kwargs.get("kernel_id")
        if kernel_id is None:
            return True
        return bool(handler.kernel_manager.owners.get(kernel_id) == user.username)
