"""Courses and units: frozen records, read from closed tables; unknown keys are refused."""

from __future__ import annotations

import difflib
import hashlib
import importlib.util
import re
import sys
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

from digital_council.courses import answers, cells, slips
from digital_council.courses.cells import Cell
from digital_council.courses.questions import Question
from digital_council.courses.sources import COURSE_KEYS, UNIT_KEYS, UNIT_NEEDS, Source, line_of, line_starting, written
from digital_council.errors import AuthorError

PASS_MARK = 0.7
AT_ONCE, BY_HAND = "at once", "by hand"
CONDUCT = re.compile(rb"^(due|release_feedback)[ \t]*=.*\n?", re.MULTILINE)
"""Lines of a unit that say when, not what: changing them makes no new release."""
NOT_RELEASED = ("attempts", "design.md", "__pycache__", "release.json")


@dataclass(frozen=True, eq=False)
class Unit:
    """One lesson: what it says, what it asks, and which release of it this is."""

    id: str
    course: str
    title: str
    minutes: int
    datasets: tuple[str, ...]
    owner: str
    review_date: date
    folder: Path
    release: str
    cells: tuple[Cell, ...]
    asked: tuple[Question, ...]
    pass_mark: float = PASS_MARK
    tags: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    summary: str = ""
    prerequisites: tuple[str, ...] = ()
    due: date | None = None
    feedback: str | date = AT_ONCE

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """The questions of the lesson itself, in order."""
        return tuple(each for each in self.asked if each.role != "retrieval")

    @cached_property
    def retrieval(self) -> tuple[Question, ...]:
        """The questions that come back days later; they are no part of the lesson."""
        return tuple(each for each in self.asked if each.role == "retrieval")

    @property
    def max(self) -> float:
        return sum(each.points for each in self.questions)

    def question(self, id: str) -> Question:
        """A question by its id; raises KeyError."""
        for each in self.asked:
            if each.id == id:
                return each
        raise KeyError(id)

    def form(self, question: str) -> dict[str, Any]:
        """What the page needs to ask a question, with the code to start from; nothing hidden."""
        asked = self.question(question)
        if not asked.runs_code:
            return asked.form() | {"starter": ""}
        return asked.form() | {"starter": answers.stripped(answers.blank_cell(asked, self.cell(question).source))}

    @cached_property
    def model(self) -> dict[str, Any]:
        """The author's own answers, as a learner would give them; raises AuthorError."""
        found = {}
        for cell in self.cells:
            if cell.question_id:
                try:
                    found[cell.question_id] = answers.read(self.question(cell.question_id), cell.solved)
                except answers.NotAnAnswer as error:
                    raise AuthorError(
                        f"{self.folder / 'lesson.py'}:{cell.line}: question {cell.question_id}: {error}"
                    ) from None
        return found

    def cell(self, question: str) -> Cell:
        """The cell that answers a question; raises KeyError."""
        for each in self.cells:
            if each.question_id == question:
                return each
        raise KeyError(question)


@dataclass(frozen=True, eq=False)
class Course:
    """A course: units in order, for an audience, with its outcomes and framework tags."""

    id: str
    title: str
    audience: str
    outcomes: tuple[str, ...]
    tags: tuple[str, ...]
    pass_mark: float
    units: tuple[Unit, ...]
    folder: Path
    closes: date | None = None
    max_attempts: int | None = None

    def unit(self, id: str) -> Unit:
        """A unit by its id; raises KeyError."""
        for each in self.units:
            if each.id == id:
                return each
        raise KeyError(id)


def load(root: Path) -> list[Course]:
    """Every course below a folder, by id; raises AuthorError at the first source that cannot be read."""
    return [load_course(path.parent) for path in sorted(root.glob("*/course.toml"))]


def load_course(folder: Path) -> Course:
    """One course with its units; raises AuthorError."""
    source = Source.read(folder / "course.toml", COURSE_KEYS, ("title", "audience", "outcomes", "tags", "units"))
    pass_mark = pass_mark_of(source)
    names = source.texts("units")
    for name in names:
        if names.count(name) > 1:
            raise AuthorError(f"{source.path}: units holds {name!r} twice")
        if not (folder / name / "unit.toml").is_file():
            raise AuthorError(f"{source.path}: units holds {name!r}, and {folder / name / 'unit.toml'} is missing")
    return Course(
        folder.name,
        source.values["title"],
        source.values["audience"],
        source.texts("outcomes"),
        source.texts("tags"),
        pass_mark,
        tuple(load_unit(folder / name, folder.name, pass_mark) for name in names),
        folder,
        source.values.get("closes"),
        _most(source),
    )


