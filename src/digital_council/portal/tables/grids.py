"""Grids: tables that somebody who does not program can filter, sort, group and chart, with the pandas that does it."""

from __future__ import annotations

import csv
import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from digital_council.datasets.description import Description

FEWEST_ROWS = 4
"""A table of fewer rows is taken in at a glance; controls beside it would only be in the way."""

ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")
INDEX = re.compile(r"\d+")
BLANKS = frozenset({"", "nan", "nat", "none", "<na>"})
MARKS = frozenset({"[z]", "[x]", "[c]"})

Row = tuple[Any, ...]


class Mark(str):
    """A mark in place of a value, such as [z]: it says why there is none. A blank says nothing, and is None."""


def is_value(cell: Any) -> bool:
    """Whether a cell holds something to compare or to add up."""
    return cell is not None and not isinstance(cell, Mark)


@dataclass(frozen=True)
class Grid:
    """Columns and rows; `kinds` says of each column number, date or text; `source` is the Python that has it."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    kinds: tuple[str, ...]
    source: str = "table"
    orders: tuple[tuple[str, ...], ...] = ()
    """For each column the fixed list its values come from, in its own order; empty where there is none."""
    mixed: frozenset[str] = frozenset()
    """Columns of a printed table, where blanks and marks stand as text beside numbers, dates or words."""
    absent: str = ""
    """The Python that says of each cell of a dataset why it is empty, by the labels of its marks."""
    reasons: tuple[tuple[str, str], ...] = ()
    """The marks of a dataset, each with its label."""

    @cached_property
    def marks(self) -> frozenset[str]:
        return frozenset(cell for row in self.rows for cell in row if isinstance(cell, Mark))

    @cached_property
    def labels(self) -> dict[str, str]:
        """Of each mark that is met, its label."""
        return {mark: label for mark, label in self.reasons if mark in self.marks}

    def mark(self, value: str) -> str:
        """The mark that somebody typed, where the table has it."""
        return next((mark for mark in self.marks if mark.casefold() == value.casefold()), "")

    def rank(self, column: str, value: Any) -> Any:
        """What to sort a value by: months and bands have an order that is not the alphabet's."""
        order = self.orders[self.place(column)] if self.orders else ()
        return order.index(value) if value in order else value

    def place(self, column: str) -> int:
        return self.columns.index(column)

    def kind(self, column: str) -> str:
        return self.kinds[self.place(column)]

    def values(self, column: str) -> list[Any]:
        place = self.place(column)
        return [row[place] for row in self.rows]


def of_dataset(described: Description) -> Grid | None:
    """A whole dataset; None for one that is kept in another form than CSV, as the very large are."""
    if described.file.suffix != ".csv":
        return None
    stamp = described.file.stat().st_mtime_ns
    kinds = tuple(_declared(column.type) for column in described.columns)
    columns = tuple(column.name for column in described.columns)
    orders = tuple(tuple(column.categories) for column in described.columns)
    marks = tuple((mark, label) for mark, label in described.missing if mark)
    return _of_file(described.file, stamp, columns, kinds, orders, described.id, marks)


@lru_cache(maxsize=300)
def of_markup(markup: str, source: str = "") -> Grid | None:
    """The first table in clean HTML; None where there is none, it is small, cut short, or has headings in levels."""
    reader = _Reader()
    reader.feed(markup)
    if not reader.head or len(reader.body) < FEWEST_ROWS:
        return None
    return of_cells(reader.head, reader.body, source)


@lru_cache(maxsize=8)
def _of_file(
    path: Path, stamp: int, columns: tuple[str, ...], kinds: tuple[str, ...], orders: Any, id: str, reasons: Any
) -> Grid:
    marks = frozenset(mark.casefold() for mark, _ in reasons)
    with path.open(encoding="utf-8-sig", newline="") as file:
        given = csv.reader(file)
        head = next(given)
        places = [head.index(column) for column in columns]
        rows = tuple(
            tuple(_value(line[place], kind, marks) for place, kind in zip(places, kinds, strict=True)) for line in given
        )
    source, absent = f'datasets.open("{id}")', f'datasets.missing("{id}")'
    return Grid(columns, rows, kinds, source, orders, absent=absent, reasons=reasons)


def _declared(kind: str) -> str:
    return "number" if kind in ("integer", "number", "year") else "date" if kind.startswith("date") else "text"


def of_cells(head: list[list[str]], body: list[list[str]], source: str) -> Grid | None:
    """Headings and cells as text; None where they are no plain table."""
    names, index_name = head[0], ""
    if len(head) == 2 and not any(head[1][1:]):  # pandas writes the name of an index below the others
        index_name = head[1][0]
    elif len(head) > 1:
        return None
    width = len(names)
    is_cut = any(set(row) == {"..."} or set(row) == {"…"} for row in body) or "..." in names
    if is_cut or any(len(row) != width for row in body) or len(set(names)) < width:
        return None
    source = source or "table"
    if not names[0]:
        names, body, source = _without_index(names, body, index_name, source)
    kinds = tuple(_found(cells) for cells in zip(*body, strict=True))
    rows = tuple(tuple(_value(cell, kind) for cell, kind in zip(row, kinds, strict=True)) for row in body)
    written = {"", *MARKS}
    mixed = {name for name, cells in zip(names, zip(*body, strict=True), strict=True) if written & {*cells}}
    return Grid(tuple(names), rows, kinds, source, mixed=frozenset(mixed))


def _without_index(
    names: list[str], body: list[list[str]], index_name: str, source: str
) -> tuple[list[str], list[list[str]], str]:
    """A bare count of rows is left out; an index that says something becomes a column."""
    if not index_name and all(INDEX.fullmatch(row[0]) for row in body):
        return names[1:], [row[1:] for row in body], source
    return [index_name or "index", *names[1:]], body, f"{source}.reset_index()"


def _found(cells: Sequence[str]) -> str:
    """What kind of values a column holds, by looking at all of them."""
    said = [cell for cell in cells if cell.strip().casefold() not in BLANKS | MARKS]
    if said and all(number(cell) is not None for cell in said):
        return "number"
    return "date" if said and all(ISO_DATE.fullmatch(cell) for cell in said) else "text"


def _value(cell: str, kind: str, marks: frozenset[str] = MARKS) -> Any:
    cell = cell.strip()
    if cell.casefold() in marks:
        return Mark(cell)
    if kind == "number":
        return number(cell)
    return None if cell.casefold() in BLANKS else cell


def number(text: str) -> float | None:
    """The number in a cell or in what somebody typed; None when there is none."""
    try:
        found = float(text.replace(",", "").replace("£", "").strip())
    except ValueError:
        return None
    return found if abs(found) < float("inf") else None


class _Reader(HTMLParser):
    """Reads the headings and cells of the first table."""

    def __init__(self) -> None:
        super().__init__()
        self.head: list[list[str]] = []
        self.body: list[list[str]] = []
        self._row: list[str] = []
        self._cell: list[str] | None = None
        self._is_head, self._is_done = False, False

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag == "thead":
            self._is_head = True
        elif tag == "tr":
            self._row = []
        elif tag in ("td", "th"):
            self._cell = []

    def handle_endtag(self, tag: str) -> None:
        if tag == "thead":
            self._is_head = False
        elif tag == "table":
            self._is_done = True
        elif tag in ("td", "th") and self._cell is not None:
            self._row.append(html.unescape("".join(self._cell)).strip())
            self._cell = None
        elif tag == "tr" and self._row and not self._is_done:
            (self.head if self._is_head else self.body).append(self._row)

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)
