"""The disclosure check of an app: signs of people in what its cells show, named by cell and never repeated.

The signs are those of `datasets.disclosure`, looked for in words, tables, controls and files to take away. It finds
signs, not certainty: for some of them an owner who has looked may answer in writing, by kind and with a reason.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

from digital_council.apps.findings import Finding
from digital_council.apps.markup import Table
from digital_council.apps.shown import Piece
from digital_council.datasets import disclosure
from digital_council.datasets.description import Column, Description, Publication

NEVER = frozenset({"insurance", "card", "health"})
"""Signs that no reason makes fit to be shown."""
MANY = 3
"""So many different addresses of email or telephone numbers in one cell are a list of people, not a contact."""
COUNTED = re.compile(r"\b(?:count|number|total|n|how many)\b")
RATE = re.compile(r"%|\b(?:per|percent\w*|rate|share|median|mean|average|days|rank|place|years?|points?)\b")
"""Headers of figures that count nobody, though they name people: a share of them, say."""
COUNT = re.compile(rf"(?<![\w.,£-])[1-9] (?:[a-z]+ ){{0,1}}{disclosure.PEOPLE.pattern[2:]}", re.IGNORECASE)
MOST_LINES = 50_000


def check(
    pieces: Iterable[Piece], threshold: int, known: Collection[str] = (), accepted: Collection[str] = ()
) -> list[Finding]:
    """Every sign, by cell. `known` are names that may stand there: of the owner, say. `accepted` are signs answered."""
    found: list[Finding] = []
    for piece in pieces:
        found += _lines(piece, threshold, known)
        if piece.is_output:
            found += (finding for table in piece.found.tables for finding in _table(piece, table, threshold))
    kept = [finding for finding in found if finding.sign in NEVER or finding.sign not in accepted]
    return list(dict.fromkeys(kept))


def _lines(piece: Piece, threshold: int, known: Collection[str]) -> Iterator[Finding]:
    lines = [*piece.found.lines, *(line for file in piece.found.files for line in _of_file(file))][:MOST_LINES]
    met: Counter[str] = Counter()
    for line in dict.fromkeys(_without(line[: disclosure.LONGEST], known) for line in lines):
        met.update(sign for sign, test in disclosure.TESTS.items() if test(line))
        met["small-count"] += piece.is_output and threshold > 1 and bool(COUNT.search(line))
    for sign, count in met.items():
        if count >= (MANY if sign in ("email", "phone") else 1):
            what, mend = _said(sign, threshold)
            yield _finding(piece, sign, f"{what} in {count} {'place' if count == 1 else 'places'}; {mend}")


def _said(sign: str, threshold: int) -> tuple[str, str]:
    small = (f"counts of people from 1 to {threshold - 1}", "hide them with datasets.suppression")
    return disclosure.SAID.get(sign, small)


def _of_file(content: bytes) -> list[str]:
    return [line for line in content.decode("utf-8", "replace").splitlines() if not line.startswith("#")]


def _without(line: str, known: Collection[str]) -> str:
    for name in known:
        line = line.replace(name, " ")
    return line


def _table(piece: Piece, table: Table, threshold: int) -> Iterator[Finding]:
    """Small counts of people in a table's columns; its words have been looked at as lines."""
    frame, columns = _frame(table)
    if frame is None:
        return
    named = f"the table {table.caption.strip()[:60]!r}" if table.caption.strip() else "a table"
    for found in disclosure.check(frame, _described(columns), threshold):
        if found.kind == "small-count":
            yield _finding(piece, found.kind, f"{named}, column {found.column}: {found.count} {found.what};"
                           f" {found.mend}")  # fmt: skip


def _frame(table: Table) -> tuple[Any, list[Column]]:
    """The table's figures as columns, named by the first row and, where they count, by the caption."""
    import pandas as pd

    wide = max((len(row) for row in table.rows), default=0)
    if len(table.rows) < 2 or not wide:
        return None, []
    head, *body = [row + [""] * (wide - len(row)) for row in table.rows]
    columns, kept = [], {}
    for place, name in enumerate(head):
        cells = pd.Series([row[place].replace(",", "") for row in body])
        numbers = pd.to_numeric(cells, errors="coerce")
        if numbers.notna().any() and not RATE.search(name.casefold()) and (numbers.dropna() % 1 == 0).all():
            unique = name if name and name not in kept else f"{name or 'column'} {place + 1}"
            kept[unique] = numbers
            columns.append(Column(unique, "number", table.caption if COUNTED.search(name.casefold()) else ""))
    return pd.DataFrame(kept), columns


def _described(columns: list[Column]) -> Description:
    """What the check of datasets asks to know of a table; of one on a page nothing else is known."""
    nowhere = Path()
    return Description(
        id="", title="", description="", version="", owner="", licence="", sensitivity="OFFICIAL",
        publication=Publication(True), row_is="", refresh="", source="", synthetic="", keywords=(),
        columns=tuple(columns), key=(), missing=(), rows=0, size=0, fingerprint="", file=nowhere, folder=nowhere,
    )  # fmt: skip


def _finding(piece: Piece, sign: str, title: str) -> Finding:
    return Finding("disclosure", title, piece.cell, sign)
