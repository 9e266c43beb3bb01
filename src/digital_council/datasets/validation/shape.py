"""Shape: rows made as wide as the header where they are short, kept whole where they are long, and what was odd."""

from __future__ import annotations

from digital_council.datasets.validation.report import Finding, UnreadableError

MOST_COLUMNS = 300
NAMED = 20
"""Rows named in one finding."""
SAID = {
    "blank": ("blank-rows", "blank", "", "leave them out", True),
    "short": ("short-rows", "", "with fewer cells than the header", "give every row all its cells", False),
    "long": ("long-rows", "", "with more cells than the header", "put quotation marks round a cell that holds a comma; "
             "a repaired copy keeps what is over in columns of its own", False),
    "misquoted": ("misquoted", "", "with a quotation mark out of place",
                  'a cell that has one stands in quotation marks, and its own is written ""', False),
    "header": ("header-rows", "", "repeating the header", "leave them out", True),
    "total": ("total-rows", "", "of totals", "leave them out", True),
}  # fmt: skip
"""Of each kind of row: its code, the words before and after `rows`, how to mend it, and whether a repair is safe."""


class Shape:
    """Fits rows one by one, and remembers which were not of the header's width."""

    def __init__(self, width: int) -> None:
        self.width = self.widest = width
        self._rows: dict[str, list[int]] = {}
        self._counts: dict[str, int] = {}

    def fit(self, number: int, record: list[str]) -> list[str] | None:
        """The row's cells, at least as many as the header's; None for a blank row."""
        if not any(cell.strip() for cell in record):
            self.note("blank", number)
            return None
        if len(record) < self.width:
            self.note("short", number)
            return record + [""] * (self.width - len(record))
        over = next((place for place in range(len(record), self.width, -1) if record[place - 1].strip()), self.width)
        if over > self.width:
            self.note("long", number)
            self.widest = max(self.widest, over)
            ensure_narrow(over, number)
        return record[:over]

    def misquoted(self, number: int) -> None:
        self.note("misquoted", number)

    def note(self, kind: str, number: int) -> None:
        self._counts[kind] = self._counts.get(kind, 0) + 1
        if len(named := self._rows.setdefault(kind, [])) < NAMED:
            named.append(number)

    def findings(self) -> list[Finding]:
        return [of_rows(kind, self._counts[kind], self._rows[kind]) for kind in SAID if kind in self._rows]


def of_rows(kind: str, count: int, rows: list[int]) -> Finding:
    """The finding that so many rows are of a kind, naming the first of them."""
    code, before, after, mend, safe = SAID[kind]
    what = " ".join(word for word in (f"{count:,}", before, "row" if count == 1 else "rows", after) if word)
    named = f" (rows {', '.join(str(row) for row in rows[:NAMED])})" if count > 1 else ""
    return Finding(code, what + named, mend, row=rows[0], safe=safe, count=count)


def ensure_narrow(width: int, row: int | None = None) -> None:
    """Raises UnreadableError for a table wider than is read."""
    if width > MOST_COLUMNS:
        raise UnreadableError(
            Finding("too-wide", f"has {width:,} columns; at most {MOST_COLUMNS} are read",
                    "publish one table in one file, and leave out empty columns", row=row)
        )  # fmt: skip