def load_unit(folder: Path, course: str, pass_mark: float = PASS_MARK, *, id: str = "") -> Unit:
    """One unit from its folder; raises AuthorError."""
    source = Source.read(folder / "unit.toml", UNIT_KEYS, UNIT_NEEDS)
    asked = _questions(folder)
    lesson = cells.read(folder / "lesson.py")
    _check_cells(folder, lesson, asked)
    values = source.values
    return Unit(
        id or folder.name,
        course,
        values["title"],
        values["minutes"],
        source.texts("datasets"),
        values["owner"],
        values["review_date"],
        folder,
        fingerprint(folder, pass_mark),
        lesson,
        asked,
        pass_mark,
        source.texts("tags"),
        source.texts("outcomes"),
        source.texts("sources"),
        values.get("summary", ""),
        source.texts("prerequisites"),
        values.get("due"),
        _feedback(source),
    )


def pass_mark_of(source: Source) -> float:
    """The share of the points that passes a course's units; raises AuthorError."""
    pass_mark = float(source.values.get("pass_mark", PASS_MARK))
    if not 0 < pass_mark <= 1:
        place = f"{source.path}:{line_starting(source.path, 'pass_mark')}"
        raise AuthorError(f"{place}: pass_mark is {pass_mark:g}; it is a share above 0, up to 1, such as 0.7")
    return pass_mark


def _most(source: Source) -> int | None:
    most: int | None = source.values.get("max_attempts")
    if most is not None and most < 1:
        raise AuthorError(f"{source.path}: max_attempts is {most}; leave it out for no limit, or give 1 or more")
    return most


def _feedback(source: Source) -> str | date:
    found: str | date = source.values.get("release_feedback", AT_ONCE)
    if isinstance(found, str) and found not in (AT_ONCE, BY_HAND):
        raise AuthorError(
            f"{source.path}: release_feedback is {found!r}; {AT_ONCE!r}, {BY_HAND!r} or a date is allowed"
        )
    return found


def fingerprint(folder: Path, pass_mark: float) -> str:
    """Twelve characters that change when what a learner gets, or how it is judged, changes."""
    total = hashlib.sha256(f"pass mark {pass_mark:g}\n".encode())
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and not set(inside.parts) & set(NOT_RELEASED):
            content = path.read_bytes()
            if inside.as_posix() == "unit.toml":
                content = CONDUCT.sub(b"", content)
            total.update(inside.as_posix().encode() + b"\0" + hashlib.sha256(content).digest())
    return total.hexdigest()[:12]


def _questions(folder: Path) -> tuple[Question, ...]:
    path = folder / "checks.py"
    asked = getattr(_module(path), "QUESTIONS", None)
    if not isinstance(asked, (list, tuple)) or not all(isinstance(each, Question) for each in asked):
        raise AuthorError(f"{path}: QUESTIONS should be a list of questions")
    seen: set[str] = set()
    for each in asked:
        line = line_of(path, each.id)
        if not each.id.isidentifier() or each.id != each.id.lower():
            raise AuthorError(f"{path}:{line}: question id {each.id!r}; small letters, digits and _ are allowed")
        if isinstance(each.points, bool) or not isinstance(each.points, (int, float)) or each.points < 0:
            raise AuthorError(f"{path}:{line}: {each.id}: points is {each.points!r}; a number is allowed, 0 or more")
        if each.id in seen or each.name in seen:
            raise AuthorError(f"{path}:{line}: two questions have the name {each.id!r}; every name is used once")
        seen |= {each.id, each.name}
    return tuple(asked)


def _module(path: Path) -> ModuleType:
    """An author's checks, run as trusted code in this process."""
    name = "council_checks_" + hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:16]
    spec = importlib.util.spec_from_file_location(name, path)
    written(path)
    if spec is None or spec.loader is None:
        raise AuthorError(f"{path}:1: the file cannot be read as Python")
    module = importlib.util.module_from_spec(spec)
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise AuthorError(f"{path}:{_line_in(error, path)}: {slips.in_words(error)}") from None
    finally:
        sys.dont_write_bytecode = before
    return module


def _line_in(error: BaseException, path: Path) -> int:
    found = getattr(error, "lineno", 0) or 0
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(path):
            found = trace.tb_lineno
        trace = trace.tb_next
    return found


def _check_cells(folder: Path, lesson: tuple[Cell, ...], asked: tuple[Question, ...]) -> None:
    path = folder / "lesson.py"
    ids = [each.id for each in asked if each.role != "retrieval"]
    answered = [cell.question_id for cell in lesson if cell.question_id]
    for cell in lesson:
        if cell.question_id and cell.question_id not in ids:
            near = difflib.get_close_matches(cell.question_id, ids, 1)
            meant = f"; did you mean {near[0]!r}?" if near else f"; known: {', '.join(ids)}"
            raise AuthorError(f"{path}:{cell.line}: question {cell.question_id!r} is not in checks.py{meant}")
        if cell.question_id and answered.count(cell.question_id) > 1:
            raise AuthorError(f"{path}:{cell.line}: question {cell.question_id!r} has two cells; one is allowed")
    for id in ids:
        if id not in answered:
            raise AuthorError(f"{path}: question {id!r} of checks.py has no cell; add '# %% question=\"{id}\"'")
