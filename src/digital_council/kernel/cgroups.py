"""Control groups: the system's own limits on a whole sandbox, where this process may set them; an extra.

The watchdog looks a few times a second; a group is exact. Both versions are known; none of it is relied on.
"""

import contextlib
import functools
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from digital_council.kernel.limits import Limits

_SLACK = 3  # processes of the sandbox itself
_PREFIX = "council-"
_VERSION_1 = (("memory", "memory.limit_in_bytes", ""), ("pids", "", "pids.max"))


@dataclass(frozen=True)
class Hierarchy:
    """One place to make groups in, and what its files for memory and processes are called."""

    folder: Path
    memory: str = ""
    processes: str = ""


@dataclass(frozen=True)
class Group:
    """The groups of one sandbox."""

    folders: tuple[Path, ...]

    def out_of_memory(self) -> bool:
        """Whether the system has ended a process for passing the limit."""
        for folder in self.folders:
            for file in ("memory.oom_control", "memory.events"):
                with contextlib.suppress(OSError):
                    lines = (folder / file).read_text().splitlines()
                    if any(line.startswith("oom_kill ") and line != "oom_kill 0" for line in lines):
                        return True
        return False

    def remove(self) -> bool:
        """Whether they are gone; they cannot go while a process lives in them. Safe to repeat."""
        for folder in self.folders:
            try:
                folder.rmdir()
            except FileNotFoundError:
                continue
            except OSError:
                return False
        return True


def _own_groups() -> dict[str, str]:
    """The group this process is in, by controller; version 2 under the empty name."""
    with contextlib.suppress(OSError):
        lines = [line.split(":", 2) for line in Path("/proc/self/cgroup").read_text().splitlines()]
        return {controller: path.lstrip("/") for _, names, path in lines for controller in names.split(",")}
    return {}


def _usable(folder: Path, file: str) -> bool:
    """Whether a group made here has this file; found by making one."""
    probe = folder / f"{_PREFIX}probe-{os.getpid()}"
    try:
        probe.mkdir()
        there = (probe / file).exists()
        probe.rmdir()
    except OSError:
        return False
    return there


def _sweep(folder: Path) -> None:
    """Remove what owners that are no more have left."""
    for left in folder.glob(f"{_PREFIX}[0-9]*-[0-9]*"):
        if not Path("/proc", left.name.split("-")[1]).exists():
            with contextlib.suppress(OSError):
                left.rmdir()


@functools.cache
def hierarchies(root: Path = Path("/sys/fs/cgroup")) -> tuple[Hierarchy, ...]:
    """Where groups with limits can be made; empty on most machines without privilege."""
    own, found = _own_groups(), []
    for version_2 in (root / own.get("", ""), root / "unified" / own.get("", "")):
        if (version_2 / "cgroup.procs").exists() and _usable(version_2, "memory.max"):
            found = [Hierarchy(version_2, "memory.max", "pids.max")]
            break
    for controller, memory, processes in () if found else _VERSION_1:
        folder = root / controller / own.get(controller, "")
        if controller in own and _usable(folder, memory or processes):
            found.append(Hierarchy(folder, memory, processes))
    for place in found:
        _sweep(place.folder)
    return tuple(found)


def enclose(pids: Sequence[int], limits: Limits) -> Group | None:
    """Put a sandbox's processes in groups of its own; None where that is not possible."""
    made = []
    for place in hierarchies():
        folder = place.folder / f"{_PREFIX}{os.getpid()}-{pids[0]}"
        with contextlib.suppress(OSError):
            folder.mkdir()
            made.append(folder)
            if place.memory:
                (folder / place.memory).write_text(str(limits.memory_mb + limits.file_mb << 20))
            if place.processes and (folder / place.processes).exists():
                (folder / place.processes).write_text(str(limits.processes + _SLACK))
            for pid in pids:
                (folder / "cgroup.procs").write_text(str(pid))
    return Group(tuple(made)) if made else None
