"""The library: courses and units as they are released now, looked up by id; a release is taken up at once."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

from digital_council.courses import Course, Unit, load_course, releases
from digital_council.courses.sources import COURSE_KEYS, Source
from digital_council.portal.problems import Problem
from digital_council.settings import State


class Library:
    """Every released course. Units are the trusted copies, with their checks."""

    def __init__(self, courses: tuple[Course, ...], root: Path, state: State) -> None:
        self.courses, self.root, self._state = courses, root, state
        self._turn = threading.Lock()

    @classmethod
    def open(cls, root: Path, state: State, changed: bool = False) -> Library:
        """Build what has not been released yet and read it all; raises AuthorError naming the unit.

        A unit that has changed since it was released stays as it is unless `changed` is true.
        """
        return cls(tuple(releases.ensure(root, state, changed)), root, state)

    def release(self, unit: Unit, back: bool = False) -> None:
        """Give this release to everybody who begins from now on. `back` says that the one before it was gone
        back from, so that no later start brings it in again. Raises AuthorError."""
        with self._turn:
            releases.release(unit, self._state)
            left = self._current(unit)
            self.courses = self._with(unit)
            place = f"{unit.course}/{unit.id}"
            releases.record(self.courses, self._state, {place: left if back and left else ""})

    def _current(self, unit: Unit) -> str:
        """The release that stands now; empty for a unit that was never released."""
        known = (each for course in self.courses if course.id == unit.course for each in course.units)
        return next((each.release for each in known if each.id == unit.id), "")

    def _with(self, unit: Unit) -> tuple[Course, ...]:
        if any(course.id == unit.course for course in self.courses):
            return tuple(self._put(course, unit) if course.id == unit.course else course for course in self.courses)
        made = replace(load_course(self.root / unit.course), units=(unit,))
        return tuple(sorted((*self.courses, made), key=lambda course: course.id))

    def _put(self, course: Course, unit: Unit) -> Course:
        """The course with this unit in its place; another release of it is due when that one was."""
        known = {each.id: each for each in course.units}
        before = known.get(unit.id)
        known[unit.id] = replace(unit, due=before.due, feedback=before.feedback) if before else unit
        order = Source.read(self.root / course.id / "course.toml", COURSE_KEYS, ("units",)).texts("units")
        places = {id: place for place, id in enumerate(order)}
        units = sorted(known.values(), key=lambda each: places.get(each.id, len(places)))
        return replace(course, units=tuple(units))

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
