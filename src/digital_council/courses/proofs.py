"""Proofs that a unit works: right answers pass, others do not, and each wrong one gets its own explanation."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from digital_council.courses import answers as cell_answers
from digital_council.courses import pictures, slips, sources
from digital_council.courses.findings import (
    COULD_NOT_CHECK,
    NOT_YET,
    PASSED,
    CouldNotCheck,
    Finding,
    QuestionResult,
    Verdict,
)
from digital_council.courses.marking import OpenSession, mark
from digital_council.courses.problems import Problem, from_error, problem
from digital_council.courses.questions import Misconception, Question
from digital_council.courses.questions.base import Call
from digital_council.courses.sources import line_of, line_starting
from digital_council.courses.units import Unit
from digital_council.errors import AuthorError

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
        for first in (_runs_clean(unit, open_session), _answers_work_out(unit)):
            stopped = list(first)
            yield from stopped
            if stopped:
                return  # what follows would say the same again, of each attempt
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
                        slips.said(error.type_name, error.message),
                        "every cell runs without an error and without the network",
                    )
                    return
                if solved:
                    yield from pictures.problems(unit, cell)
        finally:
            getattr(session, "close", lambda: None)()


def _answers_work_out(unit: Unit) -> Iterator[Problem]:
    """Every answer, and every mistake's own, that stops with an error."""
    for question in unit.asked:
        if question.kind == "function":
            continue
        works: list[tuple[str, Callable[[], Any]]] = [("answer", partial(getattr, question, "expected"))]
        works += [
            ("misconceptions", partial(question.given_by, each))
            for each in question.misconceptions
            if each.gives is not None
        ]
        for part, work in works:
            try:
                work()
            except CouldNotCheck:
                continue  # of the wrong kind: marking says which
            except Exception as error:
                path, line = slips.place(error, unit.folder) or (unit.folder / "checks.py", 1)
                yield problem(path, line, f"{question.id}.{part}", slips.in_words(error), "it can be worked out")


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
    unread = False
    for path in sorted((unit.folder / "attempts").glob("*.toml")):
        attempt = read(path, unit)
        if isinstance(attempt, Problem):
            yield attempt
            unread = True
            continue
        verdict = mark(unit, model | attempt.answers, open_session, SEED)
        yield from _judged(unit, attempt, verdict)
        for result in verdict.results:
            if result.question in attempt.answers:
                counted = other if result.outcome == PASSED else wrong
                counted[result.question] = counted.get(result.question, 0) + 1
    for question in unit.questions if not unread else ():
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
        table = sources.table(path)
    except AuthorError as error:
        return from_error(path, error)
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
        if not isinstance(table.get(part, {}), dict):
            return problem(path, line_starting(path, part), part, table[part], f"a part of its own, under [{part}]")
        for id in table.get(part, {}):
            if id not in known:
                return problem(path, line_starting(path, id), f"{part}.{id}", id, f"questions: {', '.join(known)}")
    return Attempt(path, table["outcome"], table.get("findings", {}), table.get("answers", {}))


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
