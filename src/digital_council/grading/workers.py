"""Workers: what runs in the pool's processes. They hold no ledger, no secret and nothing that can be lost.

A worker reads a stored submission and the trusted copy of its unit, has learner code run by the warm kernel's
sandbox, judges the plain values that come back, and returns a verdict to the portal, the one that writes.
"""

from __future__ import annotations

import importlib
import multiprocessing
import multiprocessing.connection
import os
import resource
import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from digital_council.courses import releases
from digital_council.courses.findings import Finding, QuestionResult, Verdict
from digital_council.courses.units import Unit
from digital_council.grading import submissions
from digital_council.grading.running import run_cells
from digital_council.grading.sandbox import OpenSession
from digital_council.kernel.confine import address_space
from digital_council.settings import State

MEMORY = 2 << 30


@dataclass(frozen=True)
class Setup:
    """What a worker must know. `grader` and `opener` are functions named as `package.module:function`."""

    state: Path
    grader: str
    opener: str
    address: str


@dataclass(frozen=True)
class UnitRef:
    """A unit by name, for crossing from process to process."""

    course: str
    unit: str
    release: str

    @classmethod
    def of(cls, unit: Unit) -> UnitRef:
        """The name of a unit."""
        return cls(unit.course, unit.id, unit.release)


_setup: Setup


def begin(setup: Setup) -> None:
    """Prepares a worker: Ctrl-C is the portal's to handle, and no worker outlives the portal."""
    global _setup
    _setup = setup
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_portal, daemon=True).start()
    _named(setup.grader)
    # A value that is read here may turn out larger than it looked: then this is a MemoryError, and it is refused.
    most = address_space() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (most, resource.getrlimit(resource.RLIMIT_AS)[1]))


def _end_with_the_portal() -> None:
    portal = multiprocessing.parent_process()
    if portal is not None:
        multiprocessing.connection.wait([portal.sentinel])
        os._exit(1)


def process_id() -> int:
    """The worker's process id, and the proof that it answers."""
    return os.getpid()


def grade(ref: UnitRef, attempt: str, seed: int) -> Verdict:
    """The verdict on a stored submission. The grader's version names the release whose checks it used."""
    unit = _unit(ref)
    answers = submissions.answers_of(State(_setup.state).submissions / attempt, unit)
    verdict: Verdict = _grader()(unit, answers, seed=seed, session_factory=_sessions(unit))
    results = tuple(_noted(result, answers.findings) for result in verdict.results)
    return replace(verdict, results=results, grader_version=f"{verdict.grader_version}@{ref.release}")


def _noted(result: QuestionResult, notes: Sequence[Finding]) -> QuestionResult:
    """The result with what was found about the question's cell before what was found in its answer."""
    mine = tuple(note for note in notes if note.question == result.question)
    if not mine:
        return result
    rest = tuple(finding for finding in result.findings if finding.id != "no-answer")
    return replace(result, findings=mine + rest)


def check(ref: UnitRef, answers: dict[str, Any], seed: int) -> Verdict:
    """The visible checks on answers that are not submitted."""
    unit = _unit(ref)
    verdict: Verdict = _grader()(unit, answers, seed=seed, session_factory=_sessions(unit), visible_only=True)
    return verdict


def run(ref: UnitRef, code: dict[str, str], upto: str) -> list[dict[str, Any]]:
    """The lesson run up to a question's cell with the learner's code in place: that cell's outputs."""
    unit = _unit(ref)
    return run_cells(unit, code, upto, _sessions(unit))


def probe(ref: UnitRef) -> None:
    """Runs one line of ours in a sandbox for a unit. Raises whatever stops it, which is then no learner's doing."""
    session = _sessions(_unit(ref))()
    try:
        session.run("1")
    finally:
        session.close()


def _grader() -> Callable[..., Verdict]:
    found: Callable[..., Verdict] = _named(_setup.grader)
    return found


def _sessions(unit: Unit) -> OpenSession:
    opened: OpenSession = _named(_setup.opener)(_setup.address, unit)
    return opened


@lru_cache(maxsize=8)
def _named(path: str) -> Any:
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(module), name)


def _unit(ref: UnitRef) -> Unit:
    return releases.open(State(_setup.state), ref.course, ref.unit, ref.release)
