"""Guide: where a learner is in a lesson: its sections, how many questions are answered, and which is next."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from digital_council.courses import Unit
from digital_council.portal.learners.drafts import Answers
from digital_council.portal.lesson import prose

HEADING = re.compile(r"<h2([^>]*)>(.*?)</h2>", re.DOTALL)
FEWEST_SECTIONS = 3
"""A lesson of fewer sections needs no list of them."""


@dataclass(frozen=True)
class Section:
    """A heading of a lesson, and where on the page it stands."""

    id: str
    title: str


def sections(unit: Unit) -> tuple[Section, ...]:
    """The headings of a lesson that are worth a link; none where there are few."""
    told = tuple((place, cell.source) for place, cell in enumerate(unit.cells) if cell.kind == "markdown")
    found = _sections(told, unit.title)
    return found if len(found) >= FEWEST_SECTIONS else ()


@lru_cache(maxsize=200)
def _sections(told: tuple[tuple[int, str], ...], title: str) -> tuple[Section, ...]:
    return tuple(
        Section(_id(place, number), _words(match[2]))
        for place, source in told
        for number, match in enumerate(HEADING.finditer(prose.page(source, title)))
    )


def anchored(markup: str, place: int) -> str:
    """A cell of prose as HTML, each of its headings at the address that its section has."""
    numbers = iter(range(len(markup)))
    return HEADING.sub(lambda match: f'<h2 id="{_id(place, next(numbers))}"{match[1]}>{match[2]}</h2>', markup)


def last_heading(markup: str) -> str:
    """The words of the last heading in HTML; empty where there is none."""
    found = HEADING.findall(markup)
    return _words(found[-1][1]) if found else ""


def _words(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", markup)).strip()


def _id(place: int, number: int) -> str:
    return f"s-{place}-{number}"


def progress(unit: Unit, answers: Answers) -> dict[str, Any]:
    """How many questions have an answer, and the first that has none."""
    open_ = [(number, each.id) for number, each in enumerate(unit.questions, 1) if each.id not in answers]
    of = len(unit.questions)
    return {"answered": of - len(open_), "of": of, "following": open_[0] if open_ else None}
