"""Landlock: what a process may do with files, by folder, whatever the mounts and permissions say."""

import ctypes
import os
from collections.abc import Iterable

from digital_council.kernel.privilege import check, libc

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same on every architecture
_EXECUTE, _WRITE, _READ, _LIST, _IOCTL = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 15
_REMOVE_FILE, _MAKE_SOCKET = 1 << 5, 1 << 9
_LAST_RIGHT = {1: 12, 2: 13, 3: 14, 4: 14}  # highest file right an ABI knows; 15 from ABI 5 on
_TCP, _ABSTRACT_SOCKETS_AND_SIGNALS = 0b11, 0b11
_FOLDER_ONLY = ~(_EXECUTE | _WRITE | _READ | 1 << 14 | _IOCTL)


class _Rule(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("access", ctypes.c_uint64), ("parent", ctypes.c_int32))


def abi() -> int:
    """The version of Landlock this system has; 0 when none."""
    version: int = libc.syscall(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(1))
    return max(0, version)


def _allow(ruleset: int, path: str, access: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    if not os.path.isdir(path):
        access &= ~_FOLDER_ONLY
    rule = _Rule(access, descriptor)
    check(libc.syscall(_ADD, ruleset, ctypes.c_int(1), ctypes.byref(rule), ctypes.c_uint32(0)), f"Landlock: {path}")
    os.close(descriptor)


def restrict(readable: Iterable[str], writable: Iterable[str], sockets: Iterable[str], *, version: int) -> None:
    """Read and run under `readable`, do anything under `writable`, make sockets alone under `sockets`, and nothing
    elsewhere; no TCP, no signals out.

    no_new_privs must be set. With version 0 it does nothing. Raises OSError.
    """
    if not version:
        return
    handled = (1 << _LAST_RIGHT.get(version, 15) + 1) - 1
    rights = (ctypes.c_uint64 * 3)(handled, _TCP if version >= 4 else 0,
                                   _ABSTRACT_SOCKETS_AND_SIGNALS if version >= 6 else 0)  # fmt: skip
    size = 8 * (1 + (version >= 4) + (version >= 6))
    ruleset = check(libc.syscall(_CREATE, rights, ctypes.c_size_t(size), ctypes.c_uint32(0)), "Landlock")
    for path in readable:
        _allow(ruleset, path, handled & (_EXECUTE | _READ | _LIST))
    for path in writable:
        _allow(ruleset, path, handled)
    for path in sockets:
        _allow(ruleset, path, handled & (_READ | _LIST | _REMOVE_FILE | _MAKE_SOCKET))
    check(libc.syscall(_RESTRICT, ruleset, ctypes.c_uint32(0)), "Landlock")
    os.close(ruleset)
