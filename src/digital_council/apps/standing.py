"""Standing: whether an open page is still alive and may go on, and why not; rights are asked for again each minute."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

from jupyter_server.base.handlers import APIHandler
from jupyter_server.services.kernels.handlers import KernelHandler
from tornado.web import HTTPError, authenticated
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler

from digital_council.apps.kernels import Page, ViewerKernels
from digital_council.apps.opening import Door, Refused
from digital_council.apps.running import set_environment
from digital_council.errors import CouncilError

log = logging.getLogger(__name__)
ASK_EVERY = 30.0
"""Seconds: a right that was taken away must be gone within a minute, here as everywhere."""
BRIEFLY = 2.0
"""Seconds for which an answer holds, however often a page asks."""
RENEW_AFTER = 300.0
"""Seconds after which a token, good for ten minutes, is replaced by a new one."""


class Standing(APIHandler):  # type: ignore[misc]
    """What a page asks now and then, and after its viewer did something: may I go on, and if not, why?"""

    def initialize(self, rights: Rights) -> None:
        self.rights = rights

    @authenticated  # type: ignore[untyped-decorator]
    async def get(self, kernel_id: str) -> None:
        kernels: ViewerKernels = self.kernel_manager
        account = self.current_user.username
        if kernels.owner(kernel_id) == account:
            await self.rights.ask(kernel_id, kernels.pages[kernel_id])
        if kernels.owner(kernel_id) == account:
            self.finish({"alive": True})
            return
        whose, why = kernels.endings.get(kernel_id, (account, ""))
        if whose != account:
            raise HTTPError(404)
        self.finish({"alive": False, "why": why})


class Kernel(KernelHandler):  # type: ignore[misc]
    """What the front end asks before it connects: answered when the cells have run, so that it has begun by then."""

    @authenticated  # type: ignore[untyped-decorator]
    async def get(self, kernel_id: str) -> None:
        page = self.kernel_manager.pages.get(kernel_id)
        if page is not None and page.account == self.current_user.username:
            await page.alive.wait()
        await super().get(kernel_id)


class CloseTab(VoilaShutdownKernelHandler):  # type: ignore[misc]
    """The page says that it is being closed. Only its own viewer may say so."""

    @authenticated  # type: ignore[untyped-decorator]
    async def post(self, kernel_id: str) -> None:
        if self.kernel_manager.owner(kernel_id) != self.current_user.username:
            raise HTTPError(404)
        await self.kernel_manager.end(kernel_id)
        self.set_status(204)
        self.finish()


class Rights:
    """Asks for every open page whether its viewer still may, and hands its kernel a new token in time."""

    def __init__(self, kernels: ViewerKernels, door: Door) -> None:
        self.kernels, self.door = kernels, door

    async def keep(self) -> None:
        """For as long as the service runs."""
        while True:
            await asyncio.sleep(ASK_EVERY)
            for kernel_id, page in list(self.kernels.pages.items()):
                try:
                    await self.ask(kernel_id, page)
                except Exception:
                    log.exception("The rights of an open page could not be asked for")

    async def ask(self, kernel_id: str, page: Page) -> None:
        """Ask for one page, unless that was done just now; end its kernel when the viewer may no longer see the app."""
        if time.monotonic() - page.asked < BRIEFLY:
            return
        page.asked = time.monotonic()
        try:
            opening = await self.door.open(page.account, page.app, page.version)
        except Refused as refused:
            await self.kernels.end(kernel_id, str(refused))
            return
        except CouncilError:
            return  # the portal is away: the token says by itself how long it is good
        if time.monotonic() - page.signed > RENEW_AFTER and kernel_id in self.kernels:
            await self._renew(kernel_id, opening.token)
            page.signed = time.monotonic()

    async def _renew(self, kernel_id: str, token: str) -> None:
        client: Any = self.kernels.get_kernel(kernel_id).client()
        client.start_channels(shell=True, iopub=False, stdin=False, hb=False, control=False)
        try:
            set_environment(client, {"COUNCIL_VIEWER_TOKEN": token})
            await client.get_shell_msg(timeout=10)
        finally:
            client.stop_channels()
