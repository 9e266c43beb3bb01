"""The grading service: every attempt graded once, whatever ends whenever; who waits goes first."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

sys.path.insert(0, str(Path(__file__).parent))

import small_course
from small_course import COURSE, RIGHT, UNIT

from digital_council.courses import Unit, releases
from digital_council.courses.findings import Verdict
from digital_council.errors import OperatorError
from digital_council.grading import submissions
from digital_council.grading.intake import accept
from digital_council.grading.service import GradingService, seed_of
from digital_council.ledger import Attempt, Ledger
from digital_council.settings import State

HERE = Path(__file__).parent


class Office:
    """A state directory with a ledger, a released unit and services that grade in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state = State(folder / "state").ensure()
        self.unit = small_course.released(folder / "courses", self.state)
        self.ledger = Ledger(self.state.ledger / "ledger.db")
        self.services: list[GradingService] = []

    def open(self, **more: Any) -> GradingService:
        """A service at work."""
        given: dict[str, Any] = {
            "grader": "graders:grade",
            "opener": "graders:sessions",
            "pool_size": 2,
            "pauses": (0.1, 0.2),
        }
        service = GradingService(self.ledger, self.state, address=str(self.state.root), **{**given, **more})
        self.services.append(service)
        service.start()
        return service

    def hand_in(self, order: str = "", account: str = "learner", **answers: Any) -> str:
        given = {**RIGHT, **answers} | ({"thoughts": order} if order else {})
        return accept(self.ledger, self.state, account=account, unit=self.unit, door="page", answers=given)

    def graded(self, service: GradingService, id: str) -> Attempt:
        """The attempt, when it has been graded."""
        service.submit(id)
        assert service.wait(id, 60), "it was not graded in time"
        return self.attempt(id)

    def attempt(self, id: str) -> Attempt:
        found = self.ledger.attempt(id)
        assert found is not None
        return found

    def let_go(self) -> None:
        """Lets graders go on that were told to hold."""
        (self.state.root / "go").touch()

    def times_graded(self) -> list[list[str]]:
        path = self.state.root / "graded"
        return [line.split() for line in path.read_text().splitlines()] if path.exists() else []

    def verbs(self) -> list[str]:
        return [statement.verb for statement in self.ledger.statements().items]

    def close(self) -> None:
        for service in self.services:
            service.stop()
        self.ledger.close()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    yield made
    made.close()


