"""Questions answered in code: a value the learner computes, a function the learner writes."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Sequence
from dataclasses import KW_ONLY, dataclass
from datetime import date
from functools import cached_property
from typing import Any, ClassVar

from digital_council.courses.findings import CouldNotCheck, LearnerRaised, QuestionResult, Unusable
from digital_council.courses.questions import plain
from digital_council.courses.questions.base import Call, Misconception, Question, _resolved
from digital_council.courses.questions.shapes import (
    DateShape,
    Difference,
    ListShape,
    MappingShape,
    NumberShape,
    SetShape,
    Shape,
    TextShape,
    TruthShape,
)
from digital_council.courses.questions.tables import TableShape

MOST_CASES = 25
LIKE: tuple[tuple[type, str], ...] = (
    (bool, "truth"),
    (int, "number"),
    (float, "number"),
    (str, "text"),
    (date, "date"),
    (set, "set"),
    (frozenset, "set"),
    (dict, "mapping"),
)


def shape_named(like: str, question: Any, columns: Sequence[str] = ()) -> Shape:
    """The shape an author names: number, date, text, truth, set, list, mapping or table; raises ValueError."""
    tolerance, relative = question.tolerance, question.relative
    made: dict[str, Callable[[], Shape]] = {
        "number": lambda: NumberShape(question.unit, tolerance, relative),
        "date": DateShape,
        "text": TextShape,
        "truth": TruthShape,
        "set": SetShape,
        "list": lambda: ListShape(tolerance, relative),
        "mapping": lambda: MappingShape(tolerance, relative),
        "table": lambda: TableShape(tuple(columns), tuple(question.keys), tolerance, relative, question.ordered),
    }
    if like not in made:
        raise ValueError(f"like={like!r} is not one of {', '.join(made)}")
    return made[like]()


def like(expected: Any) -> str:
    """The name of the shape of a right answer."""
    value: Any = plain.scalar(expected) if plain.family(expected) == "numpy" else expected
    if plain.family(value) == "pandas" and hasattr(value, "index"):
        return "table" if hasattr(value, "columns") else "mapping"
    if isinstance(value, (list, tuple)):
        return "table" if value and isinstance(value[0], dict) else "list"
    for kind, name in LIKE:
        if isinstance(value, kind):
            return name
    return "list" if plain.family(value) else "text"


def columns_of(expected: Any) -> list[str]:
    """The columns a right answer has."""
    if hasattr(expected, "columns"):
        return [str(name) for name in expected.columns]
    first: Any = expected[0] if isinstance(expected, list) and expected else None
    return [str(name) for name in first] if isinstance(first, dict) else []


@dataclass(eq=False)
class Value(Question):
    """A value computed by the learner's code. `like` is found from the answer; name it when there is only a check."""

    _: KW_ONLY
    like: str = ""
    unit: str = ""
    tolerance: float = 0.0
    relative: float = 1e-6
    columns: Sequence[str] = ()
    keys: Sequence[str] = ()
    ordered: bool = False
    kind: ClassVar[str] = "value"
    runs_code: ClassVar[bool] = True

    @cached_property
    def _right(self) -> Any:
        return _resolved(self.answer)

    @cached_property
    def shape(self) -> Shape:
        return shape_named(self.like or like(self._right), self, self.columns or columns_of(self._right))

    def form(self) -> dict[str, Any]:
        return super().form() | {"unit": self.unit}


