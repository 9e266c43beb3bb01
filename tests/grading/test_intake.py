"""Intake: what is taken is on disk and in the ledger; what is refused is refused in one line, by name."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from digital_council.courses import Unit
from digital_council.errors import OperatorError
from digital_council.grading import intake, submissions
from digital_council.grading.intake import Accepted, accept
from digital_council.grading.refusals import Refused
from digital_council.ledger import Attempt, Ledger
from digital_council.settings import State

sys.path.insert(0, str(Path(__file__).parent))

import small_course
from small_course import COURSE, RIGHT, UNIT


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State(tmp_path / "state").ensure()


@pytest.fixture
def unit(tmp_path: Path, state: State) -> Unit:
    return small_course.released(tmp_path / "courses", state)


@pytest.fixture
def ledger(state: State) -> Iterator[Ledger]:
    opened = Ledger(state.ledger / "ledger.db")
    yield opened
    opened.close()


class Desk:
    """Where one learner hands in."""

    def __init__(self, ledger: Ledger, state: State, unit: Unit) -> None:
        self.ledger, self.state, self.unit = ledger, state, unit

    def hand_in(self, answers: Any = None, *, account: str = "learner", **more: Any) -> Accepted:
        given = {"account": account, "unit": self.unit, "door": "page", "answers": answers, **more}
        return accept(self.ledger, self.state, **given)

    def refused(self, answers: Any = None, **more: Any) -> Refused:
        """The refusal, having seen that it is one line and that nothing was kept."""
        with pytest.raises(Refused) as error:
            self.hand_in(answers, **more)
        assert "\n" not in str(error.value)
        assert list(self.state.submissions.iterdir()) == []
        assert self.ledger.waiting() == 0
        return error.value

    def attempt(self, id: str) -> Attempt:
        found = self.ledger.attempt(id)
        assert found is not None
        return found


@pytest.fixture
def desk(ledger: Ledger, state: State, unit: Unit) -> Desk:
    return Desk(ledger, state, unit)


def packed(notebook: Any) -> bytes:
    return json.dumps(notebook).encode()


def test_what_is_accepted_is_kept_fingerprinted_and_queued(desk: Desk) -> None:
    id = desk.hand_in(RIGHT)
    stored = desk.state.submissions / id / submissions.ANSWERS
    attempt = desk.attempt(id)
    assert json.loads(stored.read_text()) == RIGHT
    assert attempt.fingerprint == hashlib.sha256(stored.read_bytes()).hexdigest()
    assert (attempt.state, attempt.release, attempt.door) == ("received", desk.unit.release, "page")
    assert stored.stat().st_mode & 0o777 == 0o400
    assert desk.ledger.waiting() == 1


def test_a_notebook_is_kept_byte_for_byte(desk: Desk) -> None:
    sent = packed(small_course.filled(desk.unit, RIGHT)) + b"\n"
    id = desk.hand_in(notebook=sent, door="notebook")
    folder = desk.state.submissions / id
    assert (folder / submissions.NOTEBOOK).read_bytes() == sent
    assert submissions.answers_of(folder, desk.unit) == RIGHT
    assert desk.attempt(id).complete


def test_completing_is_answering_every_graded_question(desk: Desk) -> None:
    assert not desk.attempt(desk.hand_in({"which": "b"})).complete
    assert not desk.attempt(desk.hand_in({**RIGHT, "how_many": " "})).complete
    assert desk.attempt(desk.hand_in(RIGHT)).complete
    assert [c.unit for c in desk.ledger.completions(["learner"])] == [UNIT]


def test_handing_in_twice_is_one_attempt(desk: Desk) -> None:
    first, second = desk.hand_in(RIGHT), desk.hand_in(RIGHT)
    assert (first, first.duplicate) == (second, False)
    assert second.duplicate
    assert [path.name for path in desk.state.submissions.iterdir()] == [first]
    assert desk.hand_in(RIGHT, account="learner2") != first


def test_an_idempotency_key_is_kept_to(desk: Desk) -> None:
    first = desk.hand_in(RIGHT, idempotency_key="k")
    assert desk.hand_in({"which": "a"}, idempotency_key="k") == first
    assert desk.hand_in({"which": "a"}, idempotency_key="l") != first


@pytest.mark.parametrize(
    "sent",
    [
        b"%PDF-1.7 not a notebook",
        b"[1, 2]",
        b"{}",
        b'{"cells": {}}',
        b"\xff\xfe\x00",
        b'{"cells": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        packed({"nbformat": 3, "worksheets": []}),
        packed({"nbformat": 4, "cells": [{"cell_type": "code"}], "metadata": {}}),
        packed({"nbformat": 4, "cells": ["x"], "metadata": {}}),
        packed({"nbformat": 4, "cells": [], "metadata": "x"}),
        packed({"nbformat": 4, "cells": [{"cell_type": "code", "metadata": {}, "source": ""}] * 2001, "metadata": {}}),
    ],
)
def test_what_is_not_a_notebook_is_refused(desk: Desk, sent: bytes) -> None:
    refusal = desk.refused(notebook=sent)
    assert refusal.status == 422
    assert "notebook" in str(refusal)


@pytest.mark.parametrize("empty", [{}, {"which": None}, {"which": " ", "doubled": ""}])
def test_an_empty_submission_is_refused(desk: Desk, empty: dict[str, Any]) -> None:
    refusal = desk.refused(empty)
    assert refusal.status == 422
    assert "no answer" in str(refusal)


def test_an_empty_file_is_refused(desk: Desk) -> None:
    assert "empty" in str(desk.refused(notebook=b""))


def test_an_untouched_notebook_is_refused_as_empty(desk: Desk) -> None:
    refusal = desk.refused(notebook=packed(small_course.filled(desk.unit)))
    assert "no answer" in str(refusal)


def test_sixty_megabytes_are_refused_before_they_are_read(desk: Desk) -> None:
    sent = b" " * 60_000_000
    refusal = desk.refused(notebook=sent, limit_mb=20)
    assert refusal.status == 413
    assert "60 MB" in str(refusal)
    assert "20 MB" in str(refusal)
    with pytest.raises(Refused):
        intake.check_size(60_000_000, 20)


def test_answers_over_the_limit_are_refused(desk: Desk) -> None:
    assert desk.refused({"which": "b" * 3000}, limit_mb=0.002).status == 413


def test_one_answer_that_is_too_long_is_refused_by_name(desk: Desk) -> None:
    refusal = desk.refused({"doubled": "#" * 300_000})
    assert refusal.status == 413
    assert "doubled" in str(refusal)


def test_a_notebook_of_another_course_is_refused(desk: Desk) -> None:
    notebook = small_course.filled(desk.unit, RIGHT)
    notebook["metadata"]["council"]["course"] = "other-course"
    refusal = desk.refused(notebook=packed(notebook))
    assert refusal.status == 409
    assert f"other-course/{UNIT}" in str(refusal)
    assert f"{COURSE}/{UNIT}" in str(refusal)


@pytest.mark.parametrize("said", [None, "x", {}, {"course": ["x"], "unit": 7}])
def test_a_notebook_of_no_course_is_refused(desk: Desk, said: Any) -> None:
    notebook = small_course.filled(desk.unit, RIGHT)
    notebook["metadata"]["council"] = said
    assert desk.refused(notebook=packed(notebook)).status == 409


def test_an_unknown_question_is_refused_with_the_known_ones(desk: Desk) -> None:
    refusal = desk.refused({**RIGHT, "wich": "b"})
    assert refusal.status == 422
    assert "'wich'" in str(refusal)
    assert "which, how_many, doubled, thoughts" in str(refusal)


@pytest.mark.parametrize("given", [None, [], "b", {"how_many": float("nan")}, {"which": "\ud800"}])
def test_what_is_not_answers_is_refused(desk: Desk, given: Any) -> None:
    assert desk.refused(given).status == 422


def test_answers_after_the_last_day_are_refused(desk: Desk) -> None:
    today = date.today()
    refusal = desk.refused(RIGHT, closes=today - timedelta(days=1))
    assert refusal.status == 403
    assert "closed" in str(refusal)
    assert desk.hand_in(RIGHT, closes=today)


def test_more_time_may_be_allowed_to_one_person(desk: Desk) -> None:
    closed = date.today() - timedelta(days=1)
    desk.ledger.allow("learner", COURSE, UNIT, by="author", closes=date.today())
    assert desk.hand_in(RIGHT, closes=closed)
    with pytest.raises(Refused):
        desk.hand_in(RIGHT, closes=closed, account="learner2")


def test_attempts_beyond_the_most_are_refused_unless_allowed(desk: Desk) -> None:
    for answer in ("a", "b"):
        desk.hand_in({"which": answer}, most_attempts=2)
    with pytest.raises(Refused, match="2 of 2") as error:
        desk.hand_in(RIGHT, most_attempts=2)
    assert error.value.status == 403
    assert len(list(desk.state.submissions.iterdir())) == 2
    assert desk.hand_in({"which": "b"}, most_attempts=2).duplicate, "sent twice is no further attempt"
    desk.ledger.allow("learner", COURSE, UNIT, by="author", attempts=3)
    assert desk.hand_in(RIGHT, most_attempts=2)


def test_an_attempt_that_could_not_be_checked_costs_none(desk: Desk) -> None:
    desk.ledger.could_not_check(desk.hand_in({"which": "a"}, most_attempts=1), "broken")
    assert desk.hand_in({"which": "b"}, most_attempts=1)


def test_a_notebook_stays_with_the_release_it_was_begun_with(desk: Desk, tmp_path: Path) -> None:
    begun = packed(small_course.filled(desk.unit, RIGHT))
    old = desk.unit.release
    desk.unit = small_course.released(tmp_path / "courses", desk.state, **{"answer=12": "answer=13"})
    assert desk.unit.release != old
    assert desk.attempt(desk.hand_in(notebook=begun)).release == old


@pytest.mark.parametrize("release", ["000000000000", "../../secrets", None, 7])
def test_a_release_nobody_knows_is_read_as_the_present_one(desk: Desk, release: Any) -> None:
    notebook = small_course.filled(desk.unit, RIGHT)
    notebook["metadata"]["council"]["release"] = release
    assert desk.attempt(desk.hand_in(notebook=packed(notebook))).release == desk.unit.release


def test_a_full_disk_accepts_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(submissions.os, "fsync", full)
    with pytest.raises(OperatorError, match="No space left"):
        desk.hand_in(RIGHT)
    assert list(desk.state.submissions.iterdir()) == []
    assert desk.ledger.waiting() == 0


def test_what_a_sudden_end_left_unacknowledged_is_swept(desk: Desk) -> None:
    kept = desk.hand_in(RIGHT)
    content = submissions.from_answers(RIGHT, desk.unit)
    submissions.store(desk.state, "stored-only", content)
    (desk.state.submissions / ".half.part").mkdir()
    left = submissions.sweep(desk.state, desk.ledger.known_attempts)
    assert left == [".half.part", "stored-only"]
    assert [path.name for path in desk.state.submissions.iterdir()] == [kept]
