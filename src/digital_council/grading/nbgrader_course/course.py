"""A nbgrader course folder, graded through nbgrader's own converters with its cells run in our sandboxes.

Everything around the running of cells is nbgrader's: configuration, overwriting of locked cells, time stamps, late
penalties, the gradebook and `autograded/`. Its `Execute` step alone is replaced, so that formgrader and
`nbgrader export` find what they expect.
"""

import functools
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from nbgrader import api
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps import NbGraderApp
from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ClearHiddenTests, DeduplicateIds, Execute, NbGraderPreprocessor, OverwriteCells
from nbgrader.utils import setenv
from sqlalchemy.exc import SAWarning

from digital_council.errors import AuthorError, UsageError

from ..sandbox import Sandbox
from . import calibration
from .cells import Plan, kind_of

LARGEST = 20 << 20
SILENT = SystemExit, NbGraderException


@dataclass
class Report:
    """What became of one submission."""

    student: str
    assignment: str
    outcome: str = "graded"  # or "skipped", "refused", "failed"
    score: float | None = None
    max: float | None = None
    needs_manual_grade: bool = False
    reason: str = ""
    cells: dict[str, dict[str, str]] = field(default_factory=dict)  # notebook: cell: judged or self-reported
    differences: dict[str, list[str]] = field(default_factory=dict)  # cells marked otherwise than nbgrader, on purpose

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


class Sandboxed(Execute):  # type: ignore[misc]
    """nbgrader's Execute, with cells run by a plan in two sandboxes; its settings are read under the old name."""

    grader: "Course"

    def preprocess(self, nb: Any, resources: Any) -> Any:
        name, folder = resources["nbgrader"]["notebook"], Path(resources["metadata"]["path"])
        course = type(self).grader
        plan = course.plans.get(name) or Plan.of(nb)
        files = calibration.files_of(folder, course.sandbox.policy.limits.file_mb << 20)
        calibration.run(course.sandbox, plan, nb, files, float(self.timeout or 30))
        tests = [calibration.cell_name(c, i) for i, c in enumerate(nb.cells) if kind_of(c) == "test"]
        course.cells[name] = {t: "judged" if plan.judged.get(t) else "self-reported" for t in tests}
        if not course.as_nbgrader and (changed := calibration.soften(nb)):
            course.differences["a warning is no failure"] = [f"{name}/{cell}" for cell in changed]
        return nb, resources


class Mend(NbGraderPreprocessor):  # type: ignore[misc]
    """Takes what is left of nbgrader's marks off cells that are copies or not the author's; else nothing is graded."""

    def preprocess_cell(self, cell: Any, resources: Any, cell_index: int) -> Any:
        if "nbgrader" in cell.metadata and not cell.metadata.nbgrader.get("grade_id"):
            del cell.metadata["nbgrader"]
        return cell, resources


class Grade(Autograde):  # type: ignore[misc]
    """nbgrader's Autograde with the running of cells replaced."""

    def _init_preprocessors(self) -> None:
        super()._init_preprocessors()
        steps = self.sanitize_preprocessors if self._sanitizing else self.autograde_preprocessors
        self.exporter._preprocessors = []
        for step in steps:
            ours = isinstance(step, type) and issubclass(step, Execute)
            self.exporter.register_preprocessor(Sandboxed if ours else step)
            if step in (DeduplicateIds, OverwriteCells):
                self.exporter.register_preprocessor(Mend)


