"""The trial run of a notebook, from its first cell to its last in an empty kernel, in a sandbox like viewers'."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import nbformat
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from digital_council.apps import shown
from digital_council.apps.shown import Piece
from digital_council.kernel import attentive

CELL_SECONDS = 60
ALL_SECONDS = 180
MOST_SHOWN_MB = 20
MOST_SETTINGS, SETTINGS_SECONDS = 40, 40
"""How many settings of its controls are tried, and for how long: enough for every ward, not for every pair of them."""
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


def run(notebook: Any, address: str, token: str, tell: Tell) -> tuple[list[Piece], list[Piece]]:
    """All that the notebook shows as it opens, and what more at each setting of each of its controls in turn.

    Raises CellFailed for the first cell that fails, or the first setting at which one fails.
    """
    return asyncio.run(_Trial(notebook, address, tell).run(token))


class _Trial:
    def __init__(self, notebook: Any, address: str, tell: Tell) -> None:
        specs = _WarmSpecs(address)
        manager = AsyncKernelManager(kernel_name="council", kernel_spec_manager=specs, client_class=attentive.NAME)
        self.client = _Client(notebook, km=manager, timeout=CELL_SECONDS, coalesce_streams=True)
        self.client.force_raise_errors = True  # a viewer is shown the failure, whatever the cell's tags say of it
        self.notebook, self.tell = notebook, tell
        self.cell, self.doing = 0, ""
        self.met: dict[Piece, None] = {}
        self.first = 0

    async def run(self, token: str) -> tuple[list[Piece], list[Piece]]:
        try:
            async with asyncio.timeout(ALL_SECONDS):
                async with self.client.async_setup_kernel(env={"COUNCIL_VIEWER_TOKEN": token}, cleanup_kc=True):
                    await self._cells()
                    await self._settings()
        except CellExecutionError as error:
            raise CellFailed(self.cell, f"{self.doing}{error.ename}: {one_line(error.evalue)}") from None
        except CellTimeoutError:
            raise CellFailed(self.cell, f"{self.doing}it ran for more than {CELL_SECONDS} seconds") from None
        except DeadKernelError:
            why = "its kernel was ended, most likely for using too much memory"
            raise CellFailed(self.cell, self.doing + why) from None
        except TimeoutError:
            raise CellFailed(self.cell, f"the notebook ran for more than {ALL_SECONDS} seconds") from None
        return list(self.met)[: self.first], list(self.met)[self.first :]

    async def _cells(self) -> None:
        for index, cell in enumerate(self.notebook.cells):
            self.cell = index + 1
            self.tell(self.cell, len(self.notebook.cells))
            await self.client.async_execute_cell(cell, index, execution_count=self.cell)
        self._look()
        self.first = len(self.met)

    def _look(self) -> None:
        self.client.set_widgets_metadata()
        self.met |= dict.fromkeys(shown.pieces(self.notebook))

    async def _settings(self) -> None:
        """Each control is set to each of its options and then back, and what is shown then is looked at as well."""
        end = asyncio.get_running_loop().time() + SETTINGS_SECONDS
        tried = 0
        for piece in [each for each in self.met if each.kind == "control"]:
            said = shown.widgets(self.notebook)[piece.model]["state"]
            labels, now = said.get("_options_labels") or (), said.get("index")
            if not isinstance(now, int):
                continue
            self.cell = piece.cell
            for index in (*(each for each in range(len(labels)) if each != now), now):
                if tried >= MOST_SETTINGS or asyncio.get_running_loop().time() > end:
                    return
                tried += 1
                self.doing = f"with {piece.content.rstrip(':')} at {str(labels[index])[:40]!r}: "
                await self._set(piece.model, index)
                self._look()

    async def _set(self, model: str, index: int) -> None:
        code = f'__import__("ipywidgets.widgets.widget", fromlist=["_"])._instances[{model!r}].index = {index}'
        cell = nbformat.v4.new_code_cell(code)
        self.notebook.cells.append(cell)  # the client writes the cell back where it says that it was
        try:
            await self.client.async_execute_cell(cell, len(self.notebook.cells) - 1, store_history=False)
        finally:
            self.notebook.cells.pop()


def one_line(text: str) -> str:
    """The first line that says something, not too long."""
    return next((line.strip() for line in text.splitlines() if line.strip()), "")[:LONGEST]
