"""Encodings: in which one a text file is, by its first bytes and by whether all of it can be read so."""

from __future__ import annotations

import codecs
from pathlib import Path

from digital_council.datasets.validation.report import Finding, UnreadableError

PIECE = 4_000_000
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),  # begins as UTF-16's does, so it is looked for first
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
OTHERS = (
    (b"%PDF", "is a PDF"),
    (b"\x1f\x8b", "is compressed (gzip)"),
    (b"BZh", "is compressed (bzip2)"),
    (b"7z\xbc\xaf", "is compressed (7-Zip)"),
)
"""What files that are no tables begin with."""


def find(path: Path) -> tuple[str, list[Finding]]:
    """The encoding; raises UnreadableError for a file that is in none, or is of another kind."""
    with path.open("rb") as file:
        start = file.read(4096)
    _refuse_others(start)
    for mark, name, said in MARKS:
        if start.startswith(mark):
            return name, [] if name == "utf-8-sig" else [_not_utf8(said)]
    for first, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        if len(start) > 3 and start[first::2].count(0) > len(start) // 3 > 3 * start[1 - first :: 2].count(0):
            return name, [_not_utf8("UTF-16")]
    if b"\0" in start:
        raise UnreadableError(Finding("binary", "is no text file: it holds NUL bytes", "save it as CSV UTF-8",
                                      row=start[: start.index(b"\0")].count(b"\n") + 1))  # fmt: skip
    for name in ("utf-8", "cp1252"):
        place = _undecodable(path, name)
        if place is None:
            return name, [] if name == "utf-8" else [_not_utf8("Windows-1252")]
    raise UnreadableError(
        Finding("encoding", f"is neither UTF-8 nor Windows-1252 (byte {place:,})", "save it as CSV UTF-8",
                row=_line(path, place or 0))
    )  # fmt: skip


def _refuse_others(start: bytes) -> None:
    for mark, what in OTHERS:
        if start.startswith(mark):
            raise UnreadableError(Finding("not-a-table", what, "save the table in it as CSV UTF-8"))
    if start.lstrip().lower().startswith((b"<html", b"<!doctype html", b"<table")):
        raise UnreadableError(
            Finding(
                "not-a-table", "is a web page, whatever its name says", "open it in a spreadsheet and save it as CSV"
            )
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


def _line(path: Path, place: int) -> int:
    """The line on which a byte stands."""
    lines = 1
    with path.open("rb") as file:
        while place > 0 and (piece := file.read(min(PIECE, place))):
            lines += piece.count(b"\n")
            place -= len(piece)
    return lines
