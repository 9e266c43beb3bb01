"""Questions answered by entering: a number, a date, words, a table."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property
from typing import Any, ClassVar

from digital_council.courses.findings import Unusable
from digital_council.courses.questions import plain
from digital_council.courses.questions.base import Question
from digital_council.courses.questions.shapes import DateShape, Difference, NumberShape, Shape, TextShape
from digital_council.courses.questions.tables import TableShape


@dataclass(eq=False)
class Number(Question):
    """A number, with a unit. It is right within the larger of `tolerance` and `relative` (0.01 is one per cent)."""

    _: KW_ONLY
    unit: str = ""
    tolerance: float = 0.0
    relative: float = 1e-6
    kind: ClassVar[str] = "number"

    @cached_property
    def shape(self) -> Shape:
        return NumberShape(self.unit, self.tolerance, self.relative)

    def form(self) -> dict[str, Any]:
        return super().form() | {"unit": self.unit}

    def allowed(self) -> list[str]:
        return [f"Type a number{f', in {self.unit}' if self.unit else ''}, without quotation marks."]


@dataclass(eq=False)
class Date(Question):
    """A date, in British (31/03/2026) or ISO style (2026-03-31)."""

    kind: ClassVar[str] = "date"

    @cached_property
    def shape(self) -> Shape:
        return DateShape()

    def allowed(self) -> list[str]:
        return ['Type a date in quotation marks, such as "2026-03-31" or "31/03/2026".']


@dataclass(eq=False)
class Text(Question):
    """Words. `accept`: other right answers, as text or as re.compile(…) tried on the whole answer in lower case.

    With `manual` a person marks it: nothing is judged, and the attempt awaits its mark.
    """

    _: KW_ONLY
    accept: Sequence[str | re.Pattern[str]] = ()
    longest: int = 2000
    manual: bool = False
    kind: ClassVar[str] = "text"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.answer is None and (words := [each for each in self.accept if isinstance(each, str)]):
            self.answer = words[0]

    @cached_property
    def shape(self) -> Shape:
        return TextShape(tuple(self.accept), self.longest)

    def allowed(self) -> list[str]:
        return ["Type your words between quotation marks."]


@dataclass(eq=False)
class Table(Question):
    """A table. `columns`: {"ward": "what it means"} or a list of names; `keys` say which row is which.

    `tolerance` is for every number, `tolerances` for single columns; `ordered` makes the order of rows matter.
    `rows` are given to the learner, by their keys: ["Perivale", "Walpole"], or dictionaries where there are several
    keys. Only the other columns are then to be filled in. With `others` further rows, from code, are not looked at.
    """

    _: KW_ONLY
    columns: Mapping[str, str] | Sequence[str] = ()
    keys: Sequence[str] = ()
    tolerance: float = 0.0
    relative: float = 1e-6
    tolerances: dict[str, float] = field(default_factory=dict)
    ordered: bool = False
    rows: Sequence[str | Mapping[str, str]] = ()
    others: bool = False
    kind: ClassVar[str] = "table"
    gives_partial: ClassVar[bool] = True

    @cached_property
    def shape(self) -> TableShape:
        return TableShape(
            tuple(self.columns),
            tuple(self.keys),
            self.tolerance,
            self.relative,
            self.ordered,
            self.tolerances,
            self.columns if isinstance(self.columns, Mapping) else {},
        )

    def lacking(self, value: Any) -> Difference | None:
        return self.shape.lacking(value, self.expected[0]) if self.expected else None

    @property
    def given_rows(self) -> list[dict[str, str]]:
        """What each given row already says, by column."""
        return [dict(row) if isinstance(row, Mapping) else {self.keys[0]: row} for row in self.rows]

    @property
    def blank(self) -> Any:
        """What the learner starts from: the given rows with nothing in their other columns."""
        return [{name: row.get(name) for name in self.columns} for row in self.given_rows] or None

    def parse(self, raw: Any) -> Any:
        """The rows; those given and left as they were are no answer."""
        rows = super().parse(raw)
        if not self.rows:
            return rows
        if self.others:
            rows = self._wanted(rows)
        asked = [name for name in self.columns if name not in self.keys]
        if rows and not any(name in rows[0] for name in asked):
            return rows  # without the columns asked for it is no untouched form, and the comparison names them
        filled = [row for row in rows if not all(plain.blank(row.get(name)) for name in asked)]
        if not filled:
            raise Unusable("There is no answer here yet.", id="no-answer")
        return filled

    def _wanted(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The rows that are asked for; where there are rows and none of them is, that is told."""
        given = [{key: plain.atom(value) for key, value in each.items()} for each in self.given_rows]
        found = [row for row in rows if {key: plain.atom(row.get(key)) for key in self.keys} in given]
        if rows and not found:
            first = plain.shown(list(self.given_rows[0].values()))
            keys = ", ".join(self.keys)
            raise Unusable(f"The table has no row for {first}.", f"It needs the column {keys}.", "missing-rows")
        return found

    def form(self) -> dict[str, Any]:
        labels = self.columns if isinstance(self.columns, Mapping) else {name: name for name in self.columns}
        columns = [{"id": name, "label": label, "given": self._is_given(name)} for name, label in labels.items()]
        return super().form() | {"columns": columns, "rows": self.given_rows}

    def _is_given(self, column: str) -> bool:
        return bool(self.rows) and all(column in row for row in self.given_rows)

    def allowed(self) -> list[str]:
        if self.rows:
            return ["Put a number or words in place of each None."]
        return [f"A table with the columns {', '.join(self.columns)}: a list with a dictionary for each row."]
