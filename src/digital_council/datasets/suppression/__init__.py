"""Small counts hidden so that they stay hidden.

A count of people from 1 to one below the threshold can point at somebody, so it is shown as `[c]` (primary
suppression). That is not enough where totals are shown, since a total less the other parts gives it back; so further
cells are hidden (secondary suppression) until, for every hidden cell, a reader who knows everything else in the table
is left with an interval that reaches the threshold and is at least `protection` wide.

A zero is shown as 0: nobody is in the cell. It is hidden only where it tells of a whole group: when, along a row whose
parts add up to a total, everybody is in one cell. Zeros may also be hidden to cover another cell, so a reader cannot
take `[c]` to mean at least one.

Sources: ICO, anonymisation guidance (28 March 2025: singling out, linkability, inference; it sets no number);
Government Analysis Function, guidance on symbols in tables (2022: `[c]`, never `*`); A. Hundepool and others,
Statistical Disclosure Control (Wiley, 2012), on tables of counts; M. Fischetti and J. J. Salazar-González, "Solving the
cell suppression problem on tabular data with linear constraints", Management Science 47 (2001), for the attacker.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from digital_council.datasets.errors import TableError
from digital_council.datasets.suppression import layout as layouts
from digital_council.datasets.suppression.attack import Attacker, Bounds
from digital_council.datasets.suppression.hiding import Hiding
from digital_council.datasets.suppression.layout import MARK, Totals

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LOWEST", "MARK", "Bounds", "Proof", "Totals", "prove", "suppress"]

LOWEST = 5
"""No threshold may be lower."""


@dataclass(frozen=True)
class Proof:
    """What a reader can work out of each hidden cell, and which cells are not safe."""

    bounds: dict[layouts.Cell, Bounds]
    exposed: tuple[str, ...]
    """One sentence for each cell that is shown but small, or hidden but bounded too tightly."""

    @property
    def safe(self) -> bool:
        return not self.exposed

    def __repr__(self) -> str:
        if self.safe:
            return f"safe: {len(self.bounds)} hidden cells, none can be narrowed down"
        return "not safe: " + "; ".join(self.exposed)


def suppress(
    counts: pd.DataFrame,
    threshold: int = 10,
    totals: Totals = None,
    *,
    nested: Sequence[Hashable] = (),
    protection: int | None = None,
) -> pd.DataFrame:
    """The table with `[c]` where a count must not be known.

    counts      counts of people: groups down the index, what is said of them across the columns
    totals      how it adds up: a label that is the sum of all others along its row or column (`Total` and `All` are
                known for what they are), or {"rows": {"Place": ["Parks", "Planning"], "Council": ["Place", …]},
                "columns": {…}}. A total that is broken down in several ways has a list of lists of parts. Anything
                shown beside the table must be in it: tables hidden apart can undo each other
    nested      columns each of which counts some of the people of the one before: ("invited", "started", "passed")
    protection  how wide the interval left to a reader must be; the threshold unless given
    """
    protection = _limits(threshold, protection)
    layouts.ensure_table(counts)
    layouts.ensure_counts(counts)
    if totals is None:
        totals = _sums_of_all_others(counts)
    layout = layouts.read(counts, totals, nested)
    hiding = Hiding(layout, layouts.counts(counts, layout), threshold, protection)
    shown = counts.astype("object")
    columns = len(counts.columns)
    for cell in hiding.hidden:
        shown.iat[cell // columns, cell % columns] = MARK
    return shown


def prove(
    table: pd.DataFrame,
    threshold: int = 10,
    totals: Totals = None,
    *,
    nested: Sequence[Hashable] = (),
    protection: int | None = None,
) -> Proof:
    """Attacks a published table with all it shows: the bounds of each hidden cell, and those not safe."""
    protection = _limits(threshold, protection)
    layouts.ensure_table(table)
    if totals is None:
        totals = _sums_of_all_others(table)
    layout = layouts.read(table, totals, nested)
    flat = list(table.to_numpy(dtype=object).ravel())
    hidden = {i for i, value in enumerate(flat) if isinstance(value, str) and value.strip() == MARK}
    shown = {i: layouts.count(value, layout.name(i)) for i, value in enumerate(flat) if i not in hidden}
    exposed = [f"{layout.name(i)} shows {value}" for i, value in shown.items() if 0 < value < threshold]
    rest = set(range(layout.shown, len(layout.cells)))
    attacker = Attacker(layout, shown, hidden | rest)
    bounds = {cell: attacker.bounds(cell) for cell in sorted(hidden | rest)}
    for cell, found in bounds.items():
        harmless = cell in rest and found.tells_nothing_small(threshold)
        if not harmless and not found.covers(threshold, protection):
            exposed.append(f"{layout.name(cell)} must be {found}")
    return Proof({layout.cells[cell]: found for cell, found in bounds.items() if cell in hidden}, tuple(exposed))


def _sums_of_all_others(table: pd.DataFrame) -> Totals:
    """The total along each axis: by its name, or because it equals the sum of all else wherever all is shown."""
    found: dict[str, dict[Hashable, list[Hashable]]] = {}
    for axis, values in (("rows", table), ("columns", table.T)):
        labels = list(values.index)
        named = [label for label in labels if layouts.is_usual(label)]
        whole = values.loc[:, [not any(isinstance(value, str) for value in column) for column in values.T.to_numpy()]]
        sums = whole.sum()
        equal = [label for label in labels if values.index.is_unique and _is_sum(whole.loc[label], sums)]
        if total := (named or (equal if len(labels) > 2 else []))[-1:]:
            found[axis] = {total[0]: [label for label in labels if label != total[0]]}
    return found or None


def _is_sum(values: pd.Series, sums: pd.Series) -> bool:
    return bool(values.any() and (values * 2 == sums).all())


def _limits(threshold: int, protection: int | None) -> int:
    if threshold < LOWEST:
        raise TableError(f"the threshold is {threshold}; it may not be under {LOWEST}")
    if protection is not None and not 1 <= protection <= threshold:
        raise TableError(f"the protection is {protection}; allowed: 1 to the threshold, {threshold}")
    return threshold if protection is None else protection
