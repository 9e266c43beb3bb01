"""Runs in a fork: a real ipykernel, on sockets in the fork's own folder."""

import json
import os
import socket
import tempfile
from pathlib import Path

from ipykernel import kernelapp
from ipykernel.iostream import IOPubThread
from ipykernel.kernelapp import IPKernelApp
from traitlets.config import Config


class _IOPubThread(IOPubThread):  # type: ignore[misc]
    """Without the socket on loopback by which a forked child of the kernel prints: here is no network at all."""

    def _setup_pipe_in(self) -> None:
        self._pipe_flag = False


kernelapp.IOPubThread = _IOPubThread


def serve(connection: socket.socket, argument: bytes) -> None:
    """Be the kernel that the argument describes, until it is shut down."""
    orders = json.loads(argument)
    os.environ.update(orders["environment"])
    file = Path(tempfile.gettempdir(), "connection.json")
    file.write_text(json.dumps(orders["connection"]))
    app = IPKernelApp.instance(config=_settings(), connection_file=str(file))
    app.initialize([])
    app.start()


def _settings() -> Config:
    settings = Config()
    settings.HistoryManager.enabled = False  # a database in a home that lives as long as the kernel
    settings.InteractiveShell.cache_size = 0
    settings.IPKernelApp.matplotlib = "inline"
    return settings
