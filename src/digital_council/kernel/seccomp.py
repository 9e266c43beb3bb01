"""The system calls a sandbox has no business with: a filter, assembled here so that no system library is needed.

A list of refusals, not of permissions: numerical libraries call what they like, and what is listed is what reaches
past a process without privilege (other processes, namespaces, mounts, the kernel's own programs, sockets that no
network namespace holds) or what escapes the memory limit.
"""

import ctypes
import errno
import os
import struct
from typing import NamedTuple

from digital_council.kernel.privilege import check, libc

_ALLOW, _ERRNO, _KILL_PROCESS = 0x7FFF0000, 0x00050000, 0x80000000
_LOAD, _JUMP_EQUAL, _JUMP_GREATER_OR_EQUAL, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _FIRST, _SECOND = 0, 4, 16, 24  # offsets in struct seccomp_data, low words of the arguments
_NEW_NAMESPACE = 0x7E020000  # CLONE_NEW*: mount, cgroup, uts, ipc, user, pid, net
_TIOCSTI, _TIOCLINUX, _AF_UNIX = 0x5412, 0x541C, 1
_MACHINES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}  # audit architecture, column of the table below

_REFUSED: dict[str, tuple[int, int]] = {
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    "pidfd_getfd": (438, 438), "process_madvise": (440, 440), "mount": (165, 40), "umount2": (166, 39),
    "pivot_root": (155, 41), "chroot": (161, 51), "unshare": (272, 97), "setns": (308, 268),
    "mount_setattr": (442, 442), "move_mount": (429, 429), "open_tree": (428, 428), "fsopen": (430, 430),
    "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433), "quotactl": (179, 60),
    "quotactl_fd": (443, 443), "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282), "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426), "io_uring_register": (427, 427), "init_module": (175, 105),
    "finit_module": (313, 273), "delete_module": (176, 106), "kexec_load": (246, 104), "kexec_file_load": (320, 294),
    "reboot": (169, 142), "swapon": (167, 224), "swapoff": (168, 225), "acct": (163, 89), "syslog": (103, 116),
    "sethostname": (170, 161), "setdomainname": (171, 162), "settimeofday": (164, 170), "clock_settime": (227, 112),
    "adjtimex": (159, 171), "clock_adjtime": (305, 266), "personality": (135, 92), "iopl": (172, -1),
    "ioperm": (173, -1), "modify_ldt": (154, -1), "vhangup": (153, 58), "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265), "move_pages": (279, 239), "migrate_pages": (256, 238),
    "lookup_dcookie": (212, 18), "fanotify_init": (300, 262), "nfsservctl": (180, 42), "shmget": (29, 194),
    "semget": (64, 190), "msgget": (68, 186), "mq_open": (240, 180), "uselib": (134, -1),
}  # fmt: skip
# Memory in a nameless file is nobody's resident set, so no watchdog sees it; libraries fall back on "not implemented".
_UNKNOWN: dict[str, tuple[int, int]] = {"memfd_create": (319, 279), "memfd_secret": (447, 447), "clone3": (435, 435)}
_CLONE, _SOCKET, _IOCTL = (56, 220), (41, 198), (16, 29)


class Step(NamedTuple):
    """One instruction of the packet filter: code, jump if true, jump if false, operand."""

    code: int
    true: int
    false: int
    operand: int


def _refuse(number: int) -> Step:
    return Step(_RETURN, 0, 0, _ERRNO | number)


def _when_called(number: int, *steps: Step) -> list[Step]:
    """These steps for one system call; any other jumps over them."""
    return [Step(_JUMP_EQUAL, 0, len(steps), number), *steps]


def program(machine: str | None = None) -> bytes:
    """The filter for this machine; raises LookupError for one whose call numbers are not known here."""
    architecture, column = _MACHINES[machine or os.uname().machine]
    steps = [
        Step(_LOAD, 0, 0, _ARCHITECTURE),
        *[Step(_JUMP_EQUAL, 1, 0, architecture), Step(_RETURN, 0, 0, _KILL_PROCESS)],
        Step(_LOAD, 0, 0, _NUMBER),
    ]
    if column == 0:  # x32 calls share the architecture of x86-64 and carry this bit
        steps += [Step(_JUMP_GREATER_OR_EQUAL, 0, 1, 0x40000000), Step(_RETURN, 0, 0, _KILL_PROCESS)]
    for table, answer in ((_REFUSED, errno.EPERM), (_UNKNOWN, errno.ENOSYS)):
        for numbers in table.values():
            if numbers[column] >= 0:
                steps += _when_called(numbers[column], _refuse(answer))
    allow = Step(_RETURN, 0, 0, _ALLOW)
    steps += _when_called(_CLONE[column], Step(_LOAD, 0, 0, _FIRST), Step(_JUMP_ANY_BIT, 0, 1, _NEW_NAMESPACE),
                          _refuse(errno.EPERM), allow)  # fmt: skip
    steps += _when_called(_SOCKET[column], Step(_LOAD, 0, 0, _FIRST), Step(_JUMP_EQUAL, 1, 0, _AF_UNIX),
                          _refuse(errno.EAFNOSUPPORT), allow)  # fmt: skip
    steps += _when_called(_IOCTL[column], Step(_LOAD, 0, 0, _SECOND), Step(_JUMP_EQUAL, 1, 0, _TIOCSTI),
                          Step(_JUMP_EQUAL, 0, 1, _TIOCLINUX), _refuse(errno.EPERM), allow)  # fmt: skip
    return b"".join(struct.pack("=HBBI", *step) for step in [*steps, allow])


def apply(filter_program: bytes) -> None:
    """Hold this process and all it starts to the filter, for good; no_new_privs must be set; raises OSError."""
    text = ctypes.create_string_buffer(filter_program, len(filter_program))
    header = struct.pack("HxxxxxxP", len(filter_program) // 8, ctypes.addressof(text))
    head = ctypes.create_string_buffer(header, len(header))
    check(libc.prctl(22, ctypes.c_ulong(2), ctypes.byref(head), 0, 0), "seccomp")
