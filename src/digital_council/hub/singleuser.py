"""The program inside a user's sandbox: JupyterLab on a socket that was opened outside and handed in.

Importing this module is for that process alone: it leaves parts of JupyterHub out of it.
"""

from __future__ import annotations

import importlib
import os
import socket
import sys
from types import ModuleType

from digital_council.hub import memory


def leave_out(name: str, **names: object) -> None:
    """Put an empty module where a large one would be imported and never used."""
    module = sys.modules[name] = ModuleType(name)
    module.__dict__.update(names, __path__=[])


# The hub's log formatter imports the hub's pages and its database for one class of a health check: 0.35 s
# and 20 MB in every user's server. The grammar of rfc3987_syntax takes 0.7 s to compile.
leave_out("jupyterhub.orm")
leave_out("jupyterhub.handlers")
leave_out("jupyterhub.handlers.pages", HealthCheckHandler=type("HealthCheckHandler", (), {}))
sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]

from jupyter_server.serverapp import ServerApp  # noqa: E402
from jupyterhub.singleuser.extension import JupyterHubSingleUser  # noqa: E402


def import_lab() -> None:
    """Import JupyterLab while node is out of sight: it would run yarn, for 0.3 s, to read a setting nobody set."""
    path = os.environ["PATH"]
    os.environ["PATH"] = "/usr/bin:/bin"
    try:
        importlib.import_module("jupyterlab.labapp")
    finally:
        os.environ["PATH"] = path


class InheritingServer(ServerApp):  # type: ignore[misc]
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
    memory.hold()
    os.chdir(os.environ["HOME"])  # only the account itself may enter its home, so bubblewrap cannot start there
    import_lab()
    JupyterHubSingleUser.serverapp_class = InheritingServer
    JupyterHubSingleUser.launch_instance()


if __name__ == "__main__":
    main()
