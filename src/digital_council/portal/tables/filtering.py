"""Filtering: the rows that pass a test chosen on a form, and the condition in pandas that keeps the same rows."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from digital_council.courses.findings import Unusable
from digital_council.courses.questions import plain
from digital_council.portal.tables.grids import Grid, Mark, Row, is_value, number

TESTS = {
    "contains": "contains",
    "is": "is exactly",
    "not": "is not",
    "over": "is more than, or after",
    "under": "is less than, or before",
    "blank": "is blank",
    "filled": "is not blank",
}
SIGNS = {"is": "==", "not": "!=", "over": ">", "under": "<"}

Test = Callable[[Row], bool]


class Kept(NamedTuple):
    """The rows that are left, the pandas that leaves them, and why nothing was left out where that was not possible."""

    rows: list[Row]
    line: str = "table"
    problem: str = ""


def kept(grid: Grid, column: str, test: str, value: str) -> Kept:
    """The rows where a column passes a test, or any column where none is named."""
    if test in ("blank", "filled"):
        return _by_blank(grid, column, test == "blank")
    if not value:
        return Kept(list(grid.rows))
    if mark := grid.mark(value):
        return _by_mark(grid, column, test, mark)
    if not column:
        return _anywhere(grid, test, value)
    if test == "contains" and grid.kind(column) != "number" and not (grid.kind(column) == "date" and _day(value)):
        return _containing(grid, column, value)
    return _compared(grid, column, "is" if test == "contains" else test, value)


def plainly(grid: Grid, column: str, written: str = "") -> str:
    """A column in pandas: as it is, or without the blanks and marks that a printed table has as text."""
    written = written or _cells(column)
    if column not in grid.mixed:
        return written
    if grid.kind(column) == "number":
        return f'pd.to_numeric({written}, errors="coerce")'
    return f"{written}.mask({written}.isin({_quoted(['', *sorted(grid.marks)])}))"


def column_named(grid: Grid, value: str) -> list[str]:
    """The column that a typed value names, if any."""
    return [each for each in grid.columns if each.casefold() == value.casefold()]


def _cells(column: str) -> str:
    return f"table[{_quoted(column)}]" if column else "table"


def _quoted(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _chosen(grid: Grid, test: Test, condition: str) -> Kept:
    return Kept([row for row in grid.rows if test(row)], f"table[{condition}]")


def _nothing(grid: Grid, why: str) -> Kept:
    return Kept(list(grid.rows), problem=f"{why} No rows were left out.")


def _places(grid: Grid, column: str) -> list[int]:
    return [grid.place(column)] if column else list(range(len(grid.columns)))


def _by_blank(grid: Grid, column: str, is_blank: bool) -> Kept:
    """A mark such as [z] is no blank: it says why there is no value."""
    cells, places = _cells(column), _places(grid, column)
    empty = f"{cells}.isna()"
    if column in grid.mixed or (not column and grid.mixed):
        empty = f'({empty} | ({cells} == ""))'
    if grid.labels:
        why = f"{grid.absent}[{_quoted(column)}]" if column else grid.absent
        empty = f"({empty} & ~{why}.isin({_quoted([*grid.labels.values()])}))"
    empty += "" if column else ".any(axis=1)"
    return _chosen(
        grid,
        lambda row: any(row[place] is None for place in places) is is_blank,
        empty if is_blank else f"~{empty}",
    )


def _by_mark(grid: Grid, column: str, test: str, mark: str) -> Kept:
    if test not in ("contains", "is"):
        return _nothing(grid, f"{mark} is a mark. Ask for the rows where the column is exactly {mark}.")
    cells, wanted = _cells(column), mark
    if grid.labels:
        wanted = grid.labels[mark]
        cells = f"{grid.absent}[{_quoted(column)}]" if column else grid.absent
    condition = f"({cells} == {_quoted(wanted)})" + ("" if column else ".any(axis=1)")
    places = _places(grid, column)
    return _chosen(
        grid, lambda row: any(isinstance(row[each], Mark) and row[each] == mark for each in places), condition
    )


def _anywhere(grid: Grid, test: str, value: str) -> Kept:
    """Words are looked for in the columns of text, a number also in the columns of numbers."""
    if test != "contains":
        return _nothing(grid, "Choose the column to test.")
    wanted, figure = value.casefold(), number(value)
    texts = [place for place, kind in enumerate(grid.kinds) if kind == "text"]
    numbers = [place for place, kind in enumerate(grid.kinds) if kind == "number"]
    conditions = []
    if texts:
        words = f"{_quoted(value)}, case=False, regex=False, na=False"
        conditions.append(f"{_several(grid, texts)}.apply(lambda column: column.str.contains({words})).any(axis=1)")
    if numbers and figure is not None:
        plainly = f'{_several(grid, numbers)}.apply(pd.to_numeric, errors="coerce")'
        conditions.append(f"{plainly}.eq({_figure(figure)}).any(axis=1)")

    def passes(row: Row) -> bool:
        found = any(_says(grid, row[place], wanted) for place in texts)
        return found or (figure is not None and any(row[place] == figure for place in numbers))

    return _chosen(grid, passes, " | ".join(f"({each})" for each in conditions) or "[False] * len(table)")


def _several(grid: Grid, places: list[int]) -> str:
    return f"table[{_quoted([grid.columns[place] for place in places])}]"


def _says(grid: Grid, cell: Any, wanted: str) -> bool:
    """Whether a cell of text has the words; where pandas has a mark as no value, it has none."""
    return cell is not None and not (isinstance(cell, Mark) and grid.labels) and wanted in str(cell).casefold()


def _containing(grid: Grid, column: str, value: str) -> Kept:
    place, wanted = grid.place(column), value.casefold()
    text = _cells(column) if grid.kind(column) == "text" else f"{_cells(column)}.astype(str)"
    condition = f"{text}.str.contains({_quoted(value)}, case=False, regex=False, na=False)"
    return _chosen(grid, lambda row: _says(grid, row[place], wanted), condition)


def _compared(grid: Grid, column: str, test: str, value: str) -> Kept:
    kind, place = grid.kind(column), grid.place(column)
    if test in ("over", "under") and kind == "text":
        return _nothing(grid, f"{column} holds text, which is not more or less.")
    cells = plainly(grid, column)
    other = _other(grid, column, value)
    if other:
        right = grid.place(other)
        written, known = plainly(grid, other), [column, other]
        chosen: Test = lambda row: _passes(row[place], test, row[right])  # noqa: E731
    else:
        wanted = _wanted(kind, value)
        if wanted is None:
            return _nothing(grid, f"{value!r} is no {kind}{', such as 31/01/2025' if kind == 'date' else ''}.")
        written, known = _figure(wanted) if kind == "number" else _quoted(wanted), [column]
        chosen = lambda row: _passes(row[place], test, wanted)  # noqa: E731
    condition = f"{cells} {SIGNS[test]} {written}"
    guards = [f"{plainly(grid, each)}.notna()" for each in known if test == "not"]
    return _chosen(grid, chosen, " & ".join([*guards, f"({condition})"]) if guards else condition)


def _other(grid: Grid, column: str, value: str) -> str:
    """The column of the same kind that the value names, so that two columns can be compared."""
    named = (each for each in column_named(grid, value) if each != column)
    return next((each for each in named if grid.kind(each) == grid.kind(column) != "text"), "")


def _wanted(kind: str, value: str) -> Any:
    return number(value) if kind == "number" else _day(value) if kind == "date" else value


def _day(value: str) -> str | None:
    try:
        return plain.day(value).isoformat()
    except Unusable:
        return None


def _figure(value: float) -> str:
    return f"{value:g}" if value == float(f"{value:g}") else repr(value)


def _passes(cell: Any, test: str, value: Any) -> bool:
    if not (is_value(cell) and is_value(value)):
        return False
    if test in ("is", "not"):
        return bool((cell == value) is (test == "is"))
    return bool(cell > value if test == "over" else cell < value)
