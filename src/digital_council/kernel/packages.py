"""Noticing that installed packages, or our own sources, have changed since this process imported them."""

import os
import sys
import sysconfig
import time
from pathlib import Path

_EVERY = 3.0  # seconds between looks


def fingerprint() -> int:
    """Differs when a package was installed, removed or upgraded, or a source of ours in use was edited."""
    seen: list[tuple[str, int]] = []
    for folder in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), *sys.path}:
        if os.path.isdir(folder):
            seen += [(entry.path, entry.stat().st_mtime_ns) for entry in os.scandir(folder)
                     if entry.name.endswith((".dist-info", ".egg-link", ".pth"))]  # fmt: skip
    ours = str(Path(__file__).parents[1])
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None) or ""
        if file.startswith(ours) and os.path.exists(file):
            seen.append((file, os.stat(file).st_mtime_ns))
    return hash(tuple(sorted(seen)))


class Watch:
    """Asks for the fingerprint at most every few seconds."""

    def __init__(self) -> None:
        self.first, self.looked = fingerprint(), time.monotonic()

    def changed(self) -> bool:
        """Whether anything has changed since this watch was made, as far as the last look saw."""
        if time.monotonic() - self.looked < _EVERY:
            return False
        self.looked = time.monotonic()
        return fingerprint() != self.first
