"""Questions answered by choosing: one choice, several choices, items into classes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property
from typing import Any, ClassVar

from digital_council.courses.findings import Unusable
from digital_council.courses.questions import plain
from digital_council.courses.questions.base import Misconception, Question
from digital_council.courses.questions.shapes import Difference, Shape


def listed(options: Mapping[str, str]) -> list[dict[str, str]]:
    """Options as the page wants them."""
    return [{"id": key, "label": label} for key, label in options.items()]


def _lines(options: Mapping[str, str]) -> list[str]:
    """Options as notes in a notebook's cell."""
    return [f'  "{key}"' + (f"  {label}" if label != key else "") for key, label in options.items()]


def _name(text: str) -> str:
    """A choice as compared: like other words, and "net amount" is net_amount."""
    return plain.folded(text).replace("_", " ")


def option(raw: Any, options: Mapping[str, str]) -> str:
    """The id of an option given by id or by label; raises Unusable."""
    value = plain.scalar(raw)
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise Unusable("The answer should be one of the choices.", f"You gave {plain.kind_of(value)}.")
    wanted = _name(value if isinstance(value, str) else plain.shown(value))
    for typed in (wanted, wanted.strip("()[]: ")):  # "b)" and "(b)" are b, unless a label ends so
        for key, label in options.items():
            if typed in (_name(key), _name(label)):
                return key
    heads = [key for key, label in options.items() if ":" in label and wanted == _name(label.partition(":")[0])]
    if len(heads) == 1:  # "the median" is "The median: the one in the middle"
        return heads[0]
    raise Unusable(f"There is no choice called {plain.shown(value)}.", f"Choose from: {', '.join(options)}.")


@dataclass(frozen=True)
class OneOf:
    """The id of one option."""

    options: Mapping[str, str]

    def parse(self, raw: Any) -> str:
        return option(raw, self.options)

    def compare(self, got: str, expected: str) -> Difference | None:
        if got == expected:
            return None
        return Difference(
            "value",
            "wrong-choice",
            "That is not the best answer.",
            f"“{self.options[got]}”",
            f"“{self.options[expected]}”",
        )


@dataclass(frozen=True)
class SomeOf:
    """The ids of any number of options: all the right ones, or some of them where `least` or `groups` say so."""

    options: Mapping[str, str]
    least: int = 0
    groups: tuple[frozenset[str], ...] = ()

    def parse(self, raw: Any) -> frozenset[str]:
        chosen = frozenset(found for each in plain.items(self._column(raw)) for found in self._options(each))
        if not chosen:
            raise Unusable("Nothing is chosen yet.", id="no-answer")
        return chosen

    def _column(self, raw: Any) -> Any:
        """Of a table with several columns the one whose every value is an option: rows filtered, not yet one column."""
        if plain.family(raw) != "pandas" or not hasattr(raw, "columns") or raw.shape[1] < 2:
            return raw
        columns = [raw.iloc[:, place].tolist() for place in range(raw.shape[1])]
        known = {_name(key) for key in self.options}
        fitting = [each for each in columns if each and {_name(plain.shown(value)) for value in each} <= known]
        return fitting[0] if len(fitting) == 1 else raw

    def _options(self, each: Any) -> list[str]:
        """The option that an item names, or the options where they were typed with spaces or "and" between them."""
        try:
            return [option(each, self.options)]
        except Unusable:
            parts = re.split(r"\s*&\s*|\s+(?:and\s+)?", each.strip()) if isinstance(each, str) else []
            if len(parts) < 2:
                raise
        return [option(part, self.options) for part in parts]

    def missing(self, got: frozenset[str], expected: frozenset[str]) -> tuple[int, int]:
        """How many more right options are wanted, and out of how many."""
        if self.groups:
            return sum(1 for group in self.groups if not group & got), len(self.groups)
        wanted = self.least or len(expected)
        return max(0, wanted - len(expected & got)), wanted

    def compare(self, got: frozenset[str], expected: frozenset[str]) -> Difference | None:
        missing, wanted = self.missing(got, expected)
        extra = len(got - expected)
        if not missing and not extra:
            return None
        share = max(0.0, (wanted - missing - extra) / max(1, wanted))
        parts = [f"{missing} more to choose" if missing else "", f"{extra} that should not be chosen" if extra else ""]
        title = f"Not quite: there {'is' if missing + extra == 1 else 'are'} {' and '.join(filter(None, parts))}."
        return Difference("value", "wrong-choices", title, expected=", ".join(sorted(expected)), share=share)


