"""Hints that tell too much: each leads to the answer, and none states it, however it is written."""

from __future__ import annotations

import ast
import contextlib
import re
import textwrap
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from digital_council.courses.cells import BEGIN, END
from digital_council.courses.findings import Unusable
from digital_council.courses.problems import Problem, problem
from digital_council.courses.questions import Question, numbers, plain
from digital_council.courses.questions.shapes import near
from digital_council.courses.sources import line_of
from digital_council.courses.units import Unit

SHORTEST_CODE = 16  # characters without spaces; shorter pieces of a solution say nothing by themselves
NUMBER = re.compile(r"(?<![\w.,])[-−]?£?\d[\d,]*(?:\.\d+)?(?: ?(?:k|m|bn|thousand|million|billion)\b)?")
DAY = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}/\d{1,2}/\d{2,4}|\d{1,2}(?:st|nd|rd|th)? [A-Z][a-z]{2,8},? \d{4}")
SPELLED = re.compile(r"[a-z]+(?:-[a-z]+)?")
Says = Callable[[str], bool]


def problems(unit: Unit) -> Iterator[Problem]:
    """Every hint that gives its question's answer away."""
    path = unit.folder / "checks.py"
    for question in unit.asked:
        secrets = given_away(unit, question) if question.hints else []
        for hint in question.hints:
            if any(says(hint) for says in secrets):
                line = line_of(path, question.id)
                yield problem(
                    path, line, f"{question.id}.hints", hint, "a hint leads to the answer and does not state it"
                )


def given_away(unit: Unit, question: Question) -> list[Says]:
    """Tests on a hint, any of which says that it gives the question's answer away."""
    found: list[Says] = [_code(piece) for piece in _solution(unit, question)] if question.runs_code else []
    labels = {each["id"]: each["label"] for each in question.form()["choices"]}
    right = question.answer if question.answer is not None else _model(unit, question)
    if labels and isinstance(right, str):
        return [_words(labels.get(right, right)), _letter(right)]
    if labels and isinstance(right, (list, tuple, set)) and right:
        return [_all([_words(labels.get(str(each), str(each))) for each in right])]
    if question.kind not in ("number", "date", "text", "value"):
        return found
    try:
        return found + [says for each in question.expected if (says := _value(question, each))]
    except Exception:  # the proofs say what is wrong with an answer that cannot be worked out
        return found


def _value(question: Question, expected: Any) -> Says | None:
    if isinstance(expected, date):
        return lambda hint: any(_day(each) == expected for each in DAY.findall(hint))
    if isinstance(expected, str):
        return _words(expected) if len(expected) > 1 else None
    if isinstance(expected, float) and not (expected.is_integer() and abs(expected) < 10):
        return _number(expected, getattr(question, "tolerance", 0.0), getattr(question, "relative", 0.0))
    return None


def _number(expected: float, tolerance: float, relative: float) -> Says:
    def says(hint: str) -> bool:
        told = [found for each in NUMBER.findall(hint) if (found := _figure(each)) is not None]
        told += [
            found for each in re.findall(r"[a-z]+(?:-[a-z]+)?", hint.lower()) if (found := _figure(each)) is not None
        ]
        return any(near(each, expected, tolerance, relative) for each in told)

    return says


def _figure(text: str) -> float | None:
    try:
        return numbers.typed(text.rstrip(","))
    except Unusable:
        return None


def _day(text: str) -> date | None:
    with contextlib.suppress(Unusable):
        return plain.day(text)
    return None


def _words(part: str) -> Says:
    pattern = re.compile(rf"(?<!\w){re.escape(plain.folded(part).replace(',', ''))}(?!\w)")
    return lambda hint: pattern.search(plain.folded(hint).replace(",", "")) is not None


def _letter(id: str) -> Says:
    pattern = re.compile(rf"\b(?:choose|answer is|option|choice|letter|it is|pick)\s+[\"'“(]?{re.escape(id)}\b", re.I)
    return lambda hint: len(id) < 3 and pattern.search(hint) is not None


def _all(parts: list[Says]) -> Says:
    return lambda hint: all(says(hint) for says in parts)


def _code(piece: str) -> Says:
    return lambda hint: any(piece in each for each in (_squeezed(hint), *map(_normal, re.findall(r"`([^`]+)`", hint))))


def _squeezed(text: str) -> str:
    """Code without its spaces and its choice of quotation marks."""
    return re.sub(r"\s", "", text).replace("'", '"')


def _normal(code: str) -> str:
    """Code as Python itself would write it, squeezed."""
    try:
        return _squeezed(ast.unparse(ast.parse(code.strip())))
    except (SyntaxError, ValueError):
        return _squeezed(code)


def _model(unit: Unit, question: Question) -> object:
    """The author's own answer, where checks decide and there may be several right ones."""
    return unit.model.get(question.id) if question.checks else None


def _solution(unit: Unit, question: Question) -> set[str]:
    """What each line of the author's own solution works out, squeezed."""
    try:
        source = unit.cell(question.id).source
        inside = textwrap.dedent(source[source.find(BEGIN) + len(BEGIN) : source.find(END)]).strip("\n")
        tree = ast.parse(f"def _():\n{textwrap.indent(inside, '    ')}")
    except (KeyError, SyntaxError):
        return set()
    values = (getattr(node, "value", None) for node in ast.walk(tree) if isinstance(node, (ast.Assign, ast.Return)))
    pieces = {_squeezed(ast.unparse(value)) for value in values if value is not None}
    return {piece for piece in pieces if len(piece) >= SHORTEST_CODE}
