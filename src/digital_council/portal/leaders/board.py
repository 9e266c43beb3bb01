"""The board: a place's figures laid out for reading: headlines, a chart for each question, and the tables behind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from digital_council.portal.leaders.trends import Trend, trend
from digital_council.progress.view import HIDDEN

HEADLINES = ("reached", "completed", "days", "first_try", "passed", "retention", "applied")
LEARNT = ("first_try", "passed", "retention")
SURE = ("lift", "lift_back", "overconfident", "underconfident")
MOST_MISTAKES = 8
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Bar:
    """One bar: what it is of, how long it is in per cent (None where it is hidden), and the figure in words."""

    name: str
    length: float | None
    words: str
    detail: str = ""
    cells: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Tile:
    """One figure in large print with what it counts; `as_at` only where it is older than the batch."""

    title: str
    figure: str
    detail: str
    text: str
    as_at: str = ""


@dataclass(frozen=True)
class Board:
    """Everything the page of one place shows."""

    scope: Row
    tiles: list[Tile]
    trend: Trend
    courses: list[tuple[str, list[tuple[str, list[Bar]]], str]]
    learnt: list[Bar]
    sure: list[Bar]
    skills: list[tuple[str, list[Bar], list[str]]]
    skills_by_place: list[tuple[str, list[str]]]
    mistakes: list[Bar]
    units: list[tuple[str, list[str]]]
    places: list[tuple[str, list[str]]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing yet that may be shown."""
        return all(tile.figure == HIDDEN for tile in self.tiles)


def board(found: Mapping[str, Any], place: str, titles: Mapping[str, str]) -> Board:
    """The board of a place, from all that its viewer may see; `titles` are those of the courses."""
    rows = {(row["figure"], row["unit"], row["month"]): row for row in found["figures"] if row["scope"] == place}
    now = {key[0]: row for key, row in rows.items() if key[1:] == (None, None)}
    scope = next(each for each in found["scopes"] if each["id"] == place)
    return Board(
        scope,
        [_tile(found, now[figure]) for figure in HEADLINES if figure in now],
        trend([row for row in rows.values() if row["month"]], now, found["as_at"]),
        _courses(found, rows, place, titles),
        [_share(found, now[figure]) for figure in LEARNT if figure in now],
        [_share(found, now[figure]) for figure in SURE if figure in now],
        _skills([row for row in found["gaps"] if row["scope"] == place]),
        _skills_by_place(found),
        _mistakes(found),
        _units(found, rows),
        _places(found),
    )


def percent(share: Any) -> str:
    """A share as people write it."""
    return HIDDEN if share == HIDDEN else "–" if share is None else f"{100 * share:.0f}%"


def number(value: Any) -> str:
    return value if value == HIDDEN else "–" if value is None else f"{value:,}"


def _tile(found: Mapping[str, Any], row: Row) -> Tile:
    told = found["definitions"][row["figure"]]
    as_at = row["as_at"] or ""
    older = as_at if as_at[:10] != found["as_at"][:10] else ""
    if told["kind"] == "median":
        return Tile(told["title"], _days(row["value"]), "", told["text"], older)
    detail = f"{number(row['value'])} of {number(row['of'])} {told['of']}" if row["value"] != HIDDEN else ""
    return Tile(told["title"], percent(row["share"]), detail, told["text"], older)


def _days(value: Any) -> str:
    if value in (HIDDEN, None):
        return number(value)
    return "Same day" if value < 1 else f"{value:.0f} day{'s' if round(value) != 1 else ''}"


def _length(share: Any) -> float | None:
    return None if share in (HIDDEN, None) else round(100 * share, 1)


def _share(found: Mapping[str, Any], row: Row) -> Bar:
    told = found["definitions"][row["figure"]]
    return Bar(told["title"], _length(row["share"]), percent(row["share"]), told["text"], _cells(row))


def _cells(row: Row) -> list[str]:
    """The row of a share in a table: the count, what it is of, the share, and the day it is as at."""
    return [number(row["value"]), number(row["of"]), percent(row["share"]), (row["as_at"] or "–")[:10]]


