"""Grids: one figure for every place and column, each a count and the rest of what it is out of."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from digital_council.progress.disclosure import Family
from digital_council.progress.places import Array, Places

ALL = ""
"""The column of all units together."""


@dataclass(frozen=True, eq=False)
class Grid:
    """A figure over places (rows) and columns (units, or one), before anything is hidden."""

    figure: str
    places: Places
    columns: tuple[str, ...]
    value: Array
    rest: Array
    """(places, columns): what is counted, and what is not of all that could be."""
    between: tuple[Array, ...] = ()
    """Further differences from published counts, nowhere to be small."""
    people: tuple[Array, ...] = ()
    """(places, columns) of people behind the value and the rest, where one person may count several times."""
    latest: Array | None = None
    """For everybody, the moment of the last event that may have moved this figure; only with `people`."""
    may: Array | None = None
    median: Array | None = None
    """(places, columns) shown in place of the value, which is then how many it is the median of."""
    is_alone: bool = False
    """Whether no cell is shown beside others that it adds up to."""

    @cached_property
    def parts(self) -> Array:
        """(parts, cells), a cell for each place and column."""
        return np.stack([part.ravel() for part in (self.value, self.rest, *self.between)])

    @property
    def is_summed(self) -> bool:
        """Whether the first column is the sum of the others."""
        return self.columns[0] == ALL and len(self.columns) > 1

    @cached_property
    def families(self) -> list[Family]:
        """Each place with those in it, column by column; and all units with each of them."""
        if self.is_alone:
            return []
        wide = len(self.columns)
        across = np.arange(1, wide)
        found = [Family(place * wide, place * wide + across, is_known=False)
                 for place in range(len(self.places.ids)) if self.is_summed]  # fmt: skip
        down = [Family(parent * wide + n, children * wide + n, together=self.places.together(children))
                for parent, children in self.places.families for n in range(wide)]  # fmt: skip
        return down + found

    def allowed(self, threshold: int, since: Array, moments: Array) -> Array:
        """Cells that enough people stand behind: altogether, and since each was last made anew in an edition."""
        allowed = np.ones(self.value.shape, dtype=bool) if self.may is None else self.may.copy()
        for count in self.people:
            allowed &= (count == 0) | (count >= threshold)
        if self.latest is not None:
            allowed &= self._moved(self.latest, threshold, since.reshape(allowed.shape), moments)
        return allowed.ravel()

    def _moved(self, latest: Array, threshold: int, since: Array, moments: Array) -> Array:
        enough = since < 0
        for edition in np.unique(since[since >= 0]):
            moved = self.places.sums((latest >= moments[edition])[:, None])
            enough |= (since == edition) & ((moved == 0) | (moved >= threshold))
        return enough


@dataclass
class Columns:
    """Makes grids from tables of people by units, with all units together as the first column."""

    places: Places
    units: tuple[str, ...]
    names: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.names = (ALL, *self.units)

    def anybody(self, people: Array) -> Array:
        """(places, 1) of the people for whom it is so in any of some units."""
        return self.once(people.any(axis=1))

    def by_unit(self, people: Array) -> Array:
        """(places, all units and each) of a table of people by units."""
        sums = self.places.sums(people)
        return np.column_stack([sums.sum(axis=1), sums])

    def behind(self, people: Array) -> Array:
        """How many different people are behind a count by unit: those of all units in the first column."""
        return np.column_stack([self.anybody(people), self.places.sums(people)])

    def once(self, people: Any) -> Array:
        """(places, 1) of a yes or no, or a number, for everybody."""
        return self.places.sums(np.asarray(people).reshape(-1, 1))
