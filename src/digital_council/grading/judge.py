"""The judge: runs a lesson with the learner's answers in a sandbox, and marks what comes out of it, here outside.

Verdicts are made by `courses.marking` from plain values. What is added here is the conduct of the session: a cell
that ends it costs its own question alone, and what is our fault is told apart from what is the learner's.
"""

import logging
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from digital_council.courses import marking
from digital_council.courses.answers import code_of, stripped
from digital_council.courses.findings import (
    COULD_NOT_CHECK,
    CouldNotCheck,
    Finding,
    QuestionResult,
    Verdict,
    could_not_check,
)
from digital_council.courses.units import Unit

from .friendly import Explained, ended, explained
from .policy import Policy
from .records import clean
from .sandbox import Missing, OpenSession, Raised, Refused, Session, SessionEnded
from .values import Opaque, ValuesError

log = logging.getLogger(__name__)
GRADER_VERSION = "1"


def grade(
    unit: Unit,
    answers: Mapping[str, Any],
    *,
    seed: int,
    session_factory: OpenSession,
    visible_only: bool = False,
    policy: Policy | None = None,
) -> Verdict:
    """The verdict on answers by question; never raises, and never passes what could not be checked."""
    conduct = Conduct(unit, answers, session_factory, policy or Policy())
    try:
        verdict = marking.mark(unit, answers, conduct, seed, visible_only, GRADER_VERSION)
    except Exception as error:
        log.exception("unit %s/%s could not be judged", unit.course, unit.id)
        results = tuple(_unchecked(q.id, q.points, type(error).__name__) for q in unit.questions)
        verdict = Verdict(COULD_NOT_CHECK, 0.0, unit.max, results, GRADER_VERSION)
    finally:
        conduct.close()
    return _presentable(verdict)


def _unchecked(question: str, points: float, reason: str) -> QuestionResult:
    return QuestionResult(question, COULD_NOT_CHECK, 0.0, points, (could_not_check(question, reason),))


def _presentable(verdict: Verdict) -> Verdict:
    """The same verdict in text that every store and page can hold: findings may quote what a learner gave."""

    def tidy(finding: Finding) -> Finding:
        return replace(finding, title=clean(finding.title, 300), detail=clean(finding.detail, 1000))

    results = (replace(r, findings=tuple(map(tidy, r.findings))) for r in verdict.results)
    return replace(verdict, results=tuple(results))


class Conduct:
    """The session as `courses.marking` sees it: starts again without a cell that ended it, as often as is allowed."""

    def __init__(self, unit: Unit, answers: Mapping[str, Any], open_session: OpenSession, policy: Policy) -> None:
        self.open_session, self.policy = open_session, policy
        self.cells = {c: q.id for q in unit.questions if (c := code_of(q, answers.get(q.id))) is not None}
        self.session: Session | None = None
        self.kept: list[str] = []
        self.starts = 0
        self.learner_ran = False
        self.ends = time.monotonic() + policy.limits.seconds_total

    def run(self, code: str) -> marking.Ran:
        """Run one cell of the lesson; raises LearnerRaised or CouldNotCheck."""
        session = self._session()
        here = self.cells.get(code)
        self.learner_ran = self.learner_ran or here is not None
        try:
            ran = session.run(code, here or "lesson", quiet=True)
        except SessionEnded as end:
            raise self._ended(end) from end
        self.kept.append(code)
        return marking.Ran(ran.outputs, None if ran.error is None else explained(ran.error, self._names(), here))

    def take(self, name: str) -> Any:
        """The plain value of a name."""
        try:
            value = self._session().take(name)
        except Missing:
            raise Explained(
                "no-such-name", f"Your cell does not set {name}.", f"Give your answer the name {name}."
            ) from None
        except Refused as refusal:
            raise _refused(refusal) from refusal
        except SessionEnded as end:
            raise self._ended(end) from end
        return _plain(value)

    def call(self, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """What the learner's function gives."""
        try:
            return _plain(self._session().call(name, args, kwargs))
        except Raised as raised:
            if raised.error.type_name == "KeyError" and raised.error.line is None and name in raised.error.message:
                raise Explained("no-such-name", f"Your cell does not define a function called {name}.") from raised
            raise explained(raised.error, self._names(), name) from raised
        except Refused as refusal:
            raise _refused(refusal) from refusal
        except ValuesError as error:
            raise CouldNotCheck(f"the inputs cannot cross: {error}") from error
        except SessionEnded as end:
            raise self._ended(end) from end

    def close(self) -> None:
        if self.session is not None:
            self.session.close()
            self.session = None

    def _names(self) -> dict[str, str]:
        return {"lesson": "the lesson's own code"} | {q: f"your answer to {q}" for q in self.cells.values()}

    def _ended(self, end: SessionEnded) -> Exception:
        """What the end of a session means: our fault until code of the learner's has run."""
        self.close()
        if end.reason == "broken" or not self.learner_ran:
            return CouldNotCheck(f"the sandbox ended: {end.reason}")
        return ended(end.reason)

    def _session(self) -> Session:
        while self.session is None:
            if self.starts > self.policy.session.restarts or time.monotonic() > self.ends:
                raise ended("time")
            self.starts += 1
            try:
                self.session = self.open_session()
                self.session.ends = self.ends
                self._replay(self.session)
            except SessionEnded as end:
                self.close()
                if end.reason == "broken":
                    raise CouldNotCheck("the sandbox did not start") from end
        return self.session

    def _replay(self, session: Session) -> None:
        """Run again what ran before; a cell that now ends the session is left out the next time."""
        for place, code in enumerate(self.kept):
            try:
                session.run(code, self.cells.get(code) or "lesson", quiet=True)
            except SessionEnded:
                del self.kept[place]
                raise


def _plain(value: Any) -> Any:
    if isinstance(value, Opaque):
        what = "a function" if value.callable else f"something Python calls {value.type_name}"
        raise Explained("kind-of-answer", "The answer should be a plain value.", f"Yours is {what}.")
    return value


def _refused(refusal: Refused) -> Explained:
    detail = clean(str(refusal) or "It could not be read.", 200)
    return Explained("too-large", "Your answer is too large or too strange to be checked.", detail)


def code_answers(unit: Unit, answers: Mapping[str, Any]) -> dict[str, str]:
    """The learner's code by question, without the notebook's marker lines."""
    found = {q.id: code_of(q, answers.get(q.id)) for q in unit.questions}
    return {question: stripped(code) for question, code in found.items() if code is not None}
