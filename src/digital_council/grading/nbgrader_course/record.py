"""The author's record of an assignment, as nbgrader's gradebook keeps it: every cell as it was released."""

from collections.abc import Mapping
from dataclasses import dataclass, field

NO_POINTS = 0.0


@dataclass(frozen=True)
class Hidden:
    """How this course marks hidden tests."""

    begin: str = "BEGIN HIDDEN TESTS"
    end: str = "END HIDDEN TESTS"

    def split(self, source: str) -> tuple[str, list[str]]:
        """The text that may be shown, and the lines that may not; marks that do not close hide all that follows."""
        shown: list[str] = []
        secret: list[str] = []
        inside = False
        for line in source.splitlines(keepends=True):
            opens, closes = self.begin in line, self.end in line
            (secret if inside or opens or closes else shown).append(line)
            inside = (inside or opens) and not closes
        return "".join(shown), [s for s in map(str.strip, secret) if self.begin not in s and self.end not in s]


@dataclass(frozen=True)
class Cell:
    """One cell that the author has marked."""

    name: str
    cell_type: str
    locked: bool
    source: str
    checksum: str | None
    points: float | None = None  # of a graded cell or a task
    grade: bool = False
    solution: bool = False
    task: bool = False

    @property
    def test(self) -> bool:
        """Whether the machine marks it."""
        return self.grade and not self.solution and self.cell_type == "code"


@dataclass(frozen=True)
class Notebook:
    """One notebook of the assignment."""

    id: str
    name: str
    kernelspec: str | None
    cells: Mapping[str, Cell]  # in the author's order
    graded: Mapping[str, str] = field(default_factory=dict)  # cell: id, of what gets a score
    answered: Mapping[str, str] = field(default_factory=dict)  # cell: id, of what gets a comment


@dataclass(frozen=True)
class Assignment:
    """One assignment."""

    id: str
    name: str
    notebooks: Mapping[str, Notebook]

    @property
    def max(self) -> float:
        """The points of all its cells."""
        return sum(c.points or NO_POINTS for n in self.notebooks.values() for c in n.cells.values())
