"""A course's own configuration, its clocks and its gradebook are kept as nbgrader keeps them."""

import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

import course_maker
import nbformat
import pytest
from nbgrader.api import Gradebook

from digital_council.grading.nbgrader_course import course as courses
from digital_council.grading.nbgrader_course.course import Course
from digital_council.grading.policy import Limits, Policy
from digital_council.grading.sandbox import Sandbox

pytestmark = pytest.mark.filterwarnings("ignore")  # nbgrader's own

HALVES = """
from nbgrader.plugins import BasePlugin
class Halves(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return score / 2 if total_seconds_late > 3600 else 1000 if student_id == "bob" else None
"""
PENALTIES = {
    "none": "",
    "zero": "c.LateSubmissionPlugin.penalty_method = 'zero'\n",
    "custom": "import sys; sys.path.insert(0, '.')\nc.AssignLatePenalties.plugin_class = 'halves.Halves'\n",
}


@pytest.fixture(scope="module")
def wide(sandbox: Sandbox) -> Sandbox:
    limits = Limits(seconds_cell=5, seconds_total=600, memory_mb=700, value_mb=8, output_kb=200)
    return Sandbox(sandbox.warm, Policy(limits=limits))


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return course_maker.make(tmp_path_factory.mktemp("course") / "trees")


@pytest.fixture
def course(master: Path, tmp_path: Path) -> Path:
    shutil.copytree(master, tmp_path / "trees")
    return tmp_path / "trees"


def graded(root: Path, sandbox: Sandbox, **options: Any) -> dict[str, Any]:
    made = Course(root, sandbox, **options)
    made.prepare("ps1")
    return {report.student: report for report in made.grade(made.students("ps1"))}


def submit(root: Path, student: str, when: str, answers: dict[str, str] | None = None) -> Path:
    path = course_maker.submit(root, student, answers or {})
    path.with_name("timestamp.txt").write_text(when)
    return path


def penalties(root: Path) -> dict[str, tuple[Any, Any, Any]]:
    with Gradebook(f"sqlite:///{root}/gradebook.db", "trees") as gradebook:
        return {
            s.student.id: (s.late_submission_penalty, s.total_seconds_late, s.timestamp)
            for s in gradebook.assignment_submissions("ps1")
        }


def set_due(root: Path) -> None:
    with Gradebook(f"sqlite:///{root}/gradebook.db", "trees") as gradebook:
        gradebook.update_or_create_assignment("ps1", duedate=dt.datetime(2026, 3, 1, 12))


@pytest.mark.parametrize("method", PENALTIES)
def test_late_penalties_are_nbgraders(method: str, course: Path, wide: Sandbox) -> None:
    (course / "halves.py").write_text(HALVES)
    (course / "nbgrader_config.py").write_text(course_maker.CONFIG + PENALTIES[method])
    set_due(course)
    submit(course, "amy", "2026-03-01 11:00:00 UTC")
    submit(course, "bob", "2026-03-01 12:30:00 UTC")
    submit(course, "cat", "2026-03-01 15:00:00 +0100")
    stock = course.with_name("stock")
    shutil.copytree(course, stock)
    course_maker.stock(stock, "autograde", "ps1")
    reports = graded(course, wide)
    assert penalties(course) == penalties(stock)
    assert {s: r.late_penalty for s, r in reports.items()} == {s: p[0] for s, p in penalties(stock).items()}
    assert (course / "autograded/cat/ps1/timestamp.txt").read_text() == "2026-03-01 15:00:00 +0100"


def test_a_newer_submission_alone_is_graded_again(course: Path, wide: Sandbox) -> None:
    path = submit(course, "amy", "2026-03-01 11:00:00 UTC", {"part": "part = 2"})
    assert graded(course, wide)["amy"].outcome == "graded"
    shutil.copy(path, path.with_name("kept.txt"))
    assert graded(course, wide)["amy"].outcome == "skipped"
    shutil.rmtree(course / "submitted")
    submit(course, "amy", "2026-03-01 11:30:00 UTC")
    report = graded(course, wide)["amy"]
    assert (report.outcome, report.score) == ("graded", 12.0)
    assert not (course / "autograded/amy/ps1/kept.txt").exists()


