"""What every class of the exchange shares: the portal as the caller's token sees it, and where lessons live."""

from __future__ import annotations

import time
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

from nbgrader.exchange import abc

from digital_council.client import Portal
from digital_council.errors import CouncilError, LearnerError
from digital_council.grading.exchange import copies

AWAY = "The portal does not answer just now; your work is saved here. Refresh to try again"
QUIET = 5.0
"""Seconds: one press of Refresh lists twice, and each call holds up the learner's whole server."""
_quiet = {"until": 0.0}


class CouncilExchange(abc.Exchange):  # type: ignore[misc]
    """An exchange without a shared folder. Who asks is the token's owner; `student_id` is never looked at."""

    @cached_property
    def portal(self) -> Portal:
        try:
            return Portal.from_environment()
        except CouncilError as error:
            self.refuse(error)

    def ask(self, path: str, **params: Any) -> Any:
        """Read from the portal; fails in one line, and at once for a while after the portal was silent."""
        if time.monotonic() < _quiet["until"]:
            raise abc.ExchangeError(AWAY)
        try:
            return self.portal.get(path, **params)
        except LearnerError as error:
            self.refuse(error)
        except CouncilError as error:
            _quiet["until"] = time.monotonic() + QUIET
            self.log.error("%s", error)
            raise abc.ExchangeError(AWAY) from None

    def refuse(self, error: CouncilError) -> NoReturn:
        self.log.error("%s", error)
        raise abc.ExchangeError(str(error)) from None

    @property
    def home(self) -> Path:
        return Path(self.assignment_dir).resolve()

    @property
    def course(self) -> str:
        return str(self.coursedir.course_id)

    @property
    def unit(self) -> str:
        return str(self.coursedir.assignment_id)

    @property
    def file(self) -> Path:
        return self.home / copies.place(self.course, self.unit)

    def feedback_folder(self, unit: str, attempt: str) -> Path:
        return self.home / self.course / "feedback" / unit / attempt

    def init_src(self) -> None:
        """Course and unit must be named."""
        if not (self.course and self.unit):
            raise abc.ExchangeError("which lesson? name the course (--course) and the unit")

    def init_dest(self) -> None:
        pass

    def copy_files(self) -> None:
        pass


class _ForAuthors(CouncilExchange):
    said = ""

    def start(self) -> None:
        raise abc.ExchangeError(self.said)


class CouncilReleaseAssignment(_ForAuthors, abc.ExchangeReleaseAssignment):  # type: ignore[misc]
    """Not done from nbgrader."""

    said = "lessons are released by `council courses build`, from their text; nothing was released"


class CouncilCollect(_ForAuthors, abc.ExchangeCollect):  # type: ignore[misc]
    """Not done from nbgrader."""

    said = "submissions go straight to the portal, which stores and marks them; there is nothing to collect"


class CouncilReleaseFeedback(_ForAuthors, abc.ExchangeReleaseFeedback):  # type: ignore[misc]
    """Not done from nbgrader."""

    said = "the portal gives feedback as soon as an attempt is marked; there is nothing to release"