class Course:
    """One nbgrader course folder."""

    def __init__(self, root: Path, sandbox: Sandbox, *, force: bool = False, as_nbgrader: bool = False) -> None:
        self.root, self.sandbox, self.force, self.as_nbgrader = root.resolve(), sandbox, force, as_nbgrader
        self.plans: dict[str, Plan] = {}
        self.cells: dict[str, dict[str, str]] = {}
        self.differences: dict[str, list[str]] = {}
        with self.inside():
            self.app = quiet_app()
            self.directory = CourseDirectory(parent=self.app)
            self.directory.root = self.directory.root  # a default that would be read anew from wherever we are then

    @contextmanager
    def inside(self) -> Iterator[None]:
        """nbgrader finds its configuration and its folders from the working directory."""
        before = Path.cwd()
        os.chdir(self.root)
        # A new gradebook is stamped by the `alembic` program, which nbgrader looks for on the path.
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        try:
            with setenv(PATH=path):
                yield
        finally:
            os.chdir(before)

    def students(self, assignment: str, only: str = "*") -> list[str]:
        """Who has submitted; raises UsageError when nobody has."""
        pattern = Path(self.directory.format_path(self.directory.submitted_directory, only, assignment))
        base = Path(self.directory.format_path(self.directory.submitted_directory, "@", "@"))
        place = base.parts.index("@")
        root = pattern.anchor or "."
        found = Path(root).glob(str(pattern.relative_to(pattern.anchor)) if pattern.anchor else str(pattern))
        students = sorted(path.parts[place] for path in found if path.is_dir() or path.is_symlink())
        if not students:
            raise UsageError(f"{self.root}: nothing is submitted for {assignment!r}" + f" by {only!r}" * (only != "*"))
        return students

    def prepare(self, assignment: str) -> None:
        """Have the assignment in the gradebook, and know which of its cells are judged; raises AuthorError."""
        with self.inside():
            source = Path(self.directory.format_path(self.directory.source_directory, ".", assignment))
            with Gradebook(self.directory.db_url, self.directory.course_id) as gradebook:
                try:
                    known = bool(gradebook.find_assignment(assignment).notebooks)
                except MissingEntry:
                    known = False
            if not known:
                self._generate(assignment, source)
            self.plans = calibration.plans(self.sandbox, self.root, source, assignment, self._seconds())

    def _seconds(self) -> float:
        return float(Execute(parent=self.app).timeout or 30)

    def _generate(self, assignment: str, source: Path) -> None:
        if not source.is_dir():
            raise AuthorError(
                f"{source}: not found; the assignment is in no gradebook and has no source to make it from"
            )
        self.directory.assignment_id, self.directory.student_id = assignment, "."
        try:
            GenerateAssignment(coursedir=self.directory, parent=self.app, force=True).start()
        except SILENT as error:
            raise AuthorError(f"{source}: nbgrader cannot make the assignment: {error}") from None

    def grade(self, assignment: str, student: str) -> Report:
        """Grade one submission; whatever is wrong with it, a report comes back."""
        report = Report(student, assignment)
        folder = Path(self.directory.format_path(self.directory.submitted_directory, student, assignment))
        with self.inside(), warnings.catch_warnings(), one_engine():
            warnings.simplefilter("ignore", SAWarning)  # nbgrader's own relationships, on SQLAlchemy 2
            if reason := refusal(folder):
                report.outcome, report.reason = "refused", reason
                return report
            self._convert(report)
            self._read_marks(report)
        report.cells, report.differences = self.cells, self.differences
        return report

    def _convert(self, report: Report) -> None:
        self.cells, self.differences = {}, {}
        Sandboxed.grader = self
        self.directory.assignment_id, self.directory.student_id = report.assignment, report.student
        converter = Grade(coursedir=self.directory, parent=self.app, force=self.force)
        try:
            converter.start()
            report.outcome = "graded" if self.cells else "skipped"
        except SILENT as error:
            report.outcome, report.reason = "failed", last_line(self.app, str(error))
        except Exception as error:
            report.outcome, report.reason = "failed", f"{type(error).__name__}: {error}"[:300]

    def _read_marks(self, report: Report) -> None:
        with Gradebook(self.directory.db_url, self.directory.course_id) as gradebook:
            try:
                submission = gradebook.find_submission(report.assignment, report.student)
            except MissingEntry:
                return
            report.score, report.max = submission.score, submission.max_score
            report.needs_manual_grade = bool(submission.needs_manual_grade)

    def feedback(self, assignment: str, student: str) -> None:
        """Write feedback/ as nbgrader does, without hidden tests and without live script."""
        with self.inside():
            self.directory.assignment_id, self.directory.student_id = assignment, student
            converter = GenerateFeedback(coursedir=self.directory, parent=self.app, force=True)
            converter.config.HTMLExporter.sanitize_html = True
            converter.preprocessors = [ClearHiddenTests, *converter.preprocessors]
            converter.start()


@contextmanager
def one_engine() -> Iterator[None]:
    """nbgrader opens the gradebook a dozen times a submission; let it keep what SQLAlchemy has compiled."""
    make = api.create_engine
    api.create_engine = functools.cache(make)
    try:
        yield
    finally:
        api.create_engine = make


def quiet_app() -> Any:
    """nbgrader's application, with the course's own configuration and only its errors in the log."""
    app = NbGraderApp()
    app.initialize([])
    app.log = logging.getLogger("nbgrader-course")
    app.log.setLevel(logging.CRITICAL)
    return app


def last_line(app: Any, otherwise: str) -> str:
    """One line for the report."""
    return (otherwise.strip().splitlines() or ["nbgrader refused it"])[-1][:300]


def refusal(folder: Path) -> str:
    """Why a submission's folder is not touched, naming what is wrong with it; empty when nothing is."""
    if folder.is_symlink():
        return f"{folder.name} is a link"
    total = 0
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            return f"{name!r} is a link; send the file itself"
        if not path.is_file() and not path.is_dir():
            return f"{name!r} is neither a file nor a folder"
        if not name.isprintable():
            return f"{name!r} has a name that cannot be shown"
        total += path.stat().st_size if path.is_file() else 0
    return f"it is larger than {LARGEST >> 20} MB" if total > LARGEST else ""
