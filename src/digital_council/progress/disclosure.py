"""Which counts of people may be published, so that no sum, no earlier date and no insider gives a small one away.

A table is published as often as a batch is made, and what was once published cannot be called back. So a reader holds,
for every cell, what it shows and all it ever showed; and for every family (a place and the places in it; all units and
each of them) what is left of the whole when the parts shown are taken from it. One rule holds for all of these, for
each of the parts a count divides people into (those who passed, and the rest of those who completed): *it is at least
the threshold, and its difference from every value it ever had is nothing or at least the threshold.* A cell that cannot
be shown anew by that rule goes on showing what it last showed (it is held); one that never could be shown is hidden.
Further cells are held or hidden until the rule holds for what is left over, with at least three cells in it; whichever
of these a line manager knows from their own team or teams. A cell is made anew only together with the wholes it is part
of. Nought is hidden too: where it was shown, its going would tell that somebody had begun.

The families are those of complementary suppression (Hundepool and others, Statistical Disclosure Control, 2012, ch. 4),
with the line manager as an intruder who knows one cell, and time as a further dimension of the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from digital_council.progress.places import Array


class Family(NamedTuple):
    """A whole and its parts, as numbers of cells; and whether somebody may know one part from elsewhere.

    `together` are the parts, by position, that one person knows several of: whoever manages more than one team.
    """

    whole: int
    parts: Array
    is_known: bool = True
    together: tuple[Array, ...] = ()


FEWEST = 3
"""Unknown cells that must be left in a family, if any is."""


@dataclass
class Shown:
    """What a table shows, and all that readers may remember of it. `parts` is (parts of a count, cells)."""

    parts: Array
    since: Array
    """The number of the edition each cell was last made anew in; -1 where it is hidden."""
    earlier: list[tuple[Array, Array]] = field(default_factory=list)
    """Cells and what they were made to show, edition by edition."""
    left: dict[int, list[tuple[Array, Array]]] = field(default_factory=dict)
    """Which parts of each family were unknown together, and their sum as it could be worked out then."""

    @classmethod
    def nothing(cls, parts: int, cells: int) -> Shown:
        return cls(np.zeros((parts, cells), dtype=np.int64), np.full(cells, -1, dtype=np.int64))


def release(
    now: Array, may: Array, families: Sequence[Family], shown: Shown, threshold: int, edition: int = 0
) -> Array:
    """Publishes what of a table may be published; gives the cells made anew.

    `now` are the true counts, as (parts, cells): the count, its rest, and further differences that readers could make
    from other tables. `may` leaves cells out that something else forbids.
    """
    fresh = may & _enough(now, threshold).all(axis=0)
    for cells, values in shown.earlier:
        fresh[cells] &= _safe(now[:, cells] - values, threshold).all(axis=0)
    work = _Release(now, fresh, shown, threshold)
    while work.narrow(families):
        pass
    work.publish(families, edition)
    return work.fresh


def _safe(counts: Array, threshold: int) -> Array:
    return np.asarray((counts == 0) | (np.abs(counts) >= threshold))


def _enough(counts: Array, threshold: int) -> Array:
    """The count and its rest may not be small or nought; a further difference may be nought."""
    found = _safe(counts, threshold)
    found[:2] &= counts[:2] != 0
    return found


def _seen(left: Array, family: Family, unknown: Array) -> Array:
    """What is left over, and beside it what is left for whoever knows several of its parts, unless that is all of them.

    `left` has the whole's rest first, then that rest without each part's own.
    """
    groups = [each for each in family.together if unknown[each].sum() != unknown.sum()]
    further = [left[:, 1 + each].sum(axis=1) - (len(each) - 1) * left[:, 0] for each in groups]
    return np.asarray(np.column_stack([left, *further]))


@dataclass
class _Release:
    now: Array
    fresh: Array
    shown: Shown
    threshold: int

    def narrow(self, families: Sequence[Family]) -> bool:
        """Looks at every family once; whether anything had to be left out."""
        before = int(self.fresh.sum())
        for number, family in enumerate(families):
            if not self.fresh[family.whole]:
                self.fresh[family.parts] = False
            else:
                self._protect(number, family)
        return int(self.fresh.sum()) < before

    def _protect(self, number: int, family: Family) -> None:
        """Leaves out the smallest parts until what is left over is safe; the whole as the last resort."""
        parts = family.parts
        spare = sorted(parts[self.fresh[parts]], key=lambda cell: (int(self.now[0, cell]), int(cell)))
        while not self._is_protected(number, family):
            if not spare:
                self.fresh[family.whole] = False
                return
            self.fresh[spare.pop(0)] = False

    def _is_protected(self, number: int, family: Family) -> bool:
        """Whether neither what is left over, nor its growth since any earlier edition, is small."""
        unknown = ~self.fresh[family.parts]
        if unknown.any():
            if unknown.sum() < FEWEST:
                return False
            none = np.zeros_like(unknown)
            is_hidden = (self.shown.since[family.parts[unknown]] < 0).any()
            judge = _enough if is_hidden else _safe  # of cells that are held, only what has come since is unknown
            if not judge(_seen(self._left(family, none), family, unknown), self.threshold).all():
                return False
        return all(
            _safe(_seen(self._left(family, group) - then, family, group), self.threshold).all()
            for group, then in self.shown.left.get(number, ())
        )

    def _left(self, family: Family, group: Array) -> Array:
        """What is left of the whole, first for a stranger, then for whoever knows the one or the other part.

        Left when all that is known of the parts is taken away, but for the parts in `group`, which are left whole.
        """
        whole, parts, is_known, _ = family
        known = np.where(self.fresh[parts], self.now[:, parts], self._held(parts))
        known[:, group] = 0
        rest = self.now[:, whole] - known.sum(axis=1)
        if not is_known:
            return np.asarray(rest[:, None])
        own = self.now[:, parts] - known
        return np.asarray(np.column_stack([rest, rest[:, None] - own]))

    def _held(self, cells: Array) -> Array:
        return np.asarray(np.where(self.shown.since[cells] >= 0, self.shown.parts[:, cells], 0))

    def publish(self, families: Sequence[Family], edition: int) -> None:
        for number, family in enumerate(families):
            unknown = ~self.fresh[family.parts]
            if self.fresh[family.whole] and unknown.any():
                old, left = self.shown.left.setdefault(number, []), self._left(family, unknown)
                if not any((group == unknown).all() and (then == left).all() for group, then in old):
                    old.append((unknown, left))
        cells = np.flatnonzero(self.fresh & ((self.shown.since < 0) | (self.shown.parts != self.now).any(axis=0)))
        if len(cells):
            self.shown.earlier.append((cells, self.now[:, cells]))
        self.shown.parts[:, self.fresh] = self.now[:, self.fresh]
        self.shown.since[self.fresh] = edition
