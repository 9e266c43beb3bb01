"""Signing keys: made once, readable by the portal alone."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from digital_council.errors import OperatorError


def ensure(path: Path) -> str:
    """The key kept at `path`, made there on first use. Raises OperatorError when others can read it."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read(path)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
        file.flush()
        os.fsync(file.fileno())
    return _read(path)


def _read(path: Path) -> str:
    if path.stat().st_mode & 0o077:
        raise OperatorError(f"{path}: others can read this key; run: chmod 600 {path}")
    key = path.read_text(encoding="ascii").strip()
    if len(key) < 32:
        raise OperatorError(f"{path}: the key is too short to be safe; delete the file and start again")
    return key
