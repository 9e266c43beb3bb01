"""Releases: a trusted copy with its checks, and a learner's copy without them; old releases stay."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from digital_council.courses.sources import COURSE_KEYS, Source
from digital_council.courses.units import NOT_RELEASED, PASS_MARK, Course, Unit, fingerprint, load, load_unit
from digital_council.errors import AuthorError, CouncilError, OperatorError

if TYPE_CHECKING:
    from digital_council.settings import State

RECORD, INDEX, FILES = "release.json", "index.json", "files"
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,80}")


def ensure(course_root: Path, state: State, changed: bool = True) -> list[Course]:
    """Releases every unit that has no release yet; may run twice. Returns the courses as they are released.

    A unit whose text has changed since, and a unit added later, is released too, or with `changed` false stays as
    it is until somebody has reviewed it. What is on hand but not released is left out of its course.
    """
    before = index(state).get("units", {})
    courses = [_as_released(course, state, before, changed) for course in load(course_root)]
    record(courses, state)
    return courses


def record(courses: Sequence[Course], state: State, left: Mapping[str, str] = MappingProxyType({})) -> None:
    """Writes down these units as the current ones. `left` names releases that were gone back from, by place."""
    before = index(state).get("units", {})
    kept = {place: unit["left"] for place, unit in before.items() if unit.get("left")} | dict(left)
    written = _index(courses, kept)
    _write(state.releases / INDEX, written)
    _write(state.released / INDEX, written, 0o644)


def candidate(course_root: Path, state: State, course: str, unit: str) -> Unit:
    """The unit as its author has it now, in a trusted copy that no learner sees. Raises AuthorError."""
    source = Source.read(course_root / course / "course.toml", COURSE_KEYS, ("units",))
    if unit not in source.texts("units"):
        raise AuthorError(f"{source.path}: units does not name {unit!r}; add it where it is to be taught")
    found = load_unit(course_root / course / unit, course, float(source.values.get("pass_mark", PASS_MARK)))
    _keep(found, state)
    return open(state, course, unit, found.release)


def kept(state: State, course: str, unit: str) -> list[str]:
    """Every release of a unit that learners were given and that is still here, the oldest first."""
    folders = [path for path in (state.released / course / unit).glob("*") if NAME.fullmatch(path.name)]
    there = [path for path in folders if (state.releases / course / unit / path.name / RECORD).is_file()]
    return [path.name for path in sorted(there, key=lambda path: path.stat().st_mtime_ns)]


def release(unit: Unit, state: State) -> Path:
    """Releases one unit; returns the learner's notebook. Does nothing when that release is there."""
    _keep(unit, state)
    learners = state.released / unit.course / unit.id / unit.release
    if not (learners / f"{unit.id}.ipynb").is_file():
        _place(learners, 0o755, f"{unit.id}.ipynb", lambda folder: _learner_copy(unit, folder))
    return learners / f"{unit.id}.ipynb"


def _keep(unit: Unit, state: State) -> None:
    trusted = state.releases / unit.course / unit.id / unit.release
    if not (trusted / RECORD).is_file():
        _place(trusted, 0o700, RECORD, lambda folder: _trusted_copy(unit, folder))


def open(state: State, course: str, unit: str, release: str | None = None) -> Unit:
    """A released unit, the current one unless named; raises OperatorError where there is none."""
    if release is None:
        release = index(state).get("units", {}).get(f"{course}/{unit}", {}).get("release")
    if not all(isinstance(each, str) and NAME.fullmatch(each) for each in (course, unit, release)):
        raise OperatorError(f"there is no release of {course}/{unit}")
    folder = state.releases / course / unit / str(release)
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError):
        raise OperatorError(f"{course}/{unit} has no release {release} in {state.releases}") from None
    stamp = (folder / RECORD).stat().st_mtime_ns
    key = (str(folder), stamp)
    if key not in _opened:
        _opened[key] = load_unit(folder, course, float(record["pass_mark"]), id=unit)
    return _opened[key]


_opened: dict[tuple[str, int], Unit] = {}  # releases never change, so each is read once


