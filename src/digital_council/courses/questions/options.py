"""Options: a choice, or several, named by id or in its own words."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from digital_council.courses.findings import Unusable
from digital_council.courses.questions import plain
from digital_council.courses.questions.shapes import Difference

LEAD = re.compile(r"(?:(?:and|the|rows?|columns?|options?|choices?|answers?)\b[ :.]*)+")
BETWEEN = re.compile(r"\s*(?:[&+/|]|\band\b)\s*", re.IGNORECASE)
LINES = re.compile(r"[;\n]")
WHOLE = re.compile(r"(\d+)\.0+")
LONGEST, MOST = 10_000, 5_000  # characters of one answer, and parts of one: more is read in no reasonable time


def listed(options: Mapping[str, str]) -> list[dict[str, str]]:
    """Options as the page wants them."""
    return [{"id": key, "label": label} for key, label in options.items()]


def lines(options: Mapping[str, str]) -> list[str]:
    """Options as notes in a notebook's cell."""
    return [f'  "{key}"' + (f"  {label}" if label != key else "") for key, label in options.items()]


def name(text: str) -> str:
    """A choice as compared: like other words, and "net amount" is net_amount."""
    return re.sub("[_-]", " ", plain.folded(text)).strip()


def option(raw: Any, options: Mapping[str, str]) -> str:
    """The id of an option given by id, by label or by one side of a label's colon; raises Unusable."""
    value = plain.scalar(raw)
    if isinstance(value, bool) or not isinstance(value, (str, int, float, Decimal)):
        raise Unusable("The answer should be one of the choices.", f"You gave {plain.kind_of(value)}.")
    near: list[str] = []
    for wanted in _meant(name(_short(value) if isinstance(value, str) else plain.shown(value))):
        for key, label in options.items():
            if wanted in _names(key, label):
                return key
        sides = _sides(wanted)
        near = near or [key for key, label in options.items() if sides <= _parts(key, label)]
    if len(near) == 1:
        return near[0]
    shown = plain.shown(value)
    wrong = f"{shown} could mean several choices" if near else f"There is no choice called {shown}"
    raise Unusable(f"{wrong}.", f"Choose from: {', '.join(near or options)}.")


def _short(text: str) -> str:
    if len(text) > LONGEST:
        raise Unusable("The answer is too long to be one of the choices.")
    return text


def few(items: list[Any]) -> list[Any]:
    """Parts of an answer, if they are as many as an answer may have; raises Unusable."""
    if len(items) > MOST:
        raise Unusable(f"The answer has {len(items):,} parts.", f"At most {MOST:,} are read.", "too-many")
    return items


@functools.lru_cache(maxsize=1024)
def _names(key: str, label: str) -> frozenset[str]:
    return frozenset((name(key), name(label)))


@functools.lru_cache(maxsize=1024)
def _parts(key: str, label: str) -> frozenset[str]:
    return frozenset(_sides(label) | _called(key))


def several(raw: str, options: Mapping[str, str]) -> list[str]:
    """The options that a text names, with signs, spaces or "and" between them; raises Unusable."""
    try:
        return [option(raw, options)]
    except Unusable:
        parts = few([part for part in BETWEEN.split(_short(raw).strip()) if part])
        if parts and parts != [raw.strip()]:
            return [found for part in parts for found in several(part, options)]
        return _words(raw, options)


def _words(raw: str, options: Mapping[str, str]) -> list[str]:
    """The options named by single words; where one of them is none, the whole is no option."""
    try:
        return [option(word, options) for word in raw.split()] or [option(raw, options)]
    except Unusable:
        return [option(raw, options)]


def _meant(wanted: str) -> Iterator[str]:
    """What may have been meant: as it stands, without the marks about it, without the words before it."""
    yield wanted
    yield (bare := wanted.strip("()[]`*•: "))  # "b)" and "(b)" are b, unless a label ends so
    if led := LEAD.match(bare):
        yield bare[led.end() :]
    if whole := WHOLE.fullmatch(bare):
        yield whole[1]


