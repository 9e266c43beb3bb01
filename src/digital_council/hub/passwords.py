"""Passwords of the demo accounts: made once, kept in the state's secrets, compared in constant time."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

WORDS = ("acorn", "amber", "barge", "birch", "brook", "canal", "cedar", "clover", "copper", "ferry", "finch", "gable")
COST = {"n": 2**14, "r": 8, "p": 1}
"""About 50 ms and 16 MB a try: slow enough that guessing does not pay, and nobody waits for it."""


def ensure(folder: Path, accounts: Iterable[str]) -> dict[str, str]:
    """Each account's password; those made before stay. COUNCIL_DEMO_PASSWORD=x gives `x-<account>`."""
    prefix = os.environ.get("COUNCIL_DEMO_PASSWORD")
    if prefix:
        return {account: f"{prefix}-{account}" for account in accounts}
    path = folder / "demo-passwords.json"
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    chosen = {account: known.get(account) or _invent() for account in accounts}
    if chosen != known:
        write_secret(path, json.dumps(chosen, indent=1).encode())
    return chosen


def write_secret(path: Path, content: bytes) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def ensure_key(path: Path, size: int = 32) -> bytes:
    """A random key, made at the first call and the same for ever after."""
    if not path.exists():
        write_secret(path, secrets.token_bytes(size))
    return path.read_bytes()


def _invent() -> str:
    return "-".join([*(secrets.choice(WORDS) for _ in range(3)), secrets.token_hex(3)])


class Book:
    """Salted scrypt hashes of the passwords, so that no process keeps the passwords themselves."""

    def __init__(self, passwords: dict[str, str]) -> None:
        self._salt = secrets.token_bytes(16)
        self._hashes = {account: self._hash(password) for account, password in passwords.items()}

    def matches(self, account: str, password: str) -> bool:
        """Whether it is the account's password; an unknown account takes as long as a wrong password."""
        stored = self._hashes.get(account, b"\0" * 64)
        return hmac.compare_digest(stored, self._hash(password)) and account in self._hashes

    def _hash(self, password: str) -> bytes:
        return hashlib.scrypt(password.encode(), salt=self._salt, **COST)
