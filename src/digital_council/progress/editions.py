"""Editions: the figures made anew batch by batch, each checked against all that was published before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import numpy as np

from digital_council.progress import disclosure, measures
from digital_council.progress.archive import Archive, Table
from digital_council.progress.facts import NEVER, Facts
from digital_council.progress.grids import ALL, Grid
from digital_council.progress.places import Array


class Press:
    """Publishes one figure after the other; what is made anew is known to those that follow."""

    def __init__(self, archive: Archive, threshold: int) -> None:
        self.archive, self.threshold = archive, threshold
        self._fresh: dict[str, Array] = {}

    def publish(self, facts: Facts, at: float, *, is_past: bool = False) -> None:
        """An edition of every figure, as at a moment in seconds since 1970; of a past one, all units together only."""
        self._fresh.clear()
        self.archive.moments.append(at)
        now = measures.Moment(facts, at)
        for build in measures.ORDER:
            self._release(build(now, self), is_past)
        for grid in measures.gaps(now, self) if not is_past else ():
            self._release(grid)

    def fresh(self, figure: str) -> Array:
        return self._fresh[figure]

    def shown(self, figure: str) -> Array:
        return (self.archive.tables[figure].shown.since >= 0).reshape(self._fresh[figure].shape)

    def _release(self, grid: Grid, is_past: bool = False) -> None:
        known = self.archive.tables.get(grid.figure)
        table = Table.like(grid) if known is None else known.fitted(grid)
        self.archive.tables[grid.figure] = table
        allowed = grid.allowed(self.threshold, table.shown.since, np.array(self.archive.moments))
        if is_past:
            allowed &= np.tile(np.array([column == ALL for column in grid.columns]), len(grid.places.ids))
        edition = len(self.archive.moments) - 1
        fresh = disclosure.release(grid.parts, allowed, grid.families, table.shown, self.threshold, edition)
        if table.median is not None and grid.median is not None:
            table.median[fresh] = grid.median.ravel()[fresh]
        self._fresh[grid.figure] = fresh.reshape(grid.value.shape)


def update(archive: Archive, facts: Facts, before: datetime, threshold: int) -> None:
    """Publishes what is due: the end of each month since the last edition, then the batch that ends at `before`."""
    press = Press(archive, threshold)
    last = archive.moments[-1] if archive.moments else facts.first_moment
    for start in _months(last, before):
        press.publish(facts, start.timestamp(), is_past=start < before)
        ended = datetime.fromtimestamp(start.timestamp() - 1, UTC)
        archive.months[f"{ended:%Y-%m}"] = list(rows(archive, columns=(ALL,)))
    if not archive.moments or archive.moments[-1] < before.timestamp():
        press.publish(facts, before.timestamp())


def _months(since: float, before: datetime) -> Iterator[datetime]:
    """The beginnings of months after `since`, up to and with `before`."""
    if since == NEVER:
        return
    start = datetime.fromtimestamp(since, UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    while (start := _next_month(start)) <= before:
        if start.timestamp() > since:
            yield start


def _next_month(start: datetime) -> datetime:
    return start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)


def rows(archive: Archive, columns: tuple[str, ...] | None = None) -> Iterator[dict[str, Any]]:
    """Every cell of every figure: its place, column, value, what it is of, and the edition it is from."""
    for figure, table in archive.tables.items():
        wide = len(table.columns)
        for cell, since in enumerate(table.shown.since.tolist()):
            column = table.columns[cell % wide]
            if columns is None or column in columns:
                value, of = table.shown.parts[:2, cell].tolist()
                row = {
                    "figure": figure,
                    "place": table.places[cell // wide],
                    "column": column,
                    "since": since,
                }
                yield row | {
                    "value": _value(table, cell, value),
                    "of": value + (of if table.median is None else 0),
                }


def _value(table: Table, cell: int, value: int) -> float | int | None:
    if table.median is None:
        return value
    median = float(table.median[cell])
    return None if np.isnan(median) else round(median, 1)
