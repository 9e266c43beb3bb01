"""All whole-number answers of a set of equations, and the least and greatest of any sum over them; exactly.

A simplex over integers only: every pivot keeps the tableau whole (E. H. Bareiss, "Sylvester's identity and multistep
integer-preserving Gaussian elimination", Mathematics of Computation 22, 1968), so no rounding can hide a disclosure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

Equation = tuple[Mapping[int, int], int]
"""Coefficients by variable, and what they add up to."""

ROOM = 2**45
"""Products beyond this could overflow; the tableau then goes on in Python's own integers, slower."""
PATIENCE = 60
"""Pivots by steepest price before the rule that cannot cycle (Bland's) takes over."""


class Region:
    """Every x >= 0 that keeps the equations; `possible` says whether there is one."""

    def __init__(self, count: int, equations: Sequence[Equation]) -> None:
        self.count = count
        self._scale = 1
        rows = len(equations)
        large = any(abs(total) > ROOM for _, total in equations)
        self._table: Any = np.zeros((rows + 1, count + rows + 1), dtype=object if large else np.int64)
        for number, (coefficients, total) in enumerate(equations):
            sign = -1 if total < 0 else 1
            for variable, coefficient in coefficients.items():
                self._table[number, variable] = sign * coefficient
            self._table[number, -1] = sign * total
            self._table[number, count + number] = 1
        self._basis = list(range(count, count + rows))
        self.possible = self._find_a_point()

    def least(self, costs: Mapping[int, int]) -> Fraction | None:
        """The least the weighted sum can be, leaving the region standing there; None when there is no least."""
        self._price(costs)
        if not self._descend(self.count):
            return None
        point = self.point()
        return sum((cost * point[variable] for variable, cost in costs.items()), Fraction(0))

    def point(self) -> list[Fraction]:
        """Where the region stands: the answer found last."""
        values = [Fraction(0)] * self.count
        for row, variable in enumerate(self._basis):
            values[variable] = Fraction(int(self._table[row, -1]), self._scale)
        return values

    def _find_a_point(self) -> bool:
        """Drives the helpers that stand for "not yet met" to nought, then forgets them."""
        self._table[-1] = -self._table[:-1].sum(axis=0)
        self._table[-1, self.count : -1] = 0
        self._descend(self._table.shape[1] - 1)
        if self._table[-1, -1] != 0:
            return False
        keep = [row for row in range(len(self._basis)) if self._replace_helper(row)]
        columns = [*range(self.count), -1]
        self._table = self._table[[*keep, -1]][:, columns]
        self._basis = [self._basis[row] for row in keep]
        return True

    def _replace_helper(self, row: int) -> bool:
        """Whether the row has a variable of its own; False for an equation the others imply."""
        if self._basis[row] < self.count:
            return True
        columns = np.flatnonzero(self._table[row, : self.count])
        if not len(columns):
            return False
        if self._table[row, columns[0]] < 0:
            self._table[row] = -self._table[row]
        self._pivot(row, int(columns[0]))
        return True

    def _price(self, costs: Mapping[int, int]) -> None:
        prices = np.zeros(self._table.shape[1], dtype=self._table.dtype)
        for variable, cost in costs.items():
            prices[variable] = cost * self._scale
        for row, variable in enumerate(self._basis):
            if costs.get(variable):
                prices = prices - costs[variable] * self._table[row]
        self._table[-1] = prices

    def _descend(self, columns: int) -> bool:
        """Pivots until no column lowers the sum; False when it can fall for ever."""
        pivots = 0
        while True:
            prices = self._table[-1, :columns]
            falling = np.flatnonzero(prices < 0)
            if not len(falling):
                return True
            enter = int(falling[0] if pivots > PATIENCE else falling[np.argmin(prices[falling])])
            leave = self._leaving(enter)
            if leave is None:
                return False
            self._pivot(leave, enter)
            pivots += 1

    def _leaving(self, enter: int) -> int | None:
        best: tuple[Fraction, int, int] | None = None
        for row in np.flatnonzero(self._table[:-1, enter] > 0):
            ratio = Fraction(int(self._table[row, -1]), int(self._table[row, enter]))
            if best is None or (ratio, self._basis[row]) < best[:2]:
                best = (ratio, self._basis[row], int(row))
        return best[2] if best else None

    def _pivot(self, row: int, column: int) -> None:
        self._make_room(row, column)
        pivot, kept, factors = self._table[row, column], self._table[row].copy(), self._table[:, column].copy()
        if pivot == self._scale == 1:
            self._subtract(row, kept, factors)
        else:
            self._table = (self._table * pivot - np.outer(factors, kept)) // self._scale
            self._table[row] = kept
            self._scale = int(pivot)
        self._basis[row] = column

    def _make_room(self, row: int, column: int) -> None:
        """Goes over to Python's own integers before a product could overflow."""
        if self._table.dtype == object:
            return
        pivot, scale = abs(int(self._table[row, column])), self._scale
        most = int(np.abs(self._table[row]).max()) * int(np.abs(self._table[:, column]).max())
        if pivot != 1 or scale != 1:
            most = max(most, int(np.abs(self._table).max()) * pivot)
        if most > ROOM:
            self._table = self._table.astype(object)

    def _subtract(self, row: int, kept: Any, factors: Any) -> None:
        """The same where nothing is to be divided, as in tables with totals: only what is not nought changes."""
        factors[row] = 0
        rows, columns = np.flatnonzero(factors), np.flatnonzero(kept)
        self._table[np.ix_(rows, columns)] -= np.outer(factors[rows], kept[columns])


def least_whole(count: int, equations: Sequence[Equation], costs: Mapping[int, int], tries: int = 64) -> int | None:
    """The least the sum can be over whole numbers, by branching; None when there is no least.

    When tries run out the best whole answer seen is given, which claims less freedom than there may be, never more.
    """
    best: Fraction | None = None
    waiting: list[tuple[int, list[Equation]]] = [(count, list(equations))]
    while waiting and (tries > 0 or best is None):  # none seen yet would read as "no least": the most freedom of all
        tries -= 1
        size, rules = waiting.pop()
        region = Region(size, rules)
        if not region.possible:
            continue
        found = region.least(costs)
        if found is None:
            return None
        if best is not None and found >= best:
            continue
        point = region.point()
        broken = next((v for v in range(size) if point[v].denominator > 1), None)
        if broken is None:
            best = found
            continue
        whole = point[broken].numerator // point[broken].denominator
        waiting.append((size + 1, [*rules, ({broken: 1, size: -1}, whole + 1)]))
        waiting.append((size + 1, [*rules, ({broken: 1, size: 1}, whole)]))
    return None if best is None else int(best)
