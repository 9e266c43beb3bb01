"""The query: some columns, filters, and counts or sums by group, of a published dataset; never SQL from outside.

Columns are taken from the description, values are bound, and DuckDB is shut in: no file but the dataset's own, no
extension, little memory, one thread, one second, a thousand rows.
"""

from __future__ import annotations

import math
import re
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from digital_council.datasets import scanning
from digital_council.datasets.description import Column, Description
from digital_council.datasets.errors import nearest
from digital_council.errors import CouncilError, UsageError

SECONDS = 1.0
MOST_ROWS = 1_000
MOST_FILTERS = 10
MOST_COLUMNS = 30
LONGEST_VALUE = 200
MEMORY = "256MB"
AT_ONCE = 4
HELD_ROWS = 500_000
"""A table of up to so many rows is held in memory; a larger one is read from its file for every query."""

WHERE = re.compile(r"([A-Za-z_]\w{0,63})\s*(!=|>=|<=|=|>|<|~)(.*)", re.DOTALL)
SHUT = (
    "autoinstall_known_extensions = false",
    "autoload_known_extensions = false",
    "allow_community_extensions = false",
    "enable_progress_bar = false",
    "max_temp_directory_size = '0KB'",
)
SIGNS = {"=": "=", "!=": "IS DISTINCT FROM", ">": ">", "<": "<", ">=": ">=", "<=": "<="}


class BusyError(CouncilError):
    """Too many queries at once, or one that would take too long."""

    status = 503


@dataclass(frozen=True)
class Query:
    """What is asked; every name has been found in the description."""

    statement: str
    values: tuple[Any, ...]
    columns: tuple[str, ...]
    limit: int


@dataclass
class Answer:
    """Rows, and whether there are more than the limit."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    more: bool = False

    def to_json(self) -> list[dict[str, Any]]:
        return [dict(zip(self.columns, map(_plain, row), strict=True)) for row in self.rows]


def parse(
    described: Description, *, columns: str = "", where: Sequence[str] = (), group: str = "", total: str = "",
    order: str = "", limit: int = 100,
) -> Query:  # fmt: skip
    """Makes a query; raises UsageError naming the parameter, what was given and what there is."""
    known = {column.name: column for column in described.columns}
    chosen = _names(columns, known, "columns") or tuple(known)[:MOST_COLUMNS]
    groups = _names(group, known, "group")
    if groups and columns:
        raise UsageError("columns and group: give one of them; a group shows its columns, a count and the sums")
    sums = _sums(total, known, groups)
    shown = (*groups, "count", *(f"sum_{name}" for name in sums)) if groups else chosen
    selected = ", ".join(map(_quoted, groups or chosen))
    if groups:
        selected += "".join([", count(*) AS count", *(f", sum({_quoted(n)}) AS {_quoted(f'sum_{n}')}" for n in sums)])
    if len(where) > MOST_FILTERS:
        raise UsageError(f"where: {len(where)} filters; at most {MOST_FILTERS} are taken")
    filters = [_filter(text, known) for text in where]
    limit = _limit(limit)
    statement = f"SELECT {selected} FROM data"
    if filters:
        statement += f" WHERE {' AND '.join(text for text, _ in filters)}"
    if groups:
        statement += f" GROUP BY {', '.join(map(_quoted, groups))}"
    statement += _order(order, shown, groups) + f" LIMIT {limit + 1}"
    return Query(statement, tuple(value for _, values in filters for value in values), shown, limit)


def run(described: Description, query: Query) -> Answer:
    """Asks within the limits; raises BusyError when that is not possible."""
    if not _turn.acquire(timeout=SECONDS):
        raise BusyError("many questions are being asked just now; try again in a moment")
    try:
        rows = _rows(described, query)
    finally:
        _turn.release()
    return Answer(query.columns, rows[: query.limit], len(rows) > query.limit)


def _rows(described: Description, query: Query) -> list[tuple[Any, ...]]:
    import duckdb

    cursor = _connection(described).cursor()
    alarm = threading.Timer(SECONDS, cursor.interrupt)
    alarm.start()
    try:
        found: list[tuple[Any, ...]] = cursor.execute(query.statement, list(query.values)).fetchmany(query.limit + 1)
    except (duckdb.InterruptException, duckdb.OutOfMemoryException):
        raise BusyError(f"this takes more than {SECONDS:g} s or {MEMORY}; ask for less, or download the file") from None
    except duckdb.Error as error:
        raise UsageError(f"the question cannot be answered ({str(error).splitlines()[0][:150]})") from None
    finally:
        alarm.cancel()
        cursor.close()
    return found


_turn = threading.BoundedSemaphore(AT_ONCE)
_lock = threading.Lock()
_open: OrderedDict[tuple[str, str], Any] = OrderedDict()


def _connection(described: Description) -> Any:
    """The dataset's own database: its rows and nothing else. Kept for the next question."""
    key = (str(described.folder), described.fingerprint)
    with _lock:
        if key not in _open:
            _open[key] = _shut_in(described)
            while len(_open) > 24:
                _open.popitem(last=False)[1].close()
        _open.move_to_end(key)
        return _open[key]


