"""Sweeping: the folders of warm kernels whose process was killed outright and could not clear up."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
import time
from pathlib import Path

PREFIX = "council-kernel-"
SOCKET = "kernel.sock"
YOUNG_SECONDS = 60
"""A folder this young may belong to a kernel that does not listen yet."""


def left_over(room: Path | None = None) -> list[Path]:
    """The folders of this user's that no kernel answers from."""
    room = room or Path(tempfile.gettempdir())
    return [folder for folder in sorted(room.glob(f"{PREFIX}*")) if _is_ours(folder) and not _answers(folder / SOCKET)]


def sweep(room: Path | None = None) -> list[Path]:
    """Removes what is left over; what cannot be removed stays for the next time."""
    found = left_over(room)
    for folder in found:
        shutil.rmtree(folder, ignore_errors=True)
    return found


def _is_ours(folder: Path) -> bool:
    try:
        facts = folder.stat(follow_symlinks=False)
    except OSError:
        return False
    old = time.time() - max(facts.st_mtime, facts.st_ctime) > YOUNG_SECONDS
    return folder.is_dir() and not folder.is_symlink() and facts.st_uid == os.geteuid() and old


def _answers(address: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(2)
        try:
            probe.connect(str(address))
        except (ConnectionRefusedError, FileNotFoundError):
            return False
        except OSError:
            return True  # somebody listens and is busy
    return True
