"""A grader as one might write it in an hour: it marks everybody, one after another, in its own process."""

import contextlib
import os
import signal
import sys
import time
from pathlib import Path

import course_maker
from nbgrader_attacks import Attack

SECONDS = 4.0
MOST = 5_000_000  # bytes that a batch may leave behind


def whole(attack: Attack, folder: Path) -> bool:
    """Whether an honest learner marked after the attack gets their mark, in time, with the disk not full."""
    folder.mkdir()
    grader = os.fork()
    if grader == 0:
        os.setsid()
        os.chdir(folder)
        batch = os.fork()
        if batch == 0:
            try:
                _mark_both(attack)
            finally:
                os._exit(0)
        os.waitpid(batch, 0)
        os._exit(0)
    end = time.monotonic() + SECONDS
    while os.waitid(os.P_PID, grader, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None and time.monotonic() < end:
        time.sleep(0.01)
    killed = os.waitid(os.P_PID, grader, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(grader, signal.SIGKILL)
    os.waitpid(grader, 0)
    left = sum(path.stat().st_size for path in folder.iterdir())
    return killed is not None and killed.si_code == os.CLD_EXITED and (folder / "marked").exists() and left < MOST


def _mark_both(attack: Attack) -> None:
    sys.stdout = open("said", "w")  # noqa: SIM115  (until this process ends)
    cells = {cell.metadata.nbgrader.grade_id: cell.source for cell in course_maker.CELLS if "nbgrader" in cell.metadata}
    for answers in (attack.answers, {}):
        names: dict[str, object] = {}
        passed = set()
        for name in ("setup", next(iter(attack.answers)), attack.after):
            with contextlib.suppress(Exception):
                exec(answers.get(name, cells[name]), names)
                passed.add(name)
    sys.stdout.close()
    if attack.after in passed:
        Path("marked").touch()