def index(state: State) -> dict[str, Any]:
    """The index as last written: courses in order, and the current release of each unit."""
    try:
        found = json.loads((state.releases / INDEX).read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError):
        return {"courses": [], "units": {}}
    return found if isinstance(found, dict) else {"courses": [], "units": {}}


def given(state: State) -> list[tuple[str, str, str]]:
    """What learners are given now: course, unit and release, in order."""
    found = index(state)
    places = [(course["id"], unit) for course in found["courses"] for unit in course["units"]]
    return [(course, unit, found["units"][f"{course}/{unit}"]["release"]) for course, unit in places]


def notebook(state: State, course: str, unit: str, release: str) -> Path:
    """Where the learner's copy of a release is."""
    return state.released / course / unit / release / f"{unit}.ipynb"


def _as_released(course: Course, state: State, before: Mapping[str, Any], changed: bool) -> Course:
    units = (_current(unit, state, before, changed) for unit in course.units)
    return replace(course, units=tuple(unit for unit in units if unit is not None))


def _current(unit: Unit, state: State, before: Mapping[str, Any], changed: bool) -> Unit | None:
    """The unit in the release that learners are given; None for one that was never released and has to wait."""
    known = before.get(f"{unit.course}/{unit.id}")
    if known is None and before and not changed:
        return None
    is_left = known is not None and known.get("left") == unit.release
    if known is None or known["release"] == unit.release or (changed and not is_left):
        release(unit, state)
        return unit
    try:
        current = open(state, unit.course, unit.id, known["release"])
    except CouncilError:  # what learners were given is gone, so they get what there is
        release(unit, state)
        return unit
    release(current, state)
    # When it is due and when results are told is no part of a release, and holds from the next start on.
    return replace(current, due=unit.due, feedback=unit.feedback)


def _index(courses: Sequence[Course], left: Mapping[str, str]) -> dict[str, Any]:
    return {
        "courses": [
            {
                "id": course.id,
                "title": course.title,
                "audience": course.audience,
                "pass_mark": course.pass_mark,
                "units": [unit.id for unit in course.units],
            }
            for course in courses
        ],
        "units": {
            f"{course.id}/{unit.id}": {
                "title": unit.title,
                "summary": unit.summary,
                "minutes": unit.minutes,
                "release": unit.release,
                "datasets": list(unit.datasets),
                "left": left.get(f"{course.id}/{unit.id}"),
            }
            for course in courses
            for unit in course.units
        },
    }


def _trusted_copy(unit: Unit, folder: Path) -> None:
    shutil.copytree(unit.folder, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*NOT_RELEASED))
    if fingerprint(folder, unit.pass_mark) != unit.release:
        raise AuthorError(f"{unit.folder}: changed while it was being released; run it again")
    record = {
        "course": unit.course,
        "unit": unit.id,
        "release": unit.release,
        "title": unit.title,
        "pass_mark": unit.pass_mark,
    }
    (folder / RECORD).write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


def _learner_copy(unit: Unit, folder: Path) -> None:
    import nbformat  # not needed to read releases, and slow to import

    from digital_council.courses import notebook

    nbformat.write(notebook.build(unit), folder / f"{unit.id}.ipynb")
    if (unit.folder / FILES).is_dir():
        shutil.copytree(unit.folder / FILES, folder / FILES)


def _place(target: Path, mode: int, proof: str, fill: Callable[[Path], None]) -> None:
    """Fills a temporary folder beside the target, then renames it, so that nobody sees half a release.

    `proof` is the file that a whole release has. Two processes may release the same text at once: one wins.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".making-", dir=target.parent))
    try:
        fill(folder)
        _open_to(folder, mode)
        if target.exists() and not (target / proof).is_file():
            shutil.rmtree(target)
        os.replace(folder, target)
    except OSError:
        if not (target / proof).is_file():
            raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for parent in (target.parent, target.parent.parent):
        parent.chmod(mode)


def _open_to(folder: Path, mode: int) -> None:
    for path in folder.rglob("*"):
        path.chmod(mode if path.is_dir() else mode & 0o644)
    folder.chmod(mode)


def _write(path: Path, record: dict[str, Any], mode: int = 0o600) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    temporary.chmod(mode)
    os.replace(temporary, path)
