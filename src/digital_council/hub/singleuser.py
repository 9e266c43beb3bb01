"""The program inside a user's sandbox: JupyterLab on a socket that was opened outside and handed in."""

from __future__ import annotations

import os
import socket
from typing import Any

from jupyter_server.serverapp import ServerApp
from jupyterhub.singleuser.extension import JupyterHubSingleUser


class InheritingServer(ServerApp):
    """A Jupyter server that listens on COUNCIL_LISTEN_FD and opens no port of its own.

    A socket belongs to the network namespace it was made in, so the hub's proxy reaches this one although
    the sandbox has no network at all.
    """

    def _find_http_port(self) -> None:
        """The port is the one that was handed in; trying to bind it would fail."""

    def _bind_http_server_tcp(self) -> bool:
        listening = socket.socket(fileno=int(os.environ.pop("COUNCIL_LISTEN_FD")))
        listening.setblocking(False)
        listening.set_inheritable(False)
        self.http_server.add_socket(listening)
        return True


class SingleUser(JupyterHubSingleUser):
    """The hub's single-user extension on an inherited socket."""

    serverapp_class = InheritingServer

    @classmethod
    def make_serverapp(cls, **kwargs: Any) -> Any:
        app = super().make_serverapp(**kwargs)
        app.config.LabApp.news_url = None
        app.config.KernelSpecManager.ensure_native_kernel = True
        app.config.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
        return app


main = SingleUser.launch_instance

if __name__ == "__main__":
    main()
