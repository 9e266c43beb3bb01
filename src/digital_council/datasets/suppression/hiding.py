"""Which cells to hide: those too small to show, and enough others that no total gives them away."""

from __future__ import annotations

from collections.abc import Sequence

from digital_council.datasets.suppression.attack import Attacker, Bounds
from digital_council.datasets.suppression.layout import Layout
from digital_council.datasets.suppression.region import Equation, Region

CostedCells = tuple[int, set[int]]


class Hiding:
    """The cells hidden in one table, widened until no reader can narrow down any of them."""

    def __init__(self, layout: Layout, values: Sequence[int], threshold: int, protection: int) -> None:
        self.layout, self.values = layout, values
        self.threshold, self.protection = threshold, protection
        self._rest = frozenset(range(layout.shown, len(layout.cells)))
        self._weights = [self._weight(cell) for cell in range(len(values))]
        self.small = {cell for cell, value in enumerate(values) if 0 < value < threshold} | self._telling_zeros()
        self.hidden = {cell for cell in self.small if cell < layout.shown}
        self._hide_enough()
        self._show_again_what_may_be()

    def _telling_zeros(self) -> set[int]:
        """Zeros that say a whole group is alike: along its row, everybody is in one cell."""
        found = set()
        for relation in self.layout.relations:
            filled = [part for part in relation.parts if self.values[part]]
            if relation.across and len(filled) == 1 and len(relation.parts) > 1:
                found |= set(relation.parts) - set(filled)
        return found

    def _weight(self, cell: int) -> int:
        """What hiding a cell loses: larger counts more, totals much more, a zero more than a plain cell."""
        if cell in self._rest:
            return 0
        value = self.values[cell]
        loss = 16 + value.bit_length() + (32 if not value else 0)
        return loss << 3 * self.layout.level(cell)

    def _hide_enough(self) -> None:
        covered: set[int] = set()  # hiding more only widens bounds, so what was covered once stays so
        while (exposed := self._exposed(self.hidden, covered)) is not None:
            cell, bounds = exposed
            self.hidden |= self._cover(cell, bounds) or self._next_best(cell)

    def _exposed(self, hidden: set[int], covered: set[int]) -> tuple[int, Bounds] | None:
        """The first cell that a reader can bound too tightly, leaving out those covered; adds those found so.

        Remainders that are empty or large come last, and only while the rest is safe: hiding other cells can turn what
        was surely nobody into "0 to 8", so one found harmless is looked at again.
        """
        if not hidden and not (self.small & self._rest):
            return None
        shown = {cell: self.values[cell] for cell in range(self.layout.shown) if cell not in hidden}
        attacker = Attacker(self.layout, shown, hidden | self._rest)
        others = self._rest - self.small
        for cell in sorted((hidden | self._rest) - covered, key=lambda c: (c in others, self.values[c], c)):
            bounds = attacker.bounds(cell)
            if bounds.covers(self.threshold, self.protection):
                covered.add(cell)
            elif not (cell in others and bounds.tells_nothing_small(self.threshold)):
                return cell, bounds
        return None

    def _cover(self, cell: int, bounds: Bounds) -> set[int]:
        """The cheapest cells that, hidden too, let this one be large enough; empty when there are none.

        For one cell at a time, the least costly change of the whole table that moves it far enough and still adds up
        (J. P. Kelly, B. L. Golden and A. A. Assad, "Cell suppression: disclosure protection for sensitive tabular
        data", Networks 22, 1992): the cells it touches are what must be hidden.
        """
        value, low, high = self.values[cell], bounds.low, bounds.high or 0
        if high < self.threshold:
            ways = [self._cheapest(cell, self.threshold - value, 1)]
        else:
            ways = [self._cheapest(cell, low + self.protection - value, 1)]
            if high >= self.protection:
                ways.append(self._cheapest(cell, value - (high - self.protection), -1))
        costed = [(cost, cells - self.hidden) for cost, cells in (way for way in ways if way) if cells - self.hidden]
        return min(costed, key=lambda pair: (pair[0], sorted(pair[1])))[1] if costed else set()

    def _cheapest(self, cell: int, move: int, direction: int) -> CostedCells | None:
        """The cheapest change moving a cell this far, as its cost and the shown cells it touches."""
        up, down, costs, limits = self._moves(cell, move)
        count = len(costs)
        equations: list[Equation] = []
        for relation in self.layout.relations:
            coefficients: dict[int, int] = {}
            for part, sign in ((relation.total, -1), *((p, 1) for p in relation.parts)):
                coefficients[up[part]] = sign
                if part in down:
                    coefficients[down[part]] = -sign
            equations.append((coefficients, 0))
        forwards, backwards = (up, down) if direction > 0 else (down, up)
        if cell not in forwards:
            return None
        equations.append(({forwards[cell]: 1}, move))
        if cell in backwards:
            equations.append(({backwards[cell]: 1}, 0))
        equations += [({variable: 1, count + n: 1}, limit) for n, (variable, limit) in enumerate(limits)]
        region = Region(count + len(limits), equations)
        if not region.possible or (cost := region.least(costs)) is None:
            return None
        point = region.point()
        moved = {c for way in (up, down) for c, variable in way.items() if point[variable] and c not in self._rest}
        return int(cost), moved

    def _moves(
        self, cell: int, move: int
    ) -> tuple[dict[int, int], dict[int, int], dict[int, int], list[tuple[int, int]]]:
        """A variable for each cell's rise and fall, what it costs, and how far the small ones can fall.

        A shown cell that cannot fall the whole way is not offered: hiding it would not be enough by itself.
        """
        up: dict[int, int] = {}
        down: dict[int, int] = {}
        costs: dict[int, int] = {}
        limits: list[tuple[int, int]] = []
        for other, value in enumerate(self.values):
            free = other in self.hidden or other in self._rest
            price = 1 if free else self._weights[other]
            up[other] = len(costs)
            costs[up[other]] = price
            if value >= move or (free and value):
                down[other] = len(costs)
                costs[down[other]] = price
                if value < move:
                    limits.append((down[other], value))
        return up, down, costs, limits

    def _next_best(self, cell: int) -> set[int]:
        """The cheapest shown cell that adds up with this one, or with anything at all."""
        open_ = set(range(self.layout.shown)) - self.hidden
        beside = {c for r in self.layout.relations if cell in (r.total, *r.parts) for c in (r.total, *r.parts)} & open_
        return {min(beside or open_, key=lambda c: (self._weights[c], c))}

    def _show_again_what_may_be(self) -> None:
        """Shows the costliest cells again where the rest stays safe without them."""
        for cell in sorted(self.hidden - self.small, key=lambda c: -self._weights[c]):
            if self._exposed(self.hidden - {cell}, set()) is None:
                self.hidden.discard(cell)
