"""Exports: what a viewer may see as flat tables with fields that stay, for spreadsheets, Power BI and HR systems."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from digital_council.datasets.publication import files
from digital_council.progress.definitions import to_json
from digital_council.progress.view import HIDDEN

Row = dict[str, Any]


@dataclass(frozen=True)
class Field:
    """One column: its name, its kind (text, whole, number, day or moment) and what it holds."""

    name: str
    kind: str
    meaning: str


MARK = Field("mark", "text", "`[c]` where value, of or share is hidden and therefore empty; else empty")
PLACE = (
    Field("scope", "text", "id of the place: council, a directorate or a team"),
    Field("kind", "text", "council, directorate or team"),
)
AS_AT = Field("as_at", "moment", "the batch this table was made in")
FIGURES = (
    *PLACE,
    Field("month", "text", "YYYY-MM: as it stood at the end of that month; empty: now"),
    Field("course", "text", "id of the course; empty for all units together"),
    Field("unit", "text", "id of the unit within its course; empty for all units together"),
    Field("figure", "text", "id of the figure; skills are `skill:` and the tag, misconceptions `misconception:`, the"
                            " question and the mistake"),
    Field("title", "text", "the figure in words"),
    Field("value", "number", "the count, or the median of days"),
    Field("of", "whole", "what the count is out of, or how many the median is of"),
    Field("share", "number", "value as a share of `of`, from 0 to 1; empty for a median"),
    MARK,
    Field("made_at", "day", "the day as at which this row was last made anew"),
    AS_AT,
)  # fmt: skip
COUNTS = (
    *PLACE,
    Field("course", "text", "id of the course"),
    Field("unit", "text", "id of the unit within its course"),
    Field("staff", "whole", "people who work in the place"),
    Field("completed", "whole", "people who handed in every graded question; empty where it is hidden"),
    Field("passed", "whole", "of those, people who reached the pass mark; empty where it is hidden"),
    Field("mark", "text", "`[c]` where completed or passed is hidden and therefore empty; else empty"),
    AS_AT,
)
COMPLETIONS = (
    Field("account", "text", "the person's account: the key for an HR system"),
    Field("name", "text", "their name"),
    Field("team", "text", "id of their team"),
    Field("course", "text", "id of the course"),
    Field("unit", "text", "id of the unit within its course"),
    Field("title", "text", "the unit's title"),
    Field("completed_at", "moment", "when every graded question was first handed in; in UTC"),
)


@dataclass(frozen=True)
class Table:
    """A table ready to be written: its fields, its rows and what a reader should know."""

    fields: tuple[Field, ...]
    rows: list[Row]
    about: Mapping[str, Any]


def figures(found: Mapping[str, Any]) -> Table:
    """Every figure, skill and misconception of `figures_for`, a row each."""
    kinds = {scope["id"]: scope["kind"] for scope in found["scopes"]}
    titles = {id: each["title"] for id, each in found["definitions"].items()}
    rows = [
        _figure(row, kinds, row["unit"], row["month"], row["figure"], titles[row["figure"]]) for row in found["figures"]
    ]
    rows += [_figure(row, kinds, None, None, f"skill:{row['tag']}", row["title"]) for row in found["gaps"]]
    for row in found["misconceptions"]:
        id, where = f"misconception:{row['question']}/{row['id']}", row | {"scope": "council", "as_at": found["as_at"]}
        rows.append(_figure(where, kinds, row["unit"], None, id, row["title"]))
    return _table(FIGURES, rows, found) if kinds else Table(FIGURES, [], _about(found))


def counts(found: Mapping[str, Any]) -> Table:
    """Completed and passed by place and unit, of `for_viewer`."""
    rows = []
    for row in found["counts"]:
        hidden = HIDDEN in (row["completed"], row["passed"])
        shown = {name: _number(row[name]) for name in ("completed", "passed")}
        named = {"scope": row["name"], "kind": row["level"], "course": row["course"], "unit": row["unit"]}
        rows.append(named | shown | {"staff": row["staff"], "mark": HIDDEN if hidden else ""})
    return _table(COUNTS, rows, {**found, "as_at": found["as_at"]["counts"]})


def completions(found: Mapping[str, Any]) -> Table:
    """Who completed what in the viewer's own teams, as `for_viewer` names them."""
    titles = {f"{unit['course']}/{unit['unit']}": unit["title"] for unit in found["units"]}
    rows = []
    for person in found["people"]:
        who = {name: person[name] for name in ("account", "name", "team")}
        for place, moment in sorted(person["completed"].items()):
            course, _, unit = place.partition("/")
            done = {"course": course, "unit": unit, "title": titles.get(place, unit), "completed_at": moment}
            rows.append(who | done)
    return Table(COMPLETIONS, rows, {"as_at": found["as_at"]["named"]})


