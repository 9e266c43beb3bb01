"""Who we are to the operating system, and giving it up: capabilities, user ids, no_new_privs."""

import ctypes
import os
from pathlib import Path

CAP_CHOWN, CAP_KILL, CAP_SETGID, CAP_SETUID, CAP_SYS_ADMIN = 0, 5, 6, 7, 21
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT = 1, 4, 36, 38, 47
PR_CAP_AMBIENT_CLEAR_ALL = 4
_CAPABILITY_VERSION_3 = 0x20080522

libc = ctypes.PyDLL(None, use_errno=True)  # PyDLL keeps the interpreter's lock: no other thread may run across a clone


def effective_capabilities() -> int:
    """The effective capability bits of this process."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("CapEff:"):
            return int(line.split()[1], 16)
    return 0


def privileged() -> bool:
    """Whether sandboxes can be made without a user namespace and run under a real user of their own."""
    needed = (CAP_SETGID, CAP_SETUID, CAP_SYS_ADMIN)
    return os.geteuid() == 0 and all(effective_capabilities() >> bit & 1 for bit in needed)


def check(result: int, what: str) -> int:
    """The result of a C call, or OSError naming what failed."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def prctl(option: int, value: int = 0) -> None:
    """Set one attribute of this process; raises OSError."""
    check(libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0), f"prctl {option}")


def drop_capabilities() -> None:
    """Leave no capability in any set that a later exec could draw on."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    none = (ctypes.c_uint32 * 6)()
    libc.prctl(PR_CAP_AMBIENT, ctypes.c_ulong(PR_CAP_AMBIENT_CLEAR_ALL), 0, 0, 0)
    check(libc.capset(header, none), "capset")


def become(uid: int, gid: int) -> None:
    """Be this user for good; raises OSError when the change did not take."""
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    if os.getresuid() != (uid, uid, uid) or os.getresgid() != (gid, gid, gid) or os.getgroups():
        raise OSError(f"could not become user {uid}")


def renounce() -> None:
    """Give up every capability and the means to gain any by running another program."""
    drop_capabilities()
    prctl(PR_SET_NO_NEW_PRIVS, 1)
