"""A clock on our own work: what a stranger has sent is read in time, or given up."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType
from typing import NoReturn


class TooSlow(BaseException):
    """The time is over; not an Exception, so that nobody on the way takes it for a fault of what is read."""


def _over(number: int, frame: FrameType | None) -> NoReturn:
    raise TooSlow


@contextlib.contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise TooSlow in the block once the seconds are over. Clocks do not nest, and only a process's main thread has
    one; where a worker marks, it is its process's only one at work."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, _over)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 1e-6))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
