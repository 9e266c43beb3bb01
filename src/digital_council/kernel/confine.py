"""What a fork does to itself before any untrusted byte: limits, user, Landlock, seccomp, and a clean slate."""

import contextlib
import faulthandler
import os
import resource
import signal
import sys
import tempfile
from dataclasses import dataclass

from digital_council.kernel import landlock, namespaces, privilege, seccomp
from digital_council.kernel.limits import Limits

_DEVICES = ("/dev/null", "/dev/zero", "/dev/full")


def address_space() -> int:
    """Bytes of address space this process already has."""
    with open("/proc/self/statm") as stream:
        return int(stream.read().split()[0]) * resource.getpagesize()


def set_limits(limits: Limits) -> None:
    """Per-process ceilings. Memory is given on top of what was inherited, so that running out is a MemoryError."""
    size = limits.file_mb << 20
    values = {
        resource.RLIMIT_AS: address_space() + (limits.memory_mb << 20),
        resource.RLIMIT_FSIZE: size,
        resource.RLIMIT_NPROC: limits.processes,
        resource.RLIMIT_NOFILE: 512,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 64 << 10,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    if limits.seconds_total:
        values[resource.RLIMIT_CPU] = int(limits.seconds_total) + 2
    for name, value in values.items():
        hard = resource.getrlimit(name)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(name, (value, value))


def close_all_but(kept: int) -> None:
    """Leave one descriptor beside standard input, output and error, which go nowhere."""
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    os.closerange(3, kept)
    os.closerange(kept + 1, 1 << 20)


def reset_signals() -> None:
    """As in a fresh interpreter: defaults, nothing blocked, Ctrl-C raises. Forks inherit it."""
    signal.set_wakeup_fd(-1)
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        with contextlib.suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_SETMASK, set())
    signal.setitimer(signal.ITIMER_REAL, 0)
    faulthandler.disable()


def reseed() -> None:
    """New random states; the parent's would be the same in every fork. `random` has had its own from os.fork."""
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed(int.from_bytes(os.urandom(4)))
    tempfile._name_sequence = None  # type: ignore[attr-defined]  # it compares process numbers, alike in all forks
    tempfile.tempdir = None


@dataclass(frozen=True)
class Rules:
    """How forks of one parent are confined; worked out once, before the first."""

    own_users: bool  # each fork becomes a real user of its own
    landlock: int
    filter_program: bytes

    @classmethod
    def of_this_machine(cls) -> "Rules":
        """As much as this machine allows."""
        try:
            program = seccomp.program()
        except LookupError:
            program = b""
        return cls(privilege.privileged(), landlock.abi(), program)


def confine(rules: Rules, limits: Limits, uid: int) -> None:
    """Give up everything this process does not need, for good; raises OSError when any of it was refused."""
    set_limits(limits)
    if rules.own_users:
        privilege.become(uid, uid)
        privilege.prctl(privilege.PR_SET_DUMPABLE, 1)  # the change closed this process's own /proc/self to it
    privilege.renounce()
    writable = (*namespaces.WRITABLE.values(), *_DEVICES)
    landlock.restrict(("/",), writable, (namespaces.OWN,), version=rules.landlock)
    if rules.filter_program:
        seccomp.apply(rules.filter_program)
