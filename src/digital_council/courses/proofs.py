"""Proofs that a unit works: right answers pass, others do not, and each wrong one gets its own explanation."""

from __future__ import annotations

import contextlib
import re
import socket
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from digital_council.courses import answers as cell_answers
from digital_council.courses.findings import COULD_NOT_CHECK, NOT_YET, PASSED, Finding, QuestionResult, Verdict
from digital_council.courses.marking import OpenSession, mark
from digital_council.courses.problems import Problem, problem
from digital_council.courses.questions import Misconception, Question
from digital_council.courses.questions.base import Call
from digital_council.courses.sources import line_of
from digital_council.courses.units import Unit

SEED = 20260401  # any seed will do; a fixed one makes a proof repeatable
WRONG, OTHER = 3, 2  # wrong attempts and other routes for each graded task
OUTCOMES = (PASSED, NOT_YET)


@dataclass(frozen=True)
class Attempt:
    """An author's attempt: answers, the outcome they must have, and the finding each question must get."""

    path: Path
    outcome: str
    findings: dict[str, str] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)


def problems(unit: Unit, open_session: OpenSession) -> Iterator[Problem]:
    """Everything about how a unit marks that an author should mend."""
    model = unit.model
    with no_network():
        yield from _runs_clean(unit, open_session)
        yield from _model_passes(unit, model, open_session)
        yield from _untouched_fails(unit, open_session)
        yield from _misconceptions_show(unit)
        yield from _retrieval_works(unit)
        yield from _attempts(unit, model, open_session)


