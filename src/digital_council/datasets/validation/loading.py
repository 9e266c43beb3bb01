"""Loading: any file as one DuckDB table of text, each row with its number in the file, in bounded memory."""

from __future__ import annotations

import csv
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb

from digital_council.datasets.validation import headers, text, workbooks
from digital_council.datasets.validation.headers import Header
from digital_council.datasets.validation.report import Finding, UnreadableError
from digital_council.datasets.validation.rule import quoted
from digital_council.datasets.validation.shape import MOST_COLUMNS, NAMED, Shape, ensure_narrow, of_rows
from digital_council.datasets.validation.standards import Standard
from digital_council.datasets.validation.text import Progress, Text

MEMORY = "1GB"
SMALL = 400_000_000
"""Files below this are held in memory, where DuckDB is twice as fast; it still moves to disk what passes MEMORY."""

MOST_BYTES = 10_000_000_000
MOST_ROWS = 50_000_000
NEVER = "'\x01\x02\x03'"
"""What no cell holds, for DuckDB to take for a missing value, so that it takes nothing else for one."""
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
OLD_EXCEL_READ = 50_000_000


@dataclass
class Loaded:
    """A file's rows as the table `t`: `n` is the row's number in the file, `c0`, `c1`… its cells as text."""

    connection: Any
    standard: Standard
    header: Header
    rows: int
    typed: bool
    """Whether numbers and dates were numbers and dates, so that nobody wrote them in a style."""
    findings: list[Finding] = field(default_factory=list)


