"""Notebooks: valid for nbgrader, and answers found however the notebook has been treated."""

import copy
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.nbgraderformat import SCHEMA_VERSION, MetadataValidator

from digital_council.courses import Unit, load_unit, notebook
from digital_council.courses.template import start

RATE = '''
    Function("rate", "Rate?", points=1, answer=lambda count, people: 1000 * count / people, examples=[[1, 500]]),
    Text("action"'''
CELL = '''# %% question="rate"
def rate(count, people):
    ### BEGIN SOLUTION
    return 1000 * count / people
    ### END SOLUTION

# %% question="action"'''


@pytest.fixture(scope="module")
def unit(tmp_path_factory: pytest.TempPathFactory) -> Unit:
    folder = start(tmp_path_factory.mktemp("courses"), "numbers", "typical-pay", "Typical pay")
    edit(folder / "checks.py", '\n    Text("action"', RATE)
    edit(folder / "checks.py", "import Choice, Date", "import Choice, Date, Function")
    edit(folder / "lesson.py", '# %% question="action"', CELL)
    return load_unit(folder, "numbers")


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def cell(book: Any, question: str) -> Any:
    return next(each for each in book.cells if each.metadata.get("nbgrader", {}).get("grade_id") == question)


def read(book: Any, unit: Unit) -> notebook.Answers:
    return notebook.answers(nbformat.from_dict(book), unit)


def test_nbgraders_own_validator_accepts_the_notebook(unit):
    assert SCHEMA_VERSION == 3
    for solved in (False, True):
        MetadataValidator().validate_nb(notebook.build(unit, solved))
    assert cell(notebook.build(unit), "task").metadata["nbgrader"] == {
        "grade_id": "task",
        "grade": True,
        "solution": True,
        "locked": False,
        "task": False,
        "points": 2,
        "schema_version": 3,
        "cell_type": "code",
    }


def test_the_notebook_starts_with_lesson_and_ends_with_submit(unit):
    book = notebook.build(unit)
    assert book.cells[0].source == "from digital_council import lesson"
    assert book.cells[-1].source == "# lesson.submit()"
    assert any(each.source == 'lesson.check("task")' for each in book.cells)
    assert book.metadata["council"]["release"] == unit.release


def test_two_builds_are_the_same(unit):
    assert nbformat.writes(notebook.build(unit)) == nbformat.writes(notebook.build(unit))


def test_an_untouched_notebook_has_no_answers(unit):
    found = read(notebook.build(unit), unit)
    assert found == {}
    assert found.findings == ()


def test_the_solved_notebook_has_the_model_answers(unit):
    assert read(notebook.build(unit, solved=True), unit) == unit.model


def test_answers_written_in_are_read_back(unit):
    answers = {
        "predict": 'a "quoted" \\ \u2028 answer',
        "task": 12.5,
        "first_check": "b",
        "rate": "def rate(count, people):\n    return None",
        "action_date": "2027-01-01",
    }
    book = notebook.fill(notebook.build(unit), unit, answers)
    assert read(book, unit) == answers
    assert cell(book, "task").source.startswith("# Question: task\n")


def test_filling_leaves_a_cell_that_says_the_same(unit):
    book = notebook.build(unit)
    cell(book, "task").source = "# Question: task\n# my note\ntask = 12.50"
    notebook.fill(book, unit, {"task": 12.5})
    assert "# my note" in cell(book, "task").source
    notebook.fill(book, unit, {"task": 13})
    assert "# my note" not in cell(book, "task").source


def test_code_is_an_answer_where_the_question_allows_it(unit):
    book = notebook.build(unit)
    cell(book, "task").source = "# Question: task\ntask = sum(visits) / len(visits)"
    cell(book, "first_check").source = "# Question: first_check\nfirst_check = chr(97)"
    found = read(book, unit)
    assert found == {"task": {"code": "task = sum(visits) / len(visits)"}}
    assert [(each.question, each.kind) for each in found.findings] == [("first_check", "kind")]


@pytest.mark.parametrize(
    "source",
    [
        "first_check = 'a",
        "first_check = __import__('os').system('true')",
        "first_check = 'a'\nimport os",
        "other = 'a'",
        "first_check = first_check = 'a' + 'b'",
        "(" * 5000,
        "first_check = " + "[" * 500 + "]" * 500,
        "first_check = '" + "a" * 300_000 + "'",
        "first_check = 'a'\x00",
        "first_check = {'a': {1j}}",
    ],
)
def test_a_literal_cell_is_read_and_never_run(unit, source):
    book = notebook.build(unit)
    cell(book, "first_check").source = source
    found = read(book, unit)
    assert "first_check" not in found
    assert [each.id for each in found.findings] == ["unreadable-cell"]


def test_a_cell_is_found_by_its_marker_when_its_metadata_is_lost(unit):
    book = notebook.fill(notebook.build(unit), unit, {"task": 19})
    for each in book.cells:
        each.metadata = {}
    assert read(book, unit)["task"] == 19


def test_a_cell_is_found_by_its_metadata_when_its_marker_is_lost(unit):
    book = notebook.build(unit)
    cell(book, "task").source = "task = 19"
    assert read(book, unit)["task"] == 19


def test_a_missing_cell_is_a_finding_for_its_own_question(unit):
    book = notebook.fill(notebook.build(unit), unit, unit.model)
    book.cells.remove(cell(book, "task"))
    found = read(book, unit)
    assert set(unit.model) - set(found) == {"task"}
    assert [(each.question, each.id) for each in found.findings] == [("task", "missing-cell")]


def test_of_two_cells_the_last_answer_counts_and_it_is_said(unit):
    book = notebook.fill(notebook.build(unit), unit, {"task": 1})
    again = copy.deepcopy(cell(book, "task"))
    book.cells.append(again)
    assert read(book, unit).findings == ()
    again.source = again.source.replace("= 1", "= 19")
    found = read(book, unit)
    assert found["task"] == 19
    assert [each.id for each in found.findings] == ["repeated-cell"]
    again.source = notebook.build(unit).cells[-1].source
    again.source = "# Question: task\ntask = None"
    assert read(book, unit)["task"] == 1


@pytest.mark.parametrize(
    "book",
    [
        None,
        [],
        {},
        {"cells": None},
        {"cells": [None, 3, {}, {"cell_type": "code"}, {"cell_type": "code", "source": None, "metadata": []}]},
        {
            "cells": [
                {"cell_type": "code", "source": ["task", " = ", 19], "metadata": {"nbgrader": {"grade_id": ["x"]}}}
            ]
        },
    ],
)
def test_a_ruined_notebook_gives_no_answers_and_does_not_raise(unit, book):
    found = notebook.answers(book, unit)
    assert found == {}
    assert {each.id for each in found.findings} == {"missing-cell"}
