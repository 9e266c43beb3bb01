"""Check: prove every unit of a folder of courses, in parallel, and report each problem in one line."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from digital_council.courses import frameworks, hints, parts, proofs, wording
from digital_council.courses.marking import OpenSession
from digital_council.courses.problems import Problem, problem
from digital_council.courses.sources import COURSE_KEYS, Source, line_of
from digital_council.courses.trusted import TrustedSession
from digital_council.courses.units import PASS_MARK, load_unit
from digital_council.errors import AuthorError


@dataclass(frozen=True)
class Report:
    """What was found in one unit."""

    course: str
    unit: str
    problems: tuple[Problem, ...]

    def to_json(self) -> dict[str, Any]:
        return {"course": self.course, "unit": self.unit, "problems": [each.to_json() for each in self.problems]}


def check(
    root: Path,
    only: tuple[str, ...] = (),
    open_session: OpenSession = TrustedSession,
    jobs: int | None = None,
    done: Callable[[Report], None] = lambda report: None,
) -> list[Report]:
    """A report for each course and unit, in order. `only` holds names of courses or units; `done` hears each report.

    `open_session` is called in the process that checks the unit, so it must be importable by name.
    """
    reports = []
    work: list[tuple[Path, str, float]] = []
    for folder in sorted(path.parent for path in root.glob("*/course.toml")):
        report, units = _course(folder)
        if not only or folder.name in only:
            reports.append(report)
            done(report)
        work += [
            each
            for each in units
            if not only or folder.name in only or each[0].name in only or f"{folder.name}/{each[0].name}" in only
        ]
    for report in _units(work, open_session, jobs or min(len(work), os.cpu_count() or 1)):
        reports.append(report)
        done(report)
    places = {(folder.parent.name, folder.name): place for place, (folder, _, _) in enumerate(work)}
    return sorted(reports, key=lambda report: (report.course, places.get((report.course, report.unit), -1)))


def _units(work: list[tuple[Path, str, float]], open_session: OpenSession, jobs: int) -> Iterator[Report]:
    if jobs <= 1 or len(work) <= 1:
        yield from (check_unit(*each, open_session) for each in work)
        return
    # spawned, not forked: the caller may have threads (a progress bar has one)
    with ProcessPoolExecutor(min(jobs, len(work)), mp_context=get_context("spawn")) as pool:
        running = [pool.submit(check_unit, *each, open_session) for each in work]
        yield from (each.result() for each in as_completed(running))


def check_unit(folder: Path, course: str, pass_mark: float, open_session: OpenSession = TrustedSession) -> Report:
    """The report on one unit; never raises for what an author can write."""
    try:
        unit = load_unit(folder, course, pass_mark)
    except AuthorError as error:
        return Report(course, folder.name, (_from_error(folder, error),))
    stages = (parts.problems(unit), wording.problems(unit), hints.problems(unit), proofs.problems(unit, open_session))
    found = [each for stage in stages for each in _guarded(folder, stage)]
    return Report(course, folder.name, tuple(dict.fromkeys(found)))


def _guarded(folder: Path, stage: Iterator[Problem]) -> Iterator[Problem]:
    """What a stage finds; where the author's own code stops it, that is what it found."""
    try:
        yield from stage
    except AuthorError as error:
        yield _from_error(folder, error)
    except Exception as error:
        path, line, trace = folder / "checks.py", 1, error.__traceback__
        while trace is not None:
            if Path(trace.tb_frame.f_code.co_filename).is_relative_to(folder):
                path, line = Path(trace.tb_frame.f_code.co_filename), trace.tb_lineno
            trace = trace.tb_next
        yield problem(path, line, "check", f"{type(error).__name__}: {error}", "this part can be worked out")


def _from_error(folder: Path, error: AuthorError) -> Problem:
    """An error that already names its file and line, as a problem."""
    text = str(error)
    path, _, rest = text.partition(": ")
    name, _, line = path.rpartition(":")
    if not line.isdigit():
        name, line = path, "1"
    found, _, allowed = rest.partition("; ")
    return problem(Path(name) if name else folder, int(line), "source", found or text, allowed or "see AUTHORING.md")


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
                units.append((folder / name, folder.name, float(source.values.get("pass_mark", PASS_MARK))))
    except AuthorError as error:
        found.append(_from_error(folder, error))
    return Report(folder.name, "", tuple(found)), units
