"""Shapes of answer: each reads a raw value and finds the first difference from the expected one."""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from digital_council.courses.findings import FindingKind, Unusable
from digital_council.courses.questions import plain


@dataclass(frozen=True)
class Difference:
    """How an answer differs; `expected` and `got` are shown only where nothing hidden is given away."""

    kind: FindingKind
    id: str
    title: str
    got: str = ""
    expected: str = ""
    share: float = 0.0


class Shape(Protocol):
    """Reads answers of one shape. `parse` raises Unusable; `compare` takes two parsed values."""

    def parse(self, raw: Any) -> Any: ...

    def compare(self, got: Any, expected: Any) -> Difference | None: ...


def near(got: float, expected: float, tolerance: float, relative: float) -> bool:
    """True within the larger of an absolute and a relative tolerance."""
    return abs(got - expected) <= max(tolerance, relative * abs(expected), 1e-9)


@dataclass(frozen=True)
class NumberShape:
    """One number."""

    unit: str = ""
    tolerance: float = 0.0
    relative: float = 1e-6

    def parse(self, raw: Any) -> float:
        return plain.number(raw, self.unit)

    def compare(self, got: float, expected: float) -> Difference | None:
        if near(got, expected, self.tolerance, self.relative):
            return None
        title = "The number is not right yet."
        if got and near(-got, expected, self.tolerance, self.relative):
            title = "The size is right but the sign is the wrong way round."
        elif near(got, expected, 10 * self.tolerance, max(10 * self.relative, 0.01)):
            title = "The number is close, but not close enough: check the rounding."
        return Difference("value", "wrong-value", title, plain.shown(got), plain.shown(expected))


@dataclass(frozen=True)
class DateShape:
    """One date, in either British or ISO style."""

    def parse(self, raw: Any) -> date:
        return plain.day(raw)

    def compare(self, got: date, expected: date) -> Difference | None:
        if got == expected:
            return None
        days = abs((got - expected).days)
        title = "The date is one day out." if days == 1 else "The date is not right yet."
        return Difference("value", "wrong-value", title, f"{got:%-d %B %Y}", f"{expected:%-d %B %Y}")


@dataclass(frozen=True)
class TextShape:
    """Words; case and spacing do not matter. Patterns are tried on the folded text, whole."""

    patterns: tuple[str | re.Pattern[str], ...] = ()
    longest: int = plain.LONGEST

    def parse(self, raw: Any) -> str:
        found = plain.text(raw)
        if len(found) > self.longest:
            raise Unusable(f"The answer is longer than {self.longest} characters.", "Please shorten it.")
        return found

    def compare(self, got: str, expected: str) -> Difference | None:
        body = plain.folded(got)
        for accepted in (*self.patterns, expected):
            if isinstance(accepted, re.Pattern):
                if accepted.fullmatch(body):
                    return None
            elif plain.folded(str(accepted)) == body:
                return None
        return Difference("value", "wrong-value", "That is not the answer yet.", plain.shown(got), str(expected))


@dataclass(frozen=True)
class TruthShape:
    """True or false, also typed as yes or no."""

    def parse(self, raw: Any) -> bool:
        value = plain.scalar(raw)
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and (word := plain.folded(value)) in ("true", "yes", "false", "no"):
            return word in ("true", "yes")
        raise Unusable("The answer should be True or False.", f"You gave {plain.kind_of(value)}.")

    def compare(self, got: bool, expected: bool) -> Difference | None:
        if got == expected:
            return None
        return Difference("value", "wrong-value", "It is the other way round.", str(got), str(expected))


@dataclass(frozen=True)
class SetShape:
    """Values in any order, each counted once."""

    def parse(self, raw: Any) -> dict[Any, Any]:
        return {plain.atom(each): each for each in plain.items(raw) if not plain.blank(each)}

    def compare(self, got: dict[Any, Any], expected: dict[Any, Any]) -> Difference | None:
        missing = [expected[key] for key in expected if key not in got]
        extra = [got[key] for key in got if key not in expected]
        if not missing and not extra:
            return None
        share = max(0.0, (len(expected) - len(missing) - len(extra)) / max(1, len(expected)))
        if missing and len(got) < len(expected):
            are = "is" if len(missing) == 1 else "are"
            title = f"{len(missing)} of the {len(expected)} values {are} missing."
            return Difference(
                "missing",
                "missing-values",
                title,
                plain.shown(list(got.values())),
                plain.shown(list(expected.values())),
                share,
            )
        title = f"This does not belong in the answer: {plain.shown(extra[0])}."
        return Difference(
            "value", "wrong-value", title, plain.shown(list(got.values())), plain.shown(list(expected.values())), share
        )


