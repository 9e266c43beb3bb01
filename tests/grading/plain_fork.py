"""A fork with no sandbox, for showing what bites without one, and for tests that are not about isolation."""

import contextlib
import faulthandler
import importlib
import os
import signal
import socket
import tempfile
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from digital_council.grading import preload  # noqa: F401


class PlainFork:
    """One child in a folder of its own, with no limits; `close` ends it and what is in its process group."""

    reason = ""

    def __init__(self, entry: str, argument: bytes, files: Mapping[str, bytes]) -> None:
        self.socket, theirs = socket.socketpair()
        self.folder = tempfile.TemporaryDirectory(prefix="plain-fork-")
        for name, content in files.items():
            Path(self.folder.name, name).write_bytes(content)
        module, _, name = entry.partition(":")
        function = getattr(importlib.import_module(module), name)
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.setsid()
                faulthandler.disable()
                warnings.resetwarnings()
                os.chdir(self.folder.name)
                self.socket.close()
                function(theirs, argument)
            finally:
                os._exit(1)
        theirs.close()

    def close(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)
        self.socket.close()
        self.folder.cleanup()


class PlainWarm:
    """Forks from the test's own process."""

    def fork(
        self, entry: str, argument: bytes = b"", limits: Any = None, files: Mapping[str, bytes] | None = None
    ) -> PlainFork:
        return PlainFork(entry, argument, files or {})
