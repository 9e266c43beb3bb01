"""Columns: tables as pandas prints them, put as a reader wants them: one row of headings, numbers to the right."""

from __future__ import annotations

import re

_TABLE = re.compile(r"<table\b.*?</table>", re.DOTALL)
_ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
_CELL = re.compile(r"<(t[dh])>(.*?)</\1>", re.DOTALL)
_INSIDE = r"((?:(?!</?tr>).)*)"  # never across rows, so that many of them take no time
_HEADS = re.compile(rf"<thead>\s*<tr>{_INSIDE}</tr>\s*<tr>{_INSIDE}</tr>\s*</thead>", re.DOTALL)
_NUMBER = re.compile(r"[-+−]?£?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?%?|NaN|<NA>|None|\.\.\.|…|", re.IGNORECASE)
_FIGURE = re.compile(r"\d")
_CLASS = {"td": "govuk-table__cell--numeric", "th": "govuk-table__header--numeric"}


def tidied(markup: str) -> str:
    """Dressed HTML whose tables have the name of an index beside the other headings, and numbers to the right."""
    return _TABLE.sub(lambda found: _to_the_right(_HEADS.sub(_one_head, found[0])), markup)


def _one_head(found: re.Match[str]) -> str:
    """Two rows of headings as one, where the lower has only the names of the index, which stand above nothing."""
    above, below = ([words for _, words in _CELL.findall(row)] for row in found.groups())
    names = sum(bool(words) for words in below)
    is_plain = len(above) == len(below) and not any(above[:names]) and all(above[names:])
    if not (is_plain and names and all(below[:names])):
        return found[0]
    cells = "".join(f"<th>{words}</th>" for words in (*below[:names], *above[names:]))
    return f"<thead><tr>{cells}</tr></thead>"


def _to_the_right(table: str) -> str:
    """The table with its columns of numbers marked; as it was where its rows are not alike."""
    rows = [_CELL.findall(row) for row in _ROW.findall(table)]
    if "span=" in table or len({len(row) for row in rows}) != 1:
        return table
    places = {place for place, column in enumerate(zip(*rows, strict=True)) if _is_numbers(column)}
    return _ROW.sub(lambda row: f"<tr>{_marked(row[1], places)}</tr>", table)


def _is_numbers(column: tuple[tuple[str, str], ...]) -> bool:
    """Whether a column's cells under the headings are figures; a column of row headings is not one."""
    said = [words.strip() for tag, words in column if tag == "td"]
    return any(map(_FIGURE.search, said)) and all(map(_NUMBER.fullmatch, said))


def _marked(row: str, places: set[int]) -> str:
    place = iter(range(len(row)))
    return _CELL.sub(
        lambda cell: (
            f'<{cell[1]} class="{_CLASS[cell[1]]}">{cell[2]}</{cell[1]}>' if next(place) in places else cell[0]
        ),
        row,
    )
