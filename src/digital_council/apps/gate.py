"""The gate: a process that runs one notebook and says what stands in the way of publishing it.

`python -m digital_council.apps.gate` reads an Order as one JSON document on its input and writes JSON lines: progress
({"cell": 2, "of": 9}), and at last {"findings": […], "thumbnail": {"name", "content"} or null}. A process of its own,
because notebooks' outputs are read in it and because it needs no secret: it is given a viewer's token and nothing else.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from digital_council.apps.findings import Finding
from digital_council.errors import OperatorError

KERNEL = "apps-kernel"
"""The file in the state's run folder in which the apps service says where its warm kernel is."""
SECONDS = 240
"""Longer than a notebook may run: the warm kernel must start first where none is."""
PASSED_ON = ("PATH", "LANG", "COUNCIL_PROJECT", "COUNCIL_NO_SANDBOX", "COUNCIL_SANDBOX", "TMPDIR")

Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class Order:
    """What the gate is to look at, and by which rules."""

    notebook: str
    token: str
    sockets: str
    """The folder with the portal's socket."""
    kernel: str
    """The address of a warm kernel that runs already; empty to start one."""
    threshold: int
    known: Sequence[str]
    accepted: Sequence[str]
    is_sensitive: bool


@dataclass(frozen=True)
class Passage:
    """What came of it: nothing found, or why not; and a picture of the first chart where there is one to show."""

    findings: tuple[Finding, ...]
    thumbnail: tuple[str, bytes] | None = None


def check(order: Order, tell: Tell) -> Passage:
    """Have it looked at in a process of its own. Raises OperatorError when that could not be done."""
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    argv = [sys.executable, "-P", "-s", "-m", "digital_council.apps.gate"]
    with tempfile.TemporaryFile("w+") as complaints:
        process = subprocess.Popen(
            argv, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints, text=True
        )
        limit = threading.Timer(SECONDS, process.kill)
        limit.start()
        with process:
            try:
                passage = _read(process, order, tell)
            finally:
                limit.cancel()
                process.terminate()
        if passage is None:
            complaints.seek(0)
            said = complaints.read().strip().splitlines() or ["it ended before it had finished"]
            raise OperatorError(f"the gate could not look at the notebook: {said[-1][:300]}")
    return passage


def _read(process: subprocess.Popen[str], order: Order, tell: Tell) -> Passage | None:
    """What the process says; None when it ended without a result."""
    with contextlib.suppress(BrokenPipeError), process.stdin as given:  # type: ignore[union-attr]
        json.dump(asdict(order), given)
    for line in process.stdout or ():
        said = json.loads(line)
        if "findings" in said:
            return _passage(said)
        tell(said["cell"], said["of"])
    return None


def _passage(said: dict[str, Any]) -> Passage:
    picture = said["thumbnail"]
    thumbnail = (str(picture["name"]), base64.b64decode(picture["content"])) if picture else None
    return Passage(tuple(map(Finding.from_json, said["findings"])), thumbnail)


def main() -> int:
    """Look at what stands on the input."""
    order = Order(**json.load(sys.stdin))
    passage = _passed(order, lambda cell, of: _say({"cell": cell, "of": of}))
    picture = passage.thumbnail
    shown = {"name": picture[0], "content": base64.b64encode(picture[1]).decode()} if picture else None
    _say({"findings": [finding.to_json() for finding in passage.findings], "thumbnail": shown})
    return 0


def _passed(order: Order, tell: Tell) -> Passage:
    """Looked at on the apps service's warm kernel where it answers, else on one for this notebook."""
    from digital_council.apps import kernels

    if order.kernel and Path(order.kernel).exists():
        with contextlib.suppress(OperatorError):
            return looked_at(order, order.kernel, tell)
    with kernels.warm(Path(order.sockets)) as warm:
        return looked_at(order, warm.address, tell)


def looked_at(order: Order, address: str, tell: Tell) -> Passage:
    """Run the notebook on the warm kernel at an address, and look at what it shows."""
    import nbformat

    from digital_council.apps import accessible, disclosing, thumbnail, trial

    notebook = nbformat.reads(order.notebook, as_version=4)
    try:
        first, later = trial.run(notebook, address, order.token, tell)
    except trial.CellFailed as error:
        return Passage((Finding("cell", error.reason, error.cell),))
    signs = disclosing.check([*first, *later], order.threshold, order.known, order.accepted)
    # A picture of sensitive figures must not hang in a gallery, whoever walks through it.
    picture = None if order.is_sensitive or signs else thumbnail.of_pieces(first)
    return Passage((*signs, *accessible.check(first, later)), picture)


def _say(record: dict[str, Any]) -> None:
    print(json.dumps(record), flush=True)


if __name__ == "__main__":
    sys.exit(main())
