"""Units as text: what is read, and what is refused with its file, line and nearest known name."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from digital_council.courses import load_course, load_unit
from digital_council.courses.cells import blanked, read
from digital_council.courses.template import start
from digital_council.errors import AuthorError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return start(tmp_path, "numbers", "typical-pay", "Typical pay")


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def refusal(folder: Path) -> str:
    with pytest.raises(AuthorError) as caught:
        load_unit(folder, "numbers")
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_course_names_its_units_in_order(folder):
    start(folder.parent.parent, "numbers", "fair-comparison", "Fair comparison")
    course = load_course(folder.parent)
    assert [unit.id for unit in course.units] == ["typical-pay", "fair-comparison"]
    assert course.unit("fair-comparison").title == "Fair comparison"


def test_a_unit_is_cells_and_questions(folder):
    unit = load_unit(folder, "numbers")
    assert [cell.kind for cell in unit.cells[:3]] == ["markdown", "question", "markdown"]
    assert unit.cells[0].source.startswith("# Typical pay\n")
    assert unit.question("task").points == unit.max == 2
    assert unit.model["task"] == 19


def test_questions_that_come_back_are_no_part_of_the_lesson(folder):
    unit = load_unit(folder, "numbers")
    assert [each.id for each in unit.retrieval] == ["later_first", "later_second"]
    assert unit.retrieval[0].days == (2, 9, 30)
    assert not {"later_first", "later_second"} & {each.id for each in unit.questions}


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("unit.toml", "minutes =", "minuts =", "did you mean 'minutes'?"),
        ("unit.toml", "minutes = 20", 'minutes = "20"', "minutes is '20'"),
        ("unit.toml", "minutes = 20", "", "the key 'minutes' is missing"),
        ("unit.toml", "minutes = 20", "minutes = = 20", "not TOML"),
        ("unit.toml", "minutes = 20", 'minutes = 20\nrelease_feedback = "later"', "'at once', 'by hand' or a date"),
        ("unit.toml", "datasets = []", "datasets = [1]", "datasets holds 1"),
        ("lesson.py", 'question="task"', 'question="tusk"', "did you mean 'task'?"),
        ("lesson.py", 'question="task"', 'question="predict"', "question 'predict' has two cells"),
        ("lesson.py", 'question="task"', "question=task", "text goes in double quotation marks"),
        ("lesson.py", "task = 19\n### END SOLUTION", "task = 19", "'### BEGIN SOLUTION' without '### END SOLUTION'"),
        ("lesson.py", "### BEGIN SOLUTION\ntask = 19\n### END SOLUTION", "task = 19", "the solution is not marked"),
        ("lesson.py", ' question="task"', "", "a solution stands in a cell that is no question"),
        ("lesson.py", "# ## Take it", "## Take it\nTake it", "every line of a [markdown] cell starts with '# '"),
        ("checks.py", '"first_check"', '"second_check"', "two questions have the name 'second_check'"),
        ("checks.py", '"first_check"', '"First check"', "small letters"),
        ("checks.py", "QUESTIONS = [", "ANSWERS = [", "QUESTIONS should be a list"),
        ("checks.py", "points=2", "pionts=2", "pionts"),
    ],
)
def test_a_mistake_of_the_authors_is_named_with_its_file(folder, file, old, new, said):
    edit(folder / file, old, new)
    message = refusal(folder)
    assert said in message
    assert file in message


def test_a_refusal_names_the_line(folder):
    edit(folder / "checks.py", "VISITS = [12, 15, 9, 40]", "VISITS = [12, 15, 9, fourty]")
    assert ":7: NameError" in refusal(folder)
    shutil.copy(folder / "lesson.py", folder / "before.py")
    edit(folder / "checks.py", "fourty", "40")
    edit(folder / "lesson.py", 'question="task"', 'question="tusk"')
    line = (folder / "lesson.py").read_text().split("\n").index('# %% question="tusk"') + 1
    assert f"lesson.py:{line}:" in refusal(folder)


def test_the_release_changes_with_what_learners_get_and_with_nothing_else(folder):
    before = load_unit(folder, "numbers").release
    assert len(before) == 12
    (folder / "design.md").write_text("notes")
    edit(folder / "attempts" / "wrong-total.toml", '"76"', '"£76"')
    assert load_unit(folder, "numbers").release == before
    path = folder / "unit.toml"
    path.write_text('due = 2030-03-31\nrelease_feedback = "by hand"\n' + path.read_text())
    assert load_unit(folder, "numbers").release == before
    assert (load_unit(folder, "numbers").due, load_unit(folder, "numbers").feedback) == (date(2030, 3, 31), "by hand")
    edit(folder / "lesson.py", "Why this is worth", "Why it is worth")
    after = load_unit(folder, "numbers").release
    assert after != before
    assert load_unit(folder, "numbers", 0.5).release != after


def test_solutions_are_taken_out_where_they_stand():
    source = "def rate(count, people):\n    ### BEGIN SOLUTION\n    return count / people\n    ### END SOLUTION\n"
    assert blanked(source) == "def rate(count, people):\n    # Your code here\n    ...\n"


def test_cells_carry_their_metadata(tmp_path):
    path = tmp_path / "lesson.py"
    head = '# %% tags=["picture"] alt="It rose by 3, then \\"fell\\"."'
    path.write_text(f"# ---\n# a: b\n# ---\n\n{head}\n1\n\n# %% [markdown]\n# x\n")
    picture, prose = read(path)
    assert picture.picture
    assert picture.metadata["alt"] == 'It rose by 3, then "fell".'
    assert (prose.kind, prose.source, prose.line) == ("markdown", "x", 8)


def test_a_new_unit_is_refused_in_one_line(folder):
    root = folder.parent.parent
    with pytest.raises(AuthorError, match="there already"):
        start(root, "numbers", "typical-pay", "Typical pay")
    with pytest.raises(AuthorError, match="small letters"):
        start(root, "numbers", "../elsewhere", "Elsewhere")
