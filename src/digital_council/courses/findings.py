"""What a judge says of an answer: frozen records, the same in the portal, the notebook and the ledger."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from digital_council.errors import CouncilError, LearnerError

Outcome = Literal["passed", "not-yet", "could-not-check"]
FindingKind = Literal["kind", "shape", "missing", "value", "misconception", "error", "praise"]
Method = Literal["judged", "manual", "self-reported"]
PASSED: Outcome = "passed"
NOT_YET: Outcome = "not-yet"
COULD_NOT_CHECK: Outcome = "could-not-check"


@dataclass(frozen=True)
class Finding:
    """One thing to tell the learner; the title is a sentence a colleague could read aloud."""

    question: str
    outcome: Outcome
    id: str
    title: str
    detail: str = ""
    kind: FindingKind = "value"

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Finding:
        return cls(**record)


@dataclass(frozen=True)
class QuestionResult:
    """The judgement of one question: findings come in the order they should be read."""

    question: str
    outcome: Outcome
    points: float
    max: float
    findings: tuple[Finding, ...] = ()
    method: Method = "judged"

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"findings": [each.to_json() for each in self.findings]}

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> QuestionResult:
        return cls(**record | {"findings": tuple(Finding.from_json(each) for each in record["findings"])})


@dataclass(frozen=True)
class Verdict:
    """The judgement of a whole attempt."""

    outcome: Outcome
    score: float
    max: float
    results: tuple[QuestionResult, ...]
    grader_version: str

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(finding for result in self.results for finding in result.findings)

    def result(self, question: str) -> QuestionResult:
        """The result of one question; raises KeyError."""
        for result in self.results:
            if result.question == question:
                return result
        raise KeyError(question)

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"results": [each.to_json() for each in self.results]}

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Verdict:
        return cls(**record | {"results": tuple(QuestionResult.from_json(each) for each in record["results"])})


class Unusable(LearnerError):
    """An answer that cannot be read as the kind the question asks for."""

    def __init__(self, title: str, detail: str = "", id: str = "kind-of-answer") -> None:
        super().__init__(title)
        self.title, self.detail, self.id = title, detail, id

    def finding(self, question: str) -> Finding:
        return Finding(question, NOT_YET, self.id, self.title, self.detail, "kind")


class LearnerRaised(LearnerError):
    """The learner's own code stopped with an error."""

    def __init__(self, type_name: str, message: str = "", line: int | None = None) -> None:
        super().__init__(f"{type_name}: {message}")
        self.type_name, self.message, self.line = type_name, message, line

    def finding(self, question: str) -> Finding:
        where = f" on line {self.line}" if self.line else ""
        detail = f"{self.type_name}: {self.message}"[:300] if self.message else self.type_name
        return Finding(question, NOT_YET, "code-stopped", f"Your code stopped with an error{where}.", detail, "error")


class CouldNotCheck(CouncilError):
    """The product's own fault: no verdict is given and no attempt is spent."""


def could_not_check(question: str, reason: str = "") -> Finding:
    """The finding for our own failure; the reason is for the operator and holds no answer."""
    title = "We could not check this answer. It is our fault, and it has not cost you an attempt."
    return Finding(question, COULD_NOT_CHECK, "could-not-check", title, reason[:200], "error")
