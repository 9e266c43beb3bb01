"""Tables as answers: read from any common form, compared by key, row order ignored unless asked for."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from digital_council.courses.findings import Unusable
from digital_council.courses.questions import plain
from digital_council.courses.questions.shapes import Difference, is_number, same

Rows = list[dict[str, Any]]


def folded(name: Any) -> str:
    """A column's name as compared: case, spaces, hyphens and underscores do not matter."""
    return plain.folded(str(name)).replace("_", " ").replace("-", " ")


@dataclass(frozen=True)
class TableShape:
    """Rows of named columns. `keys` name the columns that say which row is which; a label may stand for its column."""

    columns: tuple[str, ...]
    keys: tuple[str, ...] = ()
    tolerance: float = 0.0
    relative: float = 1e-6
    ordered: bool = False
    tolerances: dict[str, float] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)

    def parse(self, raw: Any) -> Rows:
        rows = read(raw, self.columns, self.keys, self.labels)
        if len(rows) > plain.MOST:
            raise Unusable(f"The table has more than {plain.MOST:,} rows.", "That is more than the question needs.")
        return rows

    def compare(self, got: Rows, expected: Rows) -> Difference | None:
        if absent := self._absent(got):
            return absent
        if self.keys and not self.ordered:
            return self._by_key(got, expected)
        return self._by_place(got, expected)

    def _absent(self, got: Rows) -> Difference | None:
        absent = [name for name in self.columns if got and name not in got[0]]
        if not absent:
            return None
        title = f"The table has no column called {absent[0]}."
        return Difference("missing", "missing-columns", title, plain.shown(list(got[0])), plain.shown([*self.columns]))

    def _wrong(self, mine: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
        return [name for name in self.columns if not self._same(name, mine[name], theirs[name])]

    def _same(self, name: str, mine: Any, theirs: Any) -> bool:
        tolerance = self.tolerances.get(name, self.tolerance)
        return same(mine, theirs, tolerance, self.relative, self.labels.get(name, ""))

    def _by_key(self, got: Rows, expected: Rows) -> Difference | None:
        mine: dict[Any, dict[str, Any]] = {}
        for row in got:
            if (key := self._key(row)) in mine:
                return Difference("shape", "repeated-rows", f"The table has more than one row for {self._label(row)}.")
            mine[key] = row
        theirs = {self._key(row): row for row in expected}
        absent = [key for key in theirs if key not in mine]
        extra = [key for key in mine if key not in theirs]
        wrong = [(key, names) for key in theirs if key in mine and (names := self._wrong(mine[key], theirs[key]))]
        share = max(0.0, 1 - (len(absent) + len(extra) + len(wrong)) / max(1, len(theirs)))
        if absent:
            title = f"{len(absent)} of the {len(theirs)} rows {'is' if len(absent) == 1 else 'are'} missing."
            return Difference(
                "missing",
                "missing-rows",
                title,
                f"{len(got)} row{'' if len(got) == 1 else 's'}",
                f"a row for {self._label(theirs[absent[0]])}",
                share,
            )
        if extra:
            title = f"There should be no row for {self._label(mine[extra[0]])}."
            return Difference("shape", "extra-rows", title, share=share)
        if not wrong:
            return None
        key, names = wrong[0]
        return self._told(names[0], f"for {self._label(theirs[key])}", mine[key], theirs[key], share)

    def lacking(self, got: Rows, expected: Rows) -> Difference | None:
        """A column that is not there, or a cell with no number where every row of its column should have one."""
        if absent := self._absent(got):
            return absent
        theirs = {self._key(row) for row in expected}
        numbers = [name for name in self.columns if all(plain.atom(row[name])[0] == "number" for row in expected)]
        for row in got:
            for name in numbers:
                where = f"for {self._label(row)}"
                if self.keys and self._key(row) in theirs and (found := self._unfit(name, where, row[name])):
                    return found
        return None

    def _unfit(self, column: str, where: str, got: Any, number: bool = True, share: float = 0.0) -> Difference | None:
        """A cell that is empty, or no number where one is expected."""
        cell = f"“{self.labels.get(column) or column}” {where}"
        if plain.blank(got):
            return Difference("missing", "missing-values", f"{cell} is still empty.", share=share)
        if number and not is_number(got, self.labels.get(column, "")):
            title = f"{cell} should be a number, with a point before the decimals."
            return Difference("kind", "kind-of-answer", title, plain.shown(got), share=share)
        return None

    def _told(self, column: str, where: str, mine: dict[str, Any], theirs: dict[str, Any], share: float) -> Difference:
        """What is wrong with one cell: it is not fit to be one, or it is another value."""
        got, expected = mine[column], theirs[column]
        if unfit := self._unfit(column, where, got, plain.atom(expected)[0] == "number", share):
            return unfit
        title = f"“{self.labels.get(column) or column}” {where} is not right yet."
        return Difference("value", "wrong-value", title, plain.shown(got), plain.shown(expected), share)

    def _by_place(self, got: Rows, expected: Rows) -> Difference | None:
        if len(got) != len(expected):
            return Difference(
                "shape", "number-of-rows", f"The table should have {len(expected):,} rows and yours has {len(got):,}."
            )
        if not self.ordered:
            got, expected = sorted(got, key=self._order), sorted(expected, key=self._order)
        wrong = [
            (place, names)
            for place, (mine, theirs) in enumerate(zip(got, expected, strict=True))
            if (names := self._wrong(mine, theirs))
        ]
        if not wrong:
            return None
        place, names = wrong[0]
        where = f"in row {place + 1}" if self.ordered else "in at least one row"
        return self._told(names[0], where, got[place], expected[place], 1 - len(wrong) / len(expected))

    def _key(self, row: dict[str, Any]) -> tuple[Any, ...]:
        return tuple(plain.atom(row[name]) for name in self.keys)

    def _label(self, row: dict[str, Any]) -> str:
        return ", ".join(plain.shown(row[name], 40) for name in self.keys)

    def _order(self, row: dict[str, Any]) -> tuple[Any, ...]:
        atoms = [plain.atom(row[name]) for name in self.columns]
        # numbers sort last, so that a rounding difference cannot pair the wrong rows
        return tuple(
            sorted(
                (
                    (kind == "number", place, kind, value if kind == "number" else str(value))
                    for place, (kind, value) in enumerate(atoms)
                ),
                key=lambda each: each[:2],
            )
        )


def read(
    raw: Any, columns: tuple[str, ...], keys: tuple[str, ...] = (), labels: Mapping[str, str] | None = None
) -> Rows:
    """The rows of a table in any common form, under the names asked for; raises Unusable."""
    known = {folded(label): name for name, label in (labels or {}).items()} | {folded(name): name for name in columns}
    names, rows = _grid(raw, columns, keys, known)
    if len({folded(name) for name in names}) != len(names):
        raise Unusable("Two columns of the table have the same name.", "Give each column its own name.")
    places = _places(names, columns, keys, known)
    if rows and not places:
        raise Unusable(
            f"The table should have the columns {', '.join(columns)}.",
            f"Yours has {plain.shown([str(name) for name in names])}.",
            "missing-columns",
        )
    return [{name: row[place] for name, place in places.items()} for row in rows]


def _places(
    names: list[Any], columns: tuple[str, ...], keys: tuple[str, ...], known: Mapping[str, str]
) -> dict[str, int]:
    """Where each column asked for stands: by its own name, its label, or for a single key one much like it."""
    found = {known[folded(name)]: place for place, name in enumerate(names) if folded(name) in known}
    found |= {name: place for place, name in enumerate(names) if name in columns}
    if not found and len(names) == len(columns) and all(str(name).isdigit() for name in names):
        return {name: place for place, name in enumerate(columns)}
    absent = [name for name in keys if name not in found]
    spare = [place for place, name in enumerate(names) if place not in found.values()]
    if found and len(absent) == 1:
        like = [place for place in spare if _alike(names[place], absent[0])]
        found |= {absent[0]: like[0]} if len(like) == 1 else {}
    absent = [name for name in columns if name not in found]
    spare = [place for place in range(len(names)) if place not in found.values()]
    if found and len(absent) == len(spare) == 1 and absent[0] not in keys:
        found[absent[0]] = spare[0]  # one column of values, and one place for it: its name does not matter
    return {name: found[name] for name in columns if name in found}


def _alike(name: Any, wanted: str) -> bool:
    """True where one of two names holds every word of the other: ward and ward_name."""
    mine, theirs = set(folded(name).split()), set(folded(wanted).split())
    return bool(mine and theirs) and (mine <= theirs or theirs <= mine)


def _grid(
    raw: Any, columns: tuple[str, ...], keys: tuple[str, ...], known: Mapping[str, str]
) -> tuple[list[Any], list[list[Any]]]:
    if isinstance(raw, str):
        return _from_csv(raw, columns)
    if plain.family(raw) == "pandas" and hasattr(raw, "iloc"):
        return _from_pandas(raw, columns, keys, known)
    if isinstance(raw, dict):
        return _from_dict(raw, columns, known)
    if plain.family(raw) == "numpy" and getattr(raw, "ndim", 0) == 2:
        raw = raw.tolist()
    if isinstance(raw, (list, tuple)) and all(isinstance(row, dict) for row in raw):
        names = list(dict.fromkeys(name for row in raw for name in row))
        return names, [[row.get(name) for name in names] for row in raw]
    if isinstance(raw, (list, tuple)) and all(isinstance(row, (list, tuple)) for row in raw):
        if all(len(row) == len(columns) for row in raw):
            return list(columns), [list(row) for row in raw]
        raise Unusable(f"Each row should have {len(columns)} values: {', '.join(columns)}.")
    raise Unusable("The answer should be a table.", f"You gave {plain.kind_of(raw)}.")


def _from_csv(raw: str, columns: tuple[str, ...]) -> tuple[list[Any], list[list[Any]]]:
    if len(raw) > 5_000_000:
        raise Unusable("The table is too long to read.", "Five million characters are allowed.")
    first = raw.lstrip("\ufeff").partition("\n")[0]
    delimiter = "\t" if "\t" in first else max(",;|", key=first.count)  # a heading may hold commas, and no tab
    try:
        rows = [row for row in csv.reader(io.StringIO(raw.lstrip("\ufeff").strip()), delimiter=delimiter) if row]
    except csv.Error as error:
        raise Unusable("The table could not be read as CSV text.", str(error)) from None
    if not rows:
        raise Unusable("The table is empty.")
    width = len(rows[0])
    if width == len(columns) and any(plain.atom(cell)[0] == "number" for cell in rows[0]):
        rows = [list(columns), *rows]  # no line of names: the columns are in the order asked for
    return [name.strip() for name in rows[0]], [(row + [""] * width)[:width] for row in rows[1:]]


def _from_pandas(
    raw: Any, columns: tuple[str, ...], keys: tuple[str, ...], known: Mapping[str, str]
) -> tuple[list[Any], list[list[Any]]]:
    if hasattr(raw, "columns") and _lies_across(raw, known):
        raw = raw.T
    if not hasattr(raw, "columns"):
        values = [name for name in columns if name not in keys] or list(columns)
        raw = raw.rename(raw.name if raw.name is not None else values[0]).to_frame()
        if len(values) == 1:
            raw.columns = [values[0]]
    flat = [" ".join(map(str, name)).strip() if isinstance(name, tuple) else name for name in raw.columns]
    names, data = list(flat), [raw.iloc[:, place].tolist() for place in range(raw.shape[1])]
    there = {known.get(folded(name)) for name in names}
    absent = [name for name in columns if name not in there and not (name in keys and _one_like(names, name))]
    levels = [list(raw.index.get_level_values(level)) for level in range(raw.index.nlevels)]
    labels = [name if name is not None else "" for name in raw.index.names]
    counted = type(raw.index).__name__ == "RangeIndex"
    named = any(folded(label) in map(folded, absent) for label in labels)
    lost = [name for name in absent if name in keys]
    if len(lost) == len(levels) and not counted and not named:
        labels = lost  # an index of labels under another name stands for the keys
    for label, level in zip(labels, levels, strict=True):
        if folded(label) in map(folded, absent):
            names.append(label)
            data.append(level)
    return names, [list(row) for row in zip(*data, strict=True)]


def _lies_across(raw: Any, known: Mapping[str, str]) -> bool:
    """True for a table on its side: the columns asked for are its rows."""
    rows = [folded(each) in known for each in raw.index]
    return bool(rows) and all(rows) and not any(folded(each) in known for each in raw.columns)


def _one_like(names: list[Any], wanted: str) -> bool:
    return sum(_alike(name, wanted) for name in names) == 1


def _from_dict(
    raw: dict[Any, Any], columns: tuple[str, ...], known: Mapping[str, str]
) -> tuple[list[Any], list[list[Any]]]:
    values = list(raw.values())
    if values and all(isinstance(value, dict) for value in values):
        inner = list(dict.fromkeys(name for value in values for name in value))
        if inner and all(folded(key) in known for key in raw) and not any(folded(each) in known for each in inner):
            raw = {each: {key: value.get(each) for key, value in raw.items()} for each in inner}  # as to_dict() gives
            inner = list(raw[inner[0]])
        rest = [name for name in columns if folded(name) not in {folded(each) for each in inner}]
        label = rest[0] if len(rest) == 1 else "name"
        return [label, *inner], [[key, *(value.get(name) for name in inner)] for key, value in raw.items()]
    if values and all(not isinstance(value, str) and hasattr(value, "__len__") for value in values):
        lists = [plain.items(value) for value in values]
        if not any(folded(key) in known for key in raw) and all(len(each) == len(columns) - 1 for each in lists):
            return list(columns), [[key, *each] for key, each in zip(raw, lists, strict=True)]
        if len({len(each) for each in lists}) != 1:
            raise Unusable("The columns of the table have different lengths.")
        return list(raw), [list(row) for row in zip(*lists, strict=True)]
    if len(columns) == 2:
        return list(columns), [[key, value] for key, value in raw.items()]
    raise Unusable(f"The answer should be a table with the columns {', '.join(columns)}.", "You gave a dictionary.")