class Loader:
    """Loads one file; its temporary files live as long as it does."""

    def __init__(self, path: Path, standards: Sequence[Standard], progress: Progress) -> None:
        self.path, self.standards, self.progress = path, standards, progress
        self._stack = ExitStack()
        self._folder = Path()

    def __enter__(self) -> Loader:
        self._folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="council-check-")))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def load(self) -> Loaded:
        """Raises UnreadableError with the finding that says why a file is no table."""
        size = self.path.stat().st_size
        if not size:
            raise UnreadableError(Finding("empty", "is empty", "export it again"))
        if size > MOST_BYTES:
            raise UnreadableError(
                Finding("too-large", f"has {size:,} bytes; at most {MOST_BYTES:,} are read", "split it")
            )
        with self.path.open("rb") as file:
            start = file.read(4)
        if start == OLD_EXCEL:
            raise UnreadableError(_old_excel(self.path))
        if start == b"PAR1":
            return self._parquet()
        return self._workbook() if start.startswith(b"PK\x03\x04") else self._text()

    def _connection(self) -> Any:
        in_memory = self.path.stat().st_size < SMALL and not zipfile.is_zipfile(self.path)
        connection = duckdb.connect(
            ":memory:" if in_memory else str(self._folder / "rows.duckdb"),
            config={"memory_limit": MEMORY, "temp_directory": str(self._folder / "spill"), "threads": 2,
                    "max_temp_directory_size": "20GB", "autoinstall_known_extensions": "false",
                    "autoload_known_extensions": "false"},
        )  # fmt: skip
        for setting in ("enable_progress_bar = true", "enable_progress_bar_print = false", "progress_bar_time = 0"):
            connection.execute(f"SET {setting}")  # counted, for query_progress, and not printed
        self._stack.callback(connection.close)
        return connection

    def _head(self, records: Sequence[Sequence[str]]) -> tuple[Standard, Header]:
        found = headers.find(records, self.standards)
        if found is None:
            wanted = ", ".join(field.name for field in self.standards[0].fields if field.required)
            seen = next((", ".join(cell for cell in record if cell) for record in records if any(record)), "nothing")
            raise UnreadableError(
                Finding("no-header", f"has no row that names the columns of {self.standards[0].title}: "
                        f"its first row is {seen[:200]!r}", f"begin it with a header row: {wanted}")
            )  # fmt: skip
        ensure_narrow(len(found[1].names), found[1].row)
        return found

    def _text(self) -> Loaded:
        found = text.inspect(self.path, lambda part: self.progress(part * 0.2))
        records, ends = text.head(self.path, found)
        standard, header = self._head(records)
        loaded = self._plain(found, standard, header, ends[header.row - 1]) if found.plain else None
        if loaded is None:
            shape = Shape(len(header.names))
            rows = text.records(self.path, found, lambda part: self.progress(0.2 + part * 0.4), shape.misquoted)
            loaded = self._rewritten(rows, standard, header, shape)
        loaded.findings = [*found.findings, *loaded.findings]
        return loaded

    def _plain(self, found: Text, standard: Standard, header: Header, skip: int) -> Loaded | None:
        """Straight into DuckDB; None when the rows are not all of one width."""
        connection = self._connection()
        columns = {f"c{place}": "VARCHAR" for place in range(len(header.names))}
        try:
            self._watched(
                connection,
                "CREATE TABLE raw AS SELECT * FROM read_csv(?, columns=?, header=false, skip=?, delim=?, quote='\"',"
                f" escape='\"', auto_detect=false, nullstr={NEVER}, max_line_size=1000000)",
                [str(self.path), columns, skip, found.delimiter],
            )
        except duckdb.Error:
            connection.close()
            return None
        self.progress(0.6)
        connection.execute(f"CREATE VIEW rows_read AS SELECT rowid + {header.row + 1} AS n, * FROM raw")
        return self._loaded(connection, standard, header, typed=False)

    def _watched(self, connection: Any, statement: str, values: list[Any]) -> None:
        """Runs a statement and says meanwhile how far it is."""
        with ThreadPoolExecutor(1) as beside:
            running = beside.submit(connection.execute, statement, values)
            while not running.done():
                if not wait([running], timeout=0.2).done:
                    self.progress(0.2 + max(0.0, connection.query_progress()) / 100 * 0.4)
        running.result()

    def _workbook(self) -> Loaded:
        found = workbooks.inspect(self.path)
        rows = workbooks.records(found, lambda part: self.progress(part * 0.6))
        first = list(islice(rows, headers.HEAD))
        standard, header = self._head(first)
        shape = Shape(len(header.names))
        loaded = self._rewritten(chain(first, rows), standard, header, shape, typed=True)
        loaded.findings = [*found.findings, *workbooks.merged_below(found, header.row), *loaded.findings]
        return loaded

    def _rewritten(
        self, rows: Iterator[list[str]], standard: Standard, header: Header, shape: Shape, typed: bool = False
    ) -> Loaded:
        """Through a plain copy with each row's number: for files that are not plain already."""
        copy = self._folder / "rows.csv"
        with copy.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
            for number, record in enumerate(rows, 1):
                if number > header.row and (fitted := shape.fit(number, record)) is not None:
                    writer.writerow([number, *fitted])
        header = replace(header, names=header.names + ("",) * (shape.widest - shape.width))
        connection = self._connection()
        columns = {"n": "BIGINT"} | {f"c{place}": "VARCHAR" for place in range(shape.widest)}
        try:
            connection.execute(
                "CREATE TABLE raw AS SELECT * FROM read_csv(?, columns=?, header=false, delim=',', quote='\"',"
                f" escape='\"', auto_detect=false, nullstr={NEVER}, max_line_size=20000000, buffer_size=40000000,"
                " parallel=false, null_padding=true)",
                [str(copy), columns],
            )
        except duckdb.Error as error:
            raise UnreadableError(_too_large(error)) from None
        copy.unlink()
        padded = ", ".join(f"COALESCE(c{place}, '') AS c{place}" for place in range(shape.width, shape.widest))
        connection.execute(f"CREATE VIEW rows_read AS SELECT *{f' REPLACE ({padded})' if padded else ''} FROM raw")
        loaded = self._loaded(connection, standard, header, typed)
        loaded.findings += shape.findings()
        return loaded

    def _parquet(self) -> Loaded:
        connection = self._connection()
        try:
            rows = connection.execute(
                "SELECT sum(num_rows) FROM parquet_file_metadata(?)", [str(self.path)]
            ).fetchone()[0]
            described = connection.execute("DESCRIBE FROM read_parquet(?)", [str(self.path)]).fetchall()
            names = [row[0] for row in described]
            if rows > MOST_ROWS or len(names) > MOST_COLUMNS:
                raise UnreadableError(
                    Finding("too-large", f"has {rows:,} rows and {len(names)} columns; at most {MOST_ROWS:,} and "
                            f"{MOST_COLUMNS} are read", "split it")
                )  # fmt: skip
            standard, header = self._head([names])
            cells = ", ".join(
                f"COALESCE({_as_text(name, kind)}, '') AS c{place}" for place, (name, kind, *_) in enumerate(described)
            )
            connection.execute(f"CREATE TABLE raw AS SELECT {cells} FROM read_parquet(?)", [str(self.path)])
        except duckdb.Error as error:
            raise UnreadableError(_too_large(error)) from None
        self.progress(0.6)
        connection.execute("CREATE VIEW rows_read AS SELECT rowid + 1 AS n, * FROM raw")
        return self._loaded(connection, standard, header, typed=True)

    def _loaded(self, connection: Any, standard: Standard, header: Header, typed: bool) -> Loaded:
        findings = leave_out(connection, header.names)
        rows = connection.execute("SELECT count(*) FROM t").fetchone()[0]
        self.progress(0.65)
        if not rows:
            findings.append(Finding("no-rows", "has a header and no rows", "export it again"))
        return Loaded(connection, standard, header, rows, typed, findings)


