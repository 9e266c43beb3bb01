"""The system call filter, run here instruction by instruction."""

import errno
import os
import struct

import pytest

from digital_council.kernel import seccomp

ALLOWED, KILLED = 0x7FFF0000, 0x80000000
X86, ARM = 0xC000003E, 0xC00000B7


def verdict(machine: str, architecture: int, number: int, *arguments: int) -> int:
    """What the filter says of one call, by the rules of the kernel's packet filter."""
    data = struct.pack("=IIQ6Q", number, architecture, 0, *arguments, *[0] * (6 - len(arguments)))
    steps = list(struct.iter_unpack("=HBBI", seccomp.program(machine)))
    held, at = 0, 0
    while True:
        code, true, false, operand = steps[at]
        at += 1
        if code == 0x06:
            return int(operand)
        if code == 0x20:
            (held,) = struct.unpack_from("=I", data, operand)
            continue
        holds = {0x15: held == operand, 0x35: held >= operand, 0x45: bool(held & operand)}[code]
        at += true if holds else false


def refusal(number: int) -> int:
    return 0x00050000 | number


@pytest.mark.parametrize(
    ("machine", "architecture", "read", "ptrace"), [("x86_64", X86, 0, 101), ("aarch64", ARM, 63, 117)]
)
def test_ordinary_calls_pass_and_listed_ones_are_refused(
    machine: str, architecture: int, read: int, ptrace: int
) -> None:
    assert verdict(machine, architecture, read) == ALLOWED
    assert verdict(machine, architecture, ptrace) == refusal(errno.EPERM)
    assert verdict(machine, architecture, 435) == refusal(errno.ENOSYS)  # clone3: libraries fall back on clone


def test_a_call_of_another_architecture_ends_the_process() -> None:
    assert verdict("x86_64", 0x40000003, 0) == KILLED
    assert verdict("x86_64", X86, 0x40000000) == KILLED


def test_only_local_sockets_may_be_made() -> None:
    assert verdict("x86_64", X86, 41, 1) == ALLOWED
    for family in (2, 10, 16, 17, 38, 40):
        assert verdict("x86_64", X86, 41, family) == refusal(errno.EAFNOSUPPORT)


def test_clone_may_make_processes_and_threads_but_no_namespaces() -> None:
    assert verdict("x86_64", X86, 56, 0x3D0F00) == ALLOWED  # as pthread_create calls it
    assert verdict("x86_64", X86, 56, 0x1200011) == ALLOWED  # as fork calls it
    for flag in (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000):
        assert verdict("x86_64", X86, 56, flag | 17) == refusal(errno.EPERM)


def test_a_terminal_cannot_be_typed_into() -> None:
    assert verdict("x86_64", X86, 16, 1, 0x5412) == refusal(errno.EPERM)
    assert verdict("x86_64", X86, 16, 1, 0x541C) == refusal(errno.EPERM)
    assert verdict("x86_64", X86, 16, 1, 0x5401) == ALLOWED


def test_a_machine_whose_numbers_are_not_known_has_no_filter() -> None:
    with pytest.raises(LookupError):
        seccomp.program("pdp11")
    if os.uname().machine in ("x86_64", "aarch64"):
        assert len(seccomp.program()) % 8 == 0
