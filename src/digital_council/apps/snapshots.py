"""Snapshots: what an app last showed one viewer, kept to show that viewer at once while the app comes alive.

In memory only: they hold what a viewer may see and name people, so there is nothing to back up, erase or leak, and a
start of the service forgets them. A key says everything a snapshot depends on; it is never shown under another.
"""

from __future__ import annotations

import time
import zlib
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

MOST_BYTES = 64 << 20
LONGEST_SECONDS = 24 * 3600
"""Figures are counted at least daily, so an older snapshot is not worth showing."""


@dataclass(frozen=True)
class Key:
    """Whose, of what, and with which rights: a viewer who gains or loses a group meets no earlier snapshot."""

    account: str
    app: str
    fingerprint: str
    query: str
    rights: tuple[str, ...]

    @classmethod
    def of(cls, account: str, app: str, fingerprint: str, query: str, groups: Iterable[str]) -> Key:
        return cls(account, app, fingerprint, query, tuple(sorted(groups)))


@dataclass(frozen=True)
class Snapshot:
    """The parts of a page as plain HTML, and when they were made."""

    at: datetime
    parts: tuple[str, ...]


class Snapshots:
    """The newest snapshot for each key, the least recently used given up first."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.most_bytes, self.bytes = most_bytes, 0
        self._kept: OrderedDict[Key, tuple[float, datetime, list[bytes]]] = OrderedDict()

    def get(self, key: Key) -> Snapshot | None:
        if key not in self._kept:
            return None
        kept, at, parts = self._kept[key]
        if time.monotonic() - kept > LONGEST_SECONDS:
            self.forget(key)
            return None
        self._kept.move_to_end(key)
        return Snapshot(at, tuple(zlib.decompress(part).decode() for part in parts))

    def put(self, key: Key, at: datetime, parts: Sequence[str]) -> None:
        """Keep what a viewer was shown, unless it alone is more than all may take."""
        self.forget(key)
        packed = [zlib.compress(part.encode(), 1) for part in parts]
        self._kept[key] = (time.monotonic(), at, packed)
        self.bytes += sum(map(len, packed))
        while self.bytes > self.most_bytes:
            self.forget(next(iter(self._kept)))

    def forget(self, key: Key) -> None:
        """Safe to repeat."""
        _, _, parts = self._kept.pop(key, (0.0, None, []))
        self.bytes -= sum(map(len, parts))
