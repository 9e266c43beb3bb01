"""Paths: units in an order for somebody's work, and which unit is to come before which; read from paths.toml."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import Field

from digital_council.courses.sources import COURSE_KEYS, UNIT_KEYS, UNIT_NEEDS, Source
from digital_council.errors import AuthorError, OperatorError
from digital_council.settings import Closed, read

FILE = "paths.toml"
TABLES = ("path", "needs")
T = TypeVar("T", bound=Closed)
Name = Annotated[str, Field(min_length=1, max_length=120)]


class LearningPath(Closed):
    """One path. Units are named `course/unit`."""

    title: Name
    audience: Name
    summary: str = Field(default="", max_length=400)
    units: tuple[str, ...] = Field(min_length=1)
    id: str = ""


class Need(Closed):
    """What is to come before a unit; where it is `enforced` the unit cannot be begun without."""

    first: tuple[str, ...] = ()
    enforced: bool = False


@dataclass(frozen=True)
class Paths:
    """Every path by id in the order of the file, and the needs of units that have any."""

    paths: Mapping[str, LearningPath] = field(default_factory=dict)
    needs: Mapping[str, Need] = field(default_factory=dict)


def load(root: Path) -> Paths:
    """The paths over the units of a folder of courses; raises AuthorError naming file, key and what is allowed."""
    units = _units(root)
    table, where = _table(root / FILE), str(root / FILE)
    for key, value in table.items():
        if key not in TABLES:
            raise AuthorError(f"{where}: unknown key {key!r}; {_meant(key, TABLES)}")
        if not isinstance(value, dict):
            raise AuthorError(f"{where}: {key} is {value!r}; write it as [{key}.NAME]")
    found = {}
    for id, entry in table.get("path", {}).items():
        made = _read(LearningPath, entry, f"{where}, path {id}")
        _check_names(made.units, units, f"{where}, path {id}: units")
        found[id] = made.model_copy(update={"id": id})
    needs = {place: Need(first=first) for place, first in units.items() if first}
    for place, entry in table.get("needs", {}).items():
        _check_names((place,), units, f"{where}, needs")
        said = _read(Need, entry, f"{where}, needs {place}")
        _check_names(said.first, units, f"{where}, needs {place}: first")
        both = dict.fromkeys((*units[place], *said.first))
        needs[place] = Need(first=tuple(both), enforced=said.enforced)
    _check_no_circle(needs, where)
    return Paths(found, needs)


def _units(root: Path) -> dict[str, tuple[str, ...]]:
    """Every unit that a course names, with the prerequisites of its own unit.toml in full."""
    found: dict[str, tuple[str, ...]] = {}
    for path in sorted(root.glob("*/course.toml")):
        for unit in Source.read(path, COURSE_KEYS, ("units",)).texts("units"):
            source = Source.read(path.parent / unit / "unit.toml", UNIT_KEYS, UNIT_NEEDS)
            first = source.texts("prerequisites")
            named = tuple(each if "/" in each else f"{path.parent.name}/{each}" for each in first)
            found[f"{path.parent.name}/{unit}"] = named
    for place, named in found.items():
        _check_names(named, found, f"{root / place / 'unit.toml'}: prerequisites")
    return found


def _table(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except tomllib.TOMLDecodeError as error:
        raise AuthorError(f"{path}: not TOML: {error}") from None


def _read(kind: type[T], entry: Any, where: str) -> T:
    try:
        return read(kind, entry, where)
    except OperatorError as error:  # the file is an author's
        raise AuthorError(str(error)) from None


def _check_names(names: Collection[str], known: Collection[str], where: str) -> None:
    for name in names:
        if name not in known:
            raise AuthorError(f"{where} holds {name!r}, and there is no such unit; {_meant(name, known)}")
        if list(names).count(name) > 1:
            raise AuthorError(f"{where} holds {name!r} twice; each unit stands once")


def _meant(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.4)
    return f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"


def _check_no_circle(needs: Mapping[str, Need], where: str) -> None:
    def walk(place: str, above: tuple[str, ...]) -> None:
        if place in above:
            circle = " needs ".join((*above[above.index(place) :], place))
            raise AuthorError(f"{where}: {circle}; nobody could begin, so take one of these out")
        for first in needs.get(place, Need()).first:
            walk(first, (*above, place))

    for place in needs:
        walk(place, ())