def test_marks_given_by_hand_outlive_grading_again(course: Path, wide: Sandbox) -> None:
    submit(course, "amy", "2026-03-01 11:00:00 UTC")
    graded(course, wide)
    with Gradebook(f"sqlite:///{course}/gradebook.db", "trees") as gradebook:
        grade = gradebook.find_grade("essay", "trees", "ps1", "amy")
        grade.manual_score, grade.extra_credit, grade.needs_manual_grade = 4.0, 1.0, False
        gradebook.find_comment("essay", "trees", "ps1", "amy").manual_comment = "Good"
        gradebook.db.commit()
    report = graded(course, wide, force=True)["amy"]
    assert (report.score, report.needs_manual_grade) == (17.0, True)
    with Gradebook(f"sqlite:///{course}/gradebook.db", "trees") as gradebook:
        assert gradebook.find_comment("essay", "trees", "ps1", "amy").comment == "Good"


def test_nbgrader_exports_and_feeds_back_what_we_graded(course: Path, wide: Sandbox) -> None:
    submit(course, "amy", "2026-03-01 11:00:00 UTC")
    graded(course, wide)
    course_maker.stock(course, "export", "--to", "grades.csv")
    row = (course / "grades.csv").read_text().splitlines()[1].split(",")
    assert "amy" in row
    assert "12.0" in row
    course_maker.stock(course, "generate_feedback", "ps1")
    assert "Test cell" in (course / "feedback/amy/ps1/trees.html").read_text()


def test_what_is_written_is_a_valid_notebook(course: Path, wide: Sandbox) -> None:
    submit(course, "amy", "2026-03-01 11:00:00 UTC", {"part": "part = 2\nprint('a\\nb')\npart"})
    graded(course, wide)
    notebook = nbformat.read(course / "autograded/amy/ps1/trees.ipynb", as_version=4)
    nbformat.validate(notebook)
    cell = next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == "part")
    assert (cell.outputs[0].output_type, cell.outputs[0].text) == ("stream", "a\nb\n")


def test_a_course_that_replaces_nbgraders_steps_is_graded_by_its_converters(course: Path, wide: Sandbox) -> None:
    steps = ["nbgrader.preprocessors.Execute", "nbgrader.preprocessors.SaveAutoGrades"]
    config = f"{course_maker.CONFIG}c.Autograde.autograde_preprocessors = {steps}\n"
    (course / "nbgrader_config.py").write_text(config)
    submit(course, "amy", "2026-03-01 11:00:00 UTC")
    made = Course(course, wide)
    assert made.directory.replaced == "autograde_preprocessors"
    assert graded(course, wide)["amy"].score == 12.0


def test_a_batch_cut_short_loses_and_doubles_nothing(
    course: Path, wide: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for student in ("amy", "bob"):
        submit(course, student, "2026-03-01 11:00:00 UTC")

    def power_cut(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(courses, "put", power_cut)
        with pytest.raises(KeyboardInterrupt):
            graded(course, wide)
    reports = graded(course, wide)
    assert {s: (r.outcome, r.score) for s, r in reports.items()} == dict.fromkeys(("amy", "bob"), ("graded", 12.0))
    assert not list(course.glob("autograded/*/.council-*"))


def test_old_and_odd_notebooks_are_read_or_refused_by_name(course: Path, wide: Sandbox) -> None:
    odd: dict[str, Any] = {
        "list": [],
        "nothing": {},
        "no-cells": {"nbformat": 4, "nbformat_minor": 5, "metadata": {}},
        "not-cells": {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [3]},
        "ancient": {"nbformat": 2, "worksheets": 5},
    }
    for student, content in odd.items():
        submit(course, student, "2026-03-01 11:00:00 UTC").write_text(json.dumps(content))
    submit(course, "deep", "2026-03-01 11:00:00 UTC").write_text("[" * 100_000)
    submit(course, "honest", "2026-03-01 11:00:00 UTC")
    reports = graded(course, wide)
    assert reports.pop("honest").outcome == "graded"
    assert {r.outcome for r in reports.values()} == {"failed"}
    assert all(r.reason.startswith("trees.ipynb") for r in reports.values())
