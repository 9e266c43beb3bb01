"""The question cells of a learner's notebook, read and written from what the notebook itself says of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

from digital_council.courses import answers

Cell = MutableMapping[str, Any]
RUN = frozenset({"value", "function"})
CODE_ROUTE = "Or write code that ends by setting "


@dataclass(frozen=True)
class Asked:
    """A question as its cell describes it: enough to read and write an answer, nothing to judge one."""

    id: str
    kind: str
    name: str
    code: bool
    notes: tuple[str, ...]
    blank: str

    @property
    def runs_code(self) -> bool:
        return self.kind in RUN

    def allowed(self) -> list[str]:
        return list(self.notes)

    def read(self, cell: Cell) -> Any:
        """The answer in a cell, None where there is none; raises answers.NotAnAnswer."""
        return answers.read(self, cell["source"], self.blank)  # type: ignore[arg-type]

    def write(self, cell: Cell, value: Any) -> None:
        cell["source"] = self.blank if value is None else answers.written(self, value)  # type: ignore[arg-type]


def question_id(cell: Mapping[str, Any]) -> str | None:
    """Which question a cell answers, by its metadata or by its first line; None for any other cell."""
    if cell.get("cell_type") != "code":
        return None
    named = cell.get("metadata", {}).get("nbgrader", {}).get("grade_id")
    return str(named) if named else marked(cell["source"])


def marked(source: str) -> str | None:
    """The question named in a source's first line."""
    first = source.lstrip().partition("\n")[0].strip()
    return first.removeprefix(answers.MARKER).strip() if first.startswith(answers.MARKER) else None


def asked(cell: Mapping[str, Any], released: Mapping[str, Any]) -> Asked:
    """The question of a cell, with the cell as it was released, which has the notes and the blank."""
    about = {**cell["metadata"].get("council", {}), **released["metadata"].get("council", {})}
    id = str(question_id(cell))
    notes = _notes(released["source"])
    route = any(note.startswith(CODE_ROUTE) for note in notes)
    allowed = tuple(note for note in notes if not note.startswith(CODE_ROUTE))
    name = about.get("name") or _assigned(released["source"]) or id
    kind = str(about.get("kind", "value"))
    return Asked(id, kind, name, bool(about.get("code", route)), allowed, released["source"])


def _notes(source: str) -> list[str]:
    """The comments between a cell's marker and its first other line."""
    rows = source.split("\n")
    notes = []
    for row in rows[1:] if rows[0].startswith(answers.MARKER) else rows:
        if not row.startswith("#"):
            break
        notes.append(row.removeprefix("#").removeprefix(" "))
    return notes


def _assigned(source: str) -> str | None:
    """The name of a form question: its cell is comments and one assignment."""
    rows = [row for row in source.split("\n") if row.strip() and not row.startswith("#")]
    name = rows[0].partition(" = ")[0] if len(rows) == 1 else ""
    return name if name.isidentifier() else None


def by_question(cells: Iterable[Cell], released: Mapping[str, Cell] | None = None) -> dict[str, Cell]:
    """The cell of each question, in order. Of a cell copied by the learner the last that says something counts."""
    found: dict[str, Cell] = {}
    for cell in cells:
        name = question_id(cell)
        if name is None:
            continue
        untouched = bool(released and name in released and cell["source"] == released[name]["source"])
        if name not in found or not untouched:
            found[name] = cell
    return found


def parse(content: bytes | str) -> dict[str, Any]:
    """A notebook file as nbformat would read it, without nbformat, which is slow to import; raises ValueError."""
    notebook = json.loads(content)
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise ValueError("not a notebook")
    for cell in notebook["cells"]:
        if isinstance(cell.get("source"), list):
            cell["source"] = "".join(cell["source"])
    return notebook
