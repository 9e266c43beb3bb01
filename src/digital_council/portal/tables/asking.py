"""Asking of a table: filter, sort, group and chart, as chosen on a form; and the pandas that gives the same rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import fmean, median
from typing import Any

from digital_council.portal.tables.filtering import TESTS, column_named, kept, plainly
from digital_council.portal.tables.grids import Grid, Row, is_value

MOST_SHOWN = 100
MOST_BARS = 25

SUMS: dict[str, tuple[str, Callable[[list[float]], float]]] = {
    "sum": ("total", sum),
    "mean": ("average (mean)", fmean),
    "median": ("middle (median)", median),
    "min": ("smallest", min),
    "max": ("largest", max),
}


@dataclass(frozen=True)
class Asked:
    """What somebody chose. Names of columns are columns of the grid, or empty."""

    column: str = ""
    test: str = "contains"
    value: str = ""
    sort: str = ""
    order: str = "down"
    group: str = ""
    show: str = "count"
    of: str = ""
    chart: bool = False

    @classmethod
    def read(cls, grid: Grid, given: Mapping[str, str]) -> Asked:
        """What a form says; whatever is not one of its choices counts as not chosen."""
        columns = {name: given.get(name, "") for name in ("column", "sort", "group", "of")}
        chosen = {name: column if column in grid.columns else "" for name, column in columns.items()}
        return cls(
            test=given["test"] if given.get("test") in TESTS else "contains",
            value=given.get("value", "").strip()[:200],
            order="up" if given.get("order") == "up" else "down",
            show=given["show"] if given.get("show") in SUMS else "count",
            chart=given.get("chart") == "yes",
            **chosen,
        )


@dataclass(frozen=True)
class Answer:
    """The table that answers: `said` in a sentence, `line` in pandas, `bars` the chart, `problem` what was ignored.

    Beside the first column stand those that were asked about: on a phone the others are out of sight.
    """

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    total: int
    said: str
    line: str
    bars: tuple[tuple[str, float, float, float], ...] = ()
    caption: str = ""
    problem: str = ""

    @property
    def is_cut(self) -> bool:
        return self.total > len(self.rows)


def answer(grid: Grid, asked: Asked) -> Answer:
    """Filter, then group or sort, then chart."""
    rows, line, problem = kept(grid, asked.column, asked.test, asked.value)
    work = ""
    said = f"{len(rows):,} of {len(grid.rows):,} rows"
    columns: tuple[str, ...] = grid.columns
    if asked.show != "count" and (not asked.of or grid.kind(asked.of) != "number"):
        problem = f"Choose a column of numbers to work out the {SUMS[asked.show][0]} of. The rows are counted instead."
        asked = Asked(**{**vars(asked), "show": "count"})
    if asked.group:
        columns, rows, more = _grouped(grid, asked, rows)
        said += f" in {len(rows):,} groups"
    else:
        worked_out, work = _worked_out(grid, asked, rows, line)
        said += worked_out
        rows, more = _sorted(grid, asked, rows)
    bars, caption, plot = _chart(grid, asked, columns, rows)
    if asked.chart and not bars:
        problem = problem or "For a chart choose a column to group by, or a column of numbers to show."
    line = f"{line}{more}{plot}{work}"
    start = "import pandas as pd\n" if "pd." in line else ""
    start += "" if grid.source == "table" else f"table = {grid.source}\n"
    places = range(len(columns)) if asked.group else _order(grid, asked)
    shown = tuple(tuple(row[place] for place in places) for row in rows[:MOST_SHOWN])
    columns = tuple(columns[place] for place in places)
    return Answer(columns, shown, len(rows), f"{said}.", f"{start}{line}", bars, caption, problem)


def _worked_out(grid: Grid, asked: Asked, rows: list[Row], line: str) -> tuple[str, str]:
    """The one figure of all rows that are left, in words, and a line of pandas for it."""
    if asked.show == "count":
        return "", ""
    words, work = SUMS[asked.show]
    numbers = [row[grid.place(asked.of)] for row in rows if is_value(row[grid.place(asked.of)])]
    if not numbers:
        return f", and none has a number in {asked.of}", ""
    column = plainly(grid, asked.of, f"{line}[{json.dumps(asked.of, ensure_ascii=False)}]")
    return f"; {words} of {asked.of}: {shown(_rounded(work(numbers)))}", f"\n{column}.{asked.show}()"


def _order(grid: Grid, asked: Asked) -> list[int]:
    """Where the columns stand: the first, by which rows are known, those asked about, and the rest as they are."""
    named = [*(each for each in (asked.column, asked.sort, asked.of) if each), *column_named(grid, asked.value)]
    asked_about = sorted({grid.place(each) for each in named} - {0})
    return [0, *asked_about, *(place for place in range(1, len(grid.columns)) if place not in asked_about)]


def _sorted(grid: Grid, asked: Asked, rows: list[Row]) -> tuple[list[Row], str]:
    if not asked.sort:
        return rows, ""
    place, is_up = grid.place(asked.sort), asked.order == "up"
    known = [row for row in rows if is_value(row[place])]
    known.sort(key=lambda row: grid.rank(asked.sort, row[place]), reverse=not is_up)
    name = json.dumps(asked.sort, ensure_ascii=False)
    ends = "" if is_up else ", ascending=False"
    if asked.sort in grid.mixed:
        ends += f", key=lambda column: {plainly(grid, asked.sort, 'column')}"
    return known + [row for row in rows if not is_value(row[place])], f'.sort_values({name}{ends}, kind="stable")'


def _grouped(grid: Grid, asked: Asked, rows: list[Row]) -> tuple[tuple[str, ...], list[Row], str]:
    """One row for each group, the largest first, or in the order of their names when sorted by those."""
    place = grid.place(asked.group)
    groups: dict[Any, list[Row]] = {}
    for row in rows:
        if is_value(row[place]):
            groups.setdefault(row[place], []).append(row)
    name = json.dumps(asked.group, ensure_ascii=False)
    known = plainly(grid, asked.group, f"rows[{name}]")
    line = f".loc[lambda rows: {known}.notna()]" if asked.group in grid.mixed else ""
    line += f".groupby({name}, observed=True)"
    if asked.show == "count":
        heading, line = "number of rows", f"{line}.size()"
        found: list[Row] = [(group, float(len(some))) for group, some in groups.items()]
    else:
        words, work = SUMS[asked.show]
        of = grid.place(asked.of)
        heading = f"{words} of {asked.of}"
        line = f"{line}[{json.dumps(asked.of, ensure_ascii=False)}]"
        if asked.of in grid.mixed:
            least = "min_count=1" if asked.show == "sum" else ""
            line += f".apply(lambda column: {plainly(grid, asked.of, 'column')}.{asked.show}({least})).dropna()"
        else:
            line += f".{asked.show}()"
        numbers = {group: [row[of] for row in some if is_value(row[of])] for group, some in groups.items()}
        found = [(group, _rounded(work(some))) for group, some in numbers.items() if some]
    is_by_name, is_up = asked.sort == asked.group, asked.order == "up"
    found.sort(key=lambda row: grid.rank(asked.group, row[0]), reverse=is_by_name and not is_up)
    if not is_by_name:
        found.sort(key=lambda row: row[1], reverse=not is_up)
    how = "sort_index" if is_by_name else "sort_values"
    return (asked.group, heading), found, f"{line}.{how}({'' if is_up else 'ascending=False'})"


def _chart(
    grid: Grid, asked: Asked, columns: tuple[str, ...], rows: list[Row]
) -> tuple[tuple[tuple[str, float, float, float], ...], str, str]:
    """Bars as label, value, start and length in hundredths of the width."""
    if not asked.chart or not rows:
        return (), "", ""
    if asked.group:
        pairs = [(shown(row[0]), row[1]) for row in rows[:MOST_BARS]]
        return _bars(pairs), f"Bar chart: {columns[1]} by {columns[0]}", ".plot.barh()"
    if not asked.of or grid.kind(asked.of) != "number":
        return (), "", ""
    label = next((name for name in grid.columns if grid.kind(name) != "number"), grid.columns[0])
    first, second = grid.place(label), grid.place(asked.of)
    pairs = [(shown(row[first]), row[second]) for row in rows[:MOST_BARS] if is_value(row[second])]
    x, y = json.dumps(label, ensure_ascii=False), json.dumps(asked.of, ensure_ascii=False)
    first_rows = f".head({MOST_BARS})"
    if asked.of in grid.mixed:
        first_rows += f".assign(**{{{y}: lambda rows: {plainly(grid, asked.of, f'rows[{y}]')}}})"
    return _bars(pairs), f"Bar chart: {asked.of} by {label}", f"{first_rows}.plot.barh(x={x}, y={y})"


def _bars(pairs: list[tuple[str, float]]) -> tuple[tuple[str, float, float, float], ...]:
    low, high = min(0.0, *(value for _, value in pairs), 0.0), max(0.0, *(value for _, value in pairs), 0.0)
    width = (high - low) or 1.0

    def bar(label: str, value: float) -> tuple[str, float, float, float]:
        start = (min(value, 0.0) - low) / width * 100
        return label, value, round(start, 2), round(abs(value) / width * 100, 2)

    return tuple(bar(label, value) for label, value in pairs)


def _rounded(value: float) -> float:
    """Without the dust that adding up decimals leaves."""
    return round(value, 9)


def shown(value: Any) -> str:
    """A cell as people read it: thousands apart, no idle zeros; years and codes of four figures as they are."""
    if value is None:
        return "(blank)"
    if isinstance(value, float):
        text = f"{value:,.2f}".removesuffix(".00")
        return text.replace(",", "") if abs(value) < 10_000 and "." not in text else text
    return str(value)
