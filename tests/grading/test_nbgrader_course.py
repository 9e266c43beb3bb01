"""nbgrader courses, unchanged: the same marks as nbgrader's own, made outside the learner's process."""
# ruff: noqa: E501  (attacks are written as short as they can be)

import json
import os
import select
import shutil
import signal
import warnings
from pathlib import Path
from typing import Any

import course_maker
import nbformat
import pytest

from digital_council.__main__ import main
from digital_council.errors import UsageError
from digital_council.grading.nbgrader_course import course as course_module
from digital_council.grading.nbgrader_course.course import Course
from digital_council.grading.policy import Limits, Policy
from digital_council.grading.sandbox import Sandbox

pytestmark = pytest.mark.filterwarnings("ignore")  # nbgrader's own


@pytest.fixture(scope="module")
def wide(sandbox: Sandbox) -> Sandbox:
    limits = Limits(seconds_cell=5, seconds_total=600, memory_mb=700, value_mb=8, output_kb=200)
    return Sandbox(sandbox.warm, Policy(limits=limits))


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return course_maker.make(tmp_path_factory.mktemp("course") / "trees")


@pytest.fixture
def course(master: Path, tmp_path: Path) -> Path:
    root = tmp_path / "trees"
    shutil.copytree(master, root)
    return root


