"""Running an app for one viewer: its cells one after another in their kernel, and what to say when one fails."""

from __future__ import annotations

import asyncio
import html
import logging
import time
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbclient.output_widget import OutputWidget
from nbconvert.filters.ansi import strip_ansi
from nbformat import v4

from digital_council.apps import still
from digital_council.apps.prose import Book, Part

log = logging.getLogger(__name__)

START_SECONDS = 30.0
"""How long a kernel may take to be there and answer: it takes half a second, and longer on a machine that is full."""
PARTS = 3
"""All parts together may work as long as so many that take their whole time."""
GIVE_BACK = "__import__('gc').collect(); __import__('ctypes').CDLL(None).malloc_trim(0)"


@dataclass(frozen=True)
class Telling:
    """Whom a viewer is sent to when an app fails, and whether this viewer may see what Python said."""

    owner: str
    trace: bool


@dataclass(frozen=True)
class Shown:
    """A part that has run: its HTML for the live page, and as it looks at rest."""

    number: int
    live: str
    still: str
    failed: bool = False
    over: bool = False
    """Its kernel is dead, or must be ended."""


class Run:
    """One opening of an app in a kernel that is there."""

    def __init__(self, book: Book, manager: Any, telling: Telling, seconds: int) -> None:
        self.book, self.telling = book, telling
        self.seconds, self.end = seconds, time.monotonic() + PARTS * seconds
        notebook = v4.new_notebook(cells=[v4.new_code_cell(part.code) for part in book.parts])
        self.client = _Client(notebook, km=manager, timeout_func=self._left, interrupt_on_timeout=False)
        self.client.telling = telling
        self.client.log.setLevel(logging.CRITICAL)  # what fails is told below, once

    async def begin(self, environment: dict[str, str]) -> None:
        """Connect, and tell the kernel who is looking."""
        await self.client.async_start_new_kernel_client()
        set_environment(self.client.kc, environment)

    def _left(self, _cell: object) -> int:
        """Seconds for the next part: its own time, or what is left of the time for all."""
        return max(1, min(self.seconds, round(self.end - time.monotonic())))

    async def parts(self) -> AsyncIterator[Shown]:
        """Every part that runs, as it finishes; after one that fails no other is run."""
        for part in self.book.parts:
            if not part.runs:
                continue
            cell = self.client.nb.cells[part.number]
            try:
                await self.client.async_execute_cell(cell, part.number, store_history=False)
            except (
                CellExecutionError,
                CellTimeoutError,
                DeadKernelError,
                TimeoutError,
                asyncio.CancelledError,
            ) as error:
                yield self._failed(part, error)
                return
            state = self.client.widget_state
            live = "".join(still.live(output, state) for output in cell.outputs)
            yield Shown(part.number, live, still.outputs(cell.outputs, state))

    def _failed(self, part: Part, error: BaseException) -> Shown:
        log.error("An app failed in cell %d: %s", part.number + 1, strip_ansi(str(error))[-2000:])
        said = failure(part.under, self.telling, error)
        return Shown(part.number, said, said, failed=True, over=not isinstance(error, CellExecutionError))

    async def finish(self) -> None:
        """Have the kernel give back what it no longer uses, and leave it to the page's own connection."""
        if self.client.kc is not None:
            self.client.kc.execute(GIVE_BACK, silent=True, store_history=False)
            self.client.kc.stop_channels()


async def started(
    opening: Awaitable[Any], kernel_id: str, book: Book, telling: Telling, seconds: int, within: float = START_SECONDS
) -> Run:
    """A run whose kernel is there and answers; raises TimeoutError when it does not in time."""
    async with asyncio.timeout(within):
        run = Run(book, await opening, telling, seconds)
        await run.begin({"VOILA_KERNEL_ID": kernel_id})
    return run


def not_started(telling: Telling) -> str:
    """What to say to somebody whose app could not be started in time."""
    return (
        '<div class="council-failed" role="alert"><p><strong>This app could not be started.</strong> '
        f"It had {START_SECONDS:.0f} seconds for it; most likely the server has too much to do just now.</p>"
        '<p><a href="">Open it again</a> in a minute. If it does not start then either, please tell the owner of this '
        f"app, {html.escape(telling.owner)}, and when: {_now()}.</p></div>"
    )


def _now() -> str:
    return datetime.now().astimezone().strftime("%-d %B %Y, %H:%M")


def failure(under: str, telling: Telling, error: BaseException | str) -> str:
    """What failed and whom to tell; what Python said, for whoever looks after the app."""
    where = f"The part “{html.escape(under)}”" if under else "This part"
    if isinstance(error, CellTimeoutError | TimeoutError):
        what = f"{where} took too long and was stopped."
    elif isinstance(error, DeadKernelError | asyncio.CancelledError) or getattr(error, "ename", "") == "MemoryError":
        what = f"{where} was stopped, because it needed more memory or more processes than an app may have."
    else:
        what = f"{where} did not work."
    trace = ""
    if telling.trace:
        words = html.escape(strip_ansi(str(error)).strip())
        trace = f"<details><summary>What Python said (you see this because you look after apps)</summary>" \
                f"<pre>{words}</pre></details>"  # fmt: skip
    return (
        f'<div class="council-failed" role="alert"><p><strong>{what}</strong> What comes after it was not run.</p>'
        f"<p>Please tell the owner of this app, {html.escape(telling.owner)}, which part it was, and when: {_now()}."
        "</p>"
        f"{trace}</div>"
    )


def set_environment(client: Any, environment: dict[str, str]) -> None:
    """Have a running kernel know these, silently and with no name left behind in it."""
    client.execute(f"__import__('os').environ.update({environment!r})", silent=True, store_history=False)


class _OutputWidget(OutputWidget):  # type: ignore[misc]
    """An output widget that shows a viewer no trace either."""

    def output(self, outs: Any, msg: dict[str, Any], display_id: str | None, cell_index: int) -> None:
        if msg["msg_type"] == "error":
            content = msg["content"]
            trace = "\n".join(content["traceback"]) or f"{content['ename']}: {content['evalue']}"
            log.error("An app failed in a widget: %s", strip_ansi(trace)[-2000:])
            data = {"text/html": failure("", self.executor.telling, trace)}
            msg = {**msg, "msg_type": "display_data", "header": {**msg["header"], "msg_type": "display_data"}}
            msg["content"] = {"data": data, "metadata": {}, "transient": {}}
        super().output(outs, msg, display_id, cell_index)


class _Client(NotebookClient):  # type: ignore[misc]
    """nbclient, with our output widget."""

    telling: Telling

    def reset_execution_trackers(self) -> None:
        super().reset_execution_trackers()
        self.widget_registry = {"@jupyter-widgets/output": {"OutputModel": _OutputWidget}}
