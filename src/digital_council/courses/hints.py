"""Hints that tell too much: each leads to the answer, and none states it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from digital_council.courses.cells import BEGIN, END
from digital_council.courses.problems import Problem, problem
from digital_council.courses.questions import Question, plain
from digital_council.courses.sources import line_of
from digital_council.courses.units import Unit

SHORTEST_LINE = 16  # shorter lines of a solution say nothing by themselves


def problems(unit: Unit) -> Iterator[Problem]:
    """Every hint that gives its question's answer away."""
    path = unit.folder / "checks.py"
    for question in unit.asked:
        secrets = given_away(unit, question)
        for hint in question.hints:
            if any(all(_says(hint, part) for part in parts) for parts in secrets):
                line = line_of(path, question.id)
                yield problem(
                    path, line, f"{question.id}.hints", hint, "a hint leads to the answer and does not state it"
                )


def _says(hint: str, part: str) -> bool:
    text = plain.folded(hint).replace(",", "")
    return re.search(rf"(?<!\w){re.escape(plain.folded(part).replace(',', ''))}(?!\w)", text) is not None


def given_away(unit: Unit, question: Question) -> list[list[str]]:
    """Texts that give a question's answer away, each a list of parts that do so together."""
    if question.runs_code:
        return [[row] for row in _solution(unit, question)]
    labels = {each["id"]: each["label"] for each in question.form()["choices"]}
    right = question.answer if question.answer is not None else _model(unit, question)
    if labels and isinstance(right, str):
        letter = [[f"choose {right}"], [f"answer is {right}"]] if len(right) < 3 else []
        return [[labels.get(right, right)], *letter]
    if labels and isinstance(right, (list, tuple, set)) and right:
        return [[labels.get(str(each), str(each)) for each in right]]
    if question.kind not in ("number", "date", "text"):
        return []
    try:
        shown = [plain.shown(each) for each in question.expected]
    except Exception:  # the proofs say what is wrong with an answer that cannot be worked out
        return []
    return [[each] for each in shown if len(each) > 1]


def _model(unit: Unit, question: Question) -> object:
    """The author's own answer, where checks decide and there may be several right ones."""
    return unit.model.get(question.id) if question.checks else None


def _solution(unit: Unit, question: Question) -> list[str]:
    try:
        source = unit.cell(question.id).source
    except KeyError:
        return []
    inside = source[source.find(BEGIN) + len(BEGIN) : source.find(END)]
    return [row.strip() for row in inside.split("\n") if len(row.strip()) >= SHORTEST_LINE]
