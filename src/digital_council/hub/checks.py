"""Checks before a start: each refuses with one line that says what to do."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import tempfile
from pathlib import Path
from typing import IO

from digital_council.errors import OperatorError
from digital_council.hub.passwords import write_secret
from digital_council.settings import State

STATE_VERSION = 1
"""Raised when an older version could no longer read what a newer one has written."""


def port_is_free(port: int) -> None:
    """Raises OperatorError when another program listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise OperatorError(f"port {port} may not be opened by this user; choose another with --port") from None
        except OSError:
            raise OperatorError(
                f"port {port} is taken by another program; stop it, or choose another with --port"
            ) from None


def state_is_usable(state: State) -> None:
    """Raises OperatorError when the state cannot be written or a newer version wrote it."""
    state.ensure()
    try:
        with tempfile.TemporaryFile(dir=state.hub):
            pass
    except OSError as error:
        raise OperatorError(
            f"{state.root}: cannot be written ({error.strerror}); choose another folder with --state DIR"
        ) from None
    _version_is_ours(state.root / "version.json")


def _version_is_ours(path: Path) -> None:
    if not path.exists():
        write_secret(path, json.dumps({"state": STATE_VERSION}).encode())
        return
    try:
        found = int(json.loads(path.read_text())["state"])
    except (ValueError, KeyError, TypeError):
        raise OperatorError(f"{path}: cannot be read; restore the state from a backup (council restore)") from None
    if found > STATE_VERSION:
        raise OperatorError(
            f"{path.parent}: written by a newer version (state {found}, this one knows {STATE_VERSION}); "
            "update Digital Council, or choose another folder with --state DIR"
        )


def lock(state: State) -> IO[str]:
    """Hold the state for this process; keep what is returned. Raises OperatorError when it is held already."""
    file = (state.hub / "lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        pid = file.read().strip()
        file.close()
        raise OperatorError(
            f"{state.root}: in use by another council serve (process {pid}); stop that one, or use --state DIR"
        ) from None
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file
