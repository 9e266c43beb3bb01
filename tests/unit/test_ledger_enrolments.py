"""Enrolments, calendars and reviews in the ledger: what is kept, what is said of it, and what an erasure takes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from digital_council.ledger import Ledger

PATH, DUE = "path/everyone", date(2030, 3, 31)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(tmp_path / "ledger.db")
    yield opened
    opened.close()


def test_a_person_has_what_they_chose_and_what_is_set_where_they_work(ledger: Ledger) -> None:
    mine = ledger.enrol(PATH, by="learner", account="learner")
    teams = ledger.enrol("course/numbers", by="leader", place="team:streets", due=DUE)
    ledger.enrol(PATH, by="other", account="other")
    assert ledger.enrolments("learner", ["team:streets", "directorate:place"]) == [mine, teams]
    assert (teams.account, teams.place, teams.due, teams.by) == (None, "team:streets", DUE, "leader")
    assert ledger.enrolments("learner") == [mine]
    assert ledger.enrolments("nobody", ["team:streets"]) == [teams]


def test_enrolling_again_changes_the_due_date_and_adds_nothing(ledger: Ledger) -> None:
    first = ledger.enrol(PATH, by="learner", account="learner")
    again = ledger.enrol(PATH, by="learner", account="learner", due=DUE)
    assert (again.id, again.due) == (first.id, DUE)
    assert len(ledger.enrolments("learner")) == 1


def test_every_enrolment_and_its_end_is_said_and_names_people_by_id(ledger: Ledger) -> None:
    enrolled = ledger.enrol(PATH, by="leader", account="learner", due=DUE)
    assert ledger.unenrol(enrolled.id, by="learner") == enrolled
    assert ledger.unenrol(enrolled.id, by="learner") is None
    said = ledger.statements(object=PATH).items
    assert [(each.verb, each.actor) for each in said] == [
        ("unenrolled", ledger.person_for("learner")), ("enrolled", ledger.person_for("leader")),
    ]  # fmt: skip
    assert said[0].result == {"person": ledger.person_for("learner"), "place": None, "due": "2030-03-31"}


def test_an_enrolment_is_of_a_person_or_of_a_place(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="a person or of a place"):
        ledger.enrol(PATH, by="leader")


def test_a_calendars_address_stays_until_it_is_renewed(ledger: Ledger) -> None:
    first = ledger.calendar_of("learner")
    assert ledger.calendar_of("learner") == first
    assert ledger.account_of_calendar(first) == "learner"
    second = ledger.calendar_of("learner", anew=True)
    assert second != first
    assert ledger.account_of_calendar(first) is None
    assert ledger.account_of_calendar(second) == "learner"


def test_a_review_is_decided_once_and_every_step_is_said(ledger: Ledger) -> None:
    sent = ledger.send("c", "u", "r2", author="author", reviewer="analyst", note="Clearer hint", proof={})
    assert ledger.reviews("waiting") == [sent]
    assert ledger.decide(sent.id, "returned", by="analyst", comment="Which year?")
    assert not ledger.decide(sent.id, "released", by="analyst")
    found = ledger.review(sent.id)
    assert found is not None
    assert (found.state, found.comment, found.author, found.reviewer) == (
        "returned", "Which year?", "author", "analyst",
    )  # fmt: skip
    said = ledger.statements(object="c/u").items
    assert [each.verb for each in said] == ["returned", "proposed"]
    assert "Which year?" not in str([(each.result, each.context) for each in said]), "words could not be erased"


def test_sending_a_unit_again_replaces_what_was_waiting(ledger: Ledger) -> None:
    ledger.send("c", "u", "r2", author="author", reviewer="analyst", note="", proof={})
    second = ledger.send("c", "u", "r3", author="author", reviewer="analyst", note="", proof={})
    assert ledger.reviews() == [second]


def test_an_erased_person_leaves_no_enrolment_calendar_or_words(ledger: Ledger) -> None:
    ledger.enrol(PATH, by="author", account="author")
    teams = ledger.enrol(PATH, by="author", place="team:streets")
    serial = ledger.calendar_of("author")
    sent = ledger.send("c", "u", "r2", author="author", reviewer="analyst", note="Mine", proof={})
    ledger.erase("author")
    assert ledger.account_of_calendar(serial) is None
    assert [each.id for each in ledger.enrolments("author", ["team:streets"])] == [teams.id]
    found = ledger.review(sent.id)
    assert found is not None
    assert (found.author, found.note) == (None, "")
    with ledger.reading() as connection:
        kept = connection.exec_driver_sql("SELECT count(*) FROM enrolment WHERE person_id IS NOT NULL").scalar()
    assert kept == 0
