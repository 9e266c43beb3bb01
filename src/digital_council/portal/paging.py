"""Paging of lists that are in memory, with the same opaque cursors the ledger gives out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from digital_council.ledger.pages import cursor_at, position_of

Item = TypeVar("Item")


def paged(items: Sequence[Item], limit: int, cursor: str | None) -> tuple[Sequence[Item], str | None]:
    """A stretch of `items` and the cursor after it; raises LearnerError for a cursor not given out here."""
    start = position_of(cursor) if cursor else 0
    end = start + limit
    return items[start:end], cursor_at(end) if end < len(items) else None
