"""Noticing that installed packages, or our own sources, have changed since this process imported them."""

import os
import sys
import sysconfig
import time
from collections.abc import Sequence
from pathlib import Path

_EVERY = 3.0  # seconds between looks


def sources() -> list[str]:
    """The files of ours that are in use. Asked once: it touches every module, and after a fork what is touched is
    copied, some nine megabytes of it for each fork that is alive."""
    ours = str(Path(__file__).parents[1])
    files = [getattr(module, "__file__", None) or "" for module in list(sys.modules.values())]
    return [file for file in files if file.startswith(ours)]


def fingerprint(files: Sequence[str]) -> int:
    """Differs when a package was installed, removed or upgraded, or one of these sources was edited."""
    seen: list[tuple[str, int]] = []
    for folder in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), *sys.path}:
        if os.path.isdir(folder):
            seen += [(entry.path, entry.stat().st_mtime_ns) for entry in os.scandir(folder)
                     if entry.name.endswith((".dist-info", ".egg-link", ".pth"))]  # fmt: skip
    seen += [(file, os.stat(file).st_mtime_ns) for file in files if os.path.exists(file)]
    return hash(tuple(sorted(seen)))


class Watch:
    """Asks for the fingerprint at most every few seconds."""

    def __init__(self) -> None:
        self.files = sources()
        self.first, self.looked = fingerprint(self.files), time.monotonic()

    def changed(self) -> bool:
        """Whether anything has changed since this watch was made, as far as the last look saw."""
        if time.monotonic() - self.looked < _EVERY:
            return False
        self.looked = time.monotonic()
        return fingerprint(self.files) != self.first
