"""Marking: run the lesson with the learner's answers in place, take each value as its cell has run, judge it."""

from __future__ import annotations

import ast
import contextlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol, cast

from digital_council.courses import answers as cell_answers
from digital_council.courses.findings import (
    COULD_NOT_CHECK,
    NOT_YET,
    PASSED,
    CouldNotCheck,
    Finding,
    LearnerRaised,
    QuestionResult,
    Verdict,
    could_not_check,
)
from digital_council.courses.questions import Question
from digital_council.courses.units import Unit

GRADER_VERSION = "1"


class Ran(NamedTuple):
    """What running a piece of code gave: outputs as nbformat dictionaries, and the error that stopped it, if any."""

    outputs: list[dict[str, Any]]
    error: LearnerRaised | None = None


class Session(Protocol):
    """A place where code runs. Every method may raise CouldNotCheck; a learner's error is LearnerRaised."""

    def run(self, code: str) -> Any:
        """Runs code and returns Ran (or anything with `.error`), or raises LearnerRaised."""

    def take(self, name: str) -> Any:
        """The plain value of a name; raises LearnerRaised when there is none or it cannot leave the session."""

    def call(self, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """What a function gives for arguments; raises LearnerRaised."""


OpenSession = Callable[[], Session]


def mark(
    unit: Unit,
    answers: Mapping[str, Any],
    session: Session | OpenSession | None,
    seed: int = 0,
    visible_only: bool = False,
    grader_version: str = GRADER_VERSION,
) -> Verdict:
    """The verdict on answers by question id. `session` may be a function that opens one, called only if needed.

    A session opened here is closed here. Never raises for anything a learner can do.
    """
    given = {id: value for id, value in answers.items() if value is not None and not _untouched(unit, id, value)}
    run = Run(unit, given, session, seed, visible_only)
    try:
        results = run.results()
    finally:
        run.close()
    return verdict(unit, results, grader_version, visible_only)


def _untouched(unit: Unit, id: str, value: Any) -> bool:
    """True for code that is the released cell itself: an answer not yet begun."""
    for question in unit.questions:
        if question.id == id and (code := cell_answers.code_of(question, value)) is not None:
            blank = cell_answers.blank_cell(question, unit.cell(id).source)
            return cell_answers.stripped(code) in ("", cell_answers.stripped(blank))
    return False


def names_set(source: str) -> set[str]:
    """The names that a piece of the lesson's own code may set."""
    nodes = list(ast.walk(ast.parse(source)))
    names = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    names |= {node.name for node in nodes if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    return names | {(node.asname or node.name).split(".")[0] for node in nodes if isinstance(node, ast.alias)}


def verdict(unit: Unit, results: list[QuestionResult], grader_version: str, visible_only: bool = False) -> Verdict:
    """The whole from its parts: could-not-check wins, then the pass mark decides."""
    marked = [each for each in results if each.max > 0]
    score, most = round(sum(each.points for each in marked), 4), sum(each.max for each in marked)
    if any(each.outcome == COULD_NOT_CHECK for each in (marked or results)):
        outcome = COULD_NOT_CHECK
    elif visible_only or not marked:
        outcome = PASSED if all(each.outcome == PASSED for each in results) else NOT_YET
    else:
        outcome = PASSED if score >= unit.pass_mark * most - 1e-9 else NOT_YET
    return Verdict(outcome, score, most, tuple(results), grader_version)


@dataclass
class Run:
    """One pass through a lesson."""

    unit: Unit
    answers: dict[str, Any]
    given: Session | OpenSession | None
    seed: int
    visible_only: bool
    opened: Session | None = None
    broken: str = ""
    learner_code_ran: bool = False
    done: dict[str, QuestionResult] = field(default_factory=dict)

    def results(self) -> list[QuestionResult]:
        """One result a question, in order."""
        last = self._last_code_cell()
        for place, cell in enumerate(self.unit.cells):
            if cell.question_id is None:
                if cell.kind == "code" and place < last and self._matters(place):
                    self._run_lesson_code(cell.source)
                continue
            question = self.unit.question(cell.question_id)
            self.done[question.id] = self._question(question, needed=place < last)
        return [self.done[each.id] for each in self.unit.questions if each.id in self.done]

    def _set(self, name: str, value: Any) -> None:
        """Later cells of the lesson may use a typed answer by its name, as they can in the notebook."""
        try:
            self._run(f"{name} = {value!r}")
        except LearnerRaised:
            return
        except Exception as error:
            self._break(error)

    def _break(self, error: Exception) -> None:
        """Code can be run no more, through no fault of the learner's."""
        self.broken = str(error) if isinstance(error, CouldNotCheck) else type(error).__name__
        self.broken = self.broken or "the session was lost"

    def _last_code_cell(self) -> int:
        places = [
            place
            for place, cell in enumerate(self.unit.cells)
            if cell.question_id and self._code(self.unit.question(cell.question_id)) is not None
        ]
        return max(places, default=-1)

    def _matters(self, place: int) -> bool:
        """False for a picture that nothing later refers to: drawing takes a third of the time of marking."""
        cell = self.unit.cells[place]
        if not cell.picture:
            return True
        later = [each.source for each in self.unit.cells[place + 1 :] if each.kind == "code"]
        later += [code for each in self.unit.questions if (code := self._code(each)) is not None]
        try:
            return bool(names_set(cell.source) & set(re.findall(r"\w+", "\n".join(later))))
        except SyntaxError:
            return True

    def _code(self, question: Question) -> str | None:
        return cell_answers.code_of(question, self.answers.get(question.id))

    def _question(self, question: Question, needed: bool) -> QuestionResult:
        code, value = self._code(question), self.answers.get(question.id)
        if code is None:
            if needed and value is not None and not self.broken:
                self._set(question.name, value)
            if value is not None and question.runs_code:
                finding = Finding(question.id, NOT_YET, "kind-of-answer", "The answer should be code.", "", "kind")
                return QuestionResult(question.id, NOT_YET, 0.0, question.points, (finding,))
            return self._judged(question, value)
        if self.broken:
            return self._not_checked(question)
        try:
            return self._coded(question, code)
        except LearnerRaised as error:
            return QuestionResult(question.id, NOT_YET, 0.0, question.points, (error.finding(question.id),))
        except Exception as error:
            self._break(error)
            return self._not_checked(question)

    def _coded(self, question: Question, code: str) -> QuestionResult:
        self.learner_code_ran = True
        self._run(code)
        if question.kind == "function":
            return self._judged(question, "function")
        return self._judged(question, self._session().take(question.name))

    def _judged(self, question: Question, value: Any) -> QuestionResult:
        def call(args: list[Any], kwargs: dict[str, Any]) -> Any:
            return self._session().call(question.name, args, kwargs)

        return question.judge(value, self.answers, self.seed, call, visible_only=self.visible_only)

    def _not_checked(self, question: Question) -> QuestionResult:
        return QuestionResult(
            question.id, COULD_NOT_CHECK, 0.0, question.points, (could_not_check(question.id, self.broken),)
        )

    def _run_lesson_code(self, source: str) -> None:
        if self.broken:
            return
        try:
            self._run(source)
        except LearnerRaised as error:
            # after learner code the lesson's own cells may stop through no fault of ours; the answer's cell decides
            if not self.learner_code_ran:
                self.broken = f"a cell of the lesson stopped with {error.type_name}"
        except Exception as error:
            self._break(error)

    def _run(self, source: str) -> None:
        ran = self._session().run(source)
        error = getattr(ran, "error", None)
        if isinstance(error, LearnerRaised):
            raise error
        if error is not None:
            raise LearnerRaised(
                str(getattr(error, "type_name", "Error")),
                str(getattr(error, "message", "")),
                getattr(error, "line", None),
            )

    def _session(self) -> Session:
        if self.opened is None:
            if self.given is None:
                raise CouldNotCheck("there is no place to run code in")
            ready = hasattr(self.given, "run") and not isinstance(self.given, type)
            self.opened = cast(Session, self.given) if ready else cast(OpenSession, self.given)()
        return self.opened

    def close(self) -> None:
        """Closes the session if it was opened here."""
        if self.opened is not None and self.opened is not self.given:
            with contextlib.suppress(Exception):
                getattr(self.opened, "close", lambda: None)()
