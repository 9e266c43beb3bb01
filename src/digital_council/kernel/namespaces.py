"""Processes in namespaces of their own: the clone, and the file system built inside it."""

import ctypes
import os
import signal
from collections.abc import Sequence

from digital_council.kernel.limits import Limits
from digital_council.kernel.privilege import check, libc

_CLONE = {"x86_64": 56, "aarch64": 220}[os.uname().machine] if os.uname().machine in ("x86_64", "aarch64") else -1
_PIDFD = 0x1000
_MOUNT, _UTS, _IPC, _USER, _PID, _NET = 0x20000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000
ALL = _MOUNT | _UTS | _IPC | _PID | _NET
WITH_USER = ALL | _USER
_NOSUID, _NODEV, _NOEXEC, _BIND, _PRIVATE, _RECURSIVE, _READ_ONLY = 2, 4, 8, 4096, 1 << 18, 16384, 1

SCRATCH = "/run/sandbox"  # one tmpfs of limited size holds everything a sandbox writes
SHARED, OWN = "/run/shared", "/run/kernel"  # folders shared with the host, and the one of this sandbox
HOME = "/home/learner"
WRITABLE = {"work": "/run/work", "tmp": "/tmp", "shm": "/dev/shm", "home": HOME}  # noqa: S108  (ours alone)
IDENTITY = ("passwd", "group")


def clone(flags: int) -> tuple[int, int]:
    """Fork with these namespaces new: (pid, pidfd) in the parent, (0, -1) in the child; raises OSError.

    os.fork cannot do this, and unshare would take a further fork to enter a process namespace. The process must have
    one thread only. In the child glibc still believes its old thread number, which matters only to thread calls.
    """
    descriptor = ctypes.c_int(-1)
    ctypes.pythonapi.PyOS_BeforeFork()
    pid: int = libc.syscall(_CLONE, ctypes.c_ulong(flags | _PIDFD | signal.SIGCHLD), None, ctypes.byref(descriptor),
                            None, None)  # fmt: skip
    number = ctypes.get_errno()
    if pid == 0:
        ctypes.pythonapi.PyOS_AfterFork_Child()
        return 0, -1
    ctypes.pythonapi.PyOS_AfterFork_Parent()
    if pid < 0:
        raise OSError(number, f"clone: {os.strerror(number)}")
    return pid, descriptor.value


def mount(source: str, target: str, kind: str | None, flags: int, options: str = "") -> None:
    """Mount; raises OSError naming the target."""
    result = libc.mount(source.encode(), target.encode(), kind.encode() if kind else None, ctypes.c_ulong(flags),
                        options.encode() or None)  # fmt: skip
    check(result, f"mounting {target}")


def map_user(uid: int, gid: int) -> None:
    """Be oneself in a new user namespace, under the same number."""
    for file, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
        with open(f"/proc/self/{file}", "w") as stream:
            stream.write(text)


def _carry(inner: str, target: str, folder: str) -> None:
    """Have a mounted folder within `target` at the same place within `folder`, which is to be mounted over it."""
    place = folder + inner.removeprefix(target)
    descriptor = os.open(inner, os.O_PATH)
    os.makedirs(place, exist_ok=True)
    mount(f"/proc/self/fd/{descriptor}", place, None, _BIND | _RECURSIVE)
    os.close(descriptor)


def build_view(limits: Limits, uid: int, shared: str | None, kept: Sequence[str] = ()) -> None:
    """In a new mount namespace: fresh folders to write in, own /proc, no sight of other sandboxes' folders.

    `kept` are mounts of the parent's that stay visible where they lie below a fresh folder.
    """
    os.umask(0o022)  # the sandbox's user must pass through the folders made here, whatever the service's mask
    mount("none", "/", None, _PRIVATE | _RECURSIVE)
    size = f"size={limits.file_mb}m,nr_inodes={limits.files + 16},mode=755"
    if shared is not None:
        mount(f"{SHARED}/{shared}", OWN, None, _BIND)
        os.chown(OWN, uid, uid)
    mount("tmpfs", SHARED, "tmpfs", _NOSUID | _NODEV | _NOEXEC | _READ_ONLY, "size=4k,nr_inodes=2")
    mount("tmpfs", SCRATCH, "tmpfs", _NOSUID | _NODEV, size)
    for name, target in WRITABLE.items():
        folder = f"{SCRATCH}/{name}"
        os.mkdir(folder, 0o700)
        for inner in kept:
            if inner.startswith(f"{target}/"):
                _carry(inner, target, folder)
        os.chown(folder, uid, uid)
        mount(folder, target, None, _BIND | _RECURSIVE)
    for name, text in zip(IDENTITY, (f"learner:x:{uid}:{uid}::{HOME}:/bin/sh\n", f"learner:x:{uid}:\n"), strict=True):
        with open(f"{SCRATCH}/{name}", "w") as stream:
            os.fchmod(stream.fileno(), 0o644)
            stream.write(text)
    mount("proc", "/proc", "proc", _NOSUID | _NODEV | _NOEXEC)
    check(libc.sethostname(b"sandbox", ctypes.c_size_t(7)), "sethostname")