def _shut_in(described: Description) -> Any:
    import duckdb

    connection = duckdb.connect(config={"memory_limit": MEMORY, "threads": 1})
    for setting in SHUT:
        connection.execute(f"SET {setting}")
    large = described.rows > HELD_ROWS
    if large:
        connection.execute(f"SET allowed_paths = [{_text(str(described.file))}]")
    connection.execute(f"CREATE {'VIEW' if large else 'TABLE'} data AS {scanning.statement(described)}")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def _names(text: str, known: dict[str, Column], what: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text[:4_000].split(",") if name.strip())
    for name in names:
        if name not in known:
            raise UsageError(f"{what}: there is no column {name[:80]!r}; {nearest(name[:80], known)}")
    if len(names) > MOST_COLUMNS or len(set(names)) < len(names):
        raise UsageError(f"{what}: at most {MOST_COLUMNS} columns, each once")
    return names


def _sums(text: str, known: dict[str, Column], groups: Sequence[str]) -> tuple[str, ...]:
    names = _names(text, known, "sum")
    if names and not groups:
        raise UsageError("sum: needs group, such as group=ward_name")
    for name in names:
        if known[name].type not in ("integer", "number"):
            raise UsageError(f"sum: {name} is no number; its type is {known[name].type}")
    return names


def _filter(text: str, known: dict[str, Column]) -> tuple[str, tuple[Any, ...]]:
    match = WHERE.fullmatch(text[:1_000])
    if match is None:
        raise UsageError(f"where: {text[:60]!r} is no filter; write column=value, with = != < <= > >= or ~ (contains)")
    name, sign, value = match[1], match[2], match[3].strip()
    _names(name, known, "where")
    if len(value) > LONGEST_VALUE:
        raise UsageError(f"where: a value has at most {LONGEST_VALUE} characters")
    if sign == "~":
        return f"contains(lower(CAST({_quoted(name)} AS VARCHAR)), lower(?))", (value,)
    if value == "" and sign in ("=", "!="):
        return f"{_quoted(name)} IS {'NOT ' if sign == '!=' else ''}NULL", ()
    return f"{_quoted(name)} {SIGNS[sign]} ?", (_value(value, known[name]),)


def _value(text: str, column: Column) -> Any:
    """The value in the column's type; raises UsageError."""
    try:
        if column.type == "integer" and abs(int(text)) < 2**63:
            return int(text)
        if column.type == "number" and math.isfinite(float(text)):
            return float(text)
        if column.type == "date":
            return date.fromisoformat(text)
        if column.type == "datetime":
            return datetime.fromisoformat(text)
        if column.type == "boolean":
            return {"true": True, "false": False}[text.casefold()]
        if column.type not in ("integer", "number"):
            return text.encode("utf-8", "replace").decode()
    except (ValueError, KeyError):
        pass
    raise UsageError(f"where: {text[:80]!r} is no {column.type}, which {column.name} is")


def _limit(limit: int) -> int:
    if not 1 <= limit <= MOST_ROWS:
        raise UsageError(f"limit: {limit}; allowed: 1 to {MOST_ROWS}; download the file for all rows")
    return limit


def _order(order: str, shown: Sequence[str], groups: Sequence[str]) -> str:
    if not order:
        return f" ORDER BY {', '.join(map(_quoted, groups))}" if groups else ""
    name = order.removeprefix("-")
    if name not in shown:
        raise UsageError(f"order: there is no {name[:80]!r} in what is shown; {nearest(name[:80], shown)}")
    return f" ORDER BY {_quoted(name)} {'DESC' if order.startswith('-') else 'ASC'} NULLS LAST"


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, float):
        return round(value, 10) if math.isfinite(value) else None
    return value


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
