"""Facts: everything the ledger knows of everybody's learning, as columns, so that it is counted in one go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from digital_council.courses.findings import PASSED
from digital_council.ledger import Ledger
from digital_council.ledger.outcomes import Judged, Learnt, Said
from digital_council.progress.lessons import Lesson
from digital_council.progress.places import Array, Places

NEVER = np.inf
USED = frozenset({"decision", "report", "talk"})
LATE = 30
"""The day after completion whose questions tell what has stayed."""


@dataclass(frozen=True, order=True)
class Mistake:
    """A misconception that some answers to a question show."""

    unit: str
    question: str
    id: str
    title: str = field(compare=False)


@dataclass(eq=False)
class Facts:
    """People by units. Moments are seconds since 1970, NEVER where there was none; ratings 1 to 5, 0 for none."""

    places: Places
    lessons: tuple[Lesson, ...]
    begun: Array
    completed: Array
    passed: Array
    marked: Array
    """When the first attempt was marked."""
    first_try: Array
    asked_use: Array
    used: Array
    rated: Array
    """When each of the three ratings was first given: (before, after, looking back), people, units."""
    rating: Array
    kept: list[tuple[int, int, float, bool]] = field(default_factory=list)
    """Answers of the thirtieth day: person, unit, moment, whether right."""
    mistakes: dict[Mistake, dict[int, float]] = field(default_factory=dict)
    """Who showed a misconception, and when first."""

    @property
    def first_moment(self) -> float:
        """When anything first happened; NEVER when nothing has."""
        return float(min(self.begun.min(initial=NEVER), self.completed.min(initial=NEVER)))


def read(ledger: Ledger, places: Places, lessons: Sequence[Lesson]) -> Facts:
    """Reads the whole ledger; lessons that are no longer taught are left out."""
    accounts = ledger.accounts()
    people = {id: places.position[account] for id, account in accounts.items() if account in places.position}
    reading = _Reading(empty(places, lessons), people)
    reading.learnt(ledger.learnt())
    reading.begun(ledger.begun())
    reading.said(ledger.said("rated", "answered", "applied"))
    reading.judged(ledger.imperfect())
    return reading.facts


def empty(places: Places, lessons: Sequence[Lesson]) -> Facts:
    """Facts of people who have not begun."""
    size = (len(places.accounts), len(lessons))

    def never() -> Array:
        return np.full(size, NEVER)

    return Facts(
        places,
        tuple(lessons),
        begun=never(),
        completed=never(),
        passed=never(),
        marked=never(),
        first_try=np.zeros(size, dtype=bool),
        asked_use=never(),
        used=never(),
        rated=np.full((3, *size), NEVER),
        rating=np.zeros((3, *size), dtype=np.int8),
    )


def seconds(moment: datetime | None) -> float:
    return NEVER if moment is None else moment.timestamp()


class _Reading:
    """Rows of the ledger being put in their places."""

    def __init__(self, facts: Facts, people: dict[str, int]) -> None:
        self.facts, self.people = facts, people
        self.units = {lesson.id: number for number, lesson in enumerate(facts.lessons)}
        self.ratings = {(lesson.id, id): n for lesson in facts.lessons for n, id in enumerate(lesson.ratings) if id}

    def learnt(self, rows: Iterable[Learnt]) -> None:
        facts = self.facts
        for row in rows:
            person, unit = self.people.get(row.person), self.units.get(f"{row.course}/{row.unit}")
            if person is not None and unit is not None:
                facts.completed[person, unit] = seconds(row.completed_at)
                facts.passed[person, unit] = seconds(row.passed_at)
                facts.marked[person, unit] = seconds(row.first_at)
                facts.first_try[person, unit] = row.first_try

    def begun(self, rows: Iterable[tuple[str, str, datetime]]) -> None:
        for id, place, moment in rows:
            person, unit = self.people.get(id), self.units.get(place)
            if person is not None and unit is not None:
                self.facts.begun[person, unit] = moment.timestamp()

    def said(self, rows: Iterable[Said]) -> None:
        for row in rows:
            person, unit = self.people.get(row.person), self.units.get(row.object)
            if person is not None and unit is not None and isinstance(row.result, dict):
                getattr(self, f"_{row.verb}")(row, person, unit)

    def _rated(self, row: Said, person: int, unit: int) -> None:
        which, value = (
            self.ratings.get((row.object, row.result.get("question"))),
            str(row.result.get("value")),
        )
        if which is not None and value in tuple("12345") and self.facts.rated[which, person, unit] == NEVER:
            self.facts.rated[which, person, unit] = row.at.timestamp()
            self.facts.rating[which, person, unit] = int(value)

    def _answered(self, row: Said, person: int, unit: int) -> None:
        if row.result.get("day") == LATE:
            right = row.result.get("outcome") == PASSED
            self.facts.kept.append((person, unit, row.at.timestamp(), right))

    def _applied(self, row: Said, person: int, unit: int) -> None:
        facts, at = self.facts, row.at.timestamp()
        facts.asked_use[person, unit] = min(at, facts.asked_use[person, unit])
        if row.result.get("use") in USED:
            facts.used[person, unit] = min(at, facts.used[person, unit])

    def judged(self, rows: Iterable[Judged]) -> None:
        for row in rows:
            person, unit = self.people.get(row.person), self.units.get(f"{row.course}/{row.unit}")
            if person is None or unit is None:
                continue
            at, place = row.at.timestamp(), f"{row.course}/{row.unit}"
            for mistake in _mistakes(place, row.verdict):
                who = self.facts.mistakes.setdefault(mistake, {})
                who[person] = min(at, who.get(person, NEVER))


def _mistakes(unit: str, verdict: dict[str, object]) -> Iterable[Mistake]:
    results = verdict.get("results")
    for result in results if isinstance(results, list) else []:
        for finding in result["findings"]:
            if finding["kind"] == "misconception":
                yield Mistake(unit, finding["question"], finding["id"], finding["title"])
