"""Lessons: what the figures need to know of each unit: its title, its skills tags and which ratings it asks for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from digital_council.courses import Course

RATINGS = (("before", 0), ("after", -2), ("back", -1))
"""Sureness before, after, and of before looking back: by a word in the question's name, else by its place."""


@dataclass(frozen=True)
class Lesson:
    """A unit by its course and id, with its tags without their levels and the questions that ask how sure one is."""

    id: str
    course: str
    title: str
    tags: tuple[str, ...] = ()
    ratings: tuple[str, ...] = ("", "", "")


def of(courses: Iterable[Course]) -> list[Lesson]:
    """Every unit of these courses in its order."""
    return [_lesson(unit) for course in courses for unit in course.units]


def ratings(asked: Sequence[str]) -> tuple[str, ...]:
    """Which of a unit's questions about sureness is the one before, after and looking back; "" where there is none."""
    found = []
    for word, place in RATINGS:
        named = [id for id in asked if word in id] or (asked[place : place + 1 or None] if len(asked) > 2 else [])
        found.append(named[0] if named else "")
    return tuple(found)


def _lesson(unit: Any) -> Lesson:
    asked = [question.id for question in unit.questions if question.role == "confidence"]
    tags = tuple(dict.fromkeys(tag.partition("@")[0] for tag in unit.tags))
    return Lesson(f"{unit.course}/{unit.id}", unit.course, unit.title, tags, ratings(asked))