def until(true: Callable[[], object], seconds: float = 180) -> None:
    """Waits for something another process does."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def test_an_attempt_is_graded_and_recorded(office: Office) -> None:
    attempt = office.graded(office.open(), office.hand_in("fine"))
    assert (attempt.state, attempt.outcome, attempt.score, attempt.max) == ("done", "passed", 4, 4)
    verdict = Verdict.from_json(office.ledger.verdict(attempt.id) or {})
    assert [result.outcome for result in verdict.results] == ["passed"] * 4
    assert verdict.grader_version.endswith(f"@{office.unit.release}")
    assert office.verbs() == ["passed", "completed", "attempted"]


def test_a_wrong_answer_is_not_yet(office: Office) -> None:
    attempt = office.graded(office.open(), office.hand_in(which="a", doubled="doubled = 1 / 0"))
    assert (attempt.outcome, attempt.score) == ("not-yet", 1)
    assert "failed" in office.verbs()


def test_an_attempt_that_arrives_is_taken_up_at_once(office: Office) -> None:
    service = office.open(lease_seconds=600)
    office.graded(service, office.hand_in())
    office.graded(service, office.hand_in(which="a"))


def test_many_attempts_are_each_graded_once(office: Office) -> None:
    ids = [office.hand_in(account=f"learner{n}") for n in range(30)]
    service = office.open()
    for id in ids:
        assert office.graded(service, id).outcome == "passed"
    assert len(office.times_graded()) == 30
    assert all(len(office.ledger.marks(id)) == 1 for id in ids)


def test_what_a_cell_could_not_be_read_for_is_told(office: Office) -> None:
    notebook = small_course.filled(office.unit, RIGHT)
    notebook["cells"] = [cell for cell in notebook["cells"] if "# Question: which" not in "".join(cell["source"])]
    data = json.dumps(notebook).encode()
    id = accept(office.ledger, office.state, account="a", unit=office.unit, door="notebook", notebook=data)
    office.graded(office.open(), id)
    verdict = Verdict.from_json(office.ledger.verdict(id) or {})
    assert [finding.id for finding in verdict.result("which").findings] == ["missing-cell"]


def test_a_killed_worker_loses_no_attempt(office: Office) -> None:
    service = office.open()
    ids = [office.hand_in("kill once"), *(office.hand_in(account=f"learner{n}") for n in range(8))]
    for id in ids:
        assert office.graded(service, id).outcome == "passed"
    assert all(len(office.ledger.marks(id)) == 1 for id in ids)
    assert office.graded(service, office.hand_in(account="late")).outcome == "passed"


def test_a_killed_worker_is_missed_though_nothing_else_happens(office: Office) -> None:
    service = office.open(lease_seconds=600)
    until(service.healthy)
    service.check(office.unit, RIGHT)
    assert office.graded(service, office.hand_in("kill once")).outcome == "passed"


def test_an_attempt_that_always_kills_its_worker_is_could_not_check(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    service = office.open()
    others = [office.hand_in(account=f"learner{n}") for n in range(4)]
    with caplog.at_level(logging.ERROR):
        attempt = office.graded(service, office.hand_in("kill"))
    assert (attempt.state, attempt.outcome) == ("done", "could-not-check")
    assert [office.graded(service, id).outcome for id in others] == ["passed"] * 4
    assert office.ledger.attempts_used("learner", COURSE, UNIT) == 0
    alert = office.ledger.statements(verb="could-not-check").items
    assert [said.result["attempt"] for said in alert] == [attempt.id]
    assert attempt.id in caplog.text
    assert sum(line[-1] == "kill" for line in office.times_graded()) == 3


def test_an_attempt_that_kills_workers_takes_no_other_with_it(office: Office) -> None:
    innocent, killer = office.hand_in("slow"), office.hand_in("kill", account="learner2")
    service = office.open()
    assert office.graded(service, innocent).outcome == "passed"
    assert office.graded(service, killer).outcome == "could-not-check"


def test_an_error_of_the_grader_is_tried_again(office: Office) -> None:
    service = office.open()
    assert office.graded(service, office.hand_in("raise once")).outcome == "passed"
    attempt = office.graded(service, office.hand_in("raise"))
    assert attempt.outcome == "could-not-check"
    said = office.ledger.statements(verb="could-not-check").items[0]
    assert said.context["reason"] == "RuntimeError: a grader's bug"
    assert "bug" not in str(office.ledger.verdict(attempt.id)), "the reason is for the operator"
    assert Verdict.from_json(office.ledger.verdict(attempt.id) or {}).outcome == "could-not-check"


def test_an_outage_of_every_sandbox_costs_no_attempt_its_mark(office: Office) -> None:
    outage = office.state.root / "outage"
    outage.touch()
    service = office.open()
    ids = [office.hand_in(account=f"learner{n}") for n in range(6)]
    service.submit(ids[0])
    until(lambda: len(office.times_graded()) >= 6 and not service.healthy())
    time.sleep(1)  # more than all the pauses between three tries
    assert [office.attempt(id).outcome for id in ids] == [None] * 6
    assert "could-not-check" not in office.verbs()
    outage.unlink()
    assert [office.graded(service, id).outcome for id in ids] == ["passed"] * 6
    until(service.healthy)


def test_a_release_that_is_broken_on_disk_holds_up_no_other(office: Office) -> None:
    broken = office.hand_in()
    (office.state.releases / COURSE / UNIT / office.unit.release / "checks.py").write_text("QUESTIONS = [")
    office.unit = small_course.released(office.folder / "mended", office.state, **{"Double them.": "Twice each."})
    service = office.open()
    assert office.graded(service, broken).outcome == "could-not-check"
    assert office.graded(service, office.hand_in()).outcome == "passed"
    assert service.healthy()


def test_a_grader_that_hangs_holds_nobody_up(office: Office) -> None:
    service = office.open(most_seconds=1)
    hanging = office.hand_in("hang")
    service.submit(hanging)
    assert office.graded(service, office.hand_in(account="learner2")).outcome == "passed"
    assert office.graded(service, hanging).outcome == "could-not-check"


def test_who_waits_for_a_check_goes_before_the_batch(office: Office) -> None:
    service = office.open()
    ids = [office.hand_in("hold", account=f"learner{n}") for n in range(6)]
    service.submit(ids[0])
    until(lambda: len(office.times_graded()) == 2)
    verdict = service.check(office.unit, {**RIGHT, "thoughts": "fine"})
    assert verdict.outcome == "passed"
    assert [office.attempt(id).outcome for id in ids] == [None] * 6
    office.let_go()
    assert [office.graded(service, id).outcome for id in ids] == ["passed"] * 6


def test_a_check_survives_a_worker_that_ends(office: Office) -> None:
    verdict = office.open().check(office.unit, {**RIGHT, "thoughts": "kill once"})
    assert verdict.outcome == "passed"


def test_a_slow_attempt_keeps_its_lease(office: Office) -> None:
    service = office.open(lease_seconds=2)
    id = office.hand_in("hold")
    service.submit(id)
    until(lambda: office.times_graded())
    time.sleep(3)
    office.let_go()
    assert office.graded(service, id).outcome == "passed"
    assert len(office.times_graded()) == 1


def test_the_seed_is_the_attempts_own(office: Office) -> None:
    service = office.open()
    first, second = office.hand_in(), office.hand_in(which="a")
    office.graded(service, first)
    office.graded(service, second)
    assert service.regrade(COURSE, UNIT) == 2
    until(lambda: office.ledger.waiting() == 0)
    seeds = sorted(int(line[1]) for line in office.times_graded())
    assert seeds == sorted([seed_of(first), seed_of(second)] * 2)
    assert seed_of(first) != seed_of(second)


def test_a_mended_lesson_adds_a_mark_and_keeps_the_old_one(office: Office) -> None:
    service = office.open()
    id = office.hand_in(how_many=13, which="a")
    assert office.graded(service, id).outcome == "not-yet"
    mended = small_course.released(office.folder / "courses", office.state, **{"answer=12": "answer=13"})
    service.regrade(COURSE, UNIT, mended.release)
    until(lambda: office.ledger.waiting() == 0)
    assert [mark.score for mark in office.ledger.marks(id)] == [2, 3]
    assert office.attempt(id).outcome == "passed"
    assert office.attempt(id).release == office.unit.release
    assert office.ledger.statements(verb="passed").items[0].context["regraded"] is True


def test_stopping_gives_back_what_is_in_work(office: Office) -> None:
    service = office.open()
    id = office.hand_in("hold")
    service.submit(id)
    until(lambda: office.times_graded())
    service.stop()
    assert not service.healthy()
    office.let_go()
    assert office.graded(office.open(), id).outcome == "passed"
    assert len(office.ledger.marks(id)) == 1


def test_it_is_healthy_once_its_workers_answer(office: Office) -> None:
    service = office.open()
    until(service.healthy)


def test_a_second_service_on_the_same_state_is_refused(office: Office) -> None:
    office.open()
    with pytest.raises(OperatorError, match="another council is running"):
        GradingService(office.ledger, office.state, address="x").start()


def doomed(office: Office, point: str) -> subprocess.Popen[str]:
    words = [sys.executable, str(HERE / "doomed.py"), str(office.state.root), point]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("point", ["after it is acknowledged", "after grading, before the mark"])
def test_a_killed_product_grades_its_attempt_after_restart(office: Office, point: str) -> None:
    with doomed(office, point) as process:
        id = process.stdout.read().strip() if process.stdout else ""
        assert process.wait(30) == -9
    assert office.attempt(id).outcome is None
    service = office.open()
    assert office.graded(service, id).outcome == "passed"
    assert len(office.ledger.marks(id)) == 1
    assert office.verbs().count("passed") == 1


def test_a_product_killed_while_grading_leaves_no_worker_and_grades_again(office: Office) -> None:
    with doomed(office, "while it is graded") as process:
        id = process.stdout.readline().strip() if process.stdout else ""
        until(lambda: office.times_graded(), 30)
        family = psutil.Process(process.pid).children(recursive=True)
        process.kill()
    assert len(family) > 1
    _, alive = psutil.wait_procs(family, 5)
    assert alive == []
    office.let_go()
    assert office.graded(office.open(), id).outcome == "passed"
    assert len(office.ledger.marks(id)) == 1


def test_a_product_killed_before_it_acknowledged_keeps_nothing(office: Office) -> None:
    with doomed(office, "between storing and recording") as process:
        told = process.stdout.read() if process.stdout else ""
        assert process.wait(30) == -9
    assert told == ""
    assert len(list(office.state.submissions.iterdir())) == 1
    service = office.open()
    assert list(office.state.submissions.iterdir()) == []
    assert office.graded(service, office.hand_in()).number == 1


def test_a_stored_submission_can_be_read_again(office: Office) -> None:
    id = office.hand_in()
    unit: Unit = releases.open(office.state, COURSE, UNIT, office.attempt(id).release)
    assert submissions.answers_of(office.state.submissions / id, unit) == RIGHT
