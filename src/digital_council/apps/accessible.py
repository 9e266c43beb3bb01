"""The accessibility check: what WCAG 2.2 AA asks of an app's page and a program can see in it.

Headings in order (1.3.1, 2.4.6), words for pictures (1.1.1), headers of tables (1.3.1), labels of controls (3.3.2,
4.1.2) and of links (2.4.4). What it cannot see (colour, sense, keyboard) is the publisher's to look at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from digital_council.apps.findings import Finding
from digital_council.apps.shown import Piece

NO_WORDS = "a picture or chart has no words for those who cannot see it; give it alternative text"


def check(first: Sequence[Piece], later: Sequence[Piece] = ()) -> list[Finding]:
    """Every barrier in what a page shows as it opens, in order, and in what it shows later at other settings."""
    each = (finding for piece in (*first, *later) for finding in _piece(piece))
    return list(dict.fromkeys([*_headings(first), *each]))


def _headings(pieces: Sequence[Piece]) -> Iterator[Finding]:
    before = 0
    for piece in pieces:
        for level, text in piece.found.headings:
            if not text:
                yield _finding(piece, f"an empty heading of level {level}; give it words or take it out")
            elif not before and level > 2:
                yield _finding(piece, f"the first heading, {text[:60]!r}, is of level {level}; begin with level 1 or 2")
            elif before and level > before + 1:
                yield _finding(piece, f"the heading {text[:60]!r} is of level {level} after one of level {before};"
                               f" make it level {before + 1}")  # fmt: skip
            before = level
    if not before:
        where = pieces[0].cell if pieces else 1
        yield Finding("accessibility", "the page has no heading; begin with one of level 1, as `# Title`", where)


def _piece(piece: Piece) -> Iterator[Finding]:
    for picture in piece.found.pictures:
        if not picture.alt:
            yield _finding(piece, NO_WORDS)
    for table in piece.found.tables:
        named = f"the table {table.caption[:60]!r}" if table.caption else "a table"
        if table.rows and not table.headers:
            yield _finding(piece, f"{named} has no headers; mark the cells that name its columns as th")
    if piece.found.empty_links:
        yield _finding(piece, "a link has no words; say where it leads")
    if piece.kind == "control" and not piece.content.strip():
        yield _finding(piece, "a control has no label; give it a description")


def _finding(piece: Piece, title: str) -> Finding:
    return Finding("accessibility", title, piece.cell)