def leave_out(connection: Any, names: Sequence[str]) -> list[Finding]:
    """Makes `t` of the rows read, without blank rows, totals and repeated headers, which are findings of their own."""
    cells = [f"trim(c{place})" for place in range(len(names))]
    blank = " AND ".join(f"{cell} = ''" for cell in cells)
    totals = " OR ".join(
        f"lower({cell}) IN ('total', 'totals', 'grand total', 'sub total', 'subtotal')" for cell in cells
    )
    empty = " + ".join(f"CAST({cell} = '' AS INTEGER)" for cell in cells)
    again = " AND ".join(
        f"trim({cell}, '\ufeff') = {quoted(name)}" for cell, name in zip(cells, names, strict=True)
    )  # where two files were put one after the other
    connection.execute(
        f"CREATE TABLE left_out AS SELECT n, CASE WHEN {blank} THEN 'blank' WHEN {again} THEN 'header' ELSE 'total' END"
        f" AS kind FROM rows_read WHERE ({blank}) OR ({again}) OR (({totals}) AND {empty} >= {len(names) / 2})"
    )
    kinds = connection.execute(
        f"SELECT kind, count(*), list(n ORDER BY n)[:{NAMED}] FROM left_out GROUP BY kind ORDER BY kind"
    ).fetchall()
    kept = "ANTI JOIN left_out USING (n)" if kinds else ""
    connection.execute(f"CREATE VIEW t AS SELECT * FROM rows_read {kept}")
    return [of_rows(kind, count, rows) for kind, count, rows in kinds]


def _as_text(name: str, kind: str) -> str:
    """A column of a Parquet file as text: moments at midnight as dates, decimals with a figure before the point."""
    column = '"' + name.replace('"', '""') + '"'
    if kind.startswith("TIMESTAMP"):
        plain = f"CAST({column} AS TIMESTAMP)"
        is_day = f"{plain} = date_trunc('day', {plain})"
        return f"CASE WHEN {is_day} THEN strftime({plain}, '%Y-%m-%d') ELSE {column}::VARCHAR END"
    if kind.startswith("DECIMAL"):
        return f"regexp_replace({column}::VARCHAR, '^(-?)[.]', '\\10.')"
    return f"{column}::VARCHAR"


def _old_excel(path: Path) -> Finding:
    """Why a file in Microsoft's older container is not read: it is encrypted, or of a kind before .xlsx."""
    with path.open("rb") as file:
        locked = "EncryptedPackage".encode("utf-16-le") in file.read(OLD_EXCEL_READ)
    if locked:
        return Finding("locked", "is protected by a password", "save it without one")
    return Finding("locked", "is an old Excel file (.xls), whatever its name says", "save it as .xlsx or CSV UTF-8")


def _too_large(error: Exception) -> Finding:
    line = str(error).splitlines()[0][:200]
    return Finding("unreadable", f"cannot be read as a table ({line})", "export it again as CSV UTF-8")
