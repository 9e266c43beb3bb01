"""What a reader can work out of a hidden cell from everything that is shown."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

from digital_council.datasets.errors import TableError
from digital_council.datasets.suppression.layout import Layout
from digital_council.datasets.suppression.region import Equation, Region, least_whole


@dataclass(frozen=True)
class Bounds:
    """The least and the greatest a hidden cell can be; no greatest when nothing limits it."""

    low: int
    high: int | None

    @property
    def width(self) -> int | None:
        return None if self.high is None else self.high - self.low

    def covers(self, threshold: int, protection: int) -> bool:
        """Whether the cell could be at the threshold or above, and anything over an interval this wide."""
        return self.high is None or (self.high >= threshold and self.high - self.low >= protection)

    def tells_nothing_small(self, threshold: int) -> bool:
        """Whether the cell is surely empty or surely large: no fault in a remainder, which nobody set out to hide."""
        return self.high == 0 or self.low >= threshold

    def __str__(self) -> str:
        return f"{self.low} or more" if self.high is None else f"{self.low} to {self.high}"


class Attacker:
    """Knows every shown cell, how the table adds up, and that counts are whole numbers from 0 up."""

    def __init__(self, layout: Layout, shown: Mapping[int, int], hidden: Set[int]) -> None:
        self.variables = {cell: number for number, cell in enumerate(sorted(hidden))}
        self._equations = [e for r in layout.relations if (e := self._equation(r.total, r.parts, shown)) is not None]
        self._region = Region(len(self.variables), self._equations)
        if not self._region.possible:
            raise TableError("the cells shown contradict each other: no counts could stand behind them")

    def bounds(self, cell: int) -> Bounds:
        """The interval a hidden cell must lie in."""
        variable = self.variables[cell]
        low, high = self._extreme({variable: 1}), self._extreme({variable: -1})
        return Bounds(low or 0, None if high is None else -high)

    def _equation(self, total: int, parts: tuple[int, ...], shown: Mapping[int, int]) -> Equation | None:
        coefficients, known = {}, 0
        for cell, sign in ((total, -1), *((part, 1) for part in parts)):
            if cell in self.variables:
                coefficients[self.variables[cell]] = sign
            else:
                known += sign * shown[cell]
        return (coefficients, -known) if coefficients or known else None

    def _extreme(self, costs: Mapping[int, int]) -> int | None:
        found = self._region.least(costs)
        if found is None:
            return None
        if all(value.denominator == 1 for value in self._region.point()):
            return int(found)
        return least_whole(len(self.variables), self._equations, costs)
