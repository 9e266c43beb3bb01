"""Fetch a lesson, submit it, fetch its feedback: what the buttons of nbgrader's Assignment List do."""

from __future__ import annotations

import json
import os
from pathlib import Path

from nbgrader.exchange import abc

from digital_council.errors import CouncilError
from digital_council.grading.exchange import asking, copies, feedback
from digital_council.grading.exchange.base import CouncilExchange
from digital_council.grading.exchange.cells import parse
from digital_council.grading.exchange.lessons import Lesson, is_lesson
from digital_council.grading.exchange.sync import Sync


class CouncilFetchAssignment(CouncilExchange, abc.ExchangeFetchAssignment):  # type: ignore[misc]
    """The released notebook with the answers given so far; a copy that is there stays as the learner has it."""

    def copy_files(self) -> None:
        try:
            self._fetch()
        except CouncilError as error:
            self.refuse(error)

    def _fetch(self) -> None:
        if self.file.exists():
            self.log.info("%s is here already; it gets newer answers when you open it", self.file)
            return
        notebook = parse(copies.released(self.course, self.unit))
        Sync(self.portal).pull(Lesson(notebook), saved_at=0)
        self.file.parent.mkdir(parents=True, exist_ok=True)
        _replace(self.file, json.dumps(notebook, indent=1, ensure_ascii=False).encode())


class CouncilSubmit(CouncilExchange, abc.ExchangeSubmit):  # type: ignore[misc]
    """Send the saved notebook, with what was answered on the page; whose it is the token says."""

    def init_src(self) -> None:
        super().init_src()
        if not self.file.is_file():
            raise abc.ExchangeError(f"there is no {self.file.name} to submit; fetch it first")

    def copy_files(self) -> None:
        try:
            attempt = self._submit()
        except CouncilError as error:
            self.refuse(error)
        self.log.info("Submitted %s of %s; attempt %s", self.unit, self.course, attempt)

    def _submit(self) -> str:
        try:
            notebook = parse(self.file.read_bytes())
        except ValueError:
            notebook = {}
        if not is_lesson(notebook):  # whatever it is, the portal names what is wrong with it
            return asking.hand_in(self.portal, self.course, self.unit, self.file.read_bytes())
        lesson = Lesson(notebook)
        answers = Sync(self.portal).merged(lesson, self.file.stat().st_mtime, send=True)
        lesson.write(answers)
        return asking.hand_in(self.portal, self.course, self.unit, lesson.without_outputs())


class CouncilFetchFeedback(CouncilExchange, abc.ExchangeFetchFeedback):  # type: ignore[misc]
    """A page of findings for each marked attempt."""

    def copy_files(self) -> None:
        for brief in self.ask("attempts", course=self.course, unit=self.unit, limit=100)["attempts"]:
            if brief.get("outcome"):
                self._page(brief["id"])

    def _page(self, attempt: str) -> None:
        found = self.ask(f"attempts/{attempt}")
        title = f"Findings: {self.unit}, attempt {found['number']}"
        folder = self.feedback_folder(self.unit, attempt)
        folder.mkdir(parents=True, exist_ok=True)
        page = feedback.page(title, feedback.summary(found), feedback.findings(found), marked(found))
        _replace(folder / f"{self.unit}.html", page.encode())


def marked(attempt: dict[str, object]) -> str:
    """What tells one mark of an attempt from a later one."""
    return json.dumps([attempt.get(name) for name in ("outcome", "score", "max")])


def _replace(path: Path, content: bytes) -> None:
    fresh = path.with_name(f".{path.name}.{os.getpid()}.part")
    fresh.write_bytes(content)
    fresh.replace(path)
