"""What became of one submission, in a form that crosses from process to process and into JSON."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Outcome = Literal["graded", "skipped", "refused", "failed"]


@dataclass
class Report:
    """One submission's outcome; `differences` are cells marked otherwise than nbgrader, on purpose."""

    student: str
    assignment: str
    outcome: Outcome = "graded"
    score: float | None = None
    max: float | None = None
    late_penalty: float = 0.0
    needs_manual_grade: bool = False
    reason: str = ""
    cells: dict[str, dict[str, str]] = field(default_factory=dict)  # notebook: cell: judged or self-reported
    differences: dict[str, list[str]] = field(default_factory=dict)
    repairs: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """The report as plain data."""
        return asdict(self)

    def differ(self, what: str, cell: str) -> None:
        """Note that a cell is marked otherwise than nbgrader would."""
        if cell not in self.differences.setdefault(what, []):
            self.differences[what].append(cell)


@dataclass
class Marked:
    """One submission as a worker has marked it; the gradebook's one writer records it."""

    report: Report
    folder: str = ""  # where the graded copy waits to be put in its place
    place: str = ""
    timestamp: Any = None
    scores: dict[str, dict[str, float | None]] = field(default_factory=dict)  # notebook: graded cell: score
    comments: dict[str, dict[str, str | None]] = field(default_factory=dict)  # notebook: answer cell: comment
    missing: list[str] = field(default_factory=list)  # notebooks that were not handed in
