"""Notebooks from lessons, and answers out of notebooks, however the notebook has been treated."""

from __future__ import annotations

from typing import Any

import nbformat
from nbformat import NotebookNode

from digital_council.courses import answers as cell_answers
from digital_council.courses.answers import MARKER, NotAnAnswer
from digital_council.courses.cells import Cell
from digital_council.courses.findings import NOT_YET, Finding
from digital_council.courses.questions import Question
from digital_council.courses.units import Unit

FIRST = "from digital_council import lesson"
SUBMIT = "# lesson.submit()"
"""Not run with all other cells: whoever runs a notebook from top to bottom has not handed it in."""
CHECKED_ROLES = ("predict", "diagnostic", "task")


class Answers(dict[str, Any]):
    """Answers by question id, with `findings` about cells that could not be read."""

    def __init__(self, *args: Any, findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(*args)
        self.findings = findings


def build(unit: Unit, solved: bool = False) -> NotebookNode:
    """The notebook of a unit: the learner's copy, or with the model answers in place."""
    cells = [_code("start", FIRST)]
    for place, cell in enumerate(unit.cells):
        cells += _built(unit, cell, place, solved)
    cells += [
        _prose(
            "submit-note",
            "## Hand in your answers\n\nPress *Submit* above this notebook to hand in the lesson. Where there is no "
            "such button, take out the `#` below and run the cell. You can hand in again if you change an answer.",
        ),
        _code("submit", SUBMIT),
    ]
    notebook = nbformat.v4.new_notebook(
        cells=cells,
        metadata={
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
            "council": {"course": unit.course, "unit": unit.id, "release": unit.release, "title": unit.title},
        },
    )
    nbformat.validate(notebook)
    return notebook


def _built(unit: Unit, cell: Cell, place: int, solved: bool) -> list[NotebookNode]:
    if cell.question_id is None:
        name = f"cell-{place + 1}"
        return [_prose(name, cell.source) if cell.kind == "markdown" else _code(name, cell.source, cell.metadata)]
    question = unit.question(cell.question_id)
    blank = cell_answers.blank_cell(question, cell.source)
    source = cell_answers.written(question, unit.model[question.id]) if solved else blank
    asked = f"**Question{_worth(question.points)}.** {question.prompt}"
    made = [_prose(f"{question.id}-prompt", asked), _question(question, source)]
    if question.role in CHECKED_ROLES:
        made.append(_code(f"{question.id}-check", f'lesson.check("{question.id}")'))
    return made


def _worth(points: float) -> str:
    """What a question is worth, in the words of the page."""
    return f" ({points:g} {'mark' if points == 1 else 'marks'})" if points else ""


def _question(question: Question, source: str) -> NotebookNode:
    cell = _code(question.id.replace("_", "-"), source)
    cell.metadata["nbgrader"] = {
        "grade_id": question.id,
        "grade": True,
        "solution": True,
        "locked": False,
        "task": False,
        "points": question.points,
        "schema_version": 3,
        "cell_type": "code",
    }
    cell.metadata["deletable"] = False
    # what a learner's own side needs to read and write the cell, where there are no course sources
    cell.metadata["council"] = {"kind": question.kind, "name": question.name, "code": question.code}
    return cell


def _prose(name: str, source: str) -> NotebookNode:
    return nbformat.v4.new_markdown_cell(source, id=_cell_id(name))


def _code(name: str, source: str, metadata: dict[str, Any] | None = None) -> NotebookNode:
    return nbformat.v4.new_code_cell(source, id=_cell_id(name), metadata=dict(metadata or {}))


def _cell_id(name: str) -> str:
    """A cell id that is the same in every build; the format allows 64 characters."""
    return name.replace("_", "-")[:64]


def answers(notebook: Any, unit: Unit) -> Answers:
    """The answers in a learner's notebook, by question id; never raises for what a learner can do to a notebook."""
    found, findings = Answers(), []
    sources = _sources(notebook)
    for question in unit.questions:
        held = [source for source, grade_id in sources if grade_id == question.id]
        held = held or [source for source, grade_id in sources if _marked(source) == question.id]
        try:
            value, finding = _answer(unit, question, held)
        except NotAnAnswer as error:
            value, finding = None, Finding(question.id, NOT_YET, "unreadable-cell", str(error), "", "kind")
        if value is not None:
            found[question.id] = value
        if finding:
            findings.append(finding)
    found.findings = tuple(findings)
    return found


def _answer(unit: Unit, question: Question, held: list[str]) -> tuple[Any, Finding | None]:
    if not held:
        title = "The cell of this question is missing from the notebook."
        detail = "Open the lesson again from its page to get the cell back; your other answers stay."
        return None, Finding(question.id, NOT_YET, "missing-cell", title, detail, "missing")
    blank = cell_answers.blank_cell(question, unit.cell(question.id).source)
    read: list[Any] = []
    unreadable: NotAnAnswer | None = None
    for source in held:
        try:
            read.append(cell_answers.read(question, source, blank))
        except NotAnAnswer as error:
            unreadable = error
    given = [value for value in read if value is not None]
    if not given and unreadable:
        raise unreadable
    if len(held) > 1 and len(given) > 1 and any(value != given[-1] for value in given):
        title = "The notebook has this question's cell more than once; the last one is used."
        return given[-1], Finding(question.id, NOT_YET, "repeated-cell", title, "", "shape")
    return (given[-1] if given else None), None


def _sources(notebook: Any) -> list[tuple[str, str]]:
    """The source and grade_id of every cell that could hold an answer, whatever else is in the file."""
    found = []
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    for cell in cells if isinstance(cells, list) else []:
        if not isinstance(cell, dict):
            continue
        source = cell.get("source", "")
        if isinstance(source, list):
            source = "".join(row for row in source if isinstance(row, str))
        if isinstance(source, str) and cell.get("cell_type") in ("code", "raw", "markdown"):
            grade_id = _grade_id(cell)
            if grade_id or _marked(source):
                found.append((source, grade_id))
    return found


def _grade_id(cell: dict[str, Any]) -> str:
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    return grade_id if isinstance(grade_id, str) else ""


def _marked(source: str) -> str:
    first = source.lstrip().split("\n", 1)[0].strip()
    return first[len(MARKER) :].strip() if first.startswith(MARKER) else ""


def fill(notebook: NotebookNode, unit: Unit, answers: dict[str, Any]) -> NotebookNode:
    """The notebook with answers written into their cells; cells that already say the same are left as they are."""
    for cell in notebook.cells:
        id = _grade_id(cell) or _marked(cell.source)
        if cell.cell_type != "code" or id not in answers or answers[id] is None:
            continue
        try:
            question = unit.question(id)
            blank = cell_answers.blank_cell(question, unit.cell(id).source)
        except KeyError:
            continue
        if _differs(question, cell.source, blank, answers[id]):
            cell.source = cell_answers.written(question, answers[id])
            cell.outputs, cell.execution_count = [], None
    return notebook


def _differs(question: Question, source: str, blank: str, answer: Any) -> bool:
    try:
        held = cell_answers.read(question, source, blank)
    except NotAnAnswer:
        return True
    code = cell_answers.code_of(question, answer)
    if code is not None:
        mine = cell_answers.code_of(question, held)
        return mine is None or cell_answers.stripped(mine) != cell_answers.stripped(code)
    return bool(held != answer)