@dataclass(frozen=True)
class ListShape:
    """Values in order."""

    tolerance: float = 0.0
    relative: float = 1e-6

    def parse(self, raw: Any) -> list[Any]:
        return plain.items(raw)

    def compare(self, got: list[Any], expected: list[Any]) -> Difference | None:
        if len(got) != len(expected):
            title = f"The answer should hold {len(expected)} values and yours holds {len(got)}."
            return Difference("shape", "number-of-values", title)
        wrong = [
            place
            for place, (mine, theirs) in enumerate(zip(got, expected, strict=True))
            if not same(mine, theirs, self.tolerance, self.relative)
        ]
        if not wrong:
            return None
        first = wrong[0]
        same_values = Counter(map(plain.atom, got)) == Counter(map(plain.atom, expected))
        title = f"Value {first + 1} is not right yet."
        title = "The values are right but their order is not." if same_values else title
        return Difference(
            "value",
            "wrong-value",
            title,
            plain.shown(got[first]),
            plain.shown(expected[first]),
            1 - len(wrong) / len(expected),
        )


@dataclass(frozen=True)
class MappingShape:
    """Values by name: a dictionary, a series, pairs or a table of two columns."""

    tolerance: float = 0.0
    relative: float = 1e-6

    def parse(self, raw: Any) -> dict[Any, tuple[Any, Any]]:
        return {plain.atom(key): (key, value) for key, value in _pairs(raw)}

    def compare(self, got: dict[Any, Any], expected: dict[Any, Any]) -> Difference | None:
        wrong = [
            key
            for key in expected
            if key not in got or not same(got[key][1], expected[key][1], self.tolerance, self.relative)
        ]
        extra = [got[key][0] for key in got if key not in expected]
        share = max(0.0, 1 - (len(wrong) + len(extra)) / max(1, len(expected)))
        absent = [expected[key][0] for key in wrong if key not in got]
        if absent:
            are = "is" if len(absent) == 1 else "are"
            title = f"{len(absent)} of the {len(expected)} entries {are} missing."
            return Difference("missing", "missing-values", title, "", plain.shown(absent), share)
        if wrong:
            name = plain.shown(expected[wrong[0]][0])
            return Difference(
                "value",
                "wrong-value",
                f"The value for {name} is not right yet.",
                plain.shown(got[wrong[0]][1]),
                plain.shown(expected[wrong[0]][1]),
                share,
            )
        if extra:
            return Difference(
                "value", "extra-values", f"There should be no entry for {plain.shown(extra[0])}.", share=share
            )
        return None


def _pairs(raw: Any) -> list[tuple[Any, Any]]:
    if isinstance(raw, dict):
        found = list(raw.items())
    elif plain.family(raw) == "pandas" and hasattr(raw, "columns") and raw.shape[1] == 2:
        found = list(zip(raw.iloc[:, 0].tolist(), raw.iloc[:, 1].tolist(), strict=True))
    elif plain.family(raw) == "pandas" and hasattr(raw, "columns"):
        if raw.shape[1] != 1:
            raise Unusable("The answer should give one value for each name.", f"Your table has {raw.shape[1]} columns.")
        found = list(zip(raw.index.tolist(), raw.iloc[:, 0].tolist(), strict=True))
    elif plain.family(raw) == "pandas" and hasattr(raw, "iloc"):
        found = list(zip(raw.index.tolist(), raw.tolist(), strict=True))
    elif isinstance(raw, (list, tuple)) and all(isinstance(each, (list, tuple)) and len(each) == 2 for each in raw):
        found = [(key, value) for key, value in raw]
    else:
        raise Unusable("The answer should give a value for each name.", f"You gave {plain.kind_of(raw)}.")
    if len(found) > plain.MOST:
        raise Unusable(f"The answer holds more than {plain.MOST:,} entries.")
    return found


def same(got: Any, expected: Any, tolerance: float, relative: float, unit: str = "") -> bool:
    """True when two cells are equal as a reader would say, numbers within tolerance, with or without their unit."""
    mine, theirs = plain.atom(got), plain.atom(expected)
    if theirs[0] == "number" and mine[0] == "text":
        found = _number(got, unit)
        return found is not None and near(found, theirs[1], tolerance, relative)
    if mine[0] == theirs[0] == "number":
        return near(mine[1], theirs[1], tolerance, relative)
    return mine == theirs


def _number(got: Any, unit: str) -> float | None:
    for each in ("", unit):
        with contextlib.suppress(Unusable):
            return plain.number(got, each)
    return None


def is_number(got: Any, unit: str = "") -> bool:
    """True for what can be read as a number, with or without a unit."""
    return _number(got, unit) is not None
