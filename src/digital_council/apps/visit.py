"""A visit: one viewer opens one app. What they saw last shows at once; each part is replaced as it comes alive."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jinja2 import Environment
from tornado.iostream import StreamClosedError
from tornado.web import authenticated
from voila.handler import BaseVoilaHandler

from digital_council.apps import prose
from digital_council.apps.assets import Assets
from digital_council.apps.kernels import Page, ViewerKernels
from digital_council.apps.opening import Door, Opening, Refused
from digital_council.apps.places import Places, Ticket
from digital_council.apps.running import START_SECONDS, Shown, Telling, failure, not_started, started
from digital_council.apps.snapshots import Key, Snapshot, Snapshots
from digital_council.errors import CouncilError

log = logging.getLogger(__name__)
SAY_EVERY = 2.0
"""Seconds between two messages to somebody who waits."""
FRESH = 60.0
"""Seconds for which a page without scripts is content with a snapshot."""


@dataclass(frozen=True)
class House:
    """What every visit needs."""

    door: Door
    snapshots: Snapshots
    places: Places
    assets: Assets
    pages: Environment
    page_config: Mapping[str, Any]
    portal: str
    longest: int


class Visit(BaseVoilaHandler):  # type: ignore[misc]
    """The page of an app."""

    def initialize(self, house: House, **kwargs: Any) -> None:
        super().initialize(**kwargs)
        self.house, self.gone = house, False
        self.kernel_id = str(uuid.uuid4())

    @authenticated  # type: ignore[untyped-decorator]
    async def get(self, app: str) -> None:
        user = self.current_user
        opening = await self._opening(user.username, app)
        if opening is None:
            return
        book = prose.read(opening.notebook, opening.fingerprint)
        groups = user.hub_user.get("groups", [])
        query = self.request.query.replace("still=1", "").strip("&")
        key = Key.of(user.username, app, opening.fingerprint, query, groups)
        telling = Telling(opening.owner, "role-operator" in groups or user.username == opening.owner)
        snapshot = self.house.snapshots.get(key)
        content = self.get_argument("still", "") == "1" and snapshot is not None
        self._head(opening, book, snapshot, query, still=content)
        if not content:
            await self._come_alive(opening, book, key, telling)
        self.finish(self._rendered("foot", alive=not content))

    async def _opening(self, account: str, app: str) -> Opening | None:
        """What the portal says; None when the answer has been given already."""
        try:
            return await self.house.door.open(account, app)
        except Refused as refused:
            self._refuse(refused.status, str(refused))
        except CouncilError as error:
            self._refuse(503, str(error))
        return None

    def _refuse(self, status: int, message: str) -> None:
        self.set_status(status)
        if status == 404:
            message = "There is no such app. It may have been retired or renamed."
        self.finish(self.render_template("error.html", status_code=status, message=message))

    def _head(self, opening: Opening, book: prose.Book, snapshot: Snapshot | None, query: str, *, still: bool) -> None:
        """Everything up to the parts, and the parts as they were: sent before a kernel is thought of."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.xsrf_token  # noqa: B018  (sets the cookie with which the page may say that it is being closed)
        config = {**self.house.page_config, "kernelId": self.kernel_id}
        stills = snapshot.parts if snapshot else ()
        self.write(
            self._rendered(
                "head", opening=opening, book=book, stills=dict(zip(_running(book), stills, strict=False)),
                as_at=in_words(snapshot.at) if snapshot else "", config=config, still=still, query=query,
            )
        )  # fmt: skip

    def _rendered(self, block: str, **words: Any) -> str:
        made: str = self.house.pages.get_template(f"app_{block}.html").render(
            words, house=self.house, base=self.base_url, kernel=self.kernel_id
        )
        return made

    async def _come_alive(self, opening: Opening, book: prose.Book, key: Key, telling: Telling) -> None:
        """Wait for a place, start a kernel, and send each part as it finishes."""
        places, kernels = self.house.places, self.kernel_manager
        page = Page(opening.account, opening.app, opening.version, time.monotonic(), telling.owner, telling.trace)
        kernels.expect(self.kernel_id, page)
        ticket = places.join(self.kernel_id, opening.account)
        try:
            await self._push("")
            if await self._called(ticket):
                await self._run(opening, book, key, telling)
                page.alive.set()
        except TimeoutError:
            log.error("The app %s could not be started in %d seconds", opening.app, START_SECONDS)
            await self._give_up(not_started(telling))
        except Exception as error:
            log.exception("An app could not be opened")
            await self._give_up(failure("", telling, error))
        finally:
            places.started(ticket)
            if self.kernel_id not in kernels:
                await kernels.end(self.kernel_id)

    async def _called(self, ticket: Ticket) -> bool:
        """Wait in line, saying how long it is; False when the viewer has gone."""
        wait = 0.4
        while not await ticket.wait(wait):
            if self.gone:
                return False
            before, seconds = self.house.places.before(ticket), self.house.places.seconds(ticket)
            await self._push(self._rendered("queue", before=before, seconds=seconds))
            wait = SAY_EVERY
        return True

    async def _run(self, opening: Opening, book: prose.Book, key: Key, telling: Telling) -> None:
        kernels: ViewerKernels = self.kernel_manager
        environment = {"COUNCIL_VIEWER_TOKEN": opening.token, "QUERY_STRING": key.query}
        manager = kernels.open(self.kernel_id, environment)
        run = await started(manager, self.kernel_id, book, telling, self.house.longest)
        shown: list[Shown] = []
        try:
            async for part in run.parts():
                shown.append(part)
                await self._push(self._rendered("part", part=part))
        finally:
            await run.finish()
        await self._settle(key, shown)

    async def _settle(self, key: Key, shown: list[Shown]) -> None:
        """Keep what was shown, if all of it was; end a kernel that nobody can use."""
        if not any(part.failed for part in shown):
            self.house.snapshots.put(key, datetime.now().astimezone(), [part.still for part in shown])
        if self.gone or any(part.over for part in shown):
            await self.kernel_manager.end(self.kernel_id, "" if self.gone else "part of it was stopped.")

    async def _give_up(self, said: str) -> None:
        await self.kernel_manager.end(self.kernel_id, "it could not be started.")
        await self._push(self._rendered("failed", said=said))

    async def _push(self, text: str) -> None:
        if self.gone:
            return
        try:
            if text:
                self.write(text)
            await self.flush()
        except StreamClosedError:
            self.gone = True

    def on_connection_close(self) -> None:
        """The tab was closed before the page was whole. What has started is finished, for the next time."""
        super().on_connection_close()
        self.gone = True

    def set_default_headers(self) -> None:
        super().set_default_headers()
        self.set_header("Content-Security-Policy", content_security_policy(self.request.host))


def _running(book: prose.Book) -> list[int]:
    return [part.number for part in book.parts if part.runs]


def in_words(at: datetime) -> str:
    """The time; with its day when that is not today."""
    today = datetime.now().astimezone().date()
    return at.strftime("%H:%M") if at.date() == today else at.strftime("%-d %B, %H:%M")


def content_security_policy(host: str) -> str:
    """Scripts and connections of this origin only. Voila's own page has inline scripts, and widgets need eval."""
    return (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        f"img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' ws://{host} wss://{host}; "
        "frame-ancestors 'self'; base-uri 'self'; form-action 'self'"
    )
