"""Answers in and out of a learner's notebook, with no course sources at hand."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from digital_council.errors import LearnerError
from digital_council.grading.exchange.lessons import Lesson, is_lesson


def cell(id: str, source: str, kind: str, code: bool = False, **more: Any) -> dict[str, Any]:
    about = {"nbgrader": {"grade_id": id, "grade": True, "solution": True}}
    council = {"kind": kind, "name": id, "code": code}
    return {"cell_type": "code", "metadata": {**about, "council": council}, "source": source, "outputs": [], **more}


def prose(text: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": text}


WHICH = "# Question: which\n#   'a'  A\n#   'b'  B\nwhich = None"
TOTAL = "# Question: total\n# Type a number.\n# Or write code that ends by setting total.\ntotal = None"
DOUBLED = "# Question: doubled\n# Your code here\ndoubled = None"


@pytest.fixture
def released(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A released lesson, where a learner's sandbox has it."""
    notebook = {
        "metadata": {"council": {"course": "small", "unit": "first", "release": "abc"}},
        "cells": [
            prose("# First"),
            cell("which", WHICH, "choice"),
            cell("total", TOTAL, "number", code=True),
            cell("doubled", DOUBLED, "value"),
        ],
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    folder = tmp_path / "small" / "first" / "abc"
    folder.mkdir(parents=True)
    (folder / "first.ipynb").write_text(json.dumps(notebook))
    monkeypatch.setenv("COUNCIL_RELEASED", str(tmp_path))
    return notebook


ANSWERS = {"which": "b", "total": 12.5, "doubled": "doubled = [n * 2 for n in range(3)]"}


def test_answers_written_are_the_answers_read(released: dict[str, Any]) -> None:
    lesson = Lesson(released)
    lesson.write(ANSWERS)
    assert lesson.answers() == ANSWERS


def test_the_allowed_values_stay_beside_an_answer(released: dict[str, Any]) -> None:
    lesson = Lesson(released)
    lesson.write({"which": "b"})
    assert lesson.questions["which"]["source"] == WHICH.replace("None", '"b"')


def test_a_released_lesson_answers_nothing(released: dict[str, Any]) -> None:
    assert Lesson(released).answers() == {}


def test_code_in_the_cell_of_a_number_is_the_code_route(released: dict[str, Any]) -> None:
    lesson = Lesson(released)
    lesson.write({"total": {"code": "total = 3 * 4"}})
    assert lesson.answers() == {"total": {"code": "total = 3 * 4"}}


def test_a_typed_answer_takes_the_place_of_code(released: dict[str, Any]) -> None:
    lesson = Lesson(released)
    lesson.write({"total": {"code": "total = 3 * 4"}})
    lesson.write({"total": 7})
    assert lesson.questions["total"]["source"] == TOTAL.replace("total = None", "total = 7")


def test_an_answer_taken_back_leaves_the_released_cell(released: dict[str, Any]) -> None:
    lesson = Lesson(released)
    lesson.write(ANSWERS)
    lesson.write({"doubled": None})
    assert lesson.questions["doubled"]["source"] == DOUBLED


def test_code_where_a_choice_is_asked_is_told_and_never_run(released: dict[str, Any]) -> None:
    lesson = Lesson(released)
    lesson.questions["which"]["source"] = "# Question: which\nwhich = __import__('os').getcwd()"
    assert lesson.answers() == {}
    assert list(lesson.unreadable()) == ["which"]
    with pytest.raises(LearnerError, match="plain value, not code"):
        lesson.answer("which")


def test_a_learners_own_cells_stay(released: dict[str, Any]) -> None:
    released["cells"].insert(1, prose("My notes"))
    lesson = Lesson(released)
    lesson.write(ANSWERS)
    assert [each["source"] for each in released["cells"]][:2] == ["# First", "My notes"]


def test_of_a_copied_cell_the_last_that_says_something_counts(released: dict[str, Any]) -> None:
    released["cells"].append(cell("which", WHICH.replace("None", "'a'"), "choice"))
    released["cells"].append(cell("which", WHICH, "choice"))
    assert Lesson(released).answers() == {"which": "a"}


def test_a_cell_without_metadata_is_known_by_its_first_line(released: dict[str, Any]) -> None:
    released["cells"][1]["metadata"] = {}
    released["cells"][1]["source"] = WHICH.replace("None", "'a'")
    assert Lesson(released).answers() == {"which": "a"}


def test_the_handed_in_file_has_no_outputs(released: dict[str, Any]) -> None:
    released["cells"][1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x" * 100_000}]
    handed_in = Lesson(released).without_outputs()
    assert len(handed_in) < 10_000
    assert json.loads(handed_in)["cells"][1]["outputs"] == []


@pytest.mark.parametrize("notebook", [{}, {"metadata": {}}, {"metadata": {"council": {"course": "x"}}}, None, []])
def test_an_ordinary_notebook_is_no_lesson(notebook: Any) -> None:
    assert not is_lesson(notebook)


def test_a_kernel_starts_without_what_only_asking_needs() -> None:
    program = "import sys; from digital_council import lesson; print(*sys.modules)"
    env = {**os.environ, "PYTHONWARNINGS": "ignore"}
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=env)
    assert not {"pandas", "numpy", "httpx", "nbformat", "pydantic", "nbgrader"} & set(ran.stdout.split())
