"""How soon a sandboxed fork is ready and what it holds, beside a cold kernel and the imports it saves.

Run by `make bench`, or alone: `python bench/kernel.py [ROUNDS]`. Prints one table; times are medians in milliseconds.
"""

import asyncio
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import KernelProvisionerFactory

from digital_council.kernel import provisioner, warm
from digital_council.kernel.limits import Limits
from digital_council.kernel.mounts import Mounts
from digital_council.kernel.processes import family
from digital_council.kernel.warm import WarmKernel

HERE = Path(__file__).resolve().parent
CELL = "import pandas, matplotlib.pyplot; pandas.DataFrame({'a': [1, 2]}).sum()"


def cell(connection: socket.socket, argument: bytes) -> None:
    """In a fork: run one cell, say so, and wait to be measured."""
    exec(argument)
    connection.sendall(b".")
    connection.recv(1)


def private(pid: int) -> float:
    """Megabytes that a sandbox shares with nobody."""
    total = 0
    for member in family(pid):
        lines = Path(f"/proc/{member}/smaps_rollup").read_text().splitlines()
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))
    return total / 1024


def median(rounds: int, once: Callable[[], tuple[float, float]]) -> tuple[float, float]:
    """Medians of milliseconds and megabytes."""
    times, sizes = zip(*(once() for _ in range(rounds)), strict=True)
    return statistics.median(times) * 1000, statistics.median(sizes)


def fork_and_run(kernel: WarmKernel) -> tuple[float, float]:
    """From asking for a fork until its first cell has run."""
    start = time.perf_counter()
    with kernel.fork("kernel:cell", CELL.encode()) as fork:
        fork.socket.recv(1)
        return time.perf_counter() - start, private(fork.pid)


async def _jupyter(manager: AsyncKernelManager) -> float:
    start = time.perf_counter()
    await manager.start_kernel()
    client = manager.client()
    client.start_channels()
    reply = await client.execute(CELL, reply=True, timeout=60)
    took = time.perf_counter() - start
    assert reply["content"]["status"] == "ok", reply["content"]
    client.stop_channels()
    return took


def jupyter_fork() -> tuple[float, float]:
    """From starting a kernel through the provisioner until the reply to its first cell."""

    async def once() -> tuple[float, float]:
        manager = AsyncKernelManager()
        manager._kernel_spec = KernelSpec(argv=["unused"], display_name="Warm", language="python")
        manager._kernel_spec.metadata = {"kernel_provisioner": {"provisioner_name": "council-warm"}}
        took = await _jupyter(manager)
        size = private(manager.provisioner.fork.pid)
        await manager.shutdown_kernel(now=True)
        return took, size

    return asyncio.run(once())


def jupyter_cold() -> tuple[float, float]:
    """The same with an ordinary kernel: `python -m ipykernel`."""

    async def once() -> tuple[float, float]:
        manager = AsyncKernelManager()
        words = [sys.executable, "-m", "ipykernel", "-f", "{connection_file}"]
        manager._kernel_spec = KernelSpec(argv=words, display_name="Cold", language="python")
        took = await _jupyter(manager)
        size = private(manager.provisioner.pid)
        await manager.shutdown_kernel(now=True)
        return took, size

    return asyncio.run(once())


def imports() -> tuple[float, float]:
    """A bare interpreter that imports pandas and matplotlib."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", CELL], check=True)
    return time.perf_counter() - start, 0.0


def main(rounds: int) -> None:
    """Measure everything, one after another, and print the table."""
    mounts = Mounts().read(HERE, "/srv/bench").setenv(PYTHONPATH="/srv/bench")
    limits = Limits(memory_mb=1024)
    rows: list[tuple[str, tuple[float, float]]] = []
    with WarmKernel(limits, preload=(*warm.PRELOAD, *provisioner.PRELOAD, "kernel"), mounts=mounts) as kernel:
        os.environ["COUNCIL_KERNEL"] = kernel.address
        entry = EntryPoint("council-warm", "digital_council.kernel.provisioner:WarmProvisioner", "")
        KernelProvisionerFactory.instance().provisioners.setdefault("council-warm", entry)
        rows.append(("fork, cell run, no ZeroMQ", median(rounds, lambda: fork_and_run(kernel))))
        rows.append(("fork as a Jupyter kernel, cell run", median(rounds, jupyter_fork)))
    few = max(3, rounds // 10)
    rows.append(("cold Jupyter kernel, cell run", median(few, jupyter_cold)))
    rows.append(("import of pandas and matplotlib", median(few, imports)))
    print(f"{'':36}{'ms':>8}{'private MB':>12}")
    for name, (took, size) in rows:
        print(f"{name:36}{took:8.0f}{size:12.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)
