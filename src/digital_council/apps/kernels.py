"""Apps' kernels: each in a sandbox, for one viewer, ended soon after the tab is closed."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager

from digital_council.apps.viewer import VIEWING
from digital_council.kernel import provisioner
from digital_council.kernel.limits import Limits
from digital_council.kernel.mounts import Mounts
from digital_council.kernel.warm import PRELOAD, WarmKernel

CLOSED_TAB_SECONDS = 20
"""A kernel that its page has left this long is ended."""
SLOW_PAGE_SECONDS = 120
"""How long a page may take to load its scripts and connect for the first time."""

MOST_KERNELS = 40
"""An app's kernel holds about 100 MB; the next viewer is asked to wait."""


SOCKETS = "/run/council"
MODULES = (*PRELOAD, *provisioner.PRELOAD, "httpx", "digital_council.client", "digital_council.apps.show")


def warm(sockets: Path) -> WarmKernel:
    """The warm kernel of apps, not yet started: its forks see the portal's socket and nothing else of ours."""
    limits = Limits(seconds_total=0, memory_mb=512, processes=32, file_mb=64)
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


class ViewerKernels(AsyncMappingKernelManager):  # type: ignore[misc]
    """Starts kernels for whoever is viewing, with nothing of this service's environment."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.owners: dict[str, str] = {}
        self.seen: set[str] = set()

    def is_full(self) -> bool:
        return len(self.list_kernel_ids()) >= MOST_KERNELS

    async def _async_start_kernel(self, *, env: dict[str, str] | None = None, **kwargs: Any) -> str:
        viewing = VIEWING.get()
        kernel_id = str(await super()._async_start_kernel(env=kernel_environment(viewing.token, env or {}), **kwargs))
        self.owners[kernel_id] = viewing.account
        return kernel_id

    start_kernel = _async_start_kernel

    def notify_connect(self, kernel_id: str) -> None:
        super().notify_connect(kernel_id)
        self.seen.add(kernel_id)

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """End a kernel whose page has gone; one whose page is still loading gets the time a slow phone needs."""
        kernel = self._kernels.get(kernel_id)
        waited = (datetime.now(UTC) - kernel.last_activity).total_seconds() if kernel else 0
        if kernel_id in self.seen or waited > SLOW_PAGE_SECONDS:
            await super().cull_kernel_if_idle(kernel_id)

    async def _remove_kernel_when_ready(self, kernel_id: str, kernel_awaitable: Any) -> None:
        await super()._remove_kernel_when_ready(kernel_id, kernel_awaitable)
        self.owners.pop(kernel_id, None)
        self.seen.discard(kernel_id)


def kernel_environment(token: str, asked: dict[str, str]) -> dict[str, str]:
    """All that an app's kernel is told: the viewer's token and the address bar's query. Never this process's own."""
    return {"COUNCIL_VIEWER_TOKEN": token, "QUERY_STRING": asked.get("QUERY_STRING", "")}
