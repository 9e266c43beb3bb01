"""Holding whole sandboxes to their limits, from outside: memory, processes and wall time of everything in each.

Limits on a process cannot do this: a sandbox may have many, and files in memory belong to none.
"""

import contextlib
import threading
import time
import weakref
from dataclasses import dataclass
from pathlib import Path

from digital_council.kernel.fork import Fork

_EVERY = 0.05  # seconds; a process can touch about 100 MB in that time
_KB = 1024


@dataclass(frozen=True)
class Usage:
    """What one sandbox holds."""

    processes: int  # threads count
    memory: int  # bytes of its own: shared pages count in proportion


def family(pid: int) -> list[int]:
    """A process and all its descendants that live; of a sandbox's init that is everything in the sandbox."""
    found, queue = [], [pid]
    while queue:
        number = queue.pop()
        found.append(number)
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{number}/task").iterdir():
                with contextlib.suppress(OSError):
                    queue += map(int, (task / "children").read_text().split())
    return found


def tasks(pid: int) -> int:
    """How many threads a process has; 0 when it is gone."""
    try:
        return len(list(Path(f"/proc/{pid}/task").iterdir()))
    except OSError:
        return 0


def _fields(path: str, names: tuple[str, ...]) -> int:
    """The sum of these fields of a /proc file, in bytes; 0 when the process is gone."""
    try:
        with open(path) as stream:
            return _KB * sum(int(line.split()[1]) for line in stream if line.startswith(names))
    except (OSError, IndexError, ValueError):
        return 0


def resident(pid: int) -> int:
    """An upper bound of a process's own memory, cheap to read: what it inherited counts in full."""
    return _fields(f"/proc/{pid}/status", ("RssAnon:", "RssShmem:"))


def private(pid: int) -> int:
    """A process's own memory, with pages it shares counted in proportion."""
    return _fields(f"/proc/{pid}/smaps_rollup", ("Pss_Anon:", "Pss_Shmem:"))


def usage(pid: int) -> Usage:
    """What the sandbox with this init holds."""
    members = family(pid)
    return Usage(sum(map(tasks, members)), sum(map(private, members)))


def breach(fork: Fork, started: float) -> str:
    """Which limit the sandbox has passed: "time", "memory", "processes" or the empty string."""
    limits = fork.limits
    if limits.seconds_total and time.monotonic() - started > limits.seconds_total:
        return "time"
    members = family(fork.pid)
    if sum(map(tasks, members)) > limits.processes + 1:  # and the init
        return "processes"
    most = limits.memory_mb << 20
    if sum(map(resident, members)) > most and sum(map(private, members)) > most:
        return "memory"
    return ""


class _Watchdog:
    """One thread a process, started with its first fork; it ends nothing but forks."""

    def __init__(self) -> None:
        self.lock, self.wake = threading.Lock(), threading.Event()
        self.forks: dict[weakref.ref[Fork], float] = {}
        self.thread: threading.Thread | None = None

    def add(self, fork: Fork) -> None:
        with self.lock:
            self.forks[weakref.ref(fork)] = time.monotonic()
            if self.thread is None or not self.thread.is_alive():  # not alive: we are a fork of whoever started it
                self.thread = threading.Thread(target=self._run, name="sandbox-watchdog", daemon=True)
                self.thread.start()
        self.wake.set()

    def _run(self) -> None:
        while True:
            self.wake.wait(None if not self.forks else _EVERY)
            self.wake.clear()
            for reference, started in list(self.forks.items()):
                fork = reference()
                if fork is None or not fork.alive or self._look(fork, started):
                    self.forks.pop(reference, None)
            time.sleep(_EVERY)

    @staticmethod
    def _look(fork: Fork, started: float) -> bool:
        reason = breach(fork, started)
        if reason:
            fork.kill(reason)
        return bool(reason)


watch = _Watchdog().add
