"""Hostile submissions: each bites where nothing protects, none bites in the sandbox, honest work keeps its marks."""

import os
import sys
import time
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hostile_cases import CASES, Case
from hostile_world import World

from digital_council.courses import Unit
from digital_council.grading.inside_untrusted import _WARM
from digital_council.grading.judge import grade
from digital_council.grading.sandbox import Missing, Refused, Sandbox, Session, SessionEnded
from digital_council.grading.shell_untrusted import redirect_untrusted

HONEST = {
    "worst": "c",
    "total": "total = bins['Missed bins'].sum()",
    "over": "def over(table, most):\n    return int((table['Missed bins'] > most).sum())",
    "mean": {"code": "mean = share.mean() * 49"},
}
READS_AND_WRITES = [case for case in CASES if case.kind != "forged"]
FORGERIES = [case for case in CASES if case.kind == "forged"]


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    world = World(tmp_path)
    monkeypatch.setenv("COUNCIL_NEEDLE", world.secret)
    module = types.ModuleType("council_needle")
    module.COUNCIL_NEEDLE = world.secret  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "council_needle", module)
    yield world
    world.close()


def attack(sandbox: Sandbox, case: Case, world: World, patience: float = 0.6) -> bool:
    """Whether the attack reached what it wanted; one that bites later has `patience` seconds for it."""
    hidden_needle = world.secret
    with sandbox.session() as session:
        try:
            session.run(world.code(case.code))
            if case.kind == "loot":
                return hidden_needle in str(taken(session, "loot"))
            if taken(session, "swarm") == 1:
                return True
        except SessionEnded:
            pass
    deadline = time.monotonic() + (patience if "later" in case.name else 0)
    while not (bitten := world.bitten()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return bitten


def taken(session: Session, name: str) -> Any:
    try:
        return session.take(name)
    except (Missing, Refused):
        return None


@pytest.mark.parametrize("case", READS_AND_WRITES, ids=lambda c: c.name)
def test_an_attack_bites_where_nothing_protects(case: Case, world: World, plain: Sandbox) -> None:
    assert attack(plain, case, world, patience=20)


@pytest.mark.parametrize("case", READS_AND_WRITES, ids=lambda c: c.name)
def test_an_attack_is_contained(case: Case, world: World, sandbox: Sandbox) -> None:
    assert not attack(sandbox, case, world)


def naive(case: Case) -> bool:
    """A grader of the usual kind: the answer and its check share one process, and silence is a pass."""
    child = os.fork()
    if child == 0:
        status = 9
        try:
            shell = _WARM[0]
            redirect_untrusted(shell.outputs)
            shell.run_cell(case.code)
            shell.run_cell("pre_checked = True")
            status = 0 if shell.run_cell(case.check).success else 1
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_the_usual_grader_marks_honest_answers_rightly() -> None:
    assert naive(Case("right", "forged", "total = 49"))
    assert not naive(Case("wrong", "forged", "total = 1"))


@pytest.mark.parametrize("case", FORGERIES, ids=lambda c: c.name)
def test_a_forgery_earns_marks_from_the_usual_grader(case: Case) -> None:
    assert naive(case)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_a_hostile_answer_earns_nothing_and_harms_no_honest_one(
    case: Case, world: World, bins: Unit, sandbox: Sandbox
) -> None:
    def judged(answers: dict[str, Any]) -> Any:
        return grade(bins, answers, seed=3, session_factory=sandbox.session, policy=sandbox.policy)

    hostile = judged(HONEST | {"total": world.code(case.code)})
    assert hostile.result("total").points == 0
    assert hostile.result("worst").points == 1
    assert hostile.outcome == "not-yet", hostile
    honest = judged(HONEST)
    assert (honest.outcome, honest.score) == ("passed", 6)
