"""Renewal: a learner's copy of a lesson is of the release that the portal shows them, and loses nothing on the way."""

from __future__ import annotations

import json
import os
from pathlib import Path

from digital_council.client import Portal
from digital_council.errors import LearnerError
from digital_council.grading.exchange import copies
from digital_council.grading.exchange.cells import parse
from digital_council.grading.exchange.lessons import Lesson

SECONDS = 0.6
"""For asking which release it is: opening a lesson waits for this and for its answers, two seconds at most."""


def release_of(portal: Portal, course: str, unit: str) -> str:
    """The release that the page shows this learner; raises CouncilError."""
    return str(portal.request("GET", f"courses/{course}/units/{unit}", seconds=SECONDS)["release"])


def ensure(home: Path, course: str, unit: str, release: str | None = None) -> str:
    """Give the learner their copy, of this release if it is known. Returns what they should know, or nothing.

    A copy of another release gives way: its answers are carried over, and whatever the learner wrote stays in a
    notebook beside it that is no lesson any more. Raises LearnerError where there is no such release.
    """
    target = home / copies.place(course, unit)
    if not target.exists():
        copies.ensure(home, course, unit, release)
        return ""
    old = Lesson(parse(target.read_bytes()))
    if release in (None, old.release):
        return ""
    new = Lesson(parse(copies.released(course, unit, release)))
    answers = old.answers()
    new.write({name: value for name, value in answers.items() if name in new.questions})
    new.agreed = old.agreed
    kept = None if _is_untouched(old) else _kept(target, old)
    _replace(target, new)
    return f"This lesson is as the page shows it now. Your notebook as it was is kept as {kept.name}." if kept else ""


def _is_untouched(lesson: Lesson) -> bool:
    """Whether a learner has written nothing into their copy."""
    try:
        released = Lesson(parse(copies.released(lesson.course, lesson.unit, lesson.release)))
    except (LearnerError, ValueError):
        return False
    return lesson.sources() == released.sources()


def _kept(target: Path, lesson: Lesson) -> Path:
    """The old notebook under a name of its own, with nothing in it that would send its answers anywhere."""
    about = {key: value for key, value in lesson.notebook["metadata"].items() if key != "council"}
    text = json.dumps({**lesson.notebook, "metadata": about}, ensure_ascii=False, indent=1)
    number = 1
    while True:
        more = f" {number}" if number > 1 else ""
        path = target.with_name(f"{target.stem} before it was improved{more}.ipynb")
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
            return path
        except FileExistsError:
            number += 1


def _replace(target: Path, lesson: Lesson) -> None:
    part = target.with_suffix(".part")
    part.write_text(json.dumps(lesson.notebook, ensure_ascii=False, indent=1), encoding="utf-8")
    os.replace(part, target)
