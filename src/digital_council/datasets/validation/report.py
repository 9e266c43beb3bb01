"""What a check found: findings by row and column, each with how to mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

SHOWN = 20
"""Rows named for one kind of finding in one column; the count says how many there are in all."""


@dataclass(frozen=True)
class Finding:
    """Something to mend: where, what, how; `repaired` is what a safe repair makes of it."""

    code: str
    what: str
    mend: str
    column: str = ""
    row: int | None = None
    found: str | None = None
    repaired: str | None = None
    safe: bool = False
    count: int = 1
    """How many rows of the file it stands for."""

    def __str__(self) -> str:
        places = [f"row {self.row:,}"] if self.row else []
        places += [f"column {self.column}"] if self.column else []
        where = ", ".join(places) + ": " if places else ""
        value = f"{_short(self.found)} " if self.found else ""
        return f"{where}{value}{self.what}; {self.mend}"

    def to_json(self) -> dict[str, Any]:
        return {key: value for key, value in vars(self).items() if key != "count"}


class UnreadableError(Exception):
    """The file cannot be read as a table; carries the finding that says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(str(finding))
        self.finding = finding


@dataclass(frozen=True)
class Total:
    """How many findings of one kind there are in one column."""

    code: str
    column: str
    count: int
    what: str
    mend: str
    safe: bool


@dataclass
class Report:
    """Everything a check found in one file."""

    file: str
    standard: str
    rows: int = 0
    matched: dict[str, str] = field(default_factory=dict)
    """The standard's columns that were found, with the header each has in the file."""
    findings: list[Finding] = field(default_factory=list)
    totals: list[Total] = field(default_factory=list)
    finished: bool = False
    """Whether the rows could be read; a file that cannot be read has findings only of the file."""

    @property
    def count(self) -> int:
        return sum(total.count for total in self.totals)

    @property
    def by_hand(self) -> int:
        """Findings that no safe repair mends."""
        return sum(total.count for total in self.totals if not total.safe)

    def add(self, finding: Finding, *, count: int = 1, others: Iterable[Finding] = ()) -> None:
        """Adds findings of one kind in one column, of which `count` there are and some are shown."""
        self.findings += [finding, *others]
        self.totals.append(Total(finding.code, finding.column, count, finding.what, finding.mend, finding.safe))

    def to_json(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "standard": self.standard,
            "rows": self.rows,
            "finished": self.finished,
            "matched": self.matched,
            "count": self.count,
            "by_hand": self.by_hand,
            "totals": [vars(total) for total in self.totals],
            "findings": [finding.to_json() for finding in self.findings],
        }


def _short(value: str) -> str:
    shown = value if len(value) <= 60 else value[:57] + "..."
    return repr(shown)