@contextlib.contextmanager
def no_network() -> Iterator[None]:
    """Lessons need no network: a connection to another machine raises OSError meanwhile."""
    connect = socket.socket.connect

    def refused(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX:
            raise OSError("a lesson has no network")
        connect(self, address)

    socket.socket.connect = refused  # type: ignore[assignment, method-assign]
    try:
        yield
    finally:
        socket.socket.connect = connect  # type: ignore[method-assign]


def _runs_clean(unit: Unit, open_session: OpenSession) -> Iterator[Problem]:
    for solved in (True, False):
        session = open_session()
        try:
            for cell in unit.cells:
                if cell.kind == "markdown":
                    continue
                blank = (
                    cell.source
                    if cell.question_id is None
                    else cell_answers.blank_cell(unit.question(cell.question_id), cell.source)
                )
                error = getattr(session.run(cell.solved if solved else blank), "error", None)
                if error is not None:
                    which = "the solved lesson" if solved else "the untouched lesson"
                    line = cell.line + (error.line or 0)
                    yield problem(
                        unit.folder / "lesson.py",
                        line,
                        which,
                        f"{error.type_name}: {error.message}",
                        "every cell runs without an error and without the network",
                    )
                    break
        finally:
            getattr(session, "close", lambda: None)()


def _model_passes(unit: Unit, model: dict[str, Any], open_session: OpenSession) -> Iterator[Problem]:
    functions = any(question.kind == "function" for question in unit.questions)
    for seed in (SEED, 1, 2) if functions else (SEED,):
        for result in mark(unit, model, open_session, seed).results:
            if result.outcome != PASSED and result.method != "manual":
                yield _of(unit, result, f"{result.outcome}: {_told(result)}", "the model answer passes")
    for result in mark(unit, model, open_session, SEED, visible_only=True).results:
        if result.outcome != PASSED:
            yield _of(unit, result, f"{result.outcome}: {_told(result)}", "the model answer passes the visible checks")


def _untouched_fails(unit: Unit, open_session: OpenSession) -> Iterator[Problem]:
    blank: dict[str, Any] = {}
    for cell in unit.cells:
        if cell.question_id and (question := unit.question(cell.question_id)).runs_code:
            # a space and a comment, so that it is marked and not merely seen to be untouched
            blank[question.id] = cell_answers.blank_cell(question, cell.source) + "\n# touched"
    for given in ({}, blank):
        for result in mark(unit, given, open_session, SEED).results:
            if result.outcome != NOT_YET:
                yield _of(unit, result, result.outcome, "the untouched lesson is not yet right")


def _misconceptions_show(unit: Unit) -> Iterator[Problem]:
    for question in unit.asked:
        for each in question.misconceptions:
            if each.gives is None:
                continue
            value, call = _own_answer(question, each)
            result = question.judge(value, {}, SEED, call)
            if not any(finding.id == each.id for finding in result.findings):
                yield _of(
                    unit,
                    result,
                    f"{each.id}: {result.outcome}: {_told(result)}",
                    "a misconception is recognised by its own answer",
                )


def _own_answer(question: Question, misconception: Misconception) -> tuple[Any, Call | None]:
    """The answer a misconception leads to, and for a function a way to call it."""
    if question.kind == "function":
        return "function", lambda args, kwargs: misconception.gives(*args, **kwargs)
    gives = misconception.gives() if callable(misconception.gives) else misconception.gives
    if question.kind == "choices" and isinstance(gives, str):
        return [gives], None
    if question.kind == "classify" and isinstance(gives, dict) and isinstance(question.answer, dict):
        return {**question.answer, **gives}, None
    return gives, None


def _retrieval_works(unit: Unit) -> Iterator[Problem]:
    for question in unit.retrieval:
        if question.answer is None:
            yield problem(
                unit.folder / "checks.py",
                line_of(unit.folder / "checks.py", question.id),
                f"{question.id}.answer",
                "none",
                "a question that comes back has an answer",
            )
            continue
        answer = question.answer() if callable(question.answer) else question.answer
        result = question.judge(answer, {}, SEED)
        if result.outcome != PASSED:
            yield _of(unit, result, f"{result.outcome}: {_told(result)}", "its own answer passes")


def _attempts(unit: Unit, model: dict[str, Any], open_session: OpenSession) -> Iterator[Problem]:
    wrong: dict[str, int] = {}
    other: dict[str, int] = {}
    for path in sorted((unit.folder / "attempts").glob("*.toml")):
        attempt = read(path, unit)
        if isinstance(attempt, Problem):
            yield attempt
            continue
        verdict = mark(unit, model | attempt.answers, open_session, SEED)
        yield from _judged(unit, attempt, verdict)
        for result in verdict.results:
            if result.question in attempt.answers:
                counted = other if result.outcome == PASSED else wrong
                counted[result.question] = counted.get(result.question, 0) + 1
    for question in unit.questions:
        if question.role == "task" and question.points > 0:
            for count, least, what in ((wrong, WRONG, "wrong attempts"), (other, OTHER, "other right routes")):
                if count.get(question.id, 0) < least:
                    yield problem(
                        unit.folder / "attempts",
                        1,
                        question.id,
                        f"{count.get(question.id, 0)} {what}",
                        f"at least {least} {what} for a graded task",
                    )


def read(path: Path, unit: Unit) -> Attempt | Problem:
    """An attempt from its file, or the problem with it."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        return problem(path, 1, "TOML", error, "the file is TOML")
    allowed = ("about", "outcome", "findings", "answers")
    for key in table:
        if key not in allowed:
            return problem(path, line_starting(path, key), key, key, f"known keys: {', '.join(allowed)}")
    if table.get("outcome") not in OUTCOMES:
        return problem(
            path, line_starting(path, "outcome"), "outcome", table.get("outcome"), f"allowed: {', '.join(OUTCOMES)}"
        )
    known = [question.id for question in unit.questions]
    for part in ("findings", "answers"):
        for id in table.get(part, {}):
            if id not in known:
                return problem(path, line_starting(path, id), f"{part}.{id}", id, f"questions: {', '.join(known)}")
    return Attempt(path, table["outcome"], table.get("findings", {}), table.get("answers", {}))


def line_starting(path: Path, key: str) -> int:
    """The line of a TOML file that sets a key; 1 when none does."""
    rows = path.read_text(encoding="utf-8").splitlines()
    return next((place for place, row in enumerate(rows, 1) if re.match(rf"\s*{re.escape(key)}\s*=", row)), 1)


def _judged(unit: Unit, attempt: Attempt, verdict: Verdict) -> Iterator[Problem]:
    if verdict.outcome != attempt.outcome:
        told = "; ".join(f"{each.question}: {_told(each)}" for each in verdict.results if each.outcome != PASSED)
        yield problem(
            attempt.path,
            line_starting(attempt.path, "outcome"),
            "outcome",
            f"{verdict.outcome} ({told})",
            f"the attempt says {attempt.outcome}",
        )
    for result in verdict.results:
        line = line_starting(attempt.path, result.question)
        wanted = attempt.findings.get(result.question)
        if wanted and not _is(wanted, result):
            yield problem(
                attempt.path, line, f"findings.{result.question}", _told(result), f"the attempt says {wanted}"
            )
        elif not wanted and result.question in attempt.answers and result.outcome != PASSED:
            yield problem(
                attempt.path,
                line,
                f"answers.{result.question}",
                _told(result),
                "an answer that is not right names its finding under [findings]",
            )


def _is(wanted: str, result: QuestionResult) -> bool:
    """True when the finding is there; a sandbox has ids of its own for the errors that stop code."""
    return any(each.id == wanted or (wanted == "code-stopped" and each.kind == "error") for each in result.findings)


def _told(result: QuestionResult) -> str:
    if not result.findings:
        return "no finding"
    first: Finding = result.findings[0]
    return f"{first.id} ({first.title}{f' {first.detail}' if result.outcome == COULD_NOT_CHECK else ''})"


def _of(unit: Unit, result: QuestionResult, found: str, allowed: str) -> Problem:
    path = unit.folder / "checks.py"
    return problem(path, line_of(path, result.question), result.question, found, allowed)
