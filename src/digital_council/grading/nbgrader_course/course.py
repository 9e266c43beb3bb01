"""A nbgrader course folder, graded: submissions are marked in workers, and their marks recorded here, in batches.

What is left behind is what nbgrader leaves: `gradebook.db` and `autograded/`, and with `feedback` `feedback/`.
"""

import multiprocessing
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from digital_council.errors import AuthorError
from digital_council.kernel import privilege

from ..sandbox import Sandbox
from . import calibration, converters, feedback
from .cells import Plan
from .directory import Directory
from .gradebook import Gradebook
from .record import Assignment
from .report import Marked, Report
from .submission import WAITING, Grader

BATCH = 25
SECONDS = 1.0  # between one transaction and the next, while there is work

_GRADER: list[Grader] = []


class Course:
    """One nbgrader course folder."""

    def __init__(self, root: Path, sandbox: Sandbox, *, force: bool = False, as_nbgrader: bool = False) -> None:
        self.directory, self.sandbox = Directory(root), sandbox
        self.force, self.as_nbgrader = force, as_nbgrader
        self.gradebook = Gradebook(self.directory.url)
        self.plans: dict[str, Plan] = {}
        self.assignment: Assignment | None = None

    def students(self, assignment: str, only: str = "*") -> list[str]:
        """Who has submitted; raises UsageError when nobody has."""
        return self.directory.students(assignment, only)

    def prepare(self, name: str) -> None:
        """Have the assignment in the gradebook, and know which of its cells are judged; raises AuthorError."""
        found = self.gradebook.assignment(name)
        if found is None or not found.notebooks:
            with self.directory.inside():
                converters.generate(self.directory, name)
            found = self.gradebook.assignment(name)
        if found is None:
            raise AuthorError(f"{self.directory.root}: nbgrader made no record of {name!r}")
        self.assignment = found
        self.plans = calibration.plans(self.sandbox, self.directory, found)

    def grade(self, students: Sequence[str], jobs: int = 1, told: Callable[[], object] = bool) -> list[Report]:
        """Grade these students' submissions of the assignment prepared; `told` is called after each."""
        assert self.assignment is not None  # noqa: S101  (prepare was called)
        if self.directory.replaced:
            reports = self._by_nbgrader(self.assignment.name, students, told)
        else:
            grader = Grader(self.directory, self.sandbox, self.assignment, self.plans, self.force, self.as_nbgrader)
            self._tidy(students)
            reports = self._record(_marked(grader, students, jobs), told)
        standings = self.gradebook.standings(self.assignment)
        for report in reports:
            if report.student in standings and report.outcome in ("graded", "skipped"):
                report.score, report.needs_manual_grade, report.late_penalty = standings[report.student]
                report.max = self.assignment.max
        return sorted(reports, key=lambda report: report.student)

    def _by_nbgrader(self, name: str, students: Sequence[str], told: Callable[[], object]) -> list[Report]:
        slow = converters.Converters(
            self.directory, self.sandbox, self.plans, force=self.force, as_nbgrader=self.as_nbgrader
        )
        reports = []
        with self.directory.inside():
            for student in students:
                reports.append(slow.grade(name, student))
                told()
        return reports

    def _tidy(self, students: Sequence[str]) -> None:
        """Remove what a batch that was cut short has left."""
        assert self.assignment is not None  # noqa: S101
        for parent in {self.directory.path("autograded", s, self.assignment.name).parent for s in students}:
            for folder in parent.glob(f"{WAITING}*"):
                shutil.rmtree(folder, ignore_errors=True)

    def _record(self, found: Iterator[Marked], told: Callable[[], object]) -> list[Report]:
        reports: list[Report] = []
        batch: list[Marked] = []
        last = time.monotonic()
        for marked in found:
            reports.append(marked.report)
            told()
            if marked.report.outcome == "graded":
                batch.append(marked)
            if len(batch) >= BATCH or (batch and time.monotonic() - last > SECONDS):
                self._keep(batch)
                batch, last = [], time.monotonic()
        self._keep(batch)
        return reports

    def _keep(self, batch: Sequence[Marked]) -> None:
        """Record marks, then put the graded copies in their places: the other way round, marks could be missed."""
        assert self.assignment is not None  # noqa: S101
        if batch:
            new = bool(self.directory.autograde.create_student)
            self.gradebook.record(self.assignment, batch, self.directory.penalty, new=new)
        for marked in batch:
            put(Path(marked.folder), Path(marked.place))

    def feedback(self, reports: Sequence[Report]) -> None:
        """Write feedback/ for these submissions; one that cannot be written is said to be in its report."""
        assert self.assignment is not None  # noqa: S101
        shared = self.directory.course.groupshared
        for report in (r for r in reports if r.outcome in ("graded", "skipped")):
            marks = self.gradebook.notebook_marks(self.assignment, report.student)
            folder = self.directory.path("autograded", report.student, report.assignment)
            try:
                pages = {
                    f"{name}.html": feedback.page(path.read_bytes(), notebook, marks[name], self.directory.hidden)
                    for name, notebook in self.assignment.notebooks.items()
                    if (path := folder / f"{name}.ipynb").is_file() and name in marks
                }
                place = self.directory.path("feedback", report.student, report.assignment)
                feedback.write(place, pages, self.directory.files(folder), 0o664 if shared else 0o644)
            except Exception as error:
                report.reason = f"no feedback: {type(error).__name__}: {error}"[:300]


def put(folder: Path, place: Path) -> None:
    """Put a folder in its place, instead of one that is there."""
    old = place.with_name(f"{WAITING}old-{place.name}")
    if place.exists():
        shutil.rmtree(old, ignore_errors=True)
        place.rename(old)
    folder.rename(place)
    shutil.rmtree(old, ignore_errors=True)


def _marked(grader: Grader, students: Sequence[str], jobs: int) -> Iterator[Marked]:
    """Mark submissions, in so many processes."""
    _GRADER[:] = [grader]
    if min(jobs, len(students)) <= 1:
        yield from map(_one, students)
        return
    # Forked, so that nbgrader is imported once; what forks holds no thread that matters here.
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_end_with, initargs=(os.getpid(),)) as pool:
        waiting = {pool.submit(_one, student): student for student in students}
        for done in as_completed(waiting):
            try:
                yield done.result()
            except BrokenProcessPool:
                yield Marked(Report(waiting[done], grader.assignment.name, "failed", reason="its grader was killed"))


def _end_with(parent: int) -> None:
    """In a worker: be ended when the command is, however that was ended."""
    privilege.prctl(privilege.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _one(student: str) -> Marked:
    os.chdir(_GRADER[0].directory.root)
    return _GRADER[0].mark(student)
