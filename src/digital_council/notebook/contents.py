"""Contents manager of a learner's server: lessons are brought up to date when opened and sent on when saved."""

from __future__ import annotations

import asyncio
import copy
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager

from digital_council.client import Portal
from digital_council.errors import CouncilError
from digital_council.grading.exchange import copies, renewal
from digital_council.grading.exchange.lessons import Agreed, Lesson, is_lesson
from digital_council.grading.exchange.sync import Sync

LIMIT = 1.9
"""Seconds that opening or saving may wait for the portal."""
AWAY = "Your work is saved in this notebook; it goes to the portal when it can be reached again"


class LessonContentsManager(AsyncLargeFileManager):  # type: ignore[misc]
    """The ordinary file manager, and what it knows of each lesson open in a tab."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A tab keeps the metadata it was opened with, so what was agreed since lives here.
        self.agreed: dict[str, Agreed] = {}
        self.told: dict[str, str] = {}

    async def get(self, path: str, content: bool = True, **kwargs: Any) -> Any:
        """The file; a lesson first gets the answers given elsewhere, and is copied when it is not there yet."""
        began = time.monotonic()
        renewed = await self._ensure(path)
        model = await super().get(path, content=content, **kwargs)
        if not (content and model["type"] == "notebook" and is_lesson(model["content"])):
            return model
        saved_at, limit = model["last_modified"].timestamp(), LIMIT - (time.monotonic() - began)
        lesson = await self._meet(path, Sync.pull, model["content"], saved_at, limit)
        self.told[_key(path)] = f"{renewed} {self.told[_key(path)]}".strip()
        if lesson is None:
            return model
        self.agreed[_key(path)] = lesson.agreed
        if lesson.sources() == Lesson(model["content"]).sources():
            Lesson(model["content"]).agreed = lesson.agreed
            return model
        await super().save({"type": "notebook", "content": lesson.notebook}, path)
        return await super().get(path, content=True, **kwargs)

    async def read(self, path: str) -> Any:
        """The file as it stands, with nothing exchanged: it may be open in a tab."""
        model = await super().get(path, content=True)
        if _key(path) in self.agreed and is_lesson(model["content"]):
            Lesson(model["content"]).agreed = self.agreed[_key(path)]
        return model

    async def save(self, model: Any, path: str = "") -> Any:
        """Write the file, then send its answers on; the file is safe whatever the portal does."""
        content: Any = model.get("content") if model.get("type") == "notebook" else None
        if not is_lesson(content):
            return await super().save(model, path)
        if _key(path) in self.agreed:
            Lesson(content).agreed = self.agreed[_key(path)]
        saved = await super().save(model, path)
        before = Lesson(content).agreed.to_json()
        lesson = await self._meet(path, Sync.push, content, time.time())
        if lesson is None or lesson.agreed.to_json() == before:
            return saved
        self.agreed[_key(path)] = Lesson(content).agreed = lesson.agreed
        return await super().save(model, path)  # what is agreed must outlive this server

    async def _meet(
        self,
        path: str,
        act: Callable[[Sync, Lesson, float], str],
        content: Any,
        saved_at: float,
        limit: float = LIMIT,
    ) -> Lesson | None:
        """Do it in a thread, within the limit; whatever goes wrong is told and logged, never raised."""
        try:
            portal = Portal.from_environment()
            lesson = Lesson(copy.deepcopy(content))  # a thread that is too late must not touch what is served
            work = asyncio.to_thread(act, Sync(portal), lesson, saved_at)
            self.told[_key(path)] = await asyncio.wait_for(work, limit)
        except (CouncilError, TimeoutError) as error:
            self.told[_key(path)] = f"{AWAY} ({str(error) or 'it took too long'})."
            return None
        except Exception:  # a lesson that cannot be read must still open and be saved as a file
            self.log.exception("the answers of %s were not exchanged with the portal", path)
            self.told[_key(path)] = f"{AWAY}."
            return None
        return lesson

    async def _ensure(self, path: str) -> str:
        """See that a lesson is there, in the release that the page shows; returns what the learner should know."""
        named = copies.is_place(path)
        if named is None:
            return ""
        release = await self._release(*named)
        try:
            return renewal.ensure(Path(self.root_dir), *named, release)
        except (CouncilError, OSError, ValueError, KeyError, TypeError) as error:
            self.log.info("no copy of %s was made: %s", path, error)
            return ""

    async def _release(self, course: str, unit: str) -> str | None:
        """The release the portal has this learner on; None while it is away, and then the newest will do."""
        try:
            work = asyncio.to_thread(renewal.release_of, Portal.from_environment(), course, unit)
            return await asyncio.wait_for(work, renewal.SECONDS)
        except (CouncilError, TimeoutError):
            return None


def _key(path: str) -> str:
    return path.strip("/")
