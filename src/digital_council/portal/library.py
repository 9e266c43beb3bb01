"""The library: courses and units as they are released now, looked up by id."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from digital_council.courses import Course, Unit, releases
from digital_council.portal.problems import Problem
from digital_council.settings import State


@dataclass(frozen=True)
class Library:
    """Every released course. Units are the trusted copies, with their checks."""

    courses: tuple[Course, ...]

    @classmethod
    def open(cls, root: Path, state: State) -> Library:
        """Build what has not been released yet and read it all; raises AuthorError naming the unit."""
        return cls(tuple(releases.ensure(root, state)))

    def course(self, course: str) -> Course:
        for found in self.courses:
            if found.id == course:
                return found
        raise Problem(404, f"There is no course {course!r}; GET courses lists what there is.")

    def unit(self, course: str, unit: str) -> Unit:
        """The unit; raises a 404 problem that names it."""
        for found in self.course(course).units:
            if found.id == unit:
                return found
        raise Problem(404, f"There is no unit {unit!r} in the course {course!r}.")

    def title(self, course: str, unit: str) -> str:
        """A unit's title, or its id when it has been withdrawn since."""
        for found in (each for known in self.courses if known.id == course for each in known.units):
            if found.id == unit:
                return str(found.title)
        return unit
