"""A problem of a lesson: where it is, what was found and what is allowed, in one line for its author."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from digital_council.errors import AuthorError


@dataclass(frozen=True)
class Problem:
    """One thing for the author to mend."""

    file: str
    line: int
    field: str
    found: str
    allowed: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.field}: found {self.found}; {self.allowed}"

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def problem(path: Path, line: int, field: str, found: object, allowed: str) -> Problem:
    """A problem, with the file named from where the author is, and a long value cut."""
    here = Path.cwd()
    name = str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
    text = str(found).replace("\n", " ")
    return Problem(name, line, field, text if len(text) <= 160 else text[:159] + "…", allowed)


def from_error(folder: Path, error: AuthorError) -> Problem:
    """An error that already names its file and line, as a problem."""
    text = str(error)
    path, _, rest = text.partition(": ")
    name, _, line = path.rpartition(":")
    if not line.isdigit():
        name, line = path, "1"
    found, _, allowed = rest.partition("; ")
    return problem(Path(name) if name else folder, int(line), "source", found or text, allowed or "see AUTHORING.md")
