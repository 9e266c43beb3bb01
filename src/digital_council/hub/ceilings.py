"""Ceilings: the system's own limit on all that one person's server, its kernels and its terminals hold together.

Only where the hub may make control groups. `memory` holds each process by itself, everywhere.
"""

from __future__ import annotations

import contextlib

from digital_council.kernel import cgroups
from digital_council.kernel.limits import Limits
from digital_council.kernel.processes import family, tasks

PROCESSES = 2_000
"""Processes and threads of one server; a JupyterLab with ten kernels has some three hundred."""


def hold(pid: int, memory_mb: int) -> cgroups.Group | None:
    """Encloses a process and all below it in a group, to be removed when they have ended; None if there is none."""
    limits = Limits(memory_mb=memory_mb, file_mb=0, processes=PROCESSES)
    group = cgroups.enclose(family(pid), limits) if tasks(pid) else None
    for folder in group.folders if group else ():
        for member in family(pid):  # those that were started while the others were moved
            with contextlib.suppress(OSError):
                (folder / "cgroup.procs").write_text(str(member))
    return group
