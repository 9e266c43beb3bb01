"""A learner's own copy of a released lesson, made the first time they open it."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from digital_council.errors import LearnerError

INDEX = "index.json"
WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def released_root() -> Path:
    return Path(os.environ.get("COUNCIL_RELEASED", "/srv/council/released"))


def place(course: str, unit: str) -> str:
    """Where a lesson lives in a learner's home: the portal links there."""
    return f"{course}/{unit}.ipynb"


def is_place(path: str) -> tuple[str, str] | None:
    """The course and unit that a path is the place of."""
    course, _, file = path.strip("/").partition("/")
    unit = file.removesuffix(".ipynb")
    if file.endswith(".ipynb") and WORD.fullmatch(course) and WORD.fullmatch(unit):
        return course, unit
    return None


def released(course: str, unit: str, release: str | None = None) -> bytes:
    """The released notebook, the newest unless named; raises LearnerError when there is none."""
    if not (WORD.fullmatch(course) and WORD.fullmatch(unit)):
        raise LearnerError(f"{course}/{unit} is not a lesson; open one from the portal")
    folder = released_root() / course / unit
    release = release or _current(course, unit)
    found = folder / f"{release}" / f"{unit}.ipynb"
    if not (release and WORD.fullmatch(release) and found.is_file()):
        raise LearnerError(f"there is no lesson {unit} in the course {course}; open one from the portal")
    return found.read_bytes()


def ensure(home: Path, course: str, unit: str, release: str | None = None) -> Path:
    """Give the learner their copy, of the newest release unless named; one they already have is left as it is."""
    target = home / place(course, unit)
    if target.exists():
        return target
    content = released(course, unit, release)
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(".part")
    fresh.write_bytes(content)
    try:
        os.link(fresh, target)  # unlike a rename, never replaces a copy made meanwhile
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    return target


def _current(course: str, unit: str) -> str | None:
    try:
        index = json.loads((released_root() / INDEX).read_text(encoding="utf-8"))
        return str(index["units"][f"{course}/{unit}"]["release"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
