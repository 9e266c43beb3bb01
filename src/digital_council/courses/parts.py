"""The parts every lesson has, from the hook to the questions that come back; and names that must exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from digital_council.courses import frameworks
from digital_council.courses.problems import Problem, problem
from digital_council.courses.questions import Question
from digital_council.courses.questions.base import MARKED_ROLES, ROLES
from digital_council.courses.sources import line_of
from digital_council.courses.units import Unit

HINTS = 3
OPENED = re.compile(r"datasets\.(?:open|describe)\(\s*[\"'](\w+)[\"']")


def problems(unit: Unit) -> Iterator[Problem]:
    """Everything a unit lacks or names wrongly."""
    yield from _roles(unit)
    for question in unit.asked:
        yield from _question(unit, question)
    yield from _tags(unit)
    yield from _datasets(unit)


def _roles(unit: Unit) -> Iterator[Problem]:
    path = unit.folder / "checks.py"
    roles = [question.role for question in unit.questions]
    tasks = [place for place, each in enumerate(unit.questions) if each.role == "task" and each.points > 0]
    wanted = (("predict", 1), ("diagnostic", 2), ("confidence", 2), ("action", 1))
    for role, least in wanted:
        if roles.count(role) < least:
            yield problem(path, 1, "QUESTIONS", f"{roles.count(role)} with the role {role}", f"at least {least}")
    if not tasks:
        yield problem(path, 1, "QUESTIONS", "no graded task", 'at least one with role="task" and points above 0')
        return
    if "confidence" not in roles[: tasks[0]] or "confidence" not in roles[tasks[-1] :]:
        yield problem(path, 1, "QUESTIONS", "confidence asked on one side of the tasks", "ask it before and after them")
    if not any(each.role == "action" and each.kind == "date" for each in unit.questions):
        yield problem(
            path, 1, "QUESTIONS", "no date for the action at work", 'one question of kind Date with role="action"'
        )
    if len(unit.retrieval) < 2:
        yield problem(path, 1, "QUESTIONS", f"{len(unit.retrieval)} with the role retrieval", "at least 2")
    first = [place for place, cell in enumerate(unit.cells) if cell.question_id]
    if not first or not any(cell.kind == "markdown" for cell in unit.cells[: first[0] + 1]):
        yield problem(unit.folder / "lesson.py", 1, "hook", "none", "start with a question the council really asks")


def _question(unit: Unit, question: Question) -> Iterator[Problem]:
    path = unit.folder / "checks.py"
    line = line_of(path, question.id)

    def wrong(field: str, found: object, allowed: str) -> Problem:
        return problem(path, line, f"{question.id}.{field}", found, allowed)

    if question.role not in ROLES:
        yield wrong("role", repr(question.role), f"allowed: {', '.join(ROLES)}")
    if question.role in MARKED_ROLES and question.open and not question.manual and question.kind != "function":
        yield wrong("answer", "no answer and no check", "give an answer, or checks that decide")
    if question.points > 0 and question.role != "task":
        yield wrong("points", question.points, "points are for tasks; diagnostic questions teach and are not marked")
    if question.role == "task" and question.points > 0 and len(question.hints) != HINTS:
        yield wrong("hints", f"{len(question.hints)} hints", f"{HINTS} hints, each telling a little more")
    if question.role == "task" and question.points > 0 and not (question.misconceptions or question.manual):
        yield wrong("misconceptions", "none", "at least one usual mistake, with its explanation")
    if question.role == "diagnostic":
        yield from _distractors(question, wrong)
    ids = [each.id for each in question.misconceptions] + [each.id for each in question.checks]
    for id in sorted({id for id in ids if ids.count(id) > 1}):
        yield wrong("misconceptions", f"two findings called {id}", "every finding of a question has its own id")
    yield from _options(question, wrong)


def _distractors(question: Question, wrong: Any) -> Iterator[Problem]:
    choices = [each["id"] for each in question.form()["choices"]]
    right = {question.answer} if isinstance(question.answer, str) else set(question.answer or ())
    explained: set[str] = set()
    for each in question.misconceptions:
        explained |= {each.gives} if isinstance(each.gives, str) else set(each.gives or ()) if choices else set()
    for id in choices:
        if id not in right and id not in explained:
            yield wrong(
                "misconceptions",
                f"choice {id} explains nothing",
                "every wrong choice of a diagnostic question has a Misconception(gives=that choice)",
            )
    if not choices and not question.misconceptions:
        yield wrong("misconceptions", "none", "a diagnostic question names the mistakes it finds")


def _options(question: Question, wrong: Any) -> Iterator[Problem]:
    form = question.form()
    if question.kind in ("choice", "choices"):
        ids = {each["id"] for each in form["choices"]}
        if len(ids) < 2:
            yield wrong("options", f"{len(ids)} choices", "at least two")
        answer = question.answer
        given = [answer] if isinstance(answer, str) else answer if isinstance(answer, (list, tuple, set)) else []
        for id in given:
            if id not in ids:
                yield wrong("answer", id, f"one of the options: {', '.join(sorted(ids))}")
    if question.kind == "table":
        yield from _columns(question, wrong)
    if question.kind == "classify" and isinstance(question.answer, dict):
        items, classes = ({each["id"] for each in form[part]} for part in ("items", "classes"))
        if set(question.answer) != items or not set(question.answer.values()) <= classes:
            yield wrong("answer", question.answer, "a class for every item, both by their ids")


def _columns(question: Any, wrong: Any) -> Iterator[Problem]:
    columns = [each["id"] for each in question.form()["columns"]]
    named = {*question.keys, *question.tolerances, *(name for row in question.given_rows for name in row)}
    for name in sorted(named - set(columns)):
        yield wrong("columns", name, f"keys, tolerances and rows name columns: {', '.join(columns)}")
    if question.rows and not question.keys:
        yield wrong("keys", "none", "rows that are given say which they are by their keys")


def _tags(unit: Unit) -> Iterator[Problem]:
    path = unit.folder / "unit.toml"
    known = frameworks.read(unit.folder.parent.parent)
    if not unit.tags:
        yield problem(path, 1, "tags", "none", 'at least one framework tag, such as "dc:1.3@basic"')
    for tag in unit.tags:
        if allowed := frameworks.unknown(tag, known):
            yield problem(path, line_of(path, tag), "tags", tag, allowed)


def _datasets(unit: Unit) -> Iterator[Problem]:
    from digital_council import datasets  # opens with pandas, which reading a lesson does not need

    there = {each.id for each in datasets.catalogue()}
    path = unit.folder / "unit.toml"
    for name in unit.datasets:
        if name not in there:
            yield problem(path, line_of(path, name), "datasets", name, f"one of: {', '.join(sorted(there))}")
    for file in ("lesson.py", "checks.py"):
        for place, row in enumerate((unit.folder / file).read_text(encoding="utf-8").splitlines(), 1):
            for name in OPENED.findall(row):
                if name not in unit.datasets:
                    yield problem(unit.folder / file, place, "datasets", name, "name every dataset used in unit.toml")
