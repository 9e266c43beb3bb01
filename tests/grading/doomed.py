"""A process that takes an attempt in and grades it, and is killed at the point its argument names."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any, NoReturn

from small_course import COURSE, RIGHT, UNIT

from digital_council.courses import releases
from digital_council.grading.intake import accept
from digital_council.grading.service import GradingService
from digital_council.ledger import Ledger
from digital_council.settings import State


def die(*_: Any, **__: Any) -> NoReturn:
    """Killed, as by the power going: nothing is tidied up."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def main(root: str, point: str) -> None:
    """Hands in the right answers, and dies."""
    state = State(root)
    ledger = Ledger(state.ledger / "ledger.db")
    service = GradingService(
        ledger, state, address=root, grader="graders:grade", opener="graders:sessions", pool_size=1
    )
    service.start()
    if point == "between storing and recording":
        ledger.add_attempt = die  # type: ignore[method-assign]
    if point == "after grading, before the mark":
        ledger.record_mark = die  # type: ignore[method-assign]
    answers = {**RIGHT, "thoughts": "hold"} if point == "while it is graded" else RIGHT
    id = accept(ledger, state, account="learner", unit=releases.open(state, COURSE, UNIT), door="page", answers=answers)
    print(id, flush=True)
    if point == "after it is acknowledged":
        die()
    service.submit(id)
    service.wait(id, 30)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    main(*sys.argv[1:])
