"""Check: prove every unit of a folder of courses, in parallel, and report each problem in one line."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from digital_council.courses import frameworks, hints, parts, proofs, slips, wording
from digital_council.courses.marking import OpenSession
from digital_council.courses.problems import Problem, from_error, problem
from digital_council.courses.sources import COURSE_KEYS, Source, line_of
from digital_council.courses.trusted import TrustedSession
from digital_council.courses.units import load_unit, pass_mark_of
from digital_council.errors import AuthorError


@dataclass(frozen=True)
class Report:
    """What was found in one unit."""

    course: str
    unit: str
    problems: tuple[Problem, ...]

    def to_json(self) -> dict[str, Any]:
        return {"course": self.course, "unit": self.unit, "problems": [each.to_json() for each in self.problems]}


Work = tuple[Path, str, float]
"""A unit to prove: its folder, its course and the course's pass mark."""
Prove = Callable[[Path, str, float], Report]


@dataclass(frozen=True)
class Plan:
    """What was found in the courses themselves, and the units still to be proved, in order."""

    reports: tuple[Report, ...]
    work: tuple[Work, ...]


def plan(root: Path, only: tuple[str, ...] = ()) -> Plan:
    """What a check of a folder of courses comes to; `only` holds names of courses or units. Runs no author's code."""
    reports: list[Report] = []
    work: list[Work] = []
    for folder in sorted(path.parent for path in root.glob("*/course.toml")):
        report, units = _course(folder)
        whole = not only or folder.name in only
        reports += [report] if whole else []
        work += [unit for unit in units if whole or {unit[0].name, f"{folder.name}/{unit[0].name}"} & set(only)]
    return Plan(tuple(reports), tuple(work))


def check(
    planned: Plan, prove: Prove, jobs: int | None = None, done: Callable[[Report], None] = lambda report: None
) -> list[Report]:
    """A report for each course and unit, in order; `done` hears each as it is made.

    `prove` is called from several threads. Nothing of an author's runs here: that is for `prove` to do in its place.
    """
    places = {(course, folder.name): place for place, (folder, course, _) in enumerate(planned.work)}
    reports = list(planned.reports)
    with ThreadPoolExecutor(max(1, jobs or os.cpu_count() or 1)) as pool:
        for proved in as_completed([pool.submit(prove, *each) for each in planned.work]):
            reports.append(proved.result())
            done(reports[-1])
    return sorted(reports, key=lambda report: (report.course, places.get((report.course, report.unit), -1)))


def check_unit(folder: Path, course: str, pass_mark: float, open_session: OpenSession = TrustedSession) -> Report:
    """The report on one unit; never raises for what an author can write. Runs the author's code in this process."""
    try:
        unit = load_unit(folder, course, pass_mark)
    except AuthorError as error:
        return Report(course, folder.name, (from_error(folder, error),))
    stages = (parts.problems(unit), wording.problems(unit), hints.problems(unit))
    found = [each for stage in stages for each in _guarded(folder, stage)]
    if not any(each.field.endswith(".answer") for each in found):  # else every proof would say the same again
        found += _guarded(folder, proofs.problems(unit, open_session))
    return Report(course, folder.name, tuple(dict.fromkeys(found)))


def _guarded(folder: Path, stage: Iterator[Problem]) -> Iterator[Problem]:
    """What a stage finds; where the author's own code stops it, that is what it found."""
    try:
        yield from stage
    except AuthorError as error:
        yield from_error(folder, error)
    except Exception as error:
        path, line = slips.place(error, folder) or (folder / "checks.py", 1)
        yield problem(path, line, "check", slips.in_words(error), "this part can be worked out")


def _course(folder: Path) -> tuple[Report, list[tuple[Path, str, float]]]:
    """The report on course.toml itself, and the units it names."""
    path = folder / "course.toml"
    found = list(wording.unfinished(path))
    units: list[tuple[Path, str, float]] = []
    try:
        source = Source.read(path, COURSE_KEYS, ("title", "audience", "outcomes", "tags", "units"))
        known = frameworks.read(folder.parent)
        for tag in source.texts("tags"):
            if allowed := frameworks.unknown(tag, known):
                found.append(problem(path, line_of(path, tag), "tags", tag, allowed))
        names = source.texts("units")
        for name in names:
            if names.count(name) > 1 or not (folder / name / "unit.toml").is_file():
                found.append(
                    problem(path, line_of(path, name), "units", name, "each unit once, with a folder of its own")
                )
            else:
                units.append((folder / name, folder.name, pass_mark_of(source)))
    except AuthorError as error:
        found.append(from_error(folder, error))
    return Report(folder.name, "", tuple(found)), units
