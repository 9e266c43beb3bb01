"""What the buttons in JupyterLab call: check, submit and status of a saved lesson, for whoever is signed in here.

Cross-site requests are refused as they are by the rest of Jupyter's own interface.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from jupyter_server.base.handlers import APIHandler, JupyterHandler
from jupyter_server.utils import url_escape, url_path_join
from tornado import web  # type: ignore[attr-defined]

from digital_council.client import Portal
from digital_council.errors import CouncilError
from digital_council.grading.exchange import asking, copies
from digital_council.grading.exchange.lessons import Lesson, is_lesson
from digital_council.grading.exchange.sync import RELOAD, Sync
from digital_council.notebook import publishing

AWAY = "Your work is saved in this notebook"
MARKING = 15.0
"""Seconds to wait for a mark before saying that it will come."""


class LessonHandler(APIHandler):  # type: ignore[misc]
    """Shared: the lesson named in the request, as it was last saved."""

    async def lesson(self, path: str) -> tuple[Lesson, float]:
        read = getattr(self.contents_manager, "read", self.contents_manager.get)
        model = await read(path)
        if model["type"] != "notebook" or not is_lesson(model["content"]):
            raise web.HTTPError(400, reason="This notebook is not a lesson")
        return Lesson(model["content"]), model["last_modified"].timestamp()

    async def answer(self, work: Any, *args: Any) -> None:
        """Finish with what the work shows, or with the reason in one line; the server goes on meanwhile."""
        try:
            self.finish(await asyncio.to_thread(work, *args))
        except CouncilError as error:
            self.set_status(502)
            self.finish({"message": f"{AWAY}; {error}"})

    def asked(self) -> dict[str, Any]:
        body = self.get_json_body()
        if not isinstance(body, dict) or not isinstance(body.get("path"), str):
            raise web.HTTPError(400, reason="Name the notebook: path")
        return body


class CheckHandler(LessonHandler):
    @web.authenticated  # type: ignore[untyped-decorator]
    async def post(self) -> None:
        asked = self.asked()
        lesson, saved_at = await self.lesson(asked["path"])
        question = str(asked.get("question"))
        if question not in lesson.questions:
            raise web.HTTPError(400, reason="Select a question's cell first, then check it")
        await self.answer(_check, lesson, saved_at, question)


class SubmitHandler(LessonHandler):
    @web.authenticated  # type: ignore[untyped-decorator]
    async def post(self) -> None:
        lesson, saved_at = await self.lesson(self.asked()["path"])
        await self.answer(_submit, lesson, saved_at)


class StatusHandler(LessonHandler):
    @web.authenticated  # type: ignore[untyped-decorator]
    async def get(self) -> None:
        path = self.get_query_argument("path")
        lesson, _ = await self.lesson(path)
        told = getattr(self.contents_manager, "told", {}).get(path.strip("/"), "")
        self.finish({"course": lesson.course, "unit": lesson.unit, "message": told, "reload": RELOAD in told})


class OpenHandler(JupyterHandler):  # type: ignore[misc]
    """The link of a lesson on the portal: gives the learner their copy and opens it in JupyterLab."""

    @web.authenticated  # type: ignore[untyped-decorator]
    def get(self, course: str, unit: str) -> None:
        try:
            copies.ensure(Path(self.contents_manager.root_dir), course, unit)
        except CouncilError as error:
            raise web.HTTPError(404, reason=str(error)) from None
        self.redirect(url_path_join(self.base_url, "lab/tree", url_escape(copies.place(course, unit))))


def add_handlers(application: Any) -> None:
    base = url_path_join(application.settings["base_url"], "council")
    application.add_handlers(
        ".*$",
        [
            (url_path_join(base, "api/check"), CheckHandler),
            (url_path_join(base, "api/submit"), SubmitHandler),
            (url_path_join(base, "api/status"), StatusHandler),
            (url_path_join(base, r"open/([\w-]+)/([\w-]+)"), OpenHandler),
            *publishing.handlers(base),
        ],
    )


def _check(lesson: Lesson, saved_at: float, question: str) -> str:
    portal = Portal.from_environment()
    answers = Sync(portal).merged(lesson, saved_at)
    return json.dumps(asking.check(portal, lesson, answers, question).to_json())


def _submit(lesson: Lesson, saved_at: float) -> str:
    portal = Portal.from_environment()
    attempt = asking.submit(portal, lesson, Sync(portal).merged(lesson, saved_at, send=True))
    return json.dumps(asking.mark(portal, attempt, MARKING).to_json())
