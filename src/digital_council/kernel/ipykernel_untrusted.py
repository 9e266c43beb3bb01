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


class _App(IPKernelApp):  # type: ignore[misc]
    """With the settings given and no others: what looks for more finds none here, and takes a tenth of the start."""

    def parse_command_line(self, argv: object = None) -> None:
        pass

    def load_config_file(self, *_: object, **__: object) -> None:
        pass


def serve(connection: socket.socket, argument: bytes) -> None:
    """Be the kernel that the argument describes, until it is shut down."""
    orders = json.loads(argument)
    os.environ.update(orders["environment"])
    file = Path(tempfile.gettempdir(), "connection.json")
    file.write_text(json.dumps(orders["connection"]))
    app = _App.instance(config=_settings(), connection_file=str(file))
    app.initialize([])
    app.start()


def _settings() -> Config:
    settings = Config()
    settings.HistoryManager.enabled = False  # a database in a home that lives as long as the kernel
    settings.InteractiveShell.cache_size = 0
    settings.IPKernelApp.quiet = True
    settings.IPKernelApp.matplotlib = "inline"
    return settings
