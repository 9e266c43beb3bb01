"""The slow way: nbgrader's own converters with only the running of cells replaced.

For courses whose configuration replaces nbgrader's steps by its own, which nothing but nbgrader can then carry out.
"""

import functools
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nbgrader import api
from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import DeduplicateIds, Execute, NbGraderPreprocessor, OverwriteCells
from sqlalchemy.exc import SAWarning

from digital_council.errors import AuthorError

from ..sandbox import Sandbox
from . import calibration, examination
from .cells import Plan, cell_name, kind_of
from .directory import Directory
from .report import Report
from .submission import WARNED, refusal

SILENT = SystemExit, NbGraderException


class Sandboxed(Execute):  # type: ignore[misc]
    """nbgrader's Execute, with cells run by a plan in two sandboxes; its settings are read under the old name."""

    grader: "Converters"

    def preprocess(self, nb: Any, resources: Any) -> Any:
        type(self).grader.run(nb, resources["nbgrader"]["notebook"], Path(resources["metadata"]["path"]))
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


class Converters:
    """One assignment, submission by submission."""

    def __init__(
        self, directory: Directory, sandbox: Sandbox, plans: Mapping[str, Plan], *, force: bool, as_nbgrader: bool
    ) -> None:
        self.directory, self.sandbox, self.plans = directory, sandbox, plans
        self.force, self.as_nbgrader = force, as_nbgrader
        self.report = Report("", "")

    def run(self, notebook: Any, name: str, folder: Path) -> None:
        """Run a notebook in place."""
        plan = self.plans.get(name) or Plan.of(notebook)
        files = calibration.files_of(folder, self.sandbox.policy.limits.file_mb << 20)
        examination.run(self.sandbox, plan, notebook, files, self.directory.seconds)
        tests = [cell_name(c, i) for i, c in enumerate(notebook.cells) if kind_of(c) == "test"]
        self.report.cells[name] = {t: "judged" if plan.judged.get(t) else "self-reported" for t in tests}
        if not self.as_nbgrader:
            for cell in calibration.soften(notebook):
                self.report.differ(WARNED, f"{name}/{cell}")

    def grade(self, assignment: str, student: str) -> Report:
        """Grade one submission, recording it too; whatever is wrong with it, a report comes back."""
        self.report = report = Report(student, assignment)
        with warnings.catch_warnings(), one_engine():
            warnings.simplefilter("ignore", SAWarning)  # nbgrader's own relationships, on SQLAlchemy 2
            if reason := refusal(self.directory.path("submitted", student, assignment)):
                report.outcome, report.reason = "refused", reason
                return report
            Sandboxed.grader = self
            course = self.directory.course
            course.assignment_id, course.student_id = assignment, student
            converter = Grade(coursedir=course, parent=self.directory.app, force=self.force)
            try:
                converter.start()
                report.outcome = "graded" if report.cells else "skipped"
            except SILENT as error:
                report.outcome, report.reason = "failed", last_line(str(error))
            except Exception as error:
                report.outcome, report.reason = "failed", f"{type(error).__name__}: {error}"[:300]
        return report


@contextmanager
def one_engine() -> Iterator[None]:
    """nbgrader opens the gradebook a dozen times a submission; let it keep what SQLAlchemy has compiled."""
    make = api.create_engine
    api.create_engine = functools.cache(make)
    try:
        yield
    finally:
        api.create_engine = make


def last_line(text: str) -> str:
    """One line for the report."""
    return (text.strip().splitlines() or ["nbgrader refused it"])[-1][:300]


def generate(directory: Directory, assignment: str) -> None:
    """Have nbgrader make the release and the gradebook's record of an assignment; raises AuthorError."""
    source = directory.path("source", ".", assignment)
    if not source.is_dir():
        raise AuthorError(f"{source}: not found; the assignment is in no gradebook and has no source to make it from")
    directory.course.assignment_id, directory.course.student_id = assignment, "."
    try:
        GenerateAssignment(coursedir=directory.course, parent=directory.app, force=True).start()
    except SILENT as error:
        raise AuthorError(f"{source}: nbgrader cannot make the assignment: {last_line(str(error))}") from None
