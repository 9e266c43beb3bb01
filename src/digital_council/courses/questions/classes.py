"""Classes: what somebody sorted, as a class for each item, in any form that says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from digital_council.courses.findings import Unusable
from digital_council.courses.questions import plain
from digital_council.courses.questions.options import few, is_option, name, option
from digital_council.courses.questions.shapes import Difference


def _holds_many(value: Any) -> bool:
    return isinstance(value, (list, tuple, set, frozenset)) or (bool(plain.family(value)) and hasattr(value, "tolist"))


def _row(each: Any) -> Any:
    return list(each.values()) if isinstance(each, dict) else each


@dataclass(frozen=True)
class Classes:
    """A class for each item."""

    items: Mapping[str, str]
    classes: Mapping[str, str]
    costs: Mapping[tuple[str, str], float]

    def parse(self, raw: Any) -> dict[str, str]:
        given = few([(item, chosen) for item, chosen in self._given(raw) if not plain.blank(chosen)])
        if not given:
            raise Unusable("No item has a class yet.", id="no-answer")
        if all(is_option(chosen, self.items) and not is_option(item, self.items) for item, chosen in given):
            given = [(item, chosen) for chosen, item in given]  # pairs with the class first
        found, unknown = {}, []
        for key, value in given:
            try:
                found[option(key, self.items)] = option(value, self.classes)
            except Unusable as error:
                unknown.append(error)
        if unknown and len(found) < len(self.items):
            raise unknown[0]  # whoever has classed every item, and others besides, has answered
        return found

    def _given(self, raw: Any) -> list[tuple[Any, Any]]:
        """Items with their classes, from a dictionary either way round, a series, pairs or a table."""
        if plain.family(raw) == "pandas" and hasattr(raw, "columns"):
            return self._of_table(raw)
        if plain.family(raw) == "pandas" and hasattr(raw, "to_dict"):
            return list(raw.to_dict().items())
        rows = [_row(each) for each in raw] if isinstance(raw, list) else raw
        if isinstance(rows, (list, tuple)) and all(isinstance(each, (list, tuple)) and len(each) == 2 for each in rows):
            return [(key, value) for key, value in rows]
        if not isinstance(raw, dict):
            raise Unusable("The answer should give a class for each item.", f"You gave {plain.kind_of(raw)}.")
        if raw and self._are_classes(list(raw)) and all(_holds_many(each) for each in raw.values()):
            return [(item, chosen) for chosen, held in raw.items() for item in plain.items(held)]
        return list(raw.items())

    def _of_table(self, raw: Any) -> list[tuple[Any, Any]]:
        """Of a table the column with the items, which may be its index, and the one with the classes."""
        columns = [raw.iloc[:, place].tolist() for place in range(raw.shape[1])]
        chosen = [place for place, values in enumerate(columns) if self._are_classes(values)]
        if len(chosen) > 1:
            names = " and ".join(str(raw.columns[place]) for place in chosen[:2])
            raise Unusable("Two columns of the table give a class for each item.", f"They are {names}. Keep one.")
        if not chosen and raw.shape[1] not in (1, 2):
            title = "The answer should give a class for each item."
            raise Unusable(title, f"No column of the table holds only these: {', '.join(self.classes)}.")
        place = chosen[0] if chosen else raw.shape[1] - 1
        others = [raw.index.tolist(), *columns[:place], *columns[place + 1 :]]
        keys = next(filter(self._has_items, others), columns[0] if raw.shape[1] == 2 else others[0])
        return list(zip(keys, columns[place], strict=True))

    def _are_classes(self, values: Sequence[Any]) -> bool:
        """Whether every value names a class."""
        filled = {each if isinstance(each, str) else None for each in values if not plain.blank(each)}
        return bool(filled) and all(is_option(each, self.classes) for each in filled)

    def _has_items(self, values: Sequence[Any]) -> bool:
        """Whether any value names an item."""
        known = {name(each) for pair in self.items.items() for each in pair}
        return any(name(plain.shown(each, plain.LONGEST)) in known for each in values)

    def cost(self, got: str | None, expected: str) -> float:
        """What one item costs: nothing when right, one unless the author says otherwise."""
        return 0.0 if got == expected else float(self.costs.get((expected, got or ""), 1.0))

    def compare(self, got: dict[str, str], expected: dict[str, str]) -> Difference | None:
        wrong = [item for item in expected if got.get(item) != expected[item]]
        if not wrong:
            return None
        share = max(0.0, 1 - sum(self.cost(got.get(item), expected[item]) for item in wrong) / len(expected))
        if lacks := self.lacking(got, share):
            return lacks
        title = f"{len(expected) - len(wrong)} of {len(expected)} are right. Look again at: {self.items[wrong[0]]}"
        return Difference(
            "value", "wrong-class", title, self.classes[got[wrong[0]]], self.classes[expected[wrong[0]]], share
        )

    def lacking(self, got: dict[str, str], share: float = 0.0) -> Difference | None:
        """How many items have no class; None when each has one."""
        absent = sum(item not in got for item in self.items)
        have = "has" if absent == 1 else "have"
        title = f"{absent} of the {len(self.items)} items {have} no class yet."
        return Difference("missing", "missing-items", title, share=share) if absent else None
