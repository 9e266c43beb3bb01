"""Processes: one and all below it, and signals to them."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterable

import psutil

from digital_council.kernel.processes import family


def descendants(pid: int) -> list[psutil.Process]:
    """The process and all below it, the outermost first, each known even when its number is given to another."""
    found = []
    for number in family(pid):
        with contextlib.suppress(psutil.NoSuchProcess):
            found.append(psutil.Process(number))
    return found


def signal_all(processes: Iterable[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        try:
            process.send_signal(number)
        except psutil.NoSuchProcess:
            continue


def words(process: psutil.Process) -> list[str]:
    """The command line; empty when it has ended or may not be seen."""
    try:
        found: list[str] = process.cmdline()
        return found
    except psutil.Error:
        return []
