"""The view: what an archive shows, prepared place by place, so that nothing is worked out when somebody asks."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from digital_council.people import Organisation
from digital_council.progress import editions
from digital_council.progress.archive import Archive
from digital_council.progress.definitions import FIGURES
from digital_council.progress.facts import Mistake
from digital_council.progress.grids import ALL
from digital_council.progress.lessons import Lesson
from digital_council.progress.measures import GAP, MISTAKES
from digital_council.progress.places import COUNCIL

HIDDEN = "[c]"
OF_STAFF = ("reached", "started", "completed")
Row = dict[str, Any]


@dataclass(frozen=True)
class View:
    """One edition as it may be shown; rows by place, and those of the council alone."""

    as_at: str
    scopes: dict[str, Row] = field(default_factory=dict)
    figures: dict[str, list[Row]] = field(default_factory=dict)
    gaps: dict[str, list[Row]] = field(default_factory=dict)
    drop_off: dict[str, list[Row]] = field(default_factory=dict)
    counts: dict[str, list[Row]] = field(default_factory=dict)
    misconceptions: list[Row] = field(default_factory=list)
    lessons: tuple[Lesson, ...] = ()
    _written: dict[tuple[str, str], str] = field(default_factory=dict)

    def rows(self, name: str, place: str) -> list[Row]:
        """The rows of a place: `figures`, `gaps`, `drop_off` or `counts`."""
        found: dict[str, list[Row]] = getattr(self, name)
        return found[place]

    def written(self, name: str, place: str) -> str:
        """The same rows as JSON without its brackets, written once for all who ask."""
        if (name, place) not in self._written:
            text = json.dumps(self.rows(name, place), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
            self._written[name, place] = text[1:-1]
        return self._written[name, place]


def of(
    archive: Archive,
    organisation: Organisation,
    lessons: Sequence[Lesson],
    mistakes: Mapping[str, Mistake],
    frameworks: Mapping[str, Mapping[str, Any]],
) -> View:
    """Everything published, in rows."""
    view = View(_moment(archive.moments[-1]), _scopes(organisation), lessons=tuple(lessons))
    for place in view.scopes:
        view.figures[place], view.gaps[place] = [], []
    dates = [_moment(moment)[:10] for moment in archive.moments]
    cells: dict[tuple[str, str, str], Row] = {}
    for row in editions.rows(archive):
        if row["place"] in view.scopes:
            cells[row["figure"], row["place"], row["column"]] = row
    for (figure, place, column), row in cells.items():
        if figure in FIGURES:
            view.figures[place].append(_figure(view, row, dates))
        elif figure.startswith(GAP):
            view.gaps[place].append(_gap(view, row, dates, frameworks))
        elif figure == MISTAKES and place == COUNCIL and row["since"] >= 0:
            view.misconceptions.append(_misconception(row, mistakes[column]))
    for month, rows in archive.months.items():
        for row in rows:
            if row["place"] in view.scopes and row["figure"] in FIGURES:
                view.figures[row["place"]].append(_figure(view, row, dates, month))
    view.misconceptions.sort(key=lambda row: -row["value"])
    for place in view.scopes:
        view.drop_off[place] = list(_drop_off(place, cells, lessons))
        view.counts[place] = list(_counts(view, place, cells))
    return view


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _scopes(organisation: Organisation) -> dict[str, Row]:
    """The council, its directorates and their teams, each with its name in words and how many work there."""
    found = {COUNCIL: {"id": COUNCIL, "name": "The whole council", "kind": "council", "within": None}}
    for name in organisation.directorates:
        found[name] = {"id": name, "name": in_words(name), "kind": "directorate", "within": COUNCIL}
    for team, above in organisation.teams.items():
        found[team] = {"id": team, "name": in_words(team), "kind": "team", "within": above}
    staff = dict.fromkeys(found, 0)
    for person in organisation.people.values():
        for place in (person.team, person.directorate, COUNCIL) if person.team else ():
            staff[place] += 1
    return {id: each | {"staff": staff[id]} for id, each in found.items()}


def in_words(id: str) -> str:
    """A place's id as a name: customer-contact is Customer contact."""
    return id.replace("-", " ").capitalize()


def share(value: Any, of: Any) -> float | str | None:
    """The one of the other, made of counts that are shown, or hidden like them."""
    if HIDDEN in (value, of):
        return HIDDEN
    return round(value / of, 3) if of else None


def _figure(view: View, row: Row, dates: list[str], month: str | None = None) -> Row:
    figure, staff = row["figure"], view.scopes[row["place"]]["staff"]
    is_hidden = row["since"] < 0
    value, of = (HIDDEN, HIDDEN) if is_hidden else (row["value"], row["of"])
    if is_hidden and figure in OF_STAFF and month is None:
        of = staff * (len(view.lessons) if figure != "reached" and row["column"] == ALL else 1)
    made = {"value": value, "of": of, "share": None if FIGURES[figure].is_median else share(value, of)}
    place, unit = row["place"], row["column"] or None
    as_at = None if is_hidden else dates[row["since"]]
    return {"scope": place, "unit": unit, "month": month, "figure": figure, **made, "as_at": as_at}


def _gap(view: View, row: Row, dates: list[str], frameworks: Mapping[str, Mapping[str, Any]]) -> Row:
    tag = row["figure"].removeprefix(GAP)
    framework, _, code = tag.partition(":")
    known = frameworks.get(framework, {})
    is_hidden = row["since"] < 0
    value, of = (HIDDEN, view.scopes[row["place"]]["staff"]) if is_hidden else (row["value"], row["of"])
    return {
        "framework": framework,
        "framework_title": known.get("title", framework),
        "tag": tag,
        "title": known.get("codes", {}).get(code) or code,
        "scope": row["place"],
        "value": value,
        "of": of,
        "share": share(value, of),
        "as_at": None if is_hidden else dates[row["since"]],
    }


def _misconception(row: Row, mistake: Mistake) -> Row:
    named = {"unit": mistake.unit, "question": mistake.question, "id": mistake.id, "title": mistake.title}
    return named | {"value": row["value"], "of": row["of"], "share": share(row["value"], row["of"])}


def _shown(cells: Mapping[tuple[str, str, str], Row], figure: str, place: str, unit: str) -> Any:
    row = cells.get((figure, place, unit))
    return HIDDEN if row is None or row["since"] < 0 else row["value"]


def _drop_off(place: str, cells: Mapping[tuple[str, str, str], Row], lessons: Sequence[Lesson]) -> Iterator[Row]:
    """The steepest fall of each course, among units whose counts are shown."""
    for course in dict.fromkeys(lesson.course for lesson in lessons):
        units = [lesson.id for lesson in lessons if lesson.course == course]
        falls = []
        for before, unit in pairwise(units):
            start, end = _shown(cells, "completed", place, before), _shown(cells, "completed", place, unit)
            if HIDDEN not in (start, end) and start > end:
                lost = {"from": start, "to": end, "lost": round(1 - end / start, 3)}
                falls.append({"scope": place, "course": course, "unit": unit, "before": before, **lost})
        if falls:
            yield max(falls, key=lambda fall: fall["lost"])


def _counts(view: View, place: str, cells: Mapping[tuple[str, str, str], Row]) -> Iterator[Row]:
    scope = view.scopes[place]
    for lesson in view.lessons:
        course, _, unit = lesson.id.partition("/")
        named = {"level": scope["kind"], "name": place, "course": course, "unit": unit, "staff": scope["staff"]}
        done = {figure: _shown(cells, figure, place, lesson.id) for figure in ("completed", "passed")}
        yield named | done
