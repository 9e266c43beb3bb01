"""A person's server, and whatever it starts, is held below its ceiling of memory."""

from __future__ import annotations

import os
import subprocess
import sys

from digital_council.hub import ceilings, memory

GREEDY = """
import subprocess, sys
from digital_council.hub import memory
memory.hold()
child = "try: bytearray(400 << 20); print('held')\\nexcept MemoryError: print('refused')"
subprocess.run([sys.executable, "-c", child])
try:
    bytearray(400 << 20)
    print("held", flush=True)
except MemoryError:
    print("refused", flush=True)
"""


def said(memory_mb: int) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", GREEDY], env={**os.environ, memory.VARIABLE: str(memory_mb)},
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    return done.stdout.split()


def test_what_passes_the_ceiling_is_refused_in_the_server_and_in_what_it_starts() -> None:
    assert said(300) == ["refused", "refused"]
    assert said(1_000) == ["held", "held"]
    assert said(0) == ["held", "held"]


def test_a_process_that_has_ended_needs_no_group() -> None:
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait(timeout=180)
    assert ceilings.hold(done.pid, 300) is None
