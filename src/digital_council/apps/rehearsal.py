"""The rehearsal: a notebook from its first cell to its last in an empty kernel, in a sandbox like viewers'."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

CELL_SECONDS = 60
ALL_SECONDS = 180
MOST_SHOWN_MB = 20
LONGEST = 300

Tell = Callable[[int, int], None]
"""Told the number of the cell that begins, counted from 1 over all cells, and how many there are."""


class CellFailed(Exception):
    """A cell, counted from 1, did not get to its end, and why in one line."""

    def __init__(self, cell: int, reason: str) -> None:
        super().__init__(f"cell {cell}: {reason}")
        self.cell, self.reason = cell, reason


class _Client(NotebookClient):  # type: ignore[misc]
    """Stops a notebook that shows more than a page can hold, before it fills the memory here."""

    shown = 0

    def process_message(self, msg: dict[str, Any], cell: Any, cell_index: int) -> Any:
        content = msg["content"]
        self.shown += len(content.get("text", "")) + sum(map(len, map(str, content.get("data", {}).values())))
        if self.shown > MOST_SHOWN_MB * 1_000_000:
            raise CellFailed(cell_index + 1, f"the notebook shows more than {MOST_SHOWN_MB} MB; show less")
        return super().process_message(msg, cell, cell_index)


class _WarmSpecs(KernelSpecManager):  # type: ignore[misc]
    """One kernel whatever a notebook names: a fork of the warm kernel at an address."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        provisioner = {"provisioner_name": "council-warm", "config": {"address": self.address}}
        return KernelSpec(argv=["{connection_file}"], language="python", metadata={"kernel_provisioner": provisioner})


def run(notebook: Any, address: str, token: str, tell: Tell) -> Any:
    """The notebook with its outputs and widgets' states in it. Raises CellFailed for the first cell that fails."""
    return asyncio.run(_run(notebook, address, token, tell))


async def _run(notebook: Any, address: str, token: str, tell: Tell) -> Any:
    manager = AsyncKernelManager(kernel_name="council", kernel_spec_manager=_WarmSpecs(address))
    at = [0]

    def begin(cell: Any, cell_index: int) -> None:
        at[0] = cell_index + 1
        tell(at[0], len(notebook.cells))

    client = _Client(notebook, km=manager, timeout=CELL_SECONDS, on_cell_start=begin, coalesce_streams=True)
    try:
        async with asyncio.timeout(ALL_SECONDS):
            return await client.async_execute(env={"COUNCIL_VIEWER_TOKEN": token}, cleanup_kc=True)
    except CellExecutionError as error:
        raise CellFailed(at[0], f"{error.ename}: {one_line(error.evalue)}") from None
    except CellTimeoutError:
        raise CellFailed(at[0], f"it ran for more than {CELL_SECONDS} seconds") from None
    except DeadKernelError:
        raise CellFailed(at[0], "its kernel was ended, most likely for using too much memory") from None
    except TimeoutError:
        raise CellFailed(at[0], f"the notebook ran for more than {ALL_SECONDS} seconds") from None


def one_line(text: str) -> str:
    """The first line that says something, not too long."""
    return next((line.strip() for line in text.splitlines() if line.strip()), "")[:LONGEST]
