"""Who is looking: the hub's sign-in for Voila, and one owner for every kernel."""

from __future__ import annotations

import logging
from typing import Any

from jupyter_server.auth import Authorizer
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyterhub.singleuser.extension import JupyterHubIdentityProvider
from jupyterhub.utils import url_path_join

log = logging.getLogger(__name__)


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


class QuietConnection(ZMQChannelsWebsocketConnection):  # type: ignore[misc]
    """Tells a viewer that something failed and whom to ask; what Python said goes to whoever looks after apps."""

    def _on_error(self, channel: str, msg: dict[str, Any], msg_list: list[bytes]) -> None:
        if channel != "iopub":
            return
        header = self.get_part("header", msg["header"], msg_list)
        page = self.multi_kernel_manager.pages.get(self.kernel_id)
        if header["msg_type"] != "error" or page is None:
            return
        content = self.get_part("content", msg["content"], msg_list)
        log.error("A control of the app %s failed: %s: %s", page.app, content["ename"], content["evalue"])
        if not page.trace:
            told = f"This did not work. Please tell the owner of this app, {page.owner}, what you did and when."
            msg["content"] = {"ename": "", "evalue": told, "traceback": [told]}
            msg_list[3] = self.session.pack(msg["content"])
