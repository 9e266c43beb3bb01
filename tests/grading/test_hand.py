"""Marks by hand: an answer no check can judge waits for a person, and their mark stays."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import small_course
from small_course import COURSE, UNIT
from test_service import Office, until

from digital_council.errors import AuthorError
from digital_council.grading import hand
from digital_council.grading.hand import HandMark

MANUAL = {'role="action")': 'role="task", points=4, manual=True)'}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    made.unit = small_course.released(tmp_path / "courses", made.state, **MANUAL)
    yield made
    made.close()


def marked(office: Office, id: str, points: float, comment: str = "") -> bool:
    return hand.record(office.ledger, office.unit, id, {"thoughts": HandMark(points, comment)}, by="author")


def test_an_answer_marked_by_hand_waits_and_the_rest_is_judged(office: Office) -> None:
    attempt = office.graded(office.open(), office.hand_in("because rows repeat"))
    assert (attempt.state, attempt.score, attempt.max) == ("awaiting-mark", 4, 8)
    assert [each.id for each in office.ledger.awaiting(COURSE, UNIT).items] == [attempt.id]


def test_an_answer_left_out_does_not_wait(office: Office) -> None:
    assert office.graded(office.open(), office.hand_in()).state == "done"


def test_a_mark_by_hand_counts_once_however_often_it_is_given(office: Office) -> None:
    id = office.graded(office.open(), office.hand_in("because rows repeat")).id
    assert marked(office, id, 3, "Say which column.")
    assert not marked(office, id, 3, "Say which column.")
    attempt = office.attempt(id)
    assert (attempt.state, attempt.outcome, attempt.score) == ("done", "passed", 7)
    assert len(office.ledger.marks(id)) == 2
    assert office.verbs().count("marked") == 1


def test_a_mark_by_hand_may_be_changed_and_changed_back(office: Office) -> None:
    id = office.graded(office.open(), office.hand_in("because rows repeat")).id
    for points in (3, 1, 3):
        assert marked(office, id, points)
        assert office.attempt(id).score == 4 + points
    assert not marked(office, id, 3)


def test_a_regrade_keeps_the_mark_by_hand(office: Office) -> None:
    service = office.open()
    id = office.graded(service, office.hand_in("because rows repeat", how_many=13)).id
    marked(office, id, 3)
    changed = {**MANUAL, "answer=12": "answer=13"}
    mended = small_course.released(office.folder / "courses", office.state, **changed)
    service.regrade(COURSE, UNIT, mended.release)
    until(lambda: office.ledger.waiting() == 0)
    assert (office.attempt(id).state, office.attempt(id).score) == ("done", 7)


@pytest.mark.parametrize("points", [-1, 5, float("nan")])
def test_a_mark_that_cannot_be_given_is_refused(office: Office, points: float) -> None:
    id = office.graded(office.open(), office.hand_in("because rows repeat")).id
    with pytest.raises(AuthorError, match="0 to 4 can"):
        marked(office, id, points)


def test_a_question_the_judge_marks_takes_no_mark_by_hand(office: Office) -> None:
    id = office.graded(office.open(), office.hand_in("because rows repeat")).id
    with pytest.raises(AuthorError, match="these are: thoughts"):
        hand.record(office.ledger, office.unit, id, {"which": HandMark(1)}, by="author")
