"""Opening an app in a kernel: how long that may take."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from jupyter_client.provisioning import KernelProvisionerFactory

from digital_council.apps.kernels import SandboxSpecs, ViewerKernels
from digital_council.apps.prose import Book
from digital_council.apps.running import Telling, not_started, started
from digital_council.kernel.limits import Limits


@pytest.fixture
def deaf(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """A warm kernel that takes every call and answers none."""
    entry = EntryPoint("council-warm", "digital_council.kernel.provisioner:WarmProvisioner", "")
    KernelProvisionerFactory.instance().provisioners.setdefault("council-warm", entry)
    folder = Path(tempfile.mkdtemp(prefix="council-deaf-"))
    (folder / "shared").mkdir()
    (folder / "kernel.sock.json").write_text(json.dumps({"limits": Limits().to_json(), "cold": None}))
    monkeypatch.setenv("COUNCIL_KERNEL", str(folder / "kernel.sock"))
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "kernel.sock"))
        listener.listen()
        listener.settimeout(120)
        yield listener
    shutil.rmtree(folder)


def test_a_start_that_does_not_end_is_given_up_and_leaves_nothing(deaf: socket.socket) -> None:
    async def opened() -> ViewerKernels:
        kernels = ViewerKernels(kernel_spec_manager=SandboxSpecs())
        with pytest.raises(TimeoutError):
            await started(kernels.open("k", {}), "k", Book("Figures", ()), Telling("Parks", False), 5, within=0.5)
        await kernels.end("k")
        with suppress(TimeoutError):
            deaf.accept()[0].close()  # the thread that asked hears the end and goes
        return kernels

    kernels = asyncio.run(opened())
    assert not kernels.list_kernel_ids()
    assert not kernels._pending_kernels
    assert not list(Path(deaf.getsockname()).parent.joinpath("shared").iterdir())


def test_somebody_whose_app_does_not_start_is_told_what_to_do_and_whom_to_ask() -> None:
    said = not_started(Telling("Parks <and> paths", False))
    assert "could not be started" in said
    assert "Open it again" in said
    assert "Parks &lt;and&gt; paths" in said