@dataclass(eq=False)
class Function(Question):
    """A function of the learner's, called with inputs they have not seen.

    `answer` is the author's own function. `examples` are lists of arguments the learner may see; `inputs(rng)`
    returns hidden ones from a seeded numpy generator. A misconception's `gives` is the function it leads to.
    """

    _: KW_ONLY
    examples: Sequence[Sequence[Any]] = ()
    inputs: Callable[[Any], Iterable[Sequence[Any]]] | None = None
    like: str = ""
    unit: str = ""
    tolerance: float = 0.0
    relative: float = 1e-6
    keys: Sequence[str] = ()
    columns: Sequence[str] = ()
    ordered: bool = False
    kind: ClassVar[str] = "function"
    runs_code: ClassVar[bool] = True

    def parse(self, raw: Any) -> Any:
        """The value is only a sign that the function exists: it is judged by calling it."""
        return raw

    def form(self) -> dict[str, Any]:
        return super().form() | {"unit": self.unit}

    def _judge(self, raw: Any, seed: int, call: Call | None, visible_only: bool) -> QuestionResult:
        if call is None or not callable(self.answer):
            raise CouldNotCheck("a function question needs the author's function and a way to call the learner's")
        visible = [list(arguments) for arguments in self.examples]
        hidden = [] if visible_only else self._hidden(seed)
        cases = [(arguments, True) for arguments in visible] + [(arguments, False) for arguments in hidden]
        if not cases:
            if visible_only:
                return self._ready()
            raise CouldNotCheck("the question has no inputs")
        outputs: list[Any] = []
        for arguments, is_visible in cases:
            outputs.append(self._output(call, arguments, is_visible))
        return self._compared(cases, outputs, visible_only)

    def _hidden(self, seed: int) -> list[list[Any]]:
        if self.inputs is None:
            return []
        import numpy

        made = self.inputs(numpy.random.default_rng(seed))
        return [list(arguments) for _, arguments in zip(range(MOST_CASES), made, strict=False)]

    def _output(self, call: Call, arguments: list[Any], is_visible: bool) -> Any:
        try:
            found = call(copy.deepcopy(arguments), {})
        except LearnerRaised as error:
            # the message of an error on hidden inputs may quote them
            raise (
                error if is_visible else LearnerRaised(error.type_name, "on an input you have not seen", error.line)
            ) from None
        if plain.crowded(found):
            raise Unusable(f"Your function gives more than {plain.MOST:,} values.", "No question needs so many.")
        return found

    def _compared(self, cases: list[tuple[list[Any], bool]], outputs: list[Any], visible_only: bool) -> QuestionResult:
        differences = [
            self._against(self.answer, arguments, output) for (arguments, _), output in zip(cases, outputs, strict=True)
        ]
        wrong = [(place, difference) for place, difference in enumerate(differences) if difference]
        if not wrong:
            return self._ready() if visible_only and self.points else self._passed()
        share = 1 - len(wrong) / len(cases)
        for each in self.misconceptions:
            if (each.visible or not visible_only) and self._explains(each, cases, outputs):
                return self._result([self._explained(each)], min(share, each.earns))
        place, difference = wrong[0]
        arguments, is_visible = cases[place]
        finding = self._seen(difference, arguments) if is_visible else self._unseen(difference)
        return self._result([finding], share)

    def _against(self, reference: Callable[..., Any], arguments: list[Any], output: Any) -> Difference | None:
        made = reference(*copy.deepcopy(arguments))
        shape = shape_named(self.like or like(made), self, self.columns or columns_of(made))
        try:
            expected = shape.parse(made)
        except Unusable as error:
            raise CouldNotCheck(f"the author's own function gives an unusable answer: {error.title}") from None
        try:
            got = shape.parse(output)
        except Unusable as error:
            return Difference(
                "kind", error.id, f"Your function gives the wrong kind of answer. {error.title}", plain.kind_of(output)
            )
        return shape.compare(got, expected)

    def _explains(self, each: Misconception, cases: list[tuple[list[Any], bool]], outputs: list[Any]) -> bool:
        if not callable(each.gives):
            return False
        return all(
            self._against(each.gives, arguments, output) is None
            for (arguments, _), output in zip(cases, outputs, strict=True)
        )

    def _seen(self, difference: Difference, arguments: list[Any]) -> Any:
        inputs = ", ".join(plain.shown(each, 60) for each in arguments)
        parts = [
            f"With {inputs}:" if inputs else "",
            f"it gave {difference.got};" if difference.got else "",
            f"expected {difference.expected}." if difference.expected else "",
        ]
        return self._finding(difference.kind, difference.id, difference.title, " ".join(filter(None, parts)))

    def _unseen(self, difference: Difference) -> Any:
        titles = {
            "kind": "Your function gives the wrong kind of answer for some inputs.",
            "shape": "For some inputs your function gives too many or too few values.",
            "missing": "For some inputs your function leaves something out.",
        }
        title = titles.get(difference.kind, "For some inputs your function gives a wrong value.")
        return self._finding(
            difference.kind,
            "hidden-inputs",
            title,
            "It works on other tables of the same form only if it fixes nothing in advance: "
            "look for a number, a name or a position written into your code.",
        )