def _courses(found: Mapping[str, Any], rows: Mapping[Any, Row], place: str, titles: Mapping[str, str]) -> Any:
    """Each course with how many completed each unit, and the unit where most stop."""
    falls = {row["course"]: row for row in found["drop_off"] if row["scope"] == place}
    names = {unit["id"]: unit["title"] for unit in found["units"]}
    made = []
    for course in dict.fromkeys(unit["course"] for unit in found["units"]):
        bars = []
        for unit in (each["id"] for each in found["units"] if each["course"] == course):
            row = rows.get(("completed", unit, None), {"value": HIDDEN, "share": HIDDEN})
            bars.append(Bar(names[unit], _length(row["share"]), number(row["value"])))
        said = (
            _stop(falls[course], names) if course in falls else "Too few counts may be shown to say where people stop."
        )
        made.append((titles.get(course, course), bars, said))
    return made


def _stop(fall: Row, names: Mapping[str, str]) -> str:
    told = f"{fall['to']:,} completed it, {fall['from']:,} the unit before, a fall of {percent(fall['lost'])}."
    return f"Of the units shown, most stop before “{names[fall['unit']]}”: {told}"


def _skills(rows: Sequence[Row]) -> list[tuple[str, list[Bar], list[str]]]:
    """Each framework with its skills, in the framework's own order of codes, and those that are hidden by name."""
    found: dict[str, tuple[str, list[Bar], list[str]]] = {}
    for row in sorted(rows, key=lambda row: row["tag"]):
        _, bars, hidden = found.setdefault(row["framework_title"], (row["framework_title"], [], []))
        if row["share"] == HIDDEN:
            hidden.append(row["title"])
        else:
            bars.append(Bar(row["title"], _length(row["share"]), percent(row["share"])))
    return list(found.values())


def _skills_by_place(found: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """Every skill of which anything is shown, by the places this viewer may see."""
    shares = {(row["tag"], row["scope"]): row["share"] for row in found["gaps"]}
    titles = {row["tag"]: row["title"] for row in found["gaps"]}
    cells = {tag: [percent(shares.get((tag, scope["id"]), HIDDEN)) for scope in found["scopes"]] for tag in titles}
    return [(titles[tag], shown) for tag, shown in sorted(cells.items()) if set(shown) != {HIDDEN}]


def _mistakes(found: Mapping[str, Any]) -> list[Bar]:
    names = {unit["id"]: unit["title"] for unit in found["units"]}
    rows = sorted(found["misconceptions"], key=lambda row: -row["share"])[:MOST_MISTAKES]
    return [
        Bar(row["title"], _length(row["share"]), percent(row["share"]), names.get(row["unit"], row["unit"]),
            [names.get(row["unit"], row["unit"]), number(row["value"]), number(row["of"]), percent(row["share"])])
        for row in rows
    ]  # fmt: skip


def _units(found: Mapping[str, Any], rows: Mapping[Any, Row]) -> list[tuple[str, list[str]]]:
    """The table of units: started, completed, passed at once and in the end, and days."""
    figures = ("started", "completed", "first_try", "passed")
    made = []
    for unit in found["units"]:
        cells = [number(_value(rows, figure, unit["id"])) for figure in figures]
        made.append((unit["title"], [*cells, _days(_value(rows, "days", unit["id"]))]))
    return made


def _value(rows: Mapping[Any, Row], figure: str, unit: str) -> Any:
    return rows.get((figure, unit, None), {"value": HIDDEN})["value"]


def _places(found: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """Every place this viewer may see, in the council's own order, never by size of a figure."""
    figures = ("reached", "completed", "first_try", "retention", "applied")
    shares = {(row["scope"], row["figure"]): row["share"] for row in _now(found["figures"])}
    return [
        (scope["name"], [f"{scope['staff']:,}", *(percent(shares.get((scope["id"], figure))) for figure in figures)])
        for scope in found["scopes"]
    ]


def _now(rows: Iterable[Row]) -> Iterable[Row]:
    return (row for row in rows if row["unit"] is None and row["month"] is None)
