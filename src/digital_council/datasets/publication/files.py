"""Files: a dataset's rows as CSV, as CSV that no spreadsheet takes for formulas, and as Parquet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from digital_council.datasets import scanning, store
from digital_council.datasets.description import Description

FORMULA = re.compile(r"^[=+\-@\t\r＝＋－＠]")
NUMBER = re.compile(r"^[+-]?\d{1,30}(?:\.\d{1,30})?$|^-+$")
ROWS = 2_000
MARK = "\ufeff"
"""At the beginning of a file, it tells Excel that the file is UTF-8."""


def harmless(cell: str) -> str:
    """The cell with an apostrophe before what a spreadsheet would run; numbers stay numbers."""
    return f"'{cell}" if FORMULA.match(cell) and not NUMBER.match(cell) else cell


def for_spreadsheets(described: Description) -> Iterator[bytes]:
    """The rows as CSV in pieces, every cell harmless, marked so that Excel reads it as UTF-8."""
    yield MARK.encode()
    yield from pieces([harmless(cell) for cell in row] for row in _rows(described))


def as_csv(described: Description) -> Iterator[bytes]:
    """The rows as CSV in pieces: the file's own bytes where it is CSV."""
    if described.file.suffix == ".csv":
        with described.file.open("rb") as file:
            while piece := file.read(1_000_000):
                yield piece
    else:
        yield from pieces(_rows(described))


def pieces(rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """Rows as CSV, some thousands at a time."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for number, row in enumerate(rows, 1):
        writer.writerow(row)
        if number % ROWS == 0:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode()


def as_parquet(described: Description) -> Path | bytes:
    """The dataset as Parquet with its types: its own file, or made from it and kept."""
    return described.file if described.file.suffix == ".parquet" else _parquet(described.folder, described.fingerprint)


def _rows(described: Description) -> Iterator[list[str]]:
    if described.file.suffix == ".csv":
        with described.file.open(encoding="utf-8", newline="") as file:
            yield from csv.reader(file)
        return
    yield [column.name for column in described.columns]
    relation = scanning.scan(described)
    while rows := relation.fetchmany(ROWS):
        for row in rows:
            yield ["" if cell is None else str(cell) for cell in row]


@lru_cache(maxsize=32)
def _parquet(folder: Path, fingerprint: str) -> bytes:
    from digital_council.datasets import reading, table

    described = reading.read(folder)
    store.ensure_unchanged(described)
    frame = table.typed(described)
    frame.attrs.clear()  # what pandas notes of itself would change with its version
    held = io.BytesIO()
    frame.to_parquet(held, index=False, compression="zstd")
    return held.getvalue()
