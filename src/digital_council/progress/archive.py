"""The archive: what has been published, for nothing that was shown once can be called back.

It holds, beside what is shown, the values of places by which the next edition is checked; so only the portal reads it.
"""

from __future__ import annotations

import gzip
import json
import os
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from digital_council.errors import OperatorError
from digital_council.progress.disclosure import Shown
from digital_council.progress.grids import Grid
from digital_council.progress.places import Array

VERSION = 1


@dataclass
class Table:
    """One figure as it is published, for these places and columns."""

    places: tuple[str, ...]
    columns: tuple[str, ...]
    shown: Shown
    median: Array | None = None

    @classmethod
    def like(cls, grid: Grid) -> Table:
        cells = grid.value.size
        median = None if grid.median is None else np.full(cells, np.nan)
        return cls(grid.places.ids, grid.columns, Shown.nothing(len(grid.parts), cells), median)

    def fitted(self, grid: Grid) -> Table:
        """The same for the places and columns there are now; what is remembered of others is let go."""
        if (self.places, self.columns) == (grid.places.ids, grid.columns):
            return self
        wide, new = len(self.columns), Table.like(grid)
        column = {name: number for number, name in enumerate(self.columns)}
        place = {name: number for number, name in enumerate(self.places)}
        old = np.array([place[p] * wide + column[c] if p in place and c in column else -1
                        for p in new.places for c in new.columns])  # fmt: skip
        known = old >= 0
        new.shown.parts[:, known] = self.shown.parts[:, old[known]]
        new.shown.since[known] = self.shown.since[old[known]]
        if new.median is not None and self.median is not None:
            new.median[known] = self.median[old[known]]
        where = np.full(self.shown.since.size, -1)
        where[old[known]] = np.flatnonzero(known)
        for cells, values in self.shown.earlier:
            kept = where[cells] >= 0
            new.shown.earlier.append((where[cells][kept], values[:, kept]))
        return new

    def to_json(self) -> dict[str, Any]:
        shown = self.shown
        return {
            "places": self.places,
            "columns": self.columns,
            "parts": shown.parts.tolist(),
            "since": shown.since.tolist(),
            "earlier": [[cells.tolist(), values.tolist()] for cells, values in shown.earlier],
            "left": {
                str(number): [[group.tolist(), then.tolist()] for group, then in old]
                for number, old in shown.left.items()
            },
            "median": None if self.median is None else [None if np.isnan(x) else x for x in self.median.tolist()],
        }

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Table:
        def whole(values: Any) -> Array:
            return np.array(values, dtype=np.int64)

        shown = Shown(
            whole(record["parts"]),
            whole(record["since"]),
            [(whole(cells), whole(values)) for cells, values in record["earlier"]],
            {
                int(number): [(np.array(group, dtype=bool), whole(then)) for group, then in old]
                for number, old in record["left"].items()
            },
        )
        median = record["median"]
        found = None if median is None else np.array([np.nan if x is None else x for x in median])
        return cls(tuple(record["places"]), tuple(record["columns"]), shown, found)


@dataclass
class Archive:
    """Every edition's moment (seconds since 1970), each figure as published, and the rows of each month's end."""

    moments: list[float] = field(default_factory=list)
    tables: dict[str, Table] = field(default_factory=dict)
    months: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def save(self, path: Path) -> None:
        """Writes the archive whole or not at all."""
        tables = {figure: table.to_json() for figure, table in self.tables.items()}
        record = {"version": VERSION, "moments": self.moments, "months": self.months, "tables": tables}
        part = path.with_suffix(".part")
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(gzip.compress(json.dumps(record).encode(), 3, mtime=0))
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)

    @classmethod
    def load(cls, path: Path) -> Archive:
        """What was published so far; an empty one when nothing was. Raises OperatorError for a file that is broken."""
        if not path.is_file():
            return cls()
        try:
            record = json.loads(gzip.decompress(path.read_bytes()))
            tables = {figure: Table.from_json(each) for figure, each in record["tables"].items()}
            return cls(record["moments"], tables, record["months"])
        except (OSError, ValueError, KeyError, EOFError, zlib.error) as error:
            raise OperatorError(
                f"{path}: what was published of figures cannot be read ({error}); restore it from a backup: without it"
                " new figures cannot be checked against the old"
            ) from None
