"""Questions answered by choosing: one choice, several choices, items into classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property
from typing import Any, ClassVar

from digital_council.courses.questions.base import Misconception, Question
from digital_council.courses.questions.classes import Classes
from digital_council.courses.questions.options import OneOf, SomeOf, lines, listed
from digital_council.courses.questions.shapes import Difference, Shape


@dataclass(eq=False)
class Choice(Question):
    """One choice out of several. `options`: {"a": "what the learner reads", …}; answer: "a"."""

    _: KW_ONLY
    options: Mapping[str, str] = field(default_factory=dict)
    kind: ClassVar[str] = "choice"

    @cached_property
    def shape(self) -> Shape:
        return OneOf(self.options)

    def form(self) -> dict[str, Any]:
        return super().form() | {"choices": listed(self.options)}

    def allowed(self) -> list[str]:
        sign = "number" if all(option.isdigit() for option in self.options) else "letter"
        return [f"Put the {sign} of one choice in quotation marks.", *lines(self.options)]


@dataclass(eq=False)
class Choices(Question):
    """Several choices. answer: ["a", "c"]: all of these and no other.

    Where some of the right ones are enough, `least=2` asks for any two of them, and `groups=[["a", "b"], ["c"]]`
    for at least one of each group (the answer is then everything in a group). A wrong one is never allowed.
    """

    _: KW_ONLY
    options: Mapping[str, str] = field(default_factory=dict)
    least: int = 0
    groups: Sequence[Sequence[str]] = ()
    kind: ClassVar[str] = "choices"
    gives_partial: ClassVar[bool] = True

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.answer is None and self.groups:
            self.answer = [option for group in self.groups for option in group]

    @cached_property
    def shape(self) -> Shape:
        return SomeOf(self.options, self.least, tuple(map(frozenset, self.groups)))

    def _shows(self, misconception: Misconception, value: Any) -> bool:
        if isinstance(misconception.gives, str):
            return misconception.gives in value
        return super()._shows(misconception, value)

    def form(self) -> dict[str, Any]:
        return super().form() | {"choices": listed(self.options)}

    def allowed(self) -> list[str]:
        many = f"Put at least {self.least} choices" if self.least else "Put every choice you want"
        return [f'{many} in a list: ["…", "…"].', *lines(self.options)]


@dataclass(eq=False)
class Classify(Question):
    """Items sorted into classes. answer: {"item": "class"}; `costs`: {("right class", "chosen class"): 2}.

    `enough` is the share that passes (1 means all); a costly mistake can cost more than one item.
    """

    _: KW_ONLY
    items: Mapping[str, str] = field(default_factory=dict)
    classes: Mapping[str, str] = field(default_factory=dict)
    costs: Mapping[tuple[str, str], float] = field(default_factory=dict)
    enough: float = 1.0
    kind: ClassVar[str] = "classify"
    gives_partial: ClassVar[bool] = True

    @cached_property
    def shape(self) -> Classes:
        return Classes(self.items, self.classes, self.costs)

    def lacking(self, value: Any) -> Difference | None:
        return self.shape.lacking(value)

    def _difference(self, value: Any) -> Difference | None:
        found = super()._difference(value)
        return None if found and found.kind != "missing" and found.share >= self.enough else found

    def _shows(self, misconception: Misconception, value: Any) -> bool:
        """A misconception about a few items shows when all of those are classed as it says."""
        if isinstance(misconception.gives, dict):
            return all(value.get(item) == chosen for item, chosen in misconception.gives.items())
        return super()._shows(misconception, value)

    def form(self) -> dict[str, Any]:
        return super().form() | {"items": listed(self.items), "classes": listed(self.classes)}

    def allowed(self) -> list[str]:
        return [
            'Give each item its class: {"item": "class", …}.',
            "Items:",
            *lines(self.items),
            "Classes:",
            *lines(self.classes),
        ]


LEVELS = {
    "1": "Not at all confident",
    "2": "A little confident",
    "3": "Fairly confident",
    "4": "Confident",
    "5": "Very confident",
}


def confidence(id: str, prompt: str) -> Choice:
    """A rating from 1 to 5, never marked; for before, after, and "looking back" ratings."""
    return Choice(id, prompt, role="confidence", options=LEVELS, praise="Thank you, noted.")
