"""The question: what is asked, what may be answered, and how an answer is judged without running it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property
from typing import Any, ClassVar

from digital_council.courses.findings import (
    COULD_NOT_CHECK,
    NOT_YET,
    PASSED,
    CouldNotCheck,
    Finding,
    FindingKind,
    LearnerRaised,
    QuestionResult,
    Unusable,
    could_not_check,
)
from digital_council.courses.questions import plain
from digital_council.courses.questions.shapes import Difference, Shape

ROLES = ("predict", "diagnostic", "task", "confidence", "action", "retrieval")
MARKED_ROLES = ("diagnostic", "task", "retrieval")  # these must have an answer or a check
Call = Callable[[list[Any], dict[str, Any]], Any]


@dataclass(frozen=True)
class Misconception:
    """A usual mistake: `gives` is the answer it leads to (a value, or a function that computes it).

    For several choices a single option in `gives` means "this option was among those chosen".
    `when` is a test on the answer, for mistakes that lead to many answers. With `visible` it is
    recognised by the visible checks too. An answer that shows it earns none of the question's points, whatever else
    is right in it; `earns=0.5` lets such an answer earn what its right parts are worth, up to half.
    """

    id: str
    title: str
    explanation: str
    gives: Any = None
    when: Callable[[Any], Any] | None = None
    visible: bool = False
    earns: float = 0.0


@dataclass(frozen=True)
class Check:
    """One requirement on an answer; `test` returns True, or False, or a sentence saying what is wrong."""

    id: str
    title: str
    test: Callable[[Any], Any]
    visible: bool = False
    detail: str = ""
    kind: FindingKind = "value"


def check(
    id: str,
    title: str,
    test: Callable[[Any], Any],
    *,
    visible: bool = False,
    detail: str = "",
    kind: FindingKind = "value",
) -> Check:
    """A requirement: `title` is the sentence the learner reads when `test(answer)` is not True."""
    return Check(id, title, test, visible, detail, kind)


@dataclass(eq=False)
class Question:
    """What every kind of question has. `answer` is the right answer, or a function that computes it."""

    id: str
    prompt: str
    _: KW_ONLY
    role: str = "task"
    points: float = 0
    answer: Any = None
    also: Sequence[Any] = ()
    misconceptions: Sequence[Misconception] = ()
    checks: Sequence[Check] = ()
    hints: Sequence[str] = ()
    name: str = ""
    code: bool = False
    partial: bool | None = None
    reveal: bool | None = None
    praise: str = "That is right."
    days: tuple[int, ...] = field(default=())

    kind: ClassVar[str] = ""
    runs_code: ClassVar[bool] = False
    gives_partial: ClassVar[bool] = False
    manual = False  # whether a person marks it; such answers wait

    def __post_init__(self) -> None:
        self.name = self.name or self.id
        if self.role == "retrieval" and not self.days:
            self.days = (2, 9, 30)

    # What a kind of question says of itself

    @cached_property
    def shape(self) -> Shape:
        """The shape of a usable answer."""
        raise NotImplementedError

    def parse(self, raw: Any) -> Any:
        """The answer as a Python value; raises Unusable, whose `finding` says what was expected."""
        return self.shape.parse(raw)

    def form(self) -> dict[str, Any]:
        """What the page needs to ask the question: nothing hidden, the same keys for every kind."""
        return {
            "id": self.id,
            "kind": self.kind,
            "name": self.name,
            "prompt": self.prompt,
            "points": self.points,
            "role": self.role,
            "choices": [],
            "items": [],
            "classes": [],
            "columns": [],
            "rows": [],
            "unit": "",
            "code": self.code or self.runs_code,
            "hints": len(self.hints),
            "manual": self.manual,
        }

    @property
    def blank(self) -> Any:
        """The value that stands in the notebook's cell before there is an answer."""
        return None

    def allowed(self) -> list[str]:
        """Lines saying what may be typed, for the question's cell in the notebook."""
        return []

    # Judging

    @property
    def open(self) -> bool:
        """True when nothing is right or wrong: a prediction, a rating, a plan."""
        return self.answer is None and not self.checks

    @cached_property
    def expected(self) -> list[Any]:
        """The right answers, computed once, when first needed, by the judge alone."""
        return [self._authors(each) for each in (self.answer, *self.also) if each is not None]

    def _authors(self, answer: Any) -> Any:
        """An author's answer as a value; raises CouldNotCheck where it is not of the question's own kind."""
        try:
            return self.shape.parse(_resolved(answer))
        except Unusable as error:
            raise CouldNotCheck(f"the author's own answer is unusable: {error.title}") from None

    def judge(
        self,
        value: Any,
        answers: dict[str, Any] | None = None,
        seed: int = 0,
        call: Call | None = None,
        visible_only: bool = False,
    ) -> QuestionResult:
        """The result for one plain value; never raises, and never runs learner code."""
        try:
            if plain.crowded(value):
                raise Unusable(f"The answer holds more than {plain.MOST:,} values.", "No question needs so many.")
            if plain.blank(value):
                return self._result([self._finding("missing", "no-answer", "There is no answer here yet.")])
            return self._judge(value, seed, call, visible_only)
        except Unusable as error:
            return self._result([error.finding(self.id)])
        except LearnerRaised as error:
            return self._result([error.finding(self.id)])
        except CouldNotCheck as error:
            return self._failed(str(error))
        except (Exception, RecursionError) as error:
            return self._failed(type(error).__name__)

    def _judge(self, raw: Any, seed: int, call: Call | None, visible_only: bool) -> QuestionResult:
        value = self.parse(raw)
        only_visible = visible_only and self.points > 0
        if self.manual:
            return self._ready() if only_visible else self._waits()
        difference = self._difference(value) if self.expected else None
        failed = self._checked(value)
        if not failed and difference is None:
            return self._ready() if only_visible else self._passed()
        share = difference.share if difference else 0.0
        if shown := self._misconception(value, only_visible):
            return self._result([self._explained(shown)], min(share, shown.earns))
        told = [
            self._finding(each.kind, each.id, each.title, detail)
            for each, detail in failed
            if each.visible or not only_visible
        ]
        if lacks := self.lacking(value) if only_visible else difference:
            told.append(self._told(lacks))
        return self._result(told[:3], share) if told else self._ready()

    def _difference(self, value: Any) -> Difference | None:
        """None when the value is one of the right answers, else the difference from the nearest."""
        found = [self.shape.compare(value, each) for each in self.expected]
        return None if None in found else max((each for each in found if each), key=lambda each: each.share)

    def lacking(self, value: Any) -> Difference | None:
        """What is missing from an answer, or of another kind, be the rest right or wrong: quick checks may tell it."""
        return None

    def _misconception(self, value: Any, only_visible: bool) -> Misconception | None:
        listed = (each for each in self.misconceptions if each.visible or not only_visible)
        return next((each for each in listed if self._shows(each, value)), None)

    def _explained(self, shown: Misconception) -> Finding:
        return self._finding("misconception", shown.id, shown.title, shown.explanation)

    def _shows(self, misconception: Misconception, value: Any) -> bool:
        if misconception.when is not None and _true(misconception.when(value)):
            return True
        if misconception.gives is None:
            return False
        return self.shape.compare(value, self.given_by(misconception)) is None

    @cached_property
    def _given(self) -> dict[int, Any]:
        return {}

    def given_by(self, misconception: Misconception) -> Any:
        """The answer a misconception leads to, computed once: many open a dataset to find it."""
        known = id(misconception)
        if known not in self._given:
            self._given[known] = self._authors(misconception.gives)
        return self._given[known]

    def _checked(self, value: Any) -> list[tuple[Check, str]]:
        """The checks that the value fails, each with what to say."""
        failed = []
        for each in self.checks:
            said = each.test(value)
            if isinstance(said, str) or not _true(said):
                failed.append((each, said if isinstance(said, str) else each.detail))
        return failed

    # Results

    def _told(self, difference: Difference) -> Finding:
        reveal = self.points == 0 if self.reveal is None else self.reveal
        parts = [
            f"You gave {difference.got}." if difference.got else "",
            f"Expected {difference.expected}." if difference.expected and reveal else "",
        ]
        return self._finding(difference.kind, difference.id, difference.title, " ".join(filter(None, parts)))

    def _finding(self, kind: FindingKind, id: str, title: str, detail: str = "") -> Finding:
        return Finding(self.id, NOT_YET, id, title, detail, kind)

    def _result(self, findings: list[Finding], share: float = 0.0) -> QuestionResult:
        partial = self.gives_partial if self.partial is None else self.partial
        # an answer that is not yet right never earns the whole mark
        earned = round(self.points * min(share, 0.9), 2) if partial else 0.0
        return QuestionResult(self.id, NOT_YET, earned, self.points, tuple(findings))

    def _passed(self) -> QuestionResult:
        title = "Thank you, noted." if self.open and self.praise == "That is right." else self.praise
        praise = Finding(self.id, PASSED, "noted" if self.open else "praise", title, "", "praise")
        return QuestionResult(self.id, PASSED, self.points, self.points, (praise,))

    def _ready(self) -> QuestionResult:
        """Visible checks found nothing wrong; a marked question earns its points on submitting alone."""
        advice = "They do not tell whether your answer is right. Submit to find out."
        ready = Finding(self.id, PASSED, "ready", "The quick checks found nothing wrong.", advice, "praise")
        return QuestionResult(self.id, PASSED, 0.0, self.points, (ready,))

    def _waits(self) -> QuestionResult:
        title = "Handed in. A person will read and mark this answer."
        told = Finding(self.id, PASSED, "waits", title)  # nothing is wrong with it
        return QuestionResult(self.id, NOT_YET, 0.0, self.points, (told,), "manual")

    def _failed(self, reason: str) -> QuestionResult:
        return QuestionResult(self.id, COULD_NOT_CHECK, 0.0, self.points, (could_not_check(self.id, reason),))


def _resolved(value: Any) -> Any:
    return value() if callable(value) else value


def _true(said: Any) -> bool:
    """A test's yes or no; anything else is the author's mistake and raises TypeError."""
    if isinstance(said, bool):
        return said
    if type(said).__name__ in ("bool", "bool_") and plain.family(said) == "numpy":
        return bool(said)
    raise TypeError("a check returns True, False or a sentence")