def as_csv(table: Table) -> Iterator[bytes]:
    """The table as CSV that Excel reads as UTF-8 and no spreadsheet takes for formulas, in pieces."""
    yield files.MARK.encode()
    yield from files.pieces(_lines(table))


def as_json(table: Table) -> bytes:
    """The table with its fields, definitions and date."""
    fields = [vars(field) for field in table.fields]
    return json.dumps({**table.about, "fields": fields, "rows": table.rows}, ensure_ascii=False).encode()


def as_parquet(table: Table) -> bytes:
    """The table with its types; what it is about stands in the file's own metadata."""
    import pyarrow as pa
    from pyarrow import parquet

    schema = pa.schema([pa.field(field.name, _type(pa, field.kind)) for field in table.fields])
    columns = [[_typed(row[field.name], field.kind) for row in table.rows] for field in table.fields]
    about = {key: json.dumps(value) for key, value in table.about.items()}
    found = pa.table(columns, schema=schema.with_metadata(about))
    written = io.BytesIO()
    parquet.write_table(found, written)
    return written.getvalue()


TABLES: Mapping[str, Callable[[Mapping[str, Any]], Table]] = {
    "figures": figures, "counts": counts, "completions": completions,
}  # fmt: skip


def _figure(row: Row, kinds: Mapping[str, str], unit: str | None, month: str | None, figure: str, title: str) -> Row:
    course, _, name = (unit or "").partition("/")
    shown = {each: _number(row[each]) for each in ("value", "of", "share")}
    hidden = HIDDEN in (row["value"], row["share"])
    made = {"month": month or "", "course": course, "unit": name, "figure": figure, "title": title}
    place = {"scope": row["scope"], "kind": kinds.get(row["scope"], "council")}
    return place | made | shown | {"mark": HIDDEN if hidden else "", "made_at": (row["as_at"] or "")[:10]}


def _number(value: Any) -> Any:
    return None if value == HIDDEN else value


def _table(fields: tuple[Field, ...], rows: list[Row], found: Mapping[str, Any]) -> Table:
    return Table(fields, [row | {"as_at": found["as_at"]} for row in rows], _about(found))


def _about(found: Mapping[str, Any]) -> dict[str, Any]:
    return {"as_at": found["as_at"], "threshold": found["threshold"], "definitions": to_json()}


def _lines(table: Table) -> Iterable[list[str]]:
    yield [field.name for field in table.fields]
    for row in table.rows:
        cells = ("" if row[field.name] is None else str(row[field.name]) for field in table.fields)
        yield [files.harmless(cell) for cell in cells]


def _type(pa: Any, kind: str) -> Any:
    kinds = {"text": pa.string(), "whole": pa.int64(), "number": pa.float64(), "day": pa.date32()}
    return kinds.get(kind) or pa.timestamp("s", tz="UTC")


def _typed(value: Any, kind: str) -> Any:
    from datetime import date, datetime

    if value is None or (value == "" and kind != "text"):
        return None
    if kind == "day":
        return date.fromisoformat(value)
    return datetime.fromisoformat(value).replace(microsecond=0) if kind == "moment" else value
