"""Loading: any file as one DuckDB table of text, each row with its number in the file, in bounded memory."""

from __future__ import annotations

import csv
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb

from digital_council.datasets.validation import headers, text, workbooks
from digital_council.datasets.validation.headers import Header
from digital_council.datasets.validation.report import Finding
from digital_council.datasets.validation.standards import Standard
from digital_council.datasets.validation.text import Progress, Text, UnreadableError

MEMORY = "1GB"
SMALL = 400_000_000
"""Files below this are held in memory, where DuckDB is twice as fast; it still moves to disk what passes MEMORY."""

MOST_BYTES = 10_000_000_000
MOST_ROWS = 50_000_000
OLD_EXCEL = b"\xd0\xcf\x11\xe0"


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
            raise UnreadableError(
                Finding("locked", "is an old Excel file (.xls) or has a password", "save it as .xlsx or CSV UTF-8")
            )
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
        return found

    def _text(self) -> Loaded:
        found = text.inspect(self.path, lambda part: self.progress(part * 0.2))
        records, ends = text.head(self.path, found)
        standard, header = self._head(records)
        loaded = self._plain(found, standard, header, ends[header.row - 1]) if found.plain else None
        if loaded is None:
            rows = text.records(self.path, found, lambda part: self.progress(0.2 + part * 0.4))
            loaded = self._rewritten(rows, standard, header)
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
                " escape='\"', auto_detect=false, nullstr='\x01', max_line_size=1000000)",
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
        loaded = self._rewritten(_chained(first, rows), standard, header, typed=True)
        loaded.findings = [*found.findings, *loaded.findings]
        return loaded

    def _rewritten(self, rows: Iterator[list[str]], standard: Standard, header: Header, typed: bool = False) -> Loaded:
        """Through a plain copy with each row's number: for files that are not plain already."""
        copy = self._folder / "rows.csv"
        shape = _Shape(len(header.names))
        with copy.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
            for number, record in enumerate(rows, 1):
                if number > header.row and (fitted := shape.fit(number, record)) is not None:
                    writer.writerow([number, *fitted])
        connection = self._connection()
        columns = {"n": "BIGINT"} | {f"c{place}": "VARCHAR" for place in range(len(header.names))}
        try:
            connection.execute(
                "CREATE TABLE rows_read AS SELECT * FROM read_csv(?, columns=?, header=false, delim=',', quote='\"',"
                " escape='\"', auto_detect=false, nullstr='\x01', max_line_size=20000000, buffer_size=40000000,"
                " parallel=false)",
                [str(copy), columns],
            )
        except duckdb.Error as error:
            raise UnreadableError(_too_large(error)) from None
        copy.unlink()
        loaded = self._loaded(connection, standard, header, typed)
        loaded.findings += shape.findings()
        return loaded

    def _parquet(self) -> Loaded:
        connection = self._connection()
        try:
            rows = connection.execute(
                "SELECT sum(num_rows) FROM parquet_file_metadata(?)", [str(self.path)]
            ).fetchone()[0]
            names = [row[0] for row in connection.execute("DESCRIBE FROM read_parquet(?)", [str(self.path)]).fetchall()]
            if rows > MOST_ROWS or len(names) > workbooks.MOST_COLUMNS:
                raise UnreadableError(
                    Finding("too-large", f"has {rows:,} rows and {len(names)} columns; at most {MOST_ROWS:,} and "
                            f"{workbooks.MOST_COLUMNS} are read", "split it")
                )  # fmt: skip
            standard, header = self._head([names])
            cells = ", ".join(
                f"COALESCE(CAST(\"{name.replace(chr(34), chr(34) * 2)}\" AS VARCHAR), '') AS c{place}"
                for place, name in enumerate(names)
            )
            connection.execute(f"CREATE TABLE raw AS SELECT {cells} FROM read_parquet(?)", [str(self.path)])
        except duckdb.Error as error:
            raise UnreadableError(_too_large(error)) from None
        self.progress(0.6)
        connection.execute("CREATE VIEW rows_read AS SELECT rowid + 1 AS n, * FROM raw")
        return self._loaded(connection, standard, header, typed=True)

    def _loaded(self, connection: Any, standard: Standard, header: Header, typed: bool) -> Loaded:
        findings = leave_out(connection, len(header.names))
        rows = connection.execute("SELECT count(*) FROM t").fetchone()[0]
        self.progress(0.65)
        if not rows:
            findings.append(Finding("no-rows", "has a header and no rows", "export it again"))
        return Loaded(connection, standard, header, rows, typed, findings)


