"""Files of an app's figures: CSV that says what its columns mean, and Parquet that holds the same in each column.

They leave by links that hold the file itself (data: addresses): an app's kernel reaches nothing that could serve one.
"""

from __future__ import annotations

import base64
import html
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from digital_council.apps.figures import ABSENT, SYMBOLS, About, is_absent, slug
from digital_council.datasets.publication.files import MARK, harmless, pieces

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


class Table(Protocol):
    """What a file needs of a table."""

    @property
    def frame(self) -> pd.DataFrame: ...

    @property
    def caption(self) -> str: ...

    @property
    def told(self) -> Mapping[str, str]:
        """What each column means, and each symbol in it."""


TYPES = {"csv": "text/csv;charset=utf-8", "pdf": "application/pdf", "zip": "application/zip"}


def link(content: bytes, name: str, words: str) -> str:
    """A link that saves `content` under `name`; `words` say what it is."""
    kind = name.rpartition(".")[2]
    data = base64.b64encode(content).decode()
    size = f"{kind.upper()}, {max(1, round(len(content) / 1024)):,} kB"
    return f'<a download="{name}" href="data:{TYPES[kind]};base64,{data}">{html.escape(words)} ({size})</a>'


def csv_link(table: Table, about: About) -> str:
    """A link to the table as CSV with its definitions."""
    name = f"{about.name}-{file_name(table)}.csv"
    return link(as_csv(table, about), name, f"Download this table: {table.caption}")


def file_name(table: Table) -> str:
    """The caption as the name of a file."""
    return slug(table.caption)[:60].strip("-")


def as_csv(table: Table, about: About) -> bytes:
    """The table as CSV; what it is and what its columns mean stand before it in lines that begin with `#`.

    `#` is the prefix of comments in W3C, Metadata Vocabulary for Tabular Data (2015), section 5.9; programs are told to
    pass over such lines (`pandas.read_csv(…, comment="#")`), and people see them first. Spreadsheets run no cell.
    """
    heading = "".join(f"# {' '.join(line.split())}\n" for line in _definitions(table, about))
    rows = [[harmless(str(column)) for column in table.frame.columns], *_plain(table)]
    return (MARK + heading).encode() + b"".join(pieces(rows))


def _definitions(table: Table, about: About) -> Iterator[str]:
    yield f"{about.title}: {table.caption}"
    yield f"As at: {about.as_at}"
    yield f"Owner: {about.owner}"
    yield f"Sources: {about.sources}"
    for name, meaning in table.told.items():
        yield f"{name}: {meaning}"


def _plain(table: Table) -> Iterator[list[str]]:
    """The rows with figures as a program reads them, and a symbol where there is none."""
    for row in table.frame.itertuples(index=False, name=None):
        yield [ABSENT if is_absent(value) else harmless(_exact(value)) for value in row]


def _exact(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def as_parquet(table: Table, about: About) -> bytes:
    """The table as Parquet. A column with a symbol in it is text; each column carries its meaning."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = [str(column) for column in table.frame.columns]
    arrays = [_array(table.frame[column].tolist()) for column in table.frame.columns]
    fields = [
        pa.field(name, array.type, metadata={"description": table.told[name]})
        for name, array in zip(columns, arrays, strict=True)
    ]
    notes = dict(line.split(": ", 1) for line in _definitions(table, about))
    held = io.BytesIO()
    pq.write_table(pa.table(arrays, schema=pa.schema(fields, metadata=notes)), held)
    return held.getvalue()


def _array(values: list[object]) -> pa.Array:
    import pyarrow as pa

    if any(isinstance(value, str) and value in SYMBOLS for value in values):
        return pa.array([str(value) for value in values])
    return pa.array([None if is_absent(value) else value for value in values])


def bundle(tables: Sequence[Table], about: About) -> bytes:
    """Every table as CSV and as Parquet, in one ZIP."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, table in enumerate(tables, 1):
            name = f"{number:02d}-{file_name(table)}"
            archive.writestr(f"{name}.csv", as_csv(table, about))
            archive.writestr(f"{name}.parquet", as_parquet(table, about))
    return held.getvalue()
