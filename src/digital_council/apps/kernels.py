"""Apps' kernels: each in a sandbox, for one viewer, ended soon after the tab is closed."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from traitlets import Callable as CallableTrait
from traitlets import Integer

from digital_council.kernel import provisioner
from digital_council.kernel.limits import Limits
from digital_council.kernel.mounts import Mounts
from digital_council.kernel.warm import PRELOAD, WarmKernel

CLOSED_TAB_SECONDS = 20
"""A kernel that its page has left this long is ended."""
SLOW_PAGE_SECONDS = 120
"""How long a page may take to load its scripts and connect for the first time."""

SOCKETS = "/run/council"
MEMORY_MB = 512
PICTURES = tuple(f"PIL.{kind}ImagePlugin" for kind in ("Bmp", "Gif", "Jpeg", "Ppm", "Png"))
"""Which the first picture of any kind would import."""
MODULES = (
    *PRELOAD, *provisioner.PRELOAD, "httpx", "httpcore", "digital_council.client", "digital_council.apps.show",
    "IPython.core.logger", "pandas.io.formats.html", "pyarrow.pandas_compat", *PICTURES,
)  # fmt: skip
REMEMBERED = 500
"""How many endings are remembered, to be told to pages that ask."""
TOO_LONG = "it worked on one thing for longer than {} seconds, so it was stopped."
DIED = f"it was stopped, because it needed more memory ({MEMORY_MB} MB) or more processes than an app may have."


def warm(sockets: Path) -> WarmKernel:
    """The warm kernel of apps, not yet started: its forks see the portal's socket and nothing else of ours."""
    limits = Limits(seconds_total=0, memory_mb=MEMORY_MB, processes=32, file_mb=64)
    if os.environ.get("COUNCIL_NO_SANDBOX") == "1":
        mounts = Mounts().setenv(COUNCIL_PORTAL_SOCKET=str(sockets / "portal.sock"))
        return WarmKernel(limits, MODULES, mounts, sandbox=False)
    mounts = Mounts().read(sockets, SOCKETS).setenv(COUNCIL_PORTAL_SOCKET=f"{SOCKETS}/portal.sock")
    return WarmKernel(limits, MODULES, mounts)


class SandboxSpecs(KernelSpecManager):  # type: ignore[misc]
    """One kernel for every app, whatever its notebook names: Python in the sandbox."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        return KernelSpec(
            argv=[sys.executable, "-I", "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            display_name="Python",
            language="python",
            metadata={"kernel_provisioner": {"provisioner_name": "council-warm"}},
        )


@dataclass
class Page:
    """Whose page a kernel serves, of which app and version, and since when it has been busy without a pause."""

    account: str
    app: str
    version: int
    signed: float
    owner: str = ""
    """Whom to tell when something fails."""
    trace: bool = False
    """Whether this viewer looks after apps, and may see what Python said."""
    asked: float = 0.0
    """When it was last asked whether its viewer may still see it."""
    busy_since: float = 0.0
    alive: asyncio.Event = field(default_factory=asyncio.Event)
    """Its cells have run; from then on being busy for long is a fault."""


class ViewerKernels(AsyncMappingKernelManager):  # type: ignore[misc]
    """Starts kernels for whoever is viewing, with nothing of this service's environment."""

    longest = Integer(60, config=True, help="Seconds that an app may work on one thing.")
    freed: Callable[[str], None] = CallableTrait(lambda kernel_id: None)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.pages: dict[str, Page] = {}
        self.endings: OrderedDict[str, tuple[str, str]] = OrderedDict()
        self.seen: set[str] = set()

    def owner(self, kernel_id: str) -> str:
        """The account a kernel was started for; empty for a kernel that there is not."""
        return self.pages[kernel_id].account if kernel_id in self.pages else ""

    def expect(self, kernel_id: str, page: Page) -> None:
        """A page has come that is to have this kernel, once there is a place."""
        self.pages[kernel_id] = page

    async def open(self, kernel_id: str, environment: dict[str, str]) -> Any:
        """Start the kernel of a page that is expected; its manager."""
        await self._async_start_kernel(kernel_id=kernel_id, kernel_name="python3", env=environment)
        return self.get_kernel(kernel_id)

    async def end(self, kernel_id: str, why: str = "") -> None:
        """End a kernel and remember why, for its page to ask. Safe to repeat: the first reason is the one."""
        page = self.pages.get(kernel_id)
        if page and why:
            self.endings.setdefault(kernel_id, (page.account, why))  # one that is ending looks as if it had died
            while len(self.endings) > REMEMBERED:
                self.endings.popitem(last=False)
        if kernel_id in self:
            await self._async_shutdown_kernel(kernel_id, now=True)
        self._forget(kernel_id)

    def notify_connect(self, kernel_id: str) -> None:
        super().notify_connect(kernel_id)
        self.seen.add(kernel_id)

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """End a kernel whose page has gone, or that fails; a page still loading gets the time a slow phone needs."""
        kernel, page = self._kernels.get(kernel_id), self.pages.get(kernel_id)
        if kernel is None or page is None:
            return
        if not await kernel.is_alive():
            await self.end(kernel_id, DIED)
        elif self._stuck(page, kernel.execution_state):
            await self.end(kernel_id, TOO_LONG.format(self.longest))
        elif self._left(kernel_id, kernel):
            await self.end(kernel_id)

    def _left(self, kernel_id: str, kernel: Any) -> bool:
        waited = (datetime.now(UTC) - kernel.last_activity).total_seconds()
        patience = CLOSED_TAB_SECONDS if kernel_id in self.seen else SLOW_PAGE_SECONDS
        return bool(waited > patience and not self._kernel_connections.get(kernel_id, 0))

    def _stuck(self, page: Page, state: str) -> bool:
        if not page.alive.is_set() or state != "busy":
            page.busy_since = 0.0
            return False
        page.busy_since = page.busy_since or time.monotonic()
        return bool(time.monotonic() - page.busy_since > self.longest)

    async def _remove_kernel_when_ready(self, kernel_id: str, kernel_awaitable: Any) -> None:
        await super()._remove_kernel_when_ready(kernel_id, kernel_awaitable)
        self._forget(kernel_id)

    def _forget(self, kernel_id: str) -> None:
        self._pending_kernels.pop(kernel_id, None)
        if page := self.pages.pop(kernel_id, None):
            page.alive.set()
            self.freed(kernel_id)
        self.seen.discard(kernel_id)
