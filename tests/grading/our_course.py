"""One of our own lessons as a nbgrader course: its model answers as solutions, and a test cell after each."""

from pathlib import Path
from typing import Any

import course_maker
import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from digital_council.courses import Unit, load_course
from digital_council.courses.answers import code_of, written
from digital_council.courses.questions import Question
from digital_council.settings import PROJECT

COURSE, UNIT = "numbers-that-mean-something", "typical-pay"


def make(root: Path, course: str = COURSE, unit: str = UNIT) -> Path:
    """The course, with the lesson as its one assignment, released."""
    source = root / "source/ps1"
    source.mkdir(parents=True)
    (root / "nbgrader_config.py").write_text(course_maker.CONFIG)
    nbformat.write(notebook(load_course(PROJECT / "courses" / course).unit(unit)), source / f"{unit}.ipynb")
    course_maker.stock(root, "generate_assignment", "ps1")
    return root


def notebook(unit: Unit) -> Any:
    """The lesson's cells, solved, with tests that are hidden but for an example."""
    cells = []
    for cell in unit.cells:
        if cell.question_id is None:
            cells.append((new_markdown_cell if cell.kind == "markdown" else new_code_cell)(cell.source))
            continue
        question = unit.question(cell.question_id)
        cells.append(new_markdown_cell(question.prompt))
        cells.append(course_maker.solution(question.id, written(question, unit.model[question.id])))
        if tests := lines(question, unit.model[question.id]):
            hidden = "\n".join(["### BEGIN HIDDEN TESTS", *tests[1:], "### END HIDDEN TESTS"])
            cells.append(course_maker.check(f"{question.id}_test", f"{tests[0]}\n{hidden}" if tests[1:] else tests[0]))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def lines(question: Question, model: Any) -> list[str]:
    """What a test of this question asserts; nothing for one that is not marked."""
    name = question.name
    if question.kind == "function" and callable(question.answer):
        given = [(list(example), question.answer(*example)) for example in getattr(question, "examples", ())]
        return [f"assert abs({name}(*{example!r}) - {float(right)!r}) < 0.01" for example, right in given]
    if not question.points or code_of(question, model) is not None:
        return []
    return [f"assert type({name}) is {type(model).__name__}", f"assert {name} == {model!r}"]