def graded(root: Path, sandbox: Sandbox, **options: Any) -> dict[str, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        course = Course(root, sandbox, **options)
        course.prepare("ps1")
        return {r.student: r for r in course.grade(course.students("ps1"))}


def test_marks_agree_with_nbgrader_cell_by_cell(course: Path, wide: Sandbox) -> None:
    for student, answers in course_maker.ROUTES.items():
        course_maker.submit(course, student, answers)
    stock = course.with_name("stock")
    shutil.copytree(course, stock)
    course_maker.stock(stock, "autograde", "ps1")
    reports = graded(course, wide)
    assert course_maker.marks(course) == course_maker.marks(stock)
    assert {r.outcome for r in reports.values()} == {"graded"}
    assert reports["half"].score < reports["full"].score


def test_calibration_finds_which_cells_are_judged(course: Path, wide: Sandbox) -> None:
    course_maker.submit(course, "full", {})
    cells = graded(course, wide)["full"].cells["trees"]
    assert {name for name, method in cells.items() if method == "self-reported"} == {"odd_test"}
    stored = json.loads((course / ".digital-council/ps1.json").read_text())["notebooks"]["trees"]
    assert stored["handles"] == {n: n == "forest_test" for n in cells if n != "odd_test"}


def test_a_warning_is_no_failure_unless_asked_for(course: Path, wide: Sandbox) -> None:
    warned = {"warned": "def warned():\n    import warnings\n    warnings.warn('old')\n    return 1"}
    course_maker.submit(course, "ann", warned)
    report = graded(course, wide)["ann"]
    assert report.differences == {"a warning is no failure": ["trees/warned_test"]}
    assert course_maker.marks(course)["ann", "warned_test"] == (1.0, False)
    graded(course, wide, force=True, as_nbgrader=True)
    assert course_maker.marks(course)["ann", "warned_test"] == (0.0, False)


def test_hidden_tests_stay_hidden_in_outputs_and_feedback(course: Path, wide: Sandbox) -> None:
    course_maker.submit(course, "ann", {"double": "def double(x):\n    return [6, 2, 4]"})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = Course(course, wide)
        made.prepare("ps1")
        made.feedback(made.grade(["ann"]))
    notebook = nbformat.read(course / "autograded/ann/ps1/trees.ipynb", as_version=4)
    outputs = json.dumps([c.outputs for c in notebook.cells if c.cell_type == "code"])
    assert "A hidden check was not met" in outputs
    assert "82" not in outputs
    page = (course / "feedback/ann/ps1/trees.html").read_text()
    assert "[82]" not in page
    assert "HIDDEN TESTS" not in page


def test_live_script_does_not_reach_the_feedback_page(course: Path, wide: Sandbox) -> None:
    script = "from IPython.display import HTML, display\ndisplay(HTML('<script>steal()</script><img src=x onerror=steal()>'))"
    course_maker.submit(course, "ann", {"part": f"part = 3\n{script}"})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = Course(course, wide)
        made.prepare("ps1")
        made.feedback(made.grade(["ann"]))
    page = (course / "feedback/ann/ps1/trees.html").read_text()
    assert "<script>steal()" not in page
    assert "<img src=x onerror" not in page
    assert '<img src="x" onerror' not in page


def test_a_damaged_submission_does_not_stop_the_batch(course: Path, wide: Sandbox) -> None:
    course_maker.submit(course, "broken", {}).write_text("{not json")
    linked = course_maker.submit(course, "linked", {})
    os.symlink("/etc/passwd", linked.parent / "data.csv")
    piped = course_maker.submit(course, "piped", {})
    os.mkfifo(piped.parent / "pipe")
    crowded = course_maker.submit(course, "crowded", {})
    notebook = json.loads(crowded.read_text())
    notebook["cells"] += [notebook["cells"][-1]] * 2000
    crowded.write_text(json.dumps(notebook))
    course_maker.submit(course, "honest", {})
    reports = graded(course, wide)
    assert {s: r.outcome for s, r in reports.items()} == {
        "broken": "failed",
        "crowded": "failed",
        "linked": "refused",
        "piped": "refused",
        "honest": "graded",
    }
    assert "data.csv" in reports["linked"].reason
    assert "pipe" in reports["piped"].reason
    assert "2,000 are allowed" in reports["crowded"].reason


def test_changed_metadata_and_tests_are_put_back(course: Path, wide: Sandbox) -> None:
    path = course_maker.submit(course, "ann", {"double": "def double(x): return 0"})
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "double_test":
            cell.source = "pass"
            cell.metadata.nbgrader.points = 100
            cell.metadata.nbgrader.locked = False
    nbformat.write(notebook, path)
    report = graded(course, wide)["ann"]
    assert course_maker.marks(course)["ann", "double_test"] == (0.0, False)
    assert report.max == 17


def test_a_submission_graded_before_is_left_alone(course: Path, wide: Sandbox) -> None:
    course_maker.submit(course, "ann", {})
    assert graded(course, wide)["ann"].outcome == "graded"
    assert graded(course, wide)["ann"].outcome == "skipped"
    assert graded(course, wide, force=True)["ann"].outcome == "graded"


def test_a_cell_that_never_ends_costs_its_own_marks_alone(course: Path, wide: Sandbox) -> None:
    quick = Sandbox(wide.warm, wide.policy)
    (course / "nbgrader_config.py").write_text(course_maker.CONFIG + "c.Execute.timeout = 1\n")
    course_maker.submit(
        course, "ann", {"part": "while True:\n    pass", "add": "def add(bag, x):\n    while True:\n        pass"}
    )
    graded(course, quick)
    found = course_maker.marks(course)
    assert [found["ann", c][0] for c in ("double_test", "add_test", "area_test", "part_test", "warned_test")] == [
        1,
        0,
        1,
        0,
        1,
    ]


def test_an_assignment_nobody_submitted_is_said_to_be(course: Path, wide: Sandbox) -> None:
    with pytest.raises(UsageError, match="nothing is submitted for 'ps9'"):
        Course(course, wide).students("ps9")


def test_the_command_grades_and_reports(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    course_maker.submit(course, "ann", {})
    course_maker.submit(course, "bob", course_maker.ROUTES["blank"])
    assert main(["grade", str(course), "ps1", "--jobs", "2", "--feedback", "--json"]) == 0
    reports = {r["student"]: r for r in json.loads(capsys.readouterr().out)["submissions"]}
    assert reports["ann"]["score"] > reports["bob"]["score"] == 0
    assert reports["ann"]["cells"]["trees"]["odd_test"] == "self-reported"
    assert (course / "feedback/bob/ps1/trees.html").exists()


def test_the_command_says_in_one_line_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["grade", str(tmp_path / "nowhere"), "ps1"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_missing_and_extra_notebooks_and_cells_do_not_stop_the_batch(course: Path, wide: Sandbox) -> None:
    extra = course_maker.submit(course, "extra", {})
    shutil.copy(extra, extra.with_name("mine.ipynb"))
    torn = course_maker.submit(course, "torn", {})
    notebook = nbformat.read(torn, as_version=4)
    notebook.cells = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") != "quad_test"]
    notebook.cells.append(notebook.cells[2])
    torn.write_text(json.dumps(notebook))
    gone = course_maker.submit(course, "gone", {})
    gone.rename(gone.with_name("other.ipynb"))
    reports = graded(course, wide)
    assert reports["extra"].outcome == "graded"
    assert reports["torn"].outcome == "graded"
    assert reports["gone"].outcome == "failed"
    assert reports["torn"].repairs == [
        "trees/double_test: a copy is no longer marked",
        "trees/quad_test: a missing test is put back",
    ]
    assert course_maker.marks(course)["torn", "quad_test"] == (1.0, False)
    assert graded(course, wide, force=True, as_nbgrader=True)["torn"].outcome == "graded"
    assert course_maker.marks(course)["torn", "quad_test"] == (1.0, False)  # kept from before, as nbgrader would


def test_a_worker_ends_with_its_command_however_that_is_ended() -> None:
    alive, tell = os.pipe()
    command = os.fork()
    if command == 0:
        worker = os.fork()
        if worker == 0:
            course_module._end_with(os.getppid())
            os.write(tell, b"1")
            signal.alarm(60)
            signal.pause()
        signal.pause()
    os.close(tell)
    assert os.read(alive, 1) == b"1"
    os.kill(command, signal.SIGKILL)
    os.waitpid(command, 0)
    assert select.select([alive], [], [], 30)[0]
    assert os.read(alive, 1) == b""  # the last of those who could write has gone
    os.close(alive)
