"""The program inside a user's sandbox: JupyterLab on a socket that was opened outside and handed in."""

from __future__ import annotations

import os
import socket

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


def main() -> None:
    """Run until the hub ends it."""
    os.chdir(os.environ["HOME"])  # only the account itself may enter its home, so bubblewrap cannot start there
    JupyterHubSingleUser.serverapp_class = InheritingServer
    JupyterHubSingleUser.launch_instance()


if __name__ == "__main__":
    main()
