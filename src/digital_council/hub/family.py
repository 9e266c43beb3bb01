"""Every process below this one, however it detached itself: found, and ended within a time."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import time

import psutil

from digital_council.kernel import processes

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
_libc = ctypes.CDLL(None, use_errno=True)


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends, so that none can get out of sight."""
    _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_with_parent() -> None:
    """Run in a child between fork and exec: it is asked to end when this process is gone."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def living() -> list[psutil.Process]:
    """All descendants that still run. A list of children may miss one while others end: none is looked for twice."""
    near = [each for pid in processes.family(os.getpid())[1:] if (each := _process(pid)) and _runs(each)]
    return near or [each for each in psutil.Process().children(recursive=True) if _runs(each)]


def _process(pid: int) -> psutil.Process | None:
    try:
        return psutil.Process(pid)
    except psutil.NoSuchProcess:
        return None


def end(gentle: float, hard: float) -> list[int]:
    """Ask all descendants to end, wait, then kill; the pids that even so remain. None is left unburied."""
    _signal(signal.SIGTERM)
    _wait(gentle)
    deadline = time.monotonic() + hard
    while living() and time.monotonic() < deadline:
        _signal(signal.SIGKILL)
        _wait(0.2)
    return [each.pid for each in living()]


def _signal(number: signal.Signals) -> None:
    for process in living():
        try:
            process.send_signal(number)
        except psutil.Error:
            continue


def _wait(seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while living() and time.monotonic() < deadline:
        reap()
        time.sleep(0.05)
    reap()


def reap(keep: int = 0) -> None:
    """Take leave of children that have ended, adopted ones too; `keep` is left to whoever waits for it."""
    for child in psutil.Process().children():
        if child.pid != keep and not _runs(child):
            with contextlib.suppress(ChildProcessError):
                os.waitpid(child.pid, os.WNOHANG)


def _runs(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False
