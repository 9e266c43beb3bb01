"""Looking at processes from outside: who belongs to a sandbox, and what it holds."""

import contextlib
import os
import signal
from dataclasses import dataclass
from pathlib import Path

_KB = 1024
_ROUNDS = 20


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


def end_family(pid: int) -> None:
    """Kill a process that no namespace holds, its descendants first: they would outlive it. Safe to repeat."""
    for _ in range(_ROUNDS):
        members = [member for member in family(pid) if member != pid and tasks(member)]
        for member in members or [pid]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(member, signal.SIGKILL)
        if not members:
            return


def number_of(pidfd: int) -> int:
    """The process number behind a pidfd, as this process sees it."""
    for line in Path(f"/proc/self/fdinfo/{pidfd}").read_text().splitlines():
        if line.startswith("Pid:"):
            return int(line.split()[1])
    return 0
