"""Every unit of the product: proved, opened by jupytext as it is read here, released with nothing hidden in it."""

from pathlib import Path

import jupytext
import nbformat
import pytest

from digital_council.courses import Unit, load, notebook, releases
from digital_council.courses.cells import BEGIN, END
from digital_council.courses.check import check_unit
from digital_council.courses.questions.base import Misconception
from digital_council.grading.proving_untrusted import Crossing
from digital_council.settings import PROJECT, State

COURSES = load()
UNITS = [unit for course in COURSES for unit in course.units]
EACH = pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.id)


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> State:
    state = State(tmp_path_factory.mktemp("state")).ensure()
    releases.ensure(PROJECT / "courses", state)
    return state


def test_every_unit_on_disk_is_in_its_course():
    on_disk = {path.parent.name for path in (PROJECT / "courses").glob("*/*/unit.toml")}
    assert on_disk == {unit.id for unit in UNITS}


@EACH
def test_a_unit_is_proved(unit: Unit):
    report = check_unit(unit.folder, unit.course, unit.pass_mark, Crossing)
    assert not report.problems, "\n".join(map(str, report.problems))


@EACH
def test_a_task_that_earns_nothing_for_its_right_parts_says_why(unit: Unit):
    lines = (unit.folder / "checks.py").read_text(encoding="utf-8").splitlines()
    assert not [line for line in lines if "partial=False" in line and "  # " not in line]


@EACH
def test_jupytext_opens_the_lesson_as_it_is_read_here(unit: Unit):
    book = jupytext.read(unit.folder / "lesson.py")
    assert [cell.source for cell in book.cells] == [cell.source for cell in unit.cells]
    assert [cell.metadata.get("question") for cell in book.cells] == [cell.question_id for cell in unit.cells]
    for theirs, ours in zip(book.cells, unit.cells, strict=True):
        assert theirs.metadata.get("tags", []) == ours.metadata.get("tags", [])
        assert theirs.metadata.get("alt") == ours.metadata.get("alt")


@EACH
def test_saving_the_lesson_in_jupyterlab_changes_no_cell(unit: Unit, tmp_path: Path):
    book = jupytext.read(unit.folder / "lesson.py")
    jupytext.write(book, tmp_path / "lesson.py", fmt="py:percent")
    again = jupytext.read(tmp_path / "lesson.py")
    assert [cell.source for cell in again.cells] == [cell.source for cell in book.cells]


def hidden(unit: Unit) -> list[str]:
    """Texts that a learner must not find in their copy."""
    secrets = [BEGIN, END]
    for question in unit.asked:
        for each in question.misconceptions:
            assert isinstance(each, Misconception)
            secrets += [each.title, each.explanation]
        secrets += [each.title for each in question.checks] + list(question.hints) + [question.praise]
    for cell in unit.cells:
        if cell.question_id:
            solution = cell.source.split(BEGIN)[1].split(END)[0]
            secrets += [row.strip() for row in solution.split("\n") if len(row.strip()) > 12]
    for question in unit.retrieval:
        secrets.append(question.prompt)
    return [secret for secret in secrets if secret and secret not in ("That is right.", "Thank you, noted.")]


@EACH
def test_a_learners_copy_holds_nothing_hidden(unit: Unit, state: State):
    path = releases.notebook(state, unit.course, unit.id, unit.release)
    book = nbformat.read(path, as_version=4)
    text = "\n".join(cell.source for cell in book.cells) + str([cell.metadata for cell in book.cells])
    assert [secret for secret in hidden(unit) if secret in text] == []
    assert notebook.answers(book, unit) == {}
    assert [path.name for path in path.parent.rglob("*.py")] == []


@EACH
def test_a_unit_builds_in_under_a_second(unit: Unit):
    from time import process_time

    began = process_time()
    notebook.build(unit)
    assert process_time() - began < 1


@EACH
def test_nobody_needs_code_unless_the_question_is_about_code(unit: Unit):
    for question in unit.questions:
        assert question.kind not in ("value", "function") or question.points == 0 or "code" in unit.summary.lower()


def test_titles_and_names_are_used_once():
    assert len({unit.id for unit in UNITS}) == len(UNITS)
    assert len({unit.title for unit in UNITS}) == len(UNITS)
