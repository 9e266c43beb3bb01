"""Pages: a stretch of a long list and the cursor from which the next one starts."""

import base64
import binascii
from dataclasses import dataclass
from typing import Generic, TypeVar

from digital_council.errors import LearnerError

Item = TypeVar("Item")

LARGEST = 500


@dataclass(frozen=True)
class Page(Generic[Item]):
    """Some items and the cursor that continues after them, None on the last page."""

    items: list[Item]
    cursor: str | None


def cursor_at(position: int) -> str:
    """A cursor that continues after the row at `position`. Opaque, so that nobody counts with it."""
    return base64.urlsafe_b64encode(f"v1:{position}".encode()).decode().rstrip("=")


def position_of(cursor: str) -> int:
    """The row a cursor stands after. Raises LearnerError for a cursor that was not given out here."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
        version, _, number = text.partition(":")
        if version != "v1" or not number.isascii() or not number.isdigit() or len(number) > 18:
            raise ValueError(text)
        return int(number)
    except (binascii.Error, ValueError):
        raise LearnerError(f"cursor {cursor[:40]!r} was not given out here: leave it out to start afresh") from None


def within(limit: int) -> int:
    """`limit` kept between 1 and the largest page."""
    return max(1, min(limit, LARGEST))
