"""Text files: which encoding and line ends they have, and a plain copy where they are not plain already.

A file is read in pieces and never held whole, so a file of gigabytes takes the memory of a small one.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from digital_council.datasets.validation.report import Finding

PIECE = 4_000_000
HEAD_CHARACTERS = 200_000
LONGEST_CELL = 200_000
MOST_LINES_IN_A_CELL = 30
"""More line breaks than this inside one quoted cell: a quotation mark was opened and never closed."""

Progress = Callable[[float], None]


class UnreadableError(Exception):
    """The file cannot be read as a table; carries the finding that says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(str(finding))
        self.finding = finding


@dataclass(frozen=True)
class Text:
    """What a text file is made of."""

    encoding: str
    delimiter: str
    plain: bool
    """UTF-8 with one kind of line end and no blank lines: DuckDB may read it as it is."""
    findings: tuple[Finding, ...]


def inspect(path: Path, progress: Progress) -> Text:
    """Reads the whole file once; raises UnreadableError for what is no text."""
    encoding, findings = _encoding(path)
    ends = {"\r\n": 0, "\n": 0, "\r": 0}
    blank = False
    carried = ""
    for piece in _pieces(path, encoding, progress):
        piece = carried + piece
        carried = piece[-1:] if piece.endswith("\r") else ""
        piece = piece.removesuffix("\r") if carried else piece
        if "\0" in piece:
            raise UnreadableError(Finding("binary", "is no text file: it holds NUL bytes", "save it as CSV UTF-8"))
        pairs = piece.count("\r\n")
        ends["\r\n"] += pairs
        ends["\n"] += piece.count("\n") - pairs
        ends["\r"] += piece.count("\r") - pairs
        blank = blank or "\n\n" in piece or "\n\r\n" in piece
    ends["\r"] += len(carried)
    used = [end for end, count in ends.items() if count]
    if len(used) > 1:
        said = " and ".join({"\r\n": "CRLF", "\n": "LF", "\r": "CR"}[end] for end in used)
        findings.append(Finding("line-ends", f"has lines that end in {said}", "use one kind of line end", safe=True))
    delimiter = _delimiter(path, encoding)
    if delimiter != ",":
        name = {";": "semicolons", "\t": "tabs", "|": "bars"}[delimiter]
        findings.append(Finding("delimiter", f"has {name} between its columns", "use commas", safe=True))
    plain = encoding in ("utf-8", "utf-8-sig") and len(used) <= 1 and "\r" not in used and not blank
    return Text(encoding, delimiter, plain, tuple(findings))


def head(path: Path, text: Text) -> tuple[list[list[str]], list[int]]:
    """The first records, and the line each ends on."""
    with path.open(encoding=text.encoding, newline="") as file:
        lines = file.read(HEAD_CHARACTERS).splitlines(keepends=True)
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(lines, delimiter=text.delimiter)
    records, ends = [], []
    try:
        for record in reader:
            records.append(record)
            ends.append(reader.line_num)
            if len(records) >= 100:
                break
    except csv.Error:
        pass  # a cell too long: reported, with its row, when the rows are read
    return records, ends


def records(path: Path, text: Text, progress: Progress) -> Iterator[list[str]]:
    """Every record, blank ones too; raises UnreadableError naming the line where reading had to stop."""
    csv.field_size_limit(LONGEST_CELL)
    size = max(path.stat().st_size, 1)
    with path.open(encoding=text.encoding, newline="") as stream:
        reader = csv.reader(_lines(stream), delimiter=text.delimiter)
        number = 0
        while True:
            try:
                record = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise UnreadableError(_unclosed(number + 1, str(error))) from None
            number += 1
            if any(cell.count("\n") > MOST_LINES_IN_A_CELL for cell in record):
                raise UnreadableError(_unclosed(number, "a cell goes on over many lines"))
            if number % 20_000 == 0:
                progress(position(stream) / size)
            yield record


def position(stream: TextIO) -> int:
    """How many bytes have been read of a file of text."""
    return int(stream.buffer.tell())  # type: ignore[attr-defined]


def _lines(stream: TextIO) -> Iterator[str]:
    """Lines with plain ends; only CR, LF and CRLF end one. A line too long to be one is cut, for csv to refuse."""
    carried = ""
    while piece := stream.read(PIECE // 4):
        piece = carried + piece
        held = piece.endswith("\r")
        piece = (piece[:-1] if held else piece).replace("\r\n", "\n").replace("\r", "\n")
        *whole, carried = piece.split("\n")
        yield from (line + "\n" for line in whole)
        carried += "\r" if held else ""
        if len(carried) > 50 * LONGEST_CELL:
            yield carried
            carried = ""
    if carried:
        yield carried.replace("\r", "\n")


def _unclosed(row: int, why: str) -> Finding:
    return Finding(
        "unclosed-quote", f"cannot be read on from here ({why})",
        'look for a quotation mark that is not closed; inside a cell it is written ""', row=row,
    )  # fmt: skip


def _encoding(path: Path) -> tuple[str, list[Finding]]:
    with path.open("rb") as file:
        start = file.read(4096)
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if start.startswith(mark):
            return name, [] if name == "utf-8-sig" else [_not_utf8("UTF-16")]
    if start[1::2].count(0) > len(start) // 3:
        return "utf-16-le", [_not_utf8("UTF-16")]
    for name in ("utf-8", "cp1252"):
        place = _undecodable(path, name)
        if place is None:
            return name, [] if name == "utf-8" else [_not_utf8("Windows-1252")]
    raise UnreadableError(
        Finding("encoding", f"is neither UTF-8 nor Windows-1252 (byte {place:,})", "save it as CSV UTF-8")
    )


def _not_utf8(name: str) -> Finding:
    return Finding("encoding", f"is in {name}", "save it as UTF-8", safe=True)


def _undecodable(path: Path, encoding: str) -> int | None:
    decoder = codecs.getincrementaldecoder(encoding)()
    place = 0
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            try:
                decoder.decode(piece)
            except UnicodeDecodeError as error:
                return place + error.start
            place += len(piece)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return place
    return None


def _pieces(path: Path, encoding: str, progress: Progress) -> Iterator[str]:
    size = max(path.stat().st_size, 1)
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            try:
                yield decoder.decode(piece)
            except UnicodeDecodeError as error:
                raise UnreadableError(_not_as_said(encoding, error)) from None
            progress(file.tell() / size)
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            raise UnreadableError(_not_as_said(encoding, error)) from None


def _not_as_said(encoding: str, error: UnicodeDecodeError) -> Finding:
    return Finding("encoding", f"is not the {encoding} it seems to be ({error.reason})", "save it as CSV UTF-8")


def _delimiter(path: Path, encoding: str) -> str:
    """The separator of which most lines of the head have the same number."""
    with path.open(encoding=encoding, newline="", errors="replace") as file:
        lines = file.read(HEAD_CHARACTERS).splitlines()[:100]
    counts = {mark: sorted(line.count(mark) for line in lines) for mark in (",", ";", "\t", "|")}
    return max(counts, key=lambda mark: counts[mark][len(counts[mark]) // 2] if lines else 0)
