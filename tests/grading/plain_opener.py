"""Learner code in plain forks, for tests that bring their own answers and are not about the sandbox."""

from __future__ import annotations

from collections.abc import Callable

from plain_fork import PlainWarm

from digital_council.courses import Unit
from digital_council.grading.policy import Policy
from digital_council.grading.sandbox import Sandbox, Session


def open_plain(address: str, unit: Unit) -> Callable[[], Session]:
    return Sandbox(PlainWarm(), Policy()).session