def _called(key: str) -> set[str]:
    """An option's id as people name it: row_12 is also 12."""
    return {name(key), *re.findall(r"^[a-z]+_0*(\d+)$", key)}


def _sides(label: str) -> set[str]:
    """What stands on either side of a label's colon: "A phish: report it" is also "phish" and "report it"."""
    return {re.sub(r"^(?:an?|the) (?=\w)", "", name(part)) for part in label.split(": ")}


def is_option(raw: Any, options: Mapping[str, str]) -> bool:
    """Whether a value names one option, and only one."""
    try:
        return bool(option(raw, options))
    except Unusable:
        return False


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
        items = few([each for each in self._items(raw) if not plain.blank(each)])
        chosen = frozenset(found for each in items for found in self._options(each))
        if not chosen:
            raise Unusable("Nothing is chosen yet.", id="no-answer")
        return chosen

    def _items(self, raw: Any) -> list[Any]:
        if isinstance(raw, str):
            return self._written(raw)
        if isinstance(raw, Mapping) and (filled := self._filled(raw)):
            return filled
        return plain.items(_ticked(self._column(raw)))

    def _written(self, raw: str) -> list[Any]:
        """The options in a text. A label may have a comma in it: then lines, semicolons or whole labels part them."""
        lines = [line.strip(" -*•,") for line in LINES.split(raw) if line.strip(" -*•,")]
        if lines and all(is_option(line, self.options) for line in lines):
            return lines
        parts, found, start = re.split(r",\s+", raw.strip()), [], 0
        longest = 1 + max(label.count(",") for label in self.options.values())
        while start < len(parts):
            ends = range(min(start + longest, len(parts)), start, -1)
            if not (end := next((each for each in ends if self._is_one(parts[start:each])), 0)):
                return plain.items(raw)
            found.append(", ".join(parts[start:end]))
            start = end
        return found

    def _is_one(self, parts: list[str]) -> bool:
        return is_option(", ".join(parts), self.options)

    def _filled(self, raw: Mapping[Any, Any]) -> list[str]:
        """The options in a dictionary of what each belongs to: `{"place": "place_southall"}`, or just "southall"."""
        found = []
        for part, given in raw.items():
            for each in given if isinstance(given, (list, tuple, set, frozenset)) else [given]:
                names = (each, f"{part} {each}", f"{part}: {each}") if isinstance(each, str) else ()
                found.append(next((one for one in names if is_option(one, self.options)), ""))
        return found if all(found) else []

    def _options(self, each: Any) -> list[str]:
        return several(each, self.options) if isinstance(each, str) else [option(each, self.options)]

    def _column(self, raw: Any) -> Any:
        """Of a table with several columns the one whose every value is an option: rows filtered, not yet one column.

        Where no column is, the index may be."""
        if plain.family(raw) != "pandas" or not hasattr(raw, "columns") or raw.shape[1] < 2:
            return raw
        columns = [raw.iloc[:, place].tolist() for place in range(raw.shape[1])]
        fitting = [each for each in columns if self._fits(each)]
        if not fitting and self._fits(index := raw.index.tolist()):
            return index
        return fitting[0] if len(fitting) == 1 else raw

    def _fits(self, values: list[Any]) -> bool:
        known = {name(key) for key in self.options}
        return bool(values) and {name(plain.shown(value)) for value in values} <= known

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
        title = f"Not quite: there {'is' if (missing or extra) == 1 else 'are'} {' and '.join(filter(None, parts))}."
        return Difference("value", "wrong-choices", title, expected=", ".join(sorted(expected)), share=share)


def _ticked(raw: Any) -> Any:
    """Of options with true or false beside them, those with true."""
    is_series = plain.family(raw) == "pandas" and hasattr(raw, "to_dict") and not hasattr(raw, "columns")
    pairs = raw.to_dict() if is_series else raw
    if isinstance(pairs, dict) and pairs and all(isinstance(each, bool) for each in pairs.values()):
        return [key for key, chosen in pairs.items() if chosen]
    return raw
