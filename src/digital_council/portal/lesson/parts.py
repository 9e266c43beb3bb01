"""Parts: the cells of a lesson as its page shows them, in stretches that are the same for whoever answered the same."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any

from digital_council.courses import Unit
from digital_council.portal.lesson import forms, guide, prose
from digital_council.portal.services import Services
from digital_council.portal.tables.grids import Grid, of_markup

LONGEST_KEY = 500
"""Characters of an answer beyond which nobody else will have given the same."""

Shown = list[dict[str, Any]]


@dataclass(frozen=True)
class Part:
    """A stretch of a lesson's page. `key` names all that `fill` depends on; None when nobody will see the same."""

    key: Hashable
    fill: Callable[[], Shown]


@dataclass(frozen=True)
class Asked:
    """One question as one learner finds it: everything its part of the page depends on."""

    answer: Any
    spare: int
    hints: tuple[str, ...]
    findings: list[dict[str, Any]]
    outputs: str

    def key(self) -> Hashable:
        """The same for everybody with the same answer, hints and rows; None with what a check or a run has said."""
        answer = json.dumps(self.answer, sort_keys=True)
        if self.findings or self.outputs or len(answer) > LONGEST_KEY:
            return None
        return answer, self.spare, len(self.hints)


def parts_of(services: Services, unit: Unit, asked: Callable[[str], Asked]) -> Iterator[Part]:
    """A unit from top to bottom; `asked` tells how a question stands."""
    has_examples = bool(services.examples.of(unit))
    name = (unit.course, unit.id, unit.release, has_examples)
    for id, first, last in outline(unit):
        if id is None:
            yield Part((*name, first), lambda first=first, last=last: _told(services, unit, first, last))  # type: ignore[misc]
        else:
            now = asked(id)
            key = now.key()
            yield Part(key and (*name, id, key), lambda id=id, now=now: [_question(unit, id, now)])  # type: ignore[misc]


def outline(unit: Unit) -> tuple[tuple[str | None, int, int], ...]:
    """Each question, and each run of prose and code between questions, as its first and last place."""
    return _outline(tuple((cell.kind == "question", cell.question_id) for cell in unit.cells))


@lru_cache(maxsize=200)
def _outline(cells: tuple[tuple[bool, str | None], ...]) -> tuple[tuple[str | None, int, int], ...]:
    found = []
    for (is_question, id), group in groupby(enumerate(cells), lambda each: each[1]):
        places = [place for place, _ in group]
        if id or not is_question:
            found.append((id if is_question else None, places[0], places[-1]))
    return tuple(found)


def grids(services: Services, unit: Unit) -> list[int]:
    """The places of the examples whose tables may be asked of."""
    codes = (place for place, cell in enumerate(unit.cells) if cell.kind == "code")
    return [place for place in codes if example_grid(services, unit, place)]


def _told(services: Services, unit: Unit, first: int, last: int) -> Shown:
    """Prose and worked code."""
    examples = services.examples.of(unit)
    shown: Shown = []
    code = sum(1 for cell in unit.cells[:first] if cell.kind == "code")
    heading = unit.title
    for place, cell in enumerate(unit.cells[first : last + 1], first):
        if cell.kind == "markdown":
            html = guide.anchored(prose.page(cell.source, unit.title), place)
            heading = guide.last_heading(html) or heading
            shown.append({"kind": "prose", "html": prose.named(html, f"in “{heading}”")})
            continue
        code += 1
        html = prose.named(examples.get(place, ""), f"of example {code}")
        part = {"source": cell.source, "html": html, "number": code}
        shown.append({"kind": "code", "grid": example_grid(services, unit, place), "place": place, **part})
    return shown


def _question(unit: Unit, id: str, asked: Asked) -> dict[str, Any]:
    question = unit.question(id)
    line, more = prose.prompt(question.prompt)
    number = next(number for number, each in enumerate(unit.questions, 1) if each.id == id)
    shown = forms.shown(unit, question, asked.answer, asked.spare) | {
        "line": line,
        "more": more,
        "number": number,
        "of": len(unit.questions),
        "findings": asked.findings,
        "wrong": any(finding["outcome"] != "passed" for finding in asked.findings),
        "shown_hints": asked.hints,
        "outputs": asked.outputs,
    }
    return {"kind": "question", "question": shown}


def example_grid(services: Services, unit: Unit, place: int) -> Grid | None:
    """The table an example shows; None where it shows none, or one too small to ask anything of."""
    html = services.examples.of(unit).get(place, "")
    if "<table" not in html:
        return None
    return of_markup(html, shown_by(unit.cells[place].source))


@lru_cache(maxsize=300)
def shown_by(source: str) -> str:
    """The Python of what a cell shows: its last expression; empty where it ends with something else."""
    try:
        last = ast.parse(source).body[-1]
    except (SyntaxError, IndexError):
        return ""
    return ast.unparse(last) if isinstance(last, ast.Expr) else ""
