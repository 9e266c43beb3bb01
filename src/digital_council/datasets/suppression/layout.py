"""How a table of counts adds up: its cells, its totals, and the remainders a reader can work out."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from digital_council.datasets.errors import TableError

if TYPE_CHECKING:
    import pandas as pd

MARK = "[c]"
Parts = Sequence[Hashable] | Sequence[Sequence[Hashable]]
Totals = str | Mapping[str, Mapping[Hashable, Parts]] | None
Cell = tuple[Hashable, Hashable]
USUAL = ("total", "totals", "all", "everyone")
"""Labels taken to be the sum of all others along their row or column, unless totals are named."""
REST = "everybody in {0} but not in {1}"


@dataclass(frozen=True)
class Relation:
    """One cell that is the sum of others."""

    total: int
    parts: tuple[int, ...]
    across: bool
    """Whether it runs along a row, so that its parts are what is said of one group of people."""


@dataclass(frozen=True)
class Layout:
    """The cells by number: first those of the table, row by row, then remainders that are never shown."""

    cells: tuple[Cell, ...]
    shown: int
    """How many of the cells are the table's own; those after them are remainders."""
    relations: tuple[Relation, ...]

    def level(self, cell: int) -> int:
        """How many times over a cell is a total: 0 for a plain cell."""
        return max(
            (1 + max(self.level(part) for part in r.parts) for r in self.relations if r.total == cell), default=0
        )

    def name(self, cell: int) -> str:
        return f"{self.cells[cell][0]} / {self.cells[cell][1]}"


def read(table: pd.DataFrame, totals: Totals, nested: Sequence[Hashable]) -> Layout:
    """The layout of a table; raises TableError naming the label that is not in it."""
    for axis, labels in (("row", table.index), ("column", table.columns)):
        if not labels.is_unique:
            raise TableError(
                f"{axis} label {labels[labels.duplicated()][0]!r} stands more than once; labels must differ"
            )
    rows: list[Hashable] = list(table.index)
    columns: list[Hashable] = list(table.columns)
    if isinstance(totals, str):
        _known([totals], [*rows, *columns], "totals")
    number = {(row, column): i for i, (row, column) in enumerate((r, c) for r in rows for c in columns)}
    cells: list[Cell] = list(number)
    relations = []
    for total, parts in _sums(totals, "rows", rows):
        relations += [Relation(number[total, c], tuple(number[p, c] for p in parts), False) for c in columns]
    for total, parts in _sums(totals, "columns", columns):
        relations += [Relation(number[r, total], tuple(number[r, p] for p in parts), True) for r in rows]
    _known(nested, columns, "nested")
    for outer, inner in pairwise(nested):
        for row in rows:
            relations.append(Relation(number[row, outer], (number[row, inner], len(cells)), False))
            cells.append((row, REST.format(outer, inner)))
    return Layout(tuple(cells), len(number), tuple(relations))


def counts(table: pd.DataFrame, layout: Layout) -> list[int]:
    """The value of every cell, remainders too; raises TableError when a total is not the sum of its parts."""
    values = [count(value, layout.name(i)) for i, value in enumerate(table.to_numpy(dtype=object).ravel())]
    values += [0] * (len(layout.cells) - layout.shown)
    for relation in layout.relations:
        remainder = relation.parts[-1]
        if remainder >= layout.shown:
            values[remainder] = values[relation.total] - values[relation.parts[0]]
            if values[remainder] < 0:
                raise TableError(
                    f"{layout.name(relation.parts[0])} is more than {layout.name(relation.total)}, "
                    "which it should be part of"
                )
        elif values[relation.total] != sum(values[part] for part in relation.parts):
            raise TableError(
                f"{layout.name(relation.total)} is {values[relation.total]}, but its parts add up to "
                f"{sum(values[part] for part in relation.parts)}; mend the table or its totals"
            )
    return values


def count(value: Any, name: str) -> int:
    try:
        whole = int(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise TableError(f"{name} is {value!r}; every cell must be a count (put labels in the index)") from error
    if whole != value or whole < 0:
        raise TableError(f"{name} is {value!r}; counts are whole numbers from 0 up")
    return whole


def is_usual(label: Hashable) -> bool:
    return str(label).casefold() in USUAL


def ensure_table(table: object) -> None:
    """Raises TableError for what is no table with one label for each row and column."""
    import pandas as pd

    if not isinstance(table, pd.DataFrame):
        raise TableError(f"counts are a {type(table).__name__}; give a DataFrame, such as series.to_frame()")


def ensure_counts(table: pd.DataFrame) -> None:
    """Raises TableError naming the first cell that is no count."""
    for row, values in zip(table.index, table.to_numpy(dtype=object), strict=True):
        for column, value in zip(table.columns, values, strict=True):
            count(value, f"{row} / {column}")


def _sums(totals: Totals, axis: str, labels: list[Hashable]) -> list[tuple[Hashable, list[Hashable]]]:
    """Every sum along an axis: a total, and the parts of one of its breakdowns."""
    if totals is None or isinstance(totals, str):
        named = [label for label in labels if is_usual(label)] if totals is None else [totals]
        return [(label, [part for part in labels if part != label]) for label in named if label in labels]
    if not isinstance(totals, Mapping) or not all(isinstance(each, Mapping) for each in totals.values()):
        raise TableError('totals must be a label, or {"rows": {total: [parts]}, "columns": {total: [parts]}}')
    unknown = set(totals) - {"rows", "columns"}
    if unknown:
        raise TableError(f"totals has {sorted(unknown)[0]!r}; allowed: 'rows' and 'columns'")
    sums = [(total, list(each)) for total, parts in totals.get(axis, {}).items() for each in _breakdowns(parts)]
    graph: dict[Hashable, set[Hashable]] = {}
    for total, parts in sums:
        _known([total, *parts], labels, f"totals[{axis!r}]")
        if not parts or total in parts or len(set(parts)) < len(parts):
            raise TableError(f"totals[{axis!r}][{total!r}] must list its parts, each once, without itself")
        graph.setdefault(total, set()).update(parts)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        raise TableError(f"totals[{axis!r}] goes round in a circle: {error.args[1]}") from error
    return sums


def _breakdowns(parts: Any) -> Sequence[Sequence[Hashable]]:
    """A total's lists of parts; labels can be hashed and lists cannot, so one list is told from several."""
    return parts if parts and all(isinstance(each, list) for each in parts) else [parts]


def _known(wanted: Sequence[Hashable], labels: list[Hashable], where: str) -> None:
    for label in wanted:
        if label not in labels:
            raise TableError(
                f"{where} names {label!r}, which the table does not have; it has {', '.join(map(str, labels))}"
            )
