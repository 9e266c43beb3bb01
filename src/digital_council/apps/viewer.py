"""Who is looking: the hub's sign-in for Voila, and one owner for every kernel."""

from __future__ import annotations

from typing import Any

from jupyter_server.auth import Authorizer
from jupyterhub.singleuser.extension import JupyterHubIdentityProvider
from jupyterhub.utils import url_path_join


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
        return bool(handler.kernel_manager.owner(kernel_id) == user.username)
