"""Holding whole sandboxes to their limits, from outside: memory, processes and wall time of everything in each.

Limits on a process cannot do this: a sandbox may have many, and files in memory belong to none.
"""

import threading
import time
import weakref

from digital_council.kernel.cgroups import Group
from digital_council.kernel.fork import Fork
from digital_council.kernel.processes import family, private, resident, tasks

_OVERHEAD = 3  # processes of the sandbox itself: its init, and bubblewrap around a cold one
_EVERY = 0.05  # seconds; a process can touch about 100 MB in that time


def breach(fork: Fork, started: float) -> str:
    """Which limit the sandbox has passed: "time", "memory", "processes" or the empty string."""
    limits = fork.limits
    if limits.seconds_total and time.monotonic() - started > limits.seconds_total:
        return "time"
    if fork.group is not None and fork.group.out_of_memory():
        return "memory"  # the system ended one process of it; what is left is not what was asked for
    members = family(fork.pid)
    if sum(map(tasks, members)) > limits.processes + _OVERHEAD:
        return "processes"
    most = (limits.memory_mb << 20) + fork.inherited * 2 // 3  # of that, its init's and its own part at the most
    if sum(map(resident, members)) > most and sum(map(private, members)) > most:
        return "memory"
    return ""


class _Watchdog:
    """One thread a process, started with its first fork; it ends nothing but forks."""

    def __init__(self) -> None:
        self.lock, self.wake = threading.Lock(), threading.Event()
        self.forks: dict[weakref.ref[Fork], tuple[float, Group | None]] = {}
        self.ended: list[Group] = []  # groups of forks that have ended, until the system lets them go
        self.thread: threading.Thread | None = None

    def add(self, fork: Fork) -> None:
        with self.lock:
            self.forks[weakref.ref(fork)] = time.monotonic(), fork.group
            if self.thread is None or not self.thread.is_alive():  # not alive: we are a fork of whoever started it
                self.thread = threading.Thread(target=self._run, name="sandbox-watchdog", daemon=True)
                self.thread.start()
        self.wake.set()

    def _run(self) -> None:
        while True:
            self.wake.wait(None if not self.forks and not self.ended else _EVERY)
            self.wake.clear()
            for reference, (started, group) in list(self.forks.items()):
                fork = reference()
                if fork is not None and fork.alive:
                    self._look(fork, started)
                    continue
                if fork is not None:
                    fork.explain()
                if group is not None:
                    self.ended.append(group)
                self.forks.pop(reference, None)
            self.ended = [group for group in self.ended if not group.remove()]
            time.sleep(_EVERY)

    @staticmethod
    def _look(fork: Fork, started: float) -> None:
        reason = breach(fork, started)
        if reason:
            fork.kill(reason)


watch = _Watchdog().add
