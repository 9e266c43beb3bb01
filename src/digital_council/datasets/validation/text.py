"""Text files: which encoding and line ends they have, and a plain copy where they are not plain already.

A file is read in pieces and never held whole, so a file of gigabytes takes the memory of a small one.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, count, islice
from pathlib import Path
from typing import Any, TextIO

from digital_council.datasets.validation import encoding as encodings
from digital_council.datasets.validation.report import Finding, UnreadableError

PIECE = encodings.PIECE
HEAD_CHARACTERS = 200_000
LONGEST_CELL = 200_000
MOST_LINES_IN_A_CELL = 30
"""More line breaks than this inside one quoted cell: a quotation mark was opened and never closed."""

Progress = Callable[[float], None]


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
    encoding, findings = encodings.find(path)
    look = _Look()
    for piece in _pieces(path, encoding, progress):
        look.at(piece)
    look.finish()
    used = [end for end, count in look.ends.items() if count]
    if len(used) > 1 or used == ["\r"]:
        said = " and ".join({"\r\n": "CRLF", "\n": "LF", "\r": "CR"}[end] for end in used)
        findings.append(Finding("line-ends", f"has lines that end in {said}", "use one kind of line end, CRLF or LF",
                                safe=True))  # fmt: skip
    delimiter = _delimiter(path, encoding)
    if delimiter != ",":
        name = {";": "semicolons", "\t": "tabs", "|": "bars"}[delimiter]
        findings.append(Finding("delimiter", f"has {name} between its columns", "use commas", safe=True))
    plain = encoding in ("utf-8", "utf-8-sig") and len(look.kinds) <= 1 and "\r" not in look.kinds and not look.blank
    return Text(encoding, delimiter, plain, tuple(findings))


class _Look:
    """What line ends a text has, those inside quoted cells apart, piece by piece."""

    def __init__(self) -> None:
        self.ends = {"\r\n": 0, "\n": 0, "\r": 0}
        self.blank = self.quoted = False
        self.kinds: set[str] = set()
        """Those inside quoted cells too."""
        self.lines = 0
        self._carried = ""

    def at(self, piece: str) -> None:
        """Raises UnreadableError at a NUL."""
        piece = self._carried + piece
        self._carried = piece[-1:] if piece.endswith("\r") else ""
        self._count(piece.removesuffix("\r") if self._carried else piece)

    def finish(self) -> None:
        self._count(self._carried)

    def _count(self, piece: str) -> None:
        if "\0" in piece:
            row = self.lines + piece[: piece.index("\0")].count("\n") + 1
            raise UnreadableError(Finding("binary", "holds a NUL byte, which no text does", "save it as CSV UTF-8",
                                          row=row))  # fmt: skip
        self.lines += piece.count("\n")
        self.blank = self.blank or "\n\n" in piece or "\n\r\n" in piece
        parts = piece.split('"')
        outside, inside = parts[self.quoted :: 2], parts[not self.quoted :: 2]
        self.quoted ^= len(parts) % 2 == 0
        for counted, held in ((_ends(outside), False), (_ends(inside), True)):
            self.kinds |= {end for end, count in counted.items() if count}
            if not held:
                self.ends = {end: count + counted[end] for end, count in self.ends.items()}


def _ends(parts: list[str]) -> dict[str, int]:
    pairs = sum(part.count("\r\n") for part in parts)
    return {
        "\r\n": pairs,
        "\n": sum(part.count("\n") for part in parts) - pairs,
        "\r": sum(part.count("\r") for part in parts) - pairs,
    }


def head(path: Path, text: Text) -> tuple[list[list[str]], list[int]]:
    """The first records, and the line each ends on."""
    csv.field_size_limit(LONGEST_CELL)
    records, ends = [], []
    with path.open(encoding=text.encoding, newline="") as file:
        reader = csv.reader(_lines(io.StringIO(file.read(HEAD_CHARACTERS), newline="")), delimiter=text.delimiter)
        try:
            for record in islice(reader, 100):
                records.append(record)
                ends.append(reader.line_num)
        except csv.Error:
            pass  # a cell too long: reported, with its row, when the rows are read
    return records, ends


def records(path: Path, text: Text, progress: Progress, misquoted: Callable[[int], None]) -> Iterator[list[str]]:
    """Every record, blank ones too; raises UnreadableError naming the line where reading had to stop.

    A quotation mark that ends a cell before the cell's end is told to `misquoted`, and what stands there is kept.
    """
    csv.field_size_limit(LONGEST_CELL)
    size = max(path.stat().st_size, 1)
    with path.open(encoding=text.encoding, newline="") as stream:
        lines = _Remembered(_lines(stream))
        strict = csv.reader(lines, delimiter=text.delimiter, strict=True)
        for number in count(1):
            record = _next(strict, lines, text.delimiter, number, misquoted)
            if record is None:
                return
            if any(cell.count("\n") > MOST_LINES_IN_A_CELL for cell in record):
                raise UnreadableError(_unclosed(number, "a cell goes on over many lines"))
            if number % 20_000 == 0:
                progress(position(stream) / size)
            yield record


class _Remembered:
    """Lines, of which those of the record being read can be had once more."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self.held: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.held.append(line)
        return line


def _next(
    strict: Any, lines: _Remembered, delimiter: str, number: int, misquoted: Callable[[int], None]
) -> list[str] | None:
    """The next record, None at the end; read less strictly where a quotation mark is out of place."""
    lines.held.clear()
    try:
        return next(strict, None)
    except csv.Error as error:
        if "expected after" not in str(error):
            raise UnreadableError(_unclosed(number, str(error))) from None
    try:
        record: list[str] = next(csv.reader(chain(list(lines.held), lines), delimiter=delimiter))
    except csv.Error as error:
        raise UnreadableError(_unclosed(number, str(error))) from None
    misquoted(number)
    return record


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
        lines = list(islice(_lines(io.StringIO(file.read(HEAD_CHARACTERS), newline="")), 100))
    counts = {mark: sorted(line.count(mark) for line in lines) for mark in (",", ";", "\t", "|")}
    return max(counts, key=lambda mark: counts[mark][len(counts[mark]) // 2] if lines else 0)