def _given(raw: Any) -> list[tuple[Any, Any]]:
    """Items with their classes, from a dictionary, a series, pairs, or a table of items and classes."""
    if plain.family(raw) == "pandas" and hasattr(raw, "columns") and raw.shape[1] in (1, 2):
        keys = raw.index if raw.shape[1] == 1 else raw.iloc[:, 0]
        return list(zip(keys.tolist(), raw.iloc[:, -1].tolist(), strict=True))
    if plain.family(raw) == "pandas" and hasattr(raw, "to_dict") and not hasattr(raw, "columns"):
        return list(raw.to_dict().items())
    rows = [list(each.values()) if isinstance(each, dict) else each for each in raw] if isinstance(raw, list) else raw
    if isinstance(rows, (list, tuple)) and all(isinstance(each, (list, tuple)) and len(each) == 2 for each in rows):
        return [(key, value) for key, value in rows]
    if not isinstance(raw, dict):
        raise Unusable("The answer should give a class for each item.", f"You gave {plain.kind_of(raw)}.")
    return list(raw.items())


def _is_option(raw: Any, options: Mapping[str, str]) -> bool:
    try:
        return bool(option(raw, options))
    except Unusable:
        return False


@dataclass(frozen=True)
class Classes:
    """A class for each item."""

    items: Mapping[str, str]
    classes: Mapping[str, str]
    costs: Mapping[tuple[str, str], float]

    def parse(self, raw: Any) -> dict[str, str]:
        given = [(item, chosen) for item, chosen in _given(raw) if not plain.blank(chosen)]
        if not given:
            raise Unusable("No item has a class yet.", id="no-answer")
        if all(_is_option(chosen, self.items) and not _is_option(item, self.items) for item, chosen in given):
            given = [(item, chosen) for chosen, item in given]  # a table with the classes in its first column
        found, unknown = {}, []
        for key, value in given:
            try:
                found[option(key, self.items)] = option(value, self.classes)
            except Unusable as error:
                unknown.append(error)
        if unknown and len(found) < len(self.items):
            raise unknown[0]  # whoever has classed every item, and others besides, has answered
        return found

    def cost(self, got: str | None, expected: str) -> float:
        """What one item costs: nothing when right, one unless the author says otherwise."""
        return 0.0 if got == expected else float(self.costs.get((expected, got or ""), 1.0))

    def compare(self, got: dict[str, str], expected: dict[str, str]) -> Difference | None:
        wrong = [item for item in expected if got.get(item) != expected[item]]
        if not wrong:
            return None
        share = max(0.0, 1 - sum(self.cost(got.get(item), expected[item]) for item in wrong) / len(expected))
        absent = [item for item in wrong if item not in got]
        if absent:
            have = "has" if len(absent) == 1 else "have"
            title = f"{len(absent)} of the {len(expected)} items {have} no class yet."
            return Difference("missing", "missing-items", title, share=share)
        title = f"{len(expected) - len(wrong)} of {len(expected)} are right. Look again at: {self.items[wrong[0]]}"
        return Difference(
            "value", "wrong-class", title, self.classes[got[wrong[0]]], self.classes[expected[wrong[0]]], share
        )


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
        return ["Put the letter of one choice in quotation marks.", *_lines(self.options)]


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
        return [f'{many} in a list: ["…", "…"].', *_lines(self.options)]


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
    def shape(self) -> Shape:
        return Classes(self.items, self.classes, self.costs)

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
            *_lines(self.items),
            "Classes:",
            *_lines(self.classes),
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
