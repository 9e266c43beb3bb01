"""Pieces: stretches of a page that many learners see alike, rendered and packed once and sent many times.

A page is put together from its own text and from pieces. Each is packed by itself, so that packing a page costs what
is new in it: deflate lets streams that end on a byte follow one another (RFC 1951), and gzip takes them as one.
"""

from __future__ import annotations

import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

MOST_BYTES = 24_000_000
"""What all pieces kept may weigh: a lesson weighs 0.1 MB, and each answer given to a question adds a few kB."""

BEST, QUICK = 9, 3
_HEAD = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"  # RFC 1952: deflate, no name, no time, made by no system in particular
_END = b"\x03\0"  # an empty last block


@dataclass(frozen=True)
class Piece:
    """A stretch of a page, plain and packed."""

    plain: bytes
    packed: bytes

    @classmethod
    def of(cls, text: str, level: int = QUICK) -> Piece:
        plain = text.encode()
        packer = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
        return cls(plain, packer.compress(plain) + packer.flush(zlib.Z_SYNC_FLUSH))

    @property
    def size(self) -> int:
        return len(self.plain) + len(self.packed)


class Pieces:
    """Pieces by a key that names everything they depend on; those not asked for longest are let go."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._kept: OrderedDict[Hashable, Piece] = OrderedDict()
        self._most, self._size = most_bytes, 0
        self._lock = threading.Lock()

    def of(self, key: Hashable, make: Callable[[], str]) -> Piece:
        """The piece of that key, made if need be; a key of None is made anew each time and not kept."""
        if key is None:
            return Piece.of(make())
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = Piece.of(make(), BEST)
        with self._lock:
            self._size += made.size - (self._kept[key].size if key in self._kept else 0)
            self._kept[key] = made
            while self._size > self._most:
                self._size -= self._kept.popitem(last=False)[1].size
        return made


def plain(pieces: Iterable[Piece]) -> bytes:
    """A page as it is."""
    return b"".join(piece.plain for piece in pieces)


def packed(pieces: Iterable[Piece]) -> bytes:
    """A page as one gzip stream."""
    check, size, parts = 0, 0, [_HEAD]
    for piece in pieces:
        check, size = zlib.crc32(piece.plain, check), size + len(piece.plain)
        parts.append(piece.packed)
    return b"".join([*parts, _END, check.to_bytes(4, "little"), (size & 0xFFFFFFFF).to_bytes(4, "little")])
