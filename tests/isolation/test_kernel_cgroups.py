"""The system's own limits on a sandbox, where this machine lets us set them."""

import subprocess
import sys
from pathlib import Path

import pytest

from digital_council.kernel import cgroups
from digital_council.kernel.limits import Limits

needs_groups = pytest.mark.skipif(not cgroups.hierarchies(), reason="no control groups can be made here")
HOG = "import time; input(); held = bytearray(200 << 20); time.sleep(60)"


@needs_groups
def test_a_group_ends_a_process_that_passes_its_memory_and_is_removed() -> None:
    with subprocess.Popen([sys.executable, "-c", HOG], stdin=subprocess.PIPE) as hog:
        group = cgroups.enclose([hog.pid], Limits(memory_mb=60, file_mb=4))
        assert group is not None
        assert not group.remove(), "while a process lives in it"
        try:
            hog.communicate(b"\n", timeout=120)
        finally:
            hog.kill()
    assert hog.returncode == -9
    assert group.out_of_memory()
    assert group.remove()
    assert not [folder for folder in group.folders if folder.exists()]


@needs_groups
def test_a_process_within_its_memory_is_left_alone() -> None:
    quiet = HOG.replace("time.sleep(60)", "print('fine')")
    with subprocess.Popen([sys.executable, "-c", quiet], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        group = cgroups.enclose([process.pid], Limits(memory_mb=400))
        assert process.communicate(b"\n", timeout=120)[0] == b"fine\n"
    assert group is not None
    assert not group.out_of_memory()
    assert group.remove()


@needs_groups
def test_what_a_process_that_died_left_behind_is_removed() -> None:
    left = cgroups.hierarchies()[0].folder / "council-4194305-1"  # above the highest process number there is
    left.mkdir()
    cgroups.hierarchies.cache_clear()
    assert cgroups.hierarchies()
    assert not left.exists()


def test_a_place_without_groups_offers_none(tmp_path: Path) -> None:
    assert cgroups.hierarchies(tmp_path) == ()
