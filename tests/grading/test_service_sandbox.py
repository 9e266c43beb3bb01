"""The grading service on the real warm kernel: from what a learner hands in to the mark, nothing stood in for."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import small_course
from small_course import RIGHT

from digital_council.courses import Unit
from digital_council.grading.intake import accept
from digital_council.grading.service import GradingService
from digital_council.ledger import Attempt, Ledger
from digital_council.settings import State


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> State:
    return State(tmp_path_factory.mktemp("council")).ensure()


@pytest.fixture(scope="module")
def unit(state: State) -> Unit:
    return small_course.released(state.root / "courses", state)


@pytest.fixture(scope="module")
def ledger(state: State) -> Iterator[Ledger]:
    opened = Ledger(state.ledger / "ledger.db")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def service(ledger: Ledger, state: State, unit: Unit) -> Iterator[GradingService]:
    made = GradingService(ledger, state)
    made.start()
    yield made
    made.stop()


def handed_in(service: GradingService, unit: Unit, account: str, **answers: str) -> Attempt:
    id = accept(service.ledger, service.state, account=account, unit=unit, door="page", answers={**RIGHT, **answers})
    service.submit(id)
    assert service.wait(id, 30)
    attempt = service.ledger.attempt(id)
    assert attempt is not None
    return attempt


def test_learner_code_is_graded_in_the_sandbox(service: GradingService, unit: Unit) -> None:
    assert handed_in(service, unit, "a").score == 4
    assert handed_in(service, unit, "b", doubled="doubled = [1]").score == 2


def test_learner_code_finds_no_submission_and_no_check(service: GradingService, unit: Unit, state: State) -> None:
    code = f"import os\ndoubled = [0, 2, 4, 6] if os.path.exists({str(state.submissions)!r}) else None"
    assert handed_in(service, unit, "c", doubled=code).score == 2
    code = f"import os\ndoubled = [0, 2, 4, 6] if not os.path.exists({str(state.root)!r}) else None"
    assert handed_in(service, unit, "d", doubled=code).score == 4


def test_a_cell_is_run_for_the_page(service: GradingService, unit: Unit) -> None:
    outputs = service.run(unit, {"doubled": "print('hello')\ndoubled = 1\ndoubled"}, "doubled")
    assert [output["output_type"] for output in outputs] == ["stream", "execute_result"]
    assert "hello" in outputs[0]["text"]


def test_answers_are_checked_without_being_handed_in(service: GradingService, unit: Unit) -> None:
    before = service.ledger.waiting(), len(list(service.state.submissions.iterdir()))
    verdict = service.check(unit, {"doubled": "doubled = [0"})
    assert verdict.result("doubled").outcome == "not-yet"
    assert (service.ledger.waiting(), len(list(service.state.submissions.iterdir()))) == before
