"""A person's server, and whatever it starts, is held below its ceiling of memory."""

from __future__ import annotations

import subprocess
import sys

from digital_council.hub import ceilings

GREEDY = """
import subprocess, sys
input()
child = "try: bytearray(400 << 20); print('held')\\nexcept MemoryError: print('refused')"
subprocess.run([sys.executable, "-c", child])
try:
    bytearray(400 << 20)
    print("held")
except MemoryError:
    print("refused")
"""


def asked(memory_mb: int) -> list[str]:
    with subprocess.Popen(
        [sys.executable, "-u", "-c", GREEDY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as greedy:
        group = ceilings.hold(greedy.pid, memory_mb)
        said, _ = greedy.communicate("go\n", timeout=120)
    if group is not None:
        assert group.remove()
    return said.split()


def test_what_passes_the_ceiling_is_refused_in_the_server_and_in_what_it_starts() -> None:
    assert asked(300) == ["refused", "refused"]
    assert asked(1_000) == ["held", "held"]


def test_a_process_that_has_ended_needs_no_ceiling() -> None:
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait(timeout=60)
    assert ceilings.hold(done.pid, 300) is None