def leave_out(connection: Any, width: int) -> list[Finding]:
    """Makes `t` of the rows read, without blank rows and totals, which are findings of their own."""
    cells = [f"trim(c{place})" for place in range(width)]
    blank = " AND ".join(f"{cell} = ''" for cell in cells)
    totals = " OR ".join(
        f"lower({cell}) IN ('total', 'totals', 'grand total', 'sub total', 'subtotal')" for cell in cells
    )
    empty = " + ".join(f"CAST({cell} = '' AS INTEGER)" for cell in cells)
    connection.execute(
        f"CREATE TABLE left_out AS SELECT n, {blank} AS blank FROM rows_read"
        f" WHERE ({blank}) OR (({totals}) AND {empty} >= {width / 2})"
    )
    findings = []
    for code, what, test in (("blank-rows", "blank rows", "blank"), ("total-rows", "rows of totals", "NOT blank")):
        rows = [row[0] for row in connection.execute(f"SELECT n FROM left_out WHERE {test} ORDER BY n").fetchall()]
        if rows:
            findings.append(
                Finding(code, f"{len(rows):,} {what}{_named(rows[:20])}", "leave them out", row=rows[0], safe=True)
            )
    kept = "ANTI JOIN left_out USING (n)" if findings else ""
    connection.execute(f"CREATE VIEW t AS SELECT * FROM rows_read {kept}")
    return findings


class _Shape:
    """Makes every row as wide as the header, and remembers which were not."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.short: list[int] = []
        self.long: list[int] = []
        self.blank: list[int] = []
        self.counts = {"short": 0, "long": 0, "blank": 0}

    def fit(self, number: int, record: list[str]) -> list[str] | None:
        if not any(cell.strip() for cell in record):
            self._note("blank", self.blank, number)
            return None
        if len(record) < self.width:
            self._note("short", self.short, number)
            return record + [""] * (self.width - len(record))
        if any(cell.strip() for cell in record[self.width :]):
            self._note("long", self.long, number)
        return record[: self.width]

    def _note(self, kind: str, rows: list[int], number: int) -> None:
        self.counts[kind] += 1
        if len(rows) < 20:
            rows.append(number)

    def findings(self) -> list[Finding]:
        said = (
            ("blank", self.blank, "blank-rows", "blank rows", "leave them out", True),
            ("short", self.short, "short-rows", "rows with fewer cells than the header", "give every row all its cells",
             False),
            ("long", self.long, "long-rows", "rows with more cells than the header",
             "put quotation marks round a cell that holds a comma", False),
        )  # fmt: skip
        return [
            Finding(code, f"{self.counts[kind]:,} {what}{_named(rows)}", mend, row=rows[0], safe=safe)
            for kind, rows, code, what, mend, safe in said
            if rows
        ]


def _named(rows: list[int]) -> str:
    return f" (rows {', '.join(str(row) for row in rows)})" if len(rows) > 1 else ""


def _chained(first: list[list[str]], rest: Iterator[list[str]]) -> Iterator[list[str]]:
    yield from first
    yield from rest


def _too_large(error: Exception) -> Finding:
    line = str(error).splitlines()[0][:200]
    return Finding("unreadable", f"cannot be read as a table ({line})", "export it again as CSV UTF-8")
