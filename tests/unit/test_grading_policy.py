"""The policy file: closed, frozen, and the same as what the kernel enforces."""

from pathlib import Path

import pytest

from digital_council.errors import OperatorError
from digital_council.grading import policy


def test_the_policy_in_the_room_is_read() -> None:
    assert policy.load().limits.seconds_cell == 10


def test_an_unknown_key_is_refused_with_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text("[limits]\nmemory_kb = 5\n")
    with pytest.raises(OperatorError, match=r"limits\.memory_kb.*did you mean 'memory_mb'"):
        policy.load(tmp_path / "policy.toml")


def test_a_limit_out_of_range_is_refused(tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text("[limits]\nseconds_cell = 0\n")
    with pytest.raises(OperatorError, match="seconds_cell"):
        policy.load(tmp_path / "policy.toml")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="not found"):
        policy.load(tmp_path / "policy.toml")


def test_the_kernel_enforces_the_same_limits_a_moment_later() -> None:
    limits = policy.Limits(seconds_total=9, memory_mb=500)
    enforced = policy.kernel_limits(limits)
    assert (enforced.memory_mb, enforced.seconds_total) == (500, 14)
