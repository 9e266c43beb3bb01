"""Excel workbooks: guarded before a byte is unpacked, then read row by row."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from digital_council.datasets.validation.report import Finding, UnreadableError
from digital_council.datasets.validation.shape import MOST_COLUMNS
from digital_council.datasets.validation.text import Progress

MB = 1_000_000
MOST_UNPACKED = 600 * MB
"""What a workbook may unpack to: a million rows of twelve columns take about 500 MB of XML."""
MOST_STRINGS = 120 * MB
"""The shared strings are held in memory while a workbook is read, so they may be less."""
MOST_RATIO = 250
"""No spreadsheet's XML packs better than some fifty times; a bomb packs a thousand times."""
MOST_MEMBERS = 5_000
MOST_ROWS = 1_048_576
SIDE = "save the sheet as CSV UTF-8"


@dataclass
class Workbook:
    """The one sheet that is read, and what is wrong with the workbook."""

    path: Path
    sheet: str
    merged: tuple[tuple[int, int, int, int], ...] = ()
    """Merged cells as first row, first column, last row, last column, from 1."""
    findings: list[Finding] = field(default_factory=list)


def inspect(path: Path) -> Workbook:
    """Looks before unpacking; raises UnreadableError for a bomb, a locked file or one that is no workbook."""
    members = _members(path)
    _refuse_bombs(members)
    names = {info.filename for info in members}
    if "xl/workbook.xml" not in names:
        what = "is an OpenDocument file" if "content.xml" in names else "is a zip file"
        raise UnreadableError(Finding("not-a-workbook", f"{what} and no Excel workbook", SIDE))
    sheets = sorted(name for name in names if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name))
    with zipfile.ZipFile(path) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what openpyxl says of styles does not matter here
        with _opened(path) as book:
            titles = list(book.sheetnames)
            sheet_path = _sheet_path(book, archive, sheets)
        merged, formulas = _features(archive, sheet_path)
    found = Workbook(path, titles[0], merged)
    if path.suffix.casefold() not in (".xlsx", ".xlsm"):
        found.findings.append(
            Finding("misnamed", f"is an Excel workbook, and its name ends in {path.suffix or 'nothing'}",
                    "give it a name that ends in .xlsx", safe=True)
        )  # fmt: skip
    if len(titles) > 1:
        found.findings.append(
            Finding("sheets", f"has {len(titles)} sheets; only the first, {titles[0]!r}, was checked",
                    "publish one table in one file")
        )  # fmt: skip
    if formulas:
        found.findings.append(
            Finding("formulas", f"has {formulas:,} cells that are formulas; their last values were checked",
                    "publish values, not formulas", safe=True)
        )  # fmt: skip
    return found


def merged_below(found: Workbook, header: int) -> list[Finding]:
    """The finding of cells merged among the rows below the header; those of a title above it do no harm."""
    merged = sorted(each for each in found.merged if each[2] > header)
    if not merged:
        return []
    groups = "1 group" if len(merged) == 1 else f"{len(merged):,} groups"
    safe = all(left == right for _, left, _, right in merged)
    return [Finding("merged-cells", f"has {groups} of merged cells", "unmerge them and fill in each cell",
                    row=merged[0][0], safe=safe)]  # fmt: skip


def records(found: Workbook, progress: Progress) -> Iterator[list[str]]:
    """Every row as text; a cell merged downwards gives its value to all its rows."""
    below = {
        (row, left): (top, left)
        for top, left, bottom, right in found.merged
        if left == right
        for row in range(top + 1, min(bottom, MOST_ROWS) + 1)
    }
    held: dict[tuple[int, int], str] = dict.fromkeys(below.values(), "")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with _opened(found.path) as book:
                sheet = book[found.sheet]
                total = min(sheet.max_row or 1, MOST_ROWS)
                sheet.reset_dimensions()  # what a sheet says of its size may be anything
                for number, row in enumerate(sheet.iter_rows(values_only=True, max_row=MOST_ROWS), 1):
                    if number % 5_000 == 0:
                        progress(min(number / total, 1.0))
                    yield _row(number, row, below, held)
        except (ValueError, KeyError, TypeError, zipfile.BadZipFile, SyntaxError, EOFError) as error:
            raise UnreadableError(Finding("not-a-workbook", f"cannot be read ({error})"[:300], SIDE)) from None


