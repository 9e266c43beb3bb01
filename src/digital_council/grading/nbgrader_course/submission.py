"""Marking one submission: read, mended, run by its plan, marked and written down beside its place.

Runs in a worker, which has no hand on the gradebook. Whatever is wrong with a submission, a report comes back.
"""

import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader import utils

from digital_council.errors import LearnerError

from ..sandbox import Sandbox
from . import calibration, examination, mending
from .cells import Plan, cell_name, kind_of, only_names
from .court import Court
from .directory import Directory
from .pictures import Pictures
from .record import Assignment, Notebook
from .report import Marked, Report
from .split import PROLOGUE

LARGEST = 20 << 20
WAITING = ".council-"  # folders beside a submission's place, until the gradebook has its marks
WARNED = "a warning is no failure"
BEYOND = "more than the cell's points is left to a person"
NO_MARK = "a result that is no mark earns nothing"


@dataclass
class Grader:
    """What marking any submission of one assignment needs."""

    directory: Directory
    sandbox: Sandbox
    assignment: Assignment
    plans: Mapping[str, Plan]
    force: bool = False
    as_nbgrader: bool = False

    def __post_init__(self) -> None:
        source = self.directory.path("source", ".", self.assignment.name)
        kept = set(self.directory.autograde.exclude_overwriting.get(self.assignment.name, []))
        files = self.directory.files(source) if source.is_dir() else {}
        self.sources: dict[str, bytes] = {name: path.read_bytes() for name, path in files.items() if name not in kept}
        self.pictures = Pictures()
        self.court: Court | None = None
        if Court.possible(self.sandbox):
            imports = [line for plan in self.plans.values() for line in plan.imports]
            cells = [
                (c.name, c.source) for n in self.assignment.notebooks.values() for c in n.cells.values() if c.locked
            ]
            cells += [(PROLOGUE, plan.prologue) for plan in self.plans.values()]
            self.court = Court(self.sandbox, cells, imports, self.sources, self.directory.seconds)

    def mark(self, student: str) -> Marked:
        """Mark one submission."""
        marked = Marked(Report(student, self.assignment.name))
        folder = self.directory.path("submitted", student, self.assignment.name)
        try:
            if reason := refusal(folder):
                marked.report.outcome, marked.report.reason = "refused", reason
            else:
                self._mark(marked, folder)
        except LearnerError as error:
            marked.report.outcome, marked.report.reason = "failed", str(error)
        except Exception as error:
            marked.report.outcome, marked.report.reason = "failed", f"{type(error).__name__}: {error}"[:300]
        if marked.report.outcome != "graded" and marked.folder:
            shutil.rmtree(marked.folder, ignore_errors=True)
        return marked

    def _mark(self, marked: Marked, folder: Path) -> None:
        place = self.directory.path("autograded", marked.report.student, self.assignment.name)
        marked.timestamp, marked.place = self.directory.timestamp(folder), str(place)
        if not self._due(place, marked.timestamp):
            marked.report.outcome = "skipped"
            return
        handed_in = {p.stem: p for p in sorted(folder.glob("*.ipynb")) if p.stem in self.assignment.notebooks}
        for path in handed_in.values():
            if path.is_dir():
                raise LearnerError(f"{path.name} is a folder and not a notebook")
        if not handed_in:
            raise LearnerError("none of the assignment's notebooks was handed in")
        marked.missing = [name for name in self.assignment.notebooks if name not in handed_in]
        self._hook("pre", marked, handed_in)
        place.parent.mkdir(parents=True, exist_ok=True)
        marked.folder = tempfile.mkdtemp(prefix=WAITING, dir=place.parent)
        files = {name: path.read_bytes() for name, path in self.directory.files(folder).items()} | self.sources
        for name, content in files.items():
            write(Path(marked.folder, name), content)
        for name, path in handed_in.items():
            self._notebook(marked, self.assignment.notebooks[name], path, files)
        self._settle(Path(marked.folder))
        self._hook("post", marked, handed_in)

    def _due(self, place: Path, timestamp: Any) -> bool:
        """Whether a submission is to be graded: it never was, it is newer, or that was asked for."""
        if self.force or not place.exists():
            return True
        before = self.directory.timestamp(place)
        return timestamp is not None and before is not None and timestamp > before

    def _notebook(self, marked: Marked, author: Notebook, path: Path, files: Mapping[str, bytes]) -> None:
        notebook = mending.parse(path.read_bytes(), path.name)
        add = self.directory.add_missing or not self.as_nbgrader
        marked.report.repairs += mending.mend(notebook, author, self.directory.hidden, add_missing=add)
        plan = self.plans.get(author.name) or Plan(frozenset(), frozenset(), ())
        answers = {c.metadata.nbgrader.grade_id: self._comment(c) for c in notebook.cells if answered(c)}
        if needs_running(notebook):
            self._run(notebook, plan, files)
        names = [cell_name(c, i) for i, c in enumerate(notebook.cells) if kind_of(c) == "test"]
        marked.report.cells[author.name] = {n: "judged" if plan.judged.get(n) else "self-reported" for n in names}
        for cell in notebook.cells:
            self.directory.shorten(cell)
        if not self.as_nbgrader:
            for name in calibration.soften(notebook):
                marked.report.differ(WARNED, f"{author.name}/{name}")
        marked.comments[author.name] = answers
        marked.scores[author.name] = {
            c.metadata.nbgrader.grade_id: self._score(marked.report, author.name, c, plan)
            for c in notebook.cells
            if utils.is_grade(c)
        }
        write(Path(marked.folder, path.name), mending.text_of(notebook))

    def _run(self, notebook: Any, plan: Plan, files: Mapping[str, bytes]) -> None:
        most = self.sandbox.policy.limits.file_mb << 20
        files = {name: content for name, content in files.items() if name != "timestamp.txt"}
        if sum(map(len, files.values())) > most:
            files = self.sources
        seconds = self.directory.seconds
        examination.run(self.sandbox, plan, notebook, files, seconds, self.sources, self.court, self.pictures)

    def _score(self, report: Report, notebook: str, cell: Any, plan: Plan) -> float | None:
        name = cell.metadata.nbgrader.grade_id
        try:
            score: float | None = utils.determine_grade(cell)[0]
        except (ValueError, KeyError):  # nbgrader gives up the whole submission here
            report.differ(BEYOND, f"{notebook}/{name}")
            return None
        if score and kind_of(cell) == "test" and not calibration.is_mark(cell, plan.numbers.get(name, False)):
            report.differ(NO_MARK, f"{notebook}/{name}")  # and nbgrader gives full marks
            return 0.0
        return score

    @staticmethod
    def _comment(cell: Any) -> str | None:
        unchanged = cell.metadata.nbgrader.checksum == utils.compute_checksum(cell)
        return "No response." if unchanged and not utils.is_task(cell) else None

    def _settle(self, folder: Path) -> None:
        """The permissions that nbgrader gives what it has graded."""
        mode = int(str(self.directory.autograde.permissions), 8)
        shared = self.directory.course.groupshared
        for place, _, names in os.walk(folder):
            os.chmod(place, 0o2775 if shared else 0o755)
            for name in names:
                os.chmod(Path(place, name), mode)

    def _hook(self, when: str, marked: Marked, notebooks: Mapping[str, Path]) -> None:
        """The course's own hooks, which nbgrader calls with the same words."""
        if getattr(self.directory.autograde, f"{when}_convert_hook"):
            course = self.directory.course
            course.student_id, course.assignment_id = marked.report.student, marked.report.assignment
            self.directory.autograde.notebooks = [str(p) for p in notebooks.values()]
            getattr(self.directory.autograde, f"run_{when}_convert_hook")()


def needs_running(notebook: Any) -> bool:
    """Whether running a notebook could change anything in it."""
    return any(kind_of(c) == "test" or (c.cell_type == "code" and not only_names(c.source)) for c in notebook.cells)


def answered(cell: Any) -> bool:
    """Whether a cell is one that nbgrader comments on."""
    return bool(utils.is_solution(cell) or utils.is_task(cell))


def write(path: Path, content: bytes) -> None:
    """Write a file and the folders it is in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


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
