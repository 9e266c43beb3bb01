"""Running part of a lesson for the page: the cells as far as one of them, and what that one shows."""

from collections.abc import Mapping
from typing import Any

from digital_council.courses import Cell, Unit
from digital_council.errors import LearnerError

from .friendly import Explained, ended, explained
from .sandbox import OpenSession, SessionEnded


def run_cells(
    unit: Unit, cells: Mapping[str, str], upto: str | int, session_factory: OpenSession
) -> list[dict[str, Any]]:
    """The nbformat outputs of one cell (a question, or a cell by its place) after running those before it.

    A learner's error comes back as an error output in plain words; raises LearnerError for a cell that is not there.
    """
    last = _place(unit, upto)
    with session_factory() as session:
        outputs: list[dict[str, Any]] = []
        for place, cell in enumerate(unit.cells[: last + 1]):
            code = _code(cell, cells)
            if code is None:
                continue
            here = cell.question_id or "lesson"
            try:
                ran = session.run(code, here, quiet=place < last)
            except SessionEnded as end:
                return [_error(ended(end.reason), cell.question_id if place < last else None)]
            if place == last:
                error = [_error(explained(ran.error, here=here))] if ran.error else []
                outputs = ran.outputs + error
        return outputs


def _place(unit: Unit, upto: str | int) -> int:
    for place, cell in enumerate(unit.cells):
        if upto in (place, str(place)) or (cell.question_id is not None and cell.question_id == upto):
            return place
    raise LearnerError(f"unit {unit.id} has no cell {upto!r}; give a question's id or a cell's place")


def _code(cell: Cell, cells: Mapping[str, str]) -> str | None:
    if cell.kind == "question":
        return cells.get(cell.question_id or "")
    return cell.source if cell.kind == "code" else None


def _error(error: Explained, earlier: str | None = None) -> dict[str, Any]:
    title = f"In your answer to {earlier}: {error.title}" if earlier else error.title
    lines = [line for line in (title, error.detail) if line]
    return {"output_type": "error", "ename": error.type_name, "evalue": title, "traceback": lines}