def _row(
    number: int, row: Any, below: dict[tuple[int, int], tuple[int, int]], held: dict[tuple[int, int], str]
) -> list[str]:
    cells = [as_text(value) for value in row[:MOST_COLUMNS]]
    if len(row) > MOST_COLUMNS and any(value is not None for value in row[MOST_COLUMNS:]):
        raise UnreadableError(
            Finding("too-wide", f"has more than {MOST_COLUMNS} columns", "publish one table in one sheet", row=number)
        )
    if not held:
        return cells
    for column in range(1, len(cells) + 1):
        if (number, column) in held:
            held[(number, column)] = cells[column - 1]
        elif (number, column) in below and not cells[column - 1]:
            cells[column - 1] = held[below[(number, column)]]
    return cells


def as_text(value: Any) -> str:
    """A cell's value as a file of text would have it: ISO dates, numbers as short as they are exact."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float):
        # 1049.53 may be kept as 1049.5299999999999; fifteen digits are what Excel itself shows
        return f"{value:.15g}" if value != int(value) else str(int(value))
    return str(value)


def _members(path: Path) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UnreadableError(Finding("not-a-workbook", f"is damaged ({error})", SIDE)) from None
    if any(info.flag_bits & 1 for info in members):
        raise UnreadableError(Finding("locked", "is protected by a password", "save it without one"))
    return members


def _refuse_bombs(members: list[zipfile.ZipInfo]) -> None:
    """By what the archive says: a member never unpacks to more than it says, for zipfile stops there."""
    if len(members) > MOST_MEMBERS:
        raise UnreadableError(
            Finding("zip-bomb", f"has {len(members):,} parts; at most {MOST_MEMBERS:,} are read", SIDE)
        )
    total = sum(info.file_size for info in members)
    strings = sum(info.file_size for info in members if info.filename.casefold().endswith("sharedstrings.xml"))
    worst = max((info.file_size / max(info.compress_size, 1) for info in members if info.file_size > MB), default=0)
    if total > MOST_UNPACKED or strings > MOST_STRINGS or worst > MOST_RATIO:
        raise UnreadableError(
            Finding("zip-bomb", f"would unpack to {total / MB:,.0f} MB, packed up to {worst:,.0f} times; "
                    f"at most {MOST_UNPACKED // MB} MB and {MOST_RATIO} times are read", SIDE)
        )  # fmt: skip


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    import openpyxl

    with path.open("rb") as file:  # a file and not its name, which openpyxl would judge it by
        try:
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        except Exception as error:  # openpyxl lets through whatever its parsers raise
            raise UnreadableError(Finding("not-a-workbook", f"cannot be read ({error})"[:300], SIDE)) from None
        try:
            yield book
        finally:
            book.close()


def _sheet_path(book: Any, archive: zipfile.ZipFile, sheets: list[str]) -> str:
    path = str(getattr(book.worksheets[0], "_worksheet_path", "") or "") if book.worksheets else ""
    if not book.worksheets:
        raise UnreadableError(Finding("not-a-workbook", "has no sheet with cells", SIDE))
    return path if path in archive.namelist() else sheets[0]


def _features(archive: zipfile.ZipFile, sheet: str) -> tuple[tuple[tuple[int, int, int, int], ...], int]:
    """The merged cells and the number of formulas, from the sheet's XML, in pieces."""
    from openpyxl.utils.cell import range_boundaries

    merged: list[tuple[int, int, int, int]] = []
    formulas, tail = 0, b""
    with archive.open(sheet) as file:
        while piece := file.read(4 * MB):
            window = tail + piece
            if b"<!DOCTYPE" in window or b"<!ENTITY" in window:
                raise UnreadableError(Finding("not-a-workbook", "declares XML entities, which no sheet needs", SIDE))
            tail = window[-200:]
            fresh = window[: len(window) - len(tail)]
            formulas += len(re.findall(rb"<f[ >/]", fresh))
            merged += _ranges(fresh, range_boundaries)
    formulas += len(re.findall(rb"<f[ >/]", tail))
    merged += _ranges(tail, range_boundaries)
    return tuple(merged[:10_000]), formulas


def _ranges(xml: bytes, boundaries: Any) -> list[tuple[int, int, int, int]]:
    found = []
    for match in re.finditer(rb'<mergeCell ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"', xml):
        left, top, right, bottom = boundaries(match[1].decode())
        found.append((top, left, bottom, right))
    return found
