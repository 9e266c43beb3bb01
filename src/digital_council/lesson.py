"""In a lesson's notebook: `lesson.check("question")`, `.hint("question")`, `.submit()` and `.attempts()`.

Imported by every learner's kernel at start, so everything heavy is imported when it is first needed.
"""

from __future__ import annotations

import functools
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from digital_council.errors import CouncilError, LearnerError

if TYPE_CHECKING:
    from digital_council.grading.exchange.asking import Shown
    from digital_council.grading.exchange.lessons import Lesson
    from digital_council.grading.exchange.merge import Answers

SAVED = "Your work is saved in this notebook"
_runs: list[tuple[float, str]] = []
T = TypeVar("T")


class Line:
    """A few plain sentences to the learner, one a line, in place of a traceback."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        from html import escape

        lines = "<br>".join(escape(line) for line in self.text.splitlines())
        return f'<p role="status">{lines}</p>'


def _told(work: Callable[..., T]) -> Callable[..., T | Line]:
    """Errors meant for the learner become one line."""

    @functools.wraps(work)
    def wrapper(*args: Any, **kwargs: Any) -> T | Line:
        try:
            return work(*args, **kwargs)
        except LearnerError as error:
            return Line(str(error))
        except CouncilError as error:
            return Line(f"{SAVED}; {error}")

    return wrapper


@_told
def check(question: str) -> Shown:
    """Check one answer as it stands; costs no attempt."""
    from digital_council.grading.exchange import asking

    lesson, answers = _now(question)
    lesson.answer(question)  # an answer of the wrong form is told at once
    return asking.check(_portal(), lesson, answers, question)


@_told
def hint(question: str) -> Shown:
    """The next hint for a question."""
    from digital_council.grading.exchange import asking

    return asking.hint(_portal(), _read(question)[0], question)


@_told
def submit() -> Shown:
    """Hand in every answer of this lesson, as saved or as last run, and show the mark."""
    from digital_council.grading.exchange import asking

    lesson, answers = _now(send=True)
    portal = _portal()
    return asking.mark(portal, asking.submit(portal, lesson, answers), seconds=15)


@_told
def attempts() -> Line:
    """Your attempts at this lesson, oldest first."""
    from digital_council.grading.exchange import asking, feedback

    lesson, _ = _read()
    found = asking.attempts(_portal(), lesson)
    lines = [f"{each.get('submitted_at', '')}: {feedback.summary(each)}" for each in found]
    return Line("\n".join(lines) or "You have not submitted this lesson yet.")


def _portal() -> Any:
    from digital_council.client import Portal

    return Portal.from_environment()


def _now(question: str | None = None, send: bool = False) -> tuple[Lesson, Answers]:
    """The lesson and its answers as they stand, joined with those given on the page."""
    from digital_council.grading.exchange.sync import Sync

    lesson, saved_at = _read(question)
    return lesson, Sync(_portal()).merged(lesson, saved_at, send)


def _read(question: str | None = None) -> tuple[Lesson, float]:
    """The saved notebook with what was run since; raises LearnerError that says what to do."""
    from digital_council.grading.exchange.cells import marked
    from digital_council.grading.exchange.lessons import Lesson, is_lesson

    path, notebook = _file()
    if not is_lesson(notebook):
        raise LearnerError(f"{path.name} is not a lesson; open one from the portal")
    lesson = Lesson(notebook)
    if question is not None and question not in lesson.questions:
        raise LearnerError(f"There is no question {question!r} here; there are {', '.join(lesson.questions)}")
    saved_at = path.stat().st_mtime
    latest = saved_at
    for ran_at, source in _executed():
        name = marked(source)
        if name in lesson.questions and ran_at > saved_at:
            lesson.questions[name]["source"] = source
            latest = ran_at
    return lesson, latest


def _file() -> tuple[Path, Any]:
    from digital_council.grading.exchange.cells import parse

    name = os.environ.get("JPY_SESSION_NAME")
    if not name:
        raise LearnerError("Save this notebook and open it again in JupyterLab; then this works")
    path = Path(name)
    try:
        return path, parse(path.read_bytes())
    except (OSError, ValueError):
        raise LearnerError(f"{path.name} cannot be read; save this notebook, then try again") from None


def _executed() -> list[tuple[float, str]]:
    """What this kernel has run, in order, each with when."""
    shell = _shell()
    sources = list(shell.user_ns.get("In", ())) if shell else []
    # A cell that ran before this module was imported has no time of its own: this module's is the latest it can be.
    times = {source: when for when, source in _runs}
    return [(times.get(source, _started), source) for source in sources]


def _shell() -> Any:
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None


def _remember(info: Any) -> None:
    _runs.append((time.time(), info.raw_cell))


_started = time.time()
if _shell():
    _shell().events.register("pre_run_cell", _remember)
