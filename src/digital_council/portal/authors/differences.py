"""Differences: what a release changes in a unit, file by file, and question by question."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path

from digital_council.courses import Unit
from digital_council.courses.releases import RECORD

AROUND = 3
"""Lines shown before and after each change: enough to know the place, few enough to read every one."""

MOST_LINES = 2_000
KINDS = {"+": "added", "-": "taken out", "@": "place"}


@dataclass(frozen=True)
class Line:
    """One line of a difference: added, taken out, a place in the file, or as it was."""

    kind: str
    text: str


@dataclass(frozen=True)
class File:
    """One file that differs."""

    name: str
    lines: tuple[Line, ...]
    added: int
    taken_out: int


def files(before: Unit | None, after: Unit) -> list[File]:
    """Each file of a unit that is not as it was, by name; every file of a unit that is new."""
    old = _texts(before.folder) if before else {}
    new = _texts(after.folder)
    names = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
    return [_file(name, old.get(name, []), new.get(name, [])) for name in names]


def questions(before: Unit | None, after: Unit) -> dict[str, list[str]]:
    """The ids of questions that are new, gone, or asked or marked otherwise than they were."""
    old = {question.id: _asked(before, question.id) for question in before.asked} if before else {}
    new = {question.id: _asked(after, question.id) for question in after.asked}
    return {
        "new": [id for id in new if id not in old],
        "gone": [id for id in old if id not in new],
        "changed": [id for id in new if id in old and old[id] != new[id]],
    }


def _asked(unit: Unit, id: str) -> tuple[object, ...]:
    """What a learner is asked, offered and may gain: what changes for somebody who has begun."""
    question = unit.question(id)
    return question.kind, question.prompt, question.points, question.role, tuple(question.hints), question.form()


def _texts(folder: Path) -> dict[str, list[str]]:
    """Every file of a trusted copy as lines; what is no text is told by its size."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != RECORD and "__pycache__" not in path.parts:
            try:
                lines = path.read_text(encoding="utf-8").splitlines()
            except UnicodeDecodeError:
                lines = [f"(not text: {path.stat().st_size} bytes)"]
            found[path.relative_to(folder).as_posix()] = lines
    return found


def _file(name: str, old: list[str], new: list[str]) -> File:
    told = list(difflib.unified_diff(old, new, lineterm="", n=AROUND))[2:]
    lines = [Line(KINDS.get(line[:1], ""), line[1:]) for line in told]
    lines = [Line("place", "") if line.kind == "place" else line for line in lines]
    counts = [sum(line.kind == kind for line in lines) for kind in ("added", "taken out")]
    return File(name, tuple(lines[:MOST_LINES]), counts[0], counts[1])
