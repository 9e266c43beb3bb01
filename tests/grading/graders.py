"""Graders for tests of the service, named by path so that its workers import them."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from digital_council.courses import Unit, marking
from digital_council.courses.findings import CouldNotCheck, Verdict
from digital_council.courses.trusted import TrustedSession


def sessions(address: str, unit: Unit) -> Any:
    """The author's own kind of session; `address` is the folder through which tests speak to graders."""
    os.environ["TEST_FOLDER"] = address
    return lambda: Fragile()


class Fragile(TrustedSession):
    """Ends at once while there is a file `outage`, as every sandbox does when the warm kernel is broken."""

    def run(self, code: str) -> marking.Ran:
        if (Path(os.environ["TEST_FOLDER"]) / "outage").exists():
            raise CouldNotCheck("the sandbox ended: ended")
        return super().run(code)


def grade(
    unit: Unit, answers: Mapping[str, Any], *, seed: int, session_factory: Any, visible_only: bool = False
) -> Verdict:
    """An honest grader that leaves a line for each time it is asked, and obeys the answer to `thoughts`."""
    folder = Path(os.environ["TEST_FOLDER"])
    order = str(answers.get("thoughts", ""))
    with (folder / "graded").open("a") as file:
        file.write(f"{os.getpid()} {seed} {order}\n")
    _obey(order, folder)
    return marking.mark(unit, answers, session_factory, seed, visible_only)


def _obey(order: str, folder: Path) -> None:
    if order.endswith(" once") and not _first(folder):
        return
    if order.startswith("kill"):
        os.kill(os.getpid(), signal.SIGKILL)
    if order.startswith("raise"):
        raise RuntimeError("a grader's bug")
    time.sleep({"hang": 60, "slow": 3}.get(order, 0))
    while order == "hold" and not (folder / "go").exists():
        time.sleep(0.01)


def _first(folder: Path) -> bool:
    try:
        (folder / "done once").touch(exist_ok=False)
    except FileExistsError:
        return False
    return True
