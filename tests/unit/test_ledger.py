"""The ledger: what it promises about people, attempts, the queue, marks and statements."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import IntegrityError

from digital_council.errors import LearnerError
from digital_council.ledger import Allowance, Attempt, Ledger, NewAttempt, tables

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Given:
    """A verdict as a judge would give it."""

    outcome: str = "passed"
    score: float = 3
    max: float = 4
    grader_version: str = "1"

    def to_json(self) -> dict[str, Any]:
        return {"outcome": self.outcome, "by": self.grader_version, "results": []}


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(tmp_path / "ledger.db")
    yield opened
    opened.close()


def new(account: str = "learner", unit: str = "one", fingerprint: str = "f", **more: Any) -> NewAttempt:
    return NewAttempt(account, "data", unit, "r1", "page", fingerprint, **more)


def added(ledger: Ledger, **more: Any) -> Attempt:
    return ledger.add_attempt(new(**more))[0]


def verbs(ledger: Ledger, **which: Any) -> list[str]:
    return [statement.verb for statement in ledger.statements(**which).items]


def test_a_person_is_known_by_an_id_that_is_not_the_account(ledger: Ledger) -> None:
    person = ledger.person_for("learner", "Lee Arner")
    assert "learner" not in person
    assert ledger.person_for("learner") == person
    assert ledger.account_of(person) == "learner"


def test_erasing_a_person_leaves_attempts_and_statements_true(ledger: Ledger) -> None:
    attempt = added(ledger, complete=True)
    ledger.record_mark(attempt.id, Given())
    person = ledger.erase("learner")
    assert person == attempt.person_id
    assert ledger.account_of(attempt.person_id) is None
    kept = ledger.attempt(attempt.id)
    assert kept is not None
    assert kept.account is None
    assert kept.outcome == "passed"
    assert verbs(ledger) == ["passed", "completed", "attempted"]
    with ledger.reading() as connection:
        dump = [str(connection.execute(table.select()).all()) for table in tables.metadata.sorted_tables]
    assert not any("learner" in rows for rows in dump)


def test_an_erased_account_begins_afresh(ledger: Ledger) -> None:
    added(ledger)
    ledger.erase("learner")
    assert ledger.attempts("learner").items == []
    assert added(ledger).number == 1


def test_attempts_are_numbered_per_person_and_unit(ledger: Ledger) -> None:
    numbers = [
        added(ledger, account=account, unit=unit, fingerprint=str(turn)).number
        for turn, (account, unit) in enumerate([("a", "one"), ("a", "one"), ("a", "two"), ("b", "one")])
    ]
    assert numbers == [1, 2, 1, 1]


def test_an_idempotency_key_gives_the_same_attempt(ledger: Ledger) -> None:
    first, was_new = ledger.add_attempt(new(idempotency_key="k"))
    again, is_new = ledger.add_attempt(new(idempotency_key="k", fingerprint="other"))
    assert (was_new, is_new) == (True, False)
    assert again.id == first.id
    assert ledger.add_attempt(new(account="other", idempotency_key="k"))[1]


def test_the_same_submission_within_the_window_is_the_same_attempt(ledger: Ledger) -> None:
    first = added(ledger)
    assert ledger.add_attempt(new(), same_within=MINUTE) == (first, False)
    assert ledger.add_attempt(new(fingerprint="g"), same_within=MINUTE)[1]
    assert ledger.add_attempt(new(), same_within=MINUTE)[1], "a change back is a new attempt"


def test_submitting_from_many_threads_loses_and_doubles_nothing(ledger: Ledger) -> None:
    turns = [threading.Thread(target=added, args=(ledger,), kwargs={"fingerprint": str(turn)}) for turn in range(20)]
    for turn in turns:
        turn.start()
    for turn in turns:
        turn.join(20)
    assert sorted(attempt.number for attempt in ledger.attempts("learner").items) == list(range(1, 21))
    assert ledger.waiting() == 20


def test_pages_of_attempts_join_up_newest_first(ledger: Ledger) -> None:
    for turn in range(5):
        added(ledger, fingerprint=str(turn))
    added(ledger, unit="two")
    numbers, cursor = [], None
    while True:
        page = ledger.attempts("learner", unit="one", limit=2, cursor=cursor)
        numbers += [attempt.number for attempt in page.items]
        cursor = page.cursor
        if cursor is None:
            break
    assert numbers == [5, 4, 3, 2, 1]


@pytest.mark.parametrize("cursor", ["x", "!!!", "djE6", "djI6MQ", "djE6LTE", "é"])
def test_a_cursor_nobody_gave_is_refused(ledger: Ledger, cursor: str) -> None:
    added(ledger)
    with pytest.raises(LearnerError, match="cursor"):
        ledger.attempts("learner", cursor=cursor)


def test_jobs_are_leased_in_turn_and_once(ledger: Ledger) -> None:
    first, second = added(ledger), added(ledger, fingerprint="g")
    jobs = [ledger.lease("w1", 60), ledger.lease("w2", 60), ledger.lease("w3", 60)]
    assert [job and job.attempt.id for job in jobs] == [first.id, second.id, None]
    assert jobs[0] is not None
    assert jobs[0].attempt.state == "running"
    assert jobs[0].tries == 1


def test_an_expired_lease_is_anybodys(ledger: Ledger) -> None:
    added(ledger)
    ledger.lease("w1", -1)
    job = ledger.lease("w2", 60)
    assert job is not None
    assert job.tries == 2


def test_a_renewed_lease_is_kept(ledger: Ledger) -> None:
    attempt = added(ledger)
    ledger.lease("w1", -1)
    assert ledger.renew([attempt.id], "w2", 60) == 0
    assert ledger.renew([attempt.id], "w1", 60) == 1
    assert ledger.lease("w2", 60) is None
    assert ledger.release_expired() == 0


def test_expired_leases_are_freed_and_at_start_all_are(ledger: Ledger) -> None:
    old, held = added(ledger), added(ledger, fingerprint="g")
    ledger.lease("w1", -1)
    with ledger.writing() as connection:
        held_by = update(tables.job).where(tables.job.c.attempt_id == held.id)
        connection.execute(held_by.values(worker="w2", lease_until=old.submitted_at + 60 * MINUTE))
    assert ledger.release_expired() == 1
    assert ledger.release_expired(everybody=True) == 1
    attempt = ledger.attempt(old.id)
    assert attempt is not None
    assert attempt.state == "received"


def test_a_job_given_back_unused_costs_no_try(ledger: Ledger) -> None:
    attempt = added(ledger)
    ledger.lease("w1", 60)
    assert not ledger.release(attempt.id, "w2")
    assert ledger.release(attempt.id, "w1", unused=True)
    job = ledger.lease("w1", 60)
    assert job is not None
    assert job.tries == 1


def test_a_job_may_be_given_back_for_later(ledger: Ledger) -> None:
    attempt = added(ledger)
    ledger.lease("w1", 60)
    ledger.release(attempt.id, "w1", after=60)
    assert ledger.lease("w1", 60) is None
    assert ledger.waiting() == 1


def test_a_mark_is_recorded_once(ledger: Ledger) -> None:
    attempt = added(ledger)
    assert ledger.record_mark(attempt.id, Given())
    assert not ledger.record_mark(attempt.id, Given(score=4))
    marked = ledger.attempt(attempt.id)
    assert marked is not None
    assert (marked.state, marked.outcome, marked.score) == ("done", "passed", 3)
    assert verbs(ledger, verb="passed") == ["passed"]
    assert ledger.waiting() == 0


def test_many_threads_record_a_mark_once(ledger: Ledger) -> None:
    attempt = added(ledger)
    answers: list[bool] = []
    turns = [threading.Thread(target=lambda: answers.append(ledger.record_mark(attempt.id, Given()))) for _ in range(8)]
    for turn in turns:
        turn.start()
    for turn in turns:
        turn.join(20)
    assert sorted(answers) == [False] * 7 + [True]
    assert len(ledger.marks(attempt.id)) == 1


def test_a_regrade_adds_a_mark_and_keeps_the_old_one(ledger: Ledger) -> None:
    attempt = added(ledger)
    ledger.record_mark(attempt.id, Given(outcome="not-yet", score=1))
    assert ledger.queue_again(attempt.id)
    assert not ledger.queue_again(attempt.id)
    assert ledger.record_mark(attempt.id, Given(grader_version="2"))
    assert [mark.outcome for mark in ledger.marks(attempt.id)] == ["not-yet", "passed"]
    assert ledger.verdict(attempt.id) == {"outcome": "passed", "by": "2", "results": []}
    said = ledger.statements(verb=("passed", "failed")).items
    assert [(s.verb, s.context["regraded"]) for s in said] == [("passed", True), ("failed", False)]


def test_a_regrade_may_be_judged_by_a_mended_release(ledger: Ledger) -> None:
    attempt = added(ledger)
    first = ledger.lease("w", 60)
    ledger.record_mark(attempt.id, Given())
    ledger.queue_again(attempt.id, "r2")
    second = ledger.lease("w", 60)
    assert [job and job.release for job in (first, second)] == ["r1", "r2"]


def test_new_work_goes_before_regrading(ledger: Ledger) -> None:
    old = added(ledger)
    ledger.record_mark(old.id, Given())
    ledger.queue_again(old.id)
    new = added(ledger, account="other")
    job = ledger.lease("w", 60)
    assert job is not None
    assert job.attempt.id == new.id


def test_a_regrade_by_the_same_grader_changes_nothing(ledger: Ledger) -> None:
    attempt = added(ledger)
    ledger.record_mark(attempt.id, Given())
    ledger.queue_again(attempt.id)
    ledger.lease("w", 60)
    assert not ledger.record_mark(attempt.id, Given(score=0))
    settled = ledger.attempt(attempt.id)
    assert settled is not None
    assert (settled.state, settled.score) == ("done", 3)


def test_an_attempt_may_await_a_mark_by_hand(ledger: Ledger) -> None:
    attempt = added(ledger)
    ledger.record_mark(attempt.id, Given(outcome="not-yet"), awaiting=True)
    waits = ledger.attempt(attempt.id)
    assert waits is not None
    assert waits.state == "awaiting-mark"
    assert verbs(ledger) == ["attempted"]


def test_the_best_result_counts_and_what_it_replaced_is_superseded(ledger: Ledger) -> None:
    def states() -> list[str]:
        return [each.state for each in reversed(ledger.attempts("learner", "data", "one").items)]

    for turn, (outcome, score) in enumerate([("not-yet", 1), ("not-yet", 2), ("passed", 3), ("not-yet", 1)]):
        ledger.record_mark(added(ledger, fingerprint=str(turn)).id, Given(outcome=outcome, score=score))
    assert states() == ["superseded", "superseded", "done", "done"]
    first = ledger.attempts("learner", "data", "one").items[-1]
    ledger.record_mark(first.id, Given(outcome="passed", score=9, grader_version="2"))
    assert states() == ["done", "superseded", "done", "done"]
    assert ledger.completions(["learner"])[0].passed_at is not None


def test_an_operator_finds_what_could_not_be_checked_until_it_is(ledger: Ledger) -> None:
    attempt = added(ledger)
    ledger.could_not_check(attempt.id, "the disk is full")
    (found,) = ledger.unchecked().items
    assert (found.id, ledger.reason(found)) == (attempt.id, "the disk is full")
    ledger.queue_again(attempt.id)
    ledger.record_mark(attempt.id, Given())
    assert ledger.unchecked().items == []


def test_an_author_finds_what_awaits_a_mark(ledger: Ledger) -> None:
    attempt = added(ledger)
    ledger.record_mark(attempt.id, Given(outcome="not-yet"), awaiting=True)
    assert [each.id for each in ledger.awaiting("data", "one").items] == [attempt.id]
    ledger.record_mark(attempt.id, Given(grader_version="1+hand"))
    assert ledger.awaiting("data", "one").items == []


def test_what_could_not_be_checked_costs_nothing_and_may_be_tried_again(ledger: Ledger) -> None:
    attempt = added(ledger)
    failure = Given(outcome="could-not-check")
    assert ledger.record_mark(attempt.id, failure)
    assert not ledger.record_mark(attempt.id, failure)
    assert ledger.attempts_used("learner", "data", "one") == 0
    assert ledger.verdict(attempt.id) == {"outcome": "could-not-check", "by": "1", "results": []}
    assert verbs(ledger) == ["could-not-check", "attempted"]
    ledger.queue_again(attempt.id)
    assert ledger.record_mark(attempt.id, Given())
    assert ledger.attempts_used("learner", "data", "one") == 1


def test_a_failed_regrade_takes_no_mark_away(ledger: Ledger) -> None:
    attempt = added(ledger)
    ledger.record_mark(attempt.id, Given())
    ledger.queue_again(attempt.id)
    assert ledger.could_not_check(attempt.id, "the grader broke down")
    kept = ledger.attempt(attempt.id)
    assert kept is not None
    assert (kept.state, kept.outcome) == ("done", "passed")


@pytest.mark.parametrize("table", [tables.statement, tables.mark])
def test_what_happened_cannot_be_rewritten(ledger: Ledger, table: Any) -> None:
    ledger.record_mark(added(ledger).id, Given())
    for act in (delete(table), update(table).values(id=99)):
        with pytest.raises(IntegrityError, match="only ever added to"), ledger.writing() as connection:
            connection.execute(act)


def test_an_attempt_keeps_what_was_submitted(ledger: Ledger) -> None:
    attempt = added(ledger)
    with ledger.writing() as connection:
        connection.execute(text("DELETE FROM job"))
    for change in ("UPDATE attempt SET fingerprint = 'x'", "DELETE FROM attempt", "DELETE FROM person"):
        with pytest.raises(IntegrityError, match="only ever added to"), ledger.writing() as connection:
            connection.execute(text(change))
    ledger.set_state(attempt.id, "withheld")


def test_an_unknown_state_is_refused(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="lost"):
        ledger.set_state(added(ledger).id, "lost")


def test_statements_are_found_by_who_what_and_when(ledger: Ledger) -> None:
    ledger.say("learner", "hinted", "data/one", {"hint": 1})
    ledger.say(None, "published", "dataset/parks", context={"why": "open by default"})
    ledger.say("leader", "hinted", "data/one")
    assert verbs(ledger, account="learner") == ["hinted"]
    assert verbs(ledger, verb="published", object="dataset/parks") == ["published"]
    page = ledger.statements(limit=2)
    assert len(page.items) == 2
    assert page.cursor is not None
    rest = ledger.statements(cursor=page.cursor)
    assert [s.result for s in rest.items] == [{"hint": 1}]
    assert ledger.statements(since=page.items[0].at).items == page.items[:1]
    assert ledger.statements(account="nobody").items == []


def test_completions_give_the_first_time_of_each(ledger: Ledger) -> None:
    first = added(ledger, complete=True)
    added(ledger, complete=True, fingerprint="g")
    ledger.record_mark(first.id, Given())
    added(ledger, account="other")
    found = ledger.completions(["learner", "other", "nobody"])
    assert [(c.account, c.unit, c.completed_at) for c in found] == [("learner", "one", first.submitted_at)]
    assert found[0].passed_at is not None
    assert found[0].passed_at >= first.submitted_at


def test_results_give_every_attempt_of_many_people(ledger: Ledger) -> None:
    for turn in range(600):
        ledger.person_for(f"p{turn}") if turn % 100 else added(ledger, account=f"p{turn}")
    assert len(ledger.results(f"p{turn}" for turn in range(600))) == 6


def test_what_is_allowed_to_one_person_is_kept_and_said(ledger: Ledger) -> None:
    nothing = ledger.allowance("learner", "data", "one")
    ledger.allow("learner", "data", "one", by="author", attempts=5, closes=date(2026, 12, 1))
    assert ledger.allowance("learner", "data", "one") == Allowance(5, date(2026, 12, 1))
    assert ledger.allowances("data", "one") == {"learner": Allowance(5, date(2026, 12, 1))}
    assert ledger.allowance("other", "data", "one") == nothing == Allowance(None, None)
    ledger.allow("learner", "data", "one", by="author")
    assert ledger.allowance("learner", "data", "one") == nothing
    said = ledger.statements("author", "allowed").items
    assert [s.result["attempts"] for s in said] == [None, 5]
    assert all(s.result["person"] == ledger.person_for("learner") for s in said)
