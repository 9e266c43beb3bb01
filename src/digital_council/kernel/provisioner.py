"""A Jupyter kernel in a fork of the warm kernel: a provisioner for jupyter_client, named `council-warm`.

The warm kernel's address comes from the kernel spec's provisioner config, or from $COUNCIL_KERNEL. The kernel speaks
ZeroMQ through sockets in a folder of its own, since no network reaches it.
"""

import asyncio
import contextlib
import json
import os
import secrets
import shutil
import signal
import time
from pathlib import Path
from typing import Any

from jupyter_client.provisioning import KernelProvisionerBase
from traitlets import Float, List, Unicode

from digital_council.errors import OperatorError
from digital_council.kernel import namespaces
from digital_council.kernel.client import WarmClient, connect
from digital_council.kernel.fork import Fork
from digital_council.kernel.limits import Limits
from digital_council.kernel.processes import family

PRELOAD = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
    "ipykernel.debugger",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.magics.ast_mod",
    "IPython.core.magics.execution",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "IPython.utils.module_paths",
    "tornado.platform.asyncio",
    "ipywidgets",
    "digital_council.kernel.ipykernel_untrusted",
)  # beside warm.PRELOAD
ENTRY = "digital_council.kernel.ipykernel_untrusted:serve"
_EVERY, _BRIEFLY = 0.02, 0.004  # seconds between looks whether a kernel has ended, or is listening
_PATIENCE = 10.0
_PORTS = ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port")


class WarmProvisioner(KernelProvisionerBase):  # type: ignore[misc]
    """One kernel, in one fork."""

    address = Unicode(config=True, help="The warm kernel's address; $COUNCIL_KERNEL when empty.")
    passed = List(
        Unicode(),
        ["COUNCIL_VIEWER_TOKEN", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "SERVER_NAME", "SERVER_PROTOCOL"],
        config=True,
        help="Environment variables a kernel is given; its server's others, tokens among them, it never sees.",
    )
    seconds = Float(0, config=True, help="How long a kernel may live; 0 is no limit.")

    fork: Fork | None = None
    _client: WarmClient | None = None
    _folder: Path | None = None

    def _warm(self) -> WarmClient:
        address = self.address or os.environ.get("COUNCIL_KERNEL", "")
        if not address:
            raise OperatorError("a council-warm kernel has no warm kernel; set COUNCIL_KERNEL to its address")
        self._client = self._client or connect(address)
        return self._client

    @property
    def has_process(self) -> bool:
        """Whether there is a kernel, running or not yet collected."""
        return self.fork is not None

    async def poll(self) -> int | None:
        """None while it runs."""
        if self.fork is None:
            return 0
        return None if self.fork.alive else await asyncio.to_thread(self.fork.wait, 5)

    async def wait(self) -> int | None:
        """Its exit status, once it has ended."""
        while self.fork is not None and self.fork.alive:
            await asyncio.sleep(_EVERY)
        status = await self.poll()
        if self.fork is not None:
            self.fork.close()
            self.fork = None
        return status

    async def send_signal(self, signum: int) -> None:
        """To the kernel's own process; a deadly one ends the whole sandbox."""
        if self.fork is None:
            return
        if signum in (signal.SIGKILL, signal.SIGTERM):
            self.fork.kill()
            return
        for pid in family(self.fork.pid)[1:2]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signum)

    async def kill(self, restart: bool = False) -> None:
        """End the kernel and all it started."""
        await self.send_signal(signal.SIGKILL)

    async def terminate(self, restart: bool = False) -> None:
        """End the kernel and all it started."""
        await self.send_signal(signal.SIGKILL)

    async def cleanup(self, restart: bool = False) -> None:
        """Give back the folder of sockets, unless a restart needs the same addresses."""
        if self.fork is not None:
            self.fork.close()
            self.fork = None
        if self._folder is not None and not restart:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Choose where the sockets are and tell the kernel's manager."""
        manager = self.parent
        if self._folder is None:
            self._folder = Path(self._warm().address).parent / "shared" / secrets.token_hex(4)
        shutil.rmtree(self._folder, ignore_errors=True)  # sockets of a kernel before a restart
        self._folder.mkdir(mode=0o700)
        manager.transport, manager.ip = "ipc", str(self._folder / "k")
        manager.write_connection_file()
        self.connection_info = manager.get_connection_info()
        prepared: dict[str, Any] = await super().pre_launch(cmd=[], **kwargs)
        return prepared

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Fork; returns how to reach the kernel."""
        info = dict(self.connection_info, ip=f"{namespaces.OWN}/k")
        info["key"] = info["key"].decode() if isinstance(info["key"], bytes) else info["key"]
        environment = {name: value for name, value in kwargs.get("env", {}).items() if name in self.passed}
        argument = json.dumps({"connection": info, "environment": environment}).encode()
        limits = Limits(**{**self._warm().limits.to_json(), "seconds_total": self.seconds})
        folder = self._folder.name if self._folder else None
        forking = asyncio.create_task(asyncio.to_thread(self._warm().fork, ENTRY, argument, limits, shared=folder))
        try:
            self.fork = await asyncio.shield(forking)
            await self._listening()
        except asyncio.CancelledError:  # whoever wanted it waits no longer
            forking.add_done_callback(_close)
            await self.cleanup()
            raise
        return self.connection_info

    async def _listening(self) -> None:
        """Wait until the kernel's sockets are there: who connects sooner tries again only a tenth of a second later."""
        paths = [Path(f"{self.connection_info['ip']}-{self.connection_info[port]}") for port in _PORTS]
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end and self.fork is not None and self.fork.alive:
            if all(path.exists() for path in paths):
                return
            await asyncio.sleep(_BRIEFLY)


def _close(forking: asyncio.Task[Fork]) -> None:
    """End a fork that came too late."""
    if not forking.cancelled() and forking.exception() is None:
        forking.result().close()
