"""A course's folder and nbgrader's own configuration of it, read once."""

import datetime as dt
import fnmatch
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nbgrader.apps import NbGraderApp
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import (
    AssignLatePenalties,
    ClearHiddenTests,
    Execute,
    IgnorePattern,
    LimitOutput,
    OverwriteCells,
)

from digital_council.errors import LearnerError, UsageError

from .record import Hidden

STEPS = "autograde_preprocessors", "sanitize_preprocessors"


class Directory:
    """Where things are and how they are to be graded."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        with self.inside():
            self.app = quiet_app()
            self.course = CourseDirectory(parent=self.app)
            self.course.root = self.course.root  # a default that would be read anew from wherever we are then
            self.url: str = self.course.db_url
            self.autograde = Autograde(coursedir=self.course, parent=self.app)
            self.limit = LimitOutput(parent=self.app)
            self.ignore = IgnorePattern(parent=self.app)
            self.late = AssignLatePenalties(parent=self.app)
            self.late.init_plugin()
            self.seconds = float(Execute(parent=self.app).timeout or 30)
            clear = ClearHiddenTests(parent=self.app)
            self.hidden = Hidden(clear.begin_test_delimeter, clear.end_test_delimeter)
            self.add_missing = bool(OverwriteCells(parent=self.app).add_missing_cells)

    @contextmanager
    def inside(self) -> Iterator[None]:
        """nbgrader finds its configuration and its folders from the working directory."""
        before = Path.cwd()
        os.chdir(self.root)
        # A new gradebook is stamped by the `alembic` program, which nbgrader looks for on the path.
        path = os.environ.get("PATH")
        os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{path or os.defpath}"
        try:
            yield
        finally:
            os.chdir(before)
            if path is None:
                del os.environ["PATH"]
            else:
                os.environ["PATH"] = path

    @property
    def replaced(self) -> str:
        """Which of nbgrader's own steps the configuration replaces; with those only nbgrader itself can grade."""
        usual = Autograde(coursedir=self.course)
        changed = [step for step in STEPS if getattr(self.autograde, step) != getattr(usual, step)]
        changed += ["exporter_class"] * ("exporter_class" in self.app.config.get("Autograde", {}))
        changed += ["notebook_id"] * (self.course.notebook_id != "*")
        return ", ".join(changed)

    def path(self, step: str, student: str, assignment: str) -> Path:
        """The folder of a step: "submitted", "autograded" and so on."""
        folder = getattr(self.course, f"{step}_directory")
        return Path(os.path.normpath(self.course.format_path(folder, student, assignment)))

    def students(self, assignment: str, only: str = "*") -> list[str]:
        """Who has submitted; raises UsageError when nobody has."""
        pattern = self.path("submitted", only, assignment)
        place = self.path("submitted", "@", "@").parts.index("@")
        found = Path(pattern.anchor).glob(str(pattern.relative_to(pattern.anchor)))
        excluded = set(self.course.student_id_exclude.split(","))
        names = {path.parts[place] for path in found if path.is_dir() or path.is_symlink()}
        if not names - excluded:
            raise UsageError(f"{self.root}: nothing is submitted for {assignment!r}" + f" by {only!r}" * (only != "*"))
        return sorted(names - excluded)

    def timestamp(self, folder: Path) -> dt.datetime | None:
        """When a submission was made, as its folder says; raises LearnerError when that is no time."""
        try:
            found: dt.datetime | None = self.course.get_existing_timestamp(str(folder))
        except Exception:
            raise LearnerError(f"{folder.name}/timestamp.txt does not hold a time") from None
        return found

    def ignored(self, name: str) -> bool:
        """Whether nbgrader would leave a file or folder of this name out of what it copies."""
        return any(fnmatch.fnmatch(name, pattern) for pattern in self.course.ignore)

    def files(self, folder: Path) -> dict[str, Path]:
        """The files beside the notebooks, by their place in the folder."""
        found: dict[str, Path] = {}
        for place, folders, names in os.walk(folder):
            folders[:] = sorted(f for f in folders if not self.ignored(f))
            for name in sorted(names):
                path = Path(place, name)
                if not name.endswith(".ipynb") and not self.ignored(name):
                    found[str(path.relative_to(folder))] = path
        return found

    def penalty(self, student: str, score: float, seconds: float) -> float | None:
        """What the course's own plugin takes off for being late."""
        found: float | None = self.late.plugin_inst.late_submission_penalty(student, score, seconds)
        return found

    def shorten(self, cell: Any) -> None:
        """What nbgrader's LimitOutput and IgnorePattern do to a cell's outputs, as configured."""
        if self.ignore.enabled:
            self.ignore.preprocess_cell(cell, {}, 0)
        if self.limit.enabled:
            self.limit.preprocess_cell(cell, {}, 0)


def quiet_app() -> Any:
    """nbgrader's application, with the course's own configuration and only its errors in the log."""
    app = NbGraderApp()
    app.initialize([])
    app.log = logging.getLogger("nbgrader-course")
    app.log.setLevel(logging.CRITICAL)
    return app
