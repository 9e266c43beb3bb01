"""Ceilings: how much memory one person's server, its kernels and its terminals may hold.

The system's own groups limit all of them together, where the hub may make groups. Everywhere, each process by itself is
held below the ceiling, so that one careless cell gets an error and not the memory of everybody.
"""

from __future__ import annotations

import resource

import psutil

from digital_council.hub.processes import descendants
from digital_council.kernel import cgroups
from digital_council.kernel.limits import Limits

MB = 1 << 20
PROCESSES = 2_000
"""Processes and threads of one server; a JupyterLab with ten kernels has some three hundred."""


def hold(pid: int, memory_mb: int) -> cgroups.Group | None:
    """Holds a process and all below it, and whatever they start; the group, where there can be one, to be removed."""
    family = descendants(pid)
    for process in family:
        try:
            process.rlimit(resource.RLIMIT_DATA, (memory_mb * MB, memory_mb * MB))
        except psutil.Error:
            continue  # it has ended
    limits = Limits(memory_mb=memory_mb, file_mb=0, processes=PROCESSES)
    return cgroups.enclose([process.pid for process in family], limits) if family else None
