"""My learning: what comes back and when, certificates anybody can check, and questions to a lesson."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from portal_parts import PREFIX, Running, running

from digital_council.demo import ensure_history
from digital_council.portal.learners import returning
from digital_council.portal.learners.threads import A_DAY, LONGEST, Threads, TooMany
from digital_council.portal.rights.identity import Identity

COURSE, UNIT = "finding-and-trusting-data", "what-is-one-row"
LESSON = f"/courses/{COURSE}/units/{UNIT}"


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("learning") / "state") as found:
        ensure_history(found.services.ledger, found.services.organisation, found.services.library.courses)
        yield found


def completed(portal: Running, account: str):
    rows = portal.services.ledger.completions([account])
    return next(row for row in rows if (row.course, row.unit) == (COURSE, UNIT) and row.completed_at)


def post(portal: Running, account: str, path: str, **fields: str):
    with portal.browser(account) as browser:
        fields["csrf"] = portal.services.sessions.form_token("session-1")
        return browser.post(path, data=fields, follow_redirects=False)


def test_questions_come_back_after_two_nine_and_thirty_days_and_wait_until_answered(portal):
    who = Identity("learner", "Learner", frozenset({"learner"}))
    row = completed(portal, "learner")

    def days(after: float) -> list[int]:
        waiting = returning.due(portal.services, who, row.completed_at + timedelta(days=after))
        return [each.days for each in waiting if each.unit.id == UNIT]

    assert days(1.9) == []
    assert days(2) == [2, 2]
    assert days(29) == [9, 9]
    assert days(300) == [30, 30]


def test_an_answer_from_memory_is_judged_recorded_and_not_asked_again(portal):
    account = next(
        each for each in portal.services.organisation.people
        if any(d.unit.id == UNIT for d in returning.due(portal.services, Identity(each, each)))
    )  # fmt: skip
    who = Identity(account, account)
    asked = next(each for each in returning.due(portal.services, who) if each.question.id == "later_swimming")
    wrong = post(portal, account, "/retrieval", **{"place": asked.place, "a.later_swimming": "c"})
    assert "A row is being taken for a visit." in wrong.text
    said = portal.services.ledger.statements(account, "answered").items
    assert said[0].result == {"question": "later_swimming", "outcome": "not-yet", "day": asked.days}
    assert asked.place not in [each.place for each in returning.due(portal.services, who)]
    assert post(portal, account, "/retrieval", **{"place": asked.place, "a.later_swimming": "a"}).status_code == 404
    assert len(portal.services.ledger.statements(account, "answered").items) == 1


def test_use_at_work_is_asked_once_and_not_of_strangers(portal):
    account = next(
        each for each in portal.services.organisation.people if returning.unused(portal.services, Identity(each, each))
    )
    unit = returning.unused(portal.services, Identity(account, account))[0]
    place = f"{unit.course}/{unit.id}"
    assert post(portal, account, "/learning/applied", place=place, use="brilliantly").status_code == 422
    assert post(portal, account, "/learning/applied", place=place, use="report").status_code == 303
    assert post(portal, account, "/learning/applied", place=place, use="report").status_code == 404
    assert post(portal, "partner", "/learning/applied", place=place, use="report").status_code == 404
    with portal.browser(account) as browser:
        assert "Back today" in browser.get("/learning").text


@pytest.fixture(scope="module")
def earned(portal: Running) -> tuple[str, str]:
    """An account that has passed a whole course, and the course."""
    certificates = portal.services.certificates
    return next(
        (account, course.id)
        for account in portal.services.organisation.people
        for course in portal.services.library.courses
        if certificates.is_earned(account, course)
    )


def test_a_certificate_is_checked_by_anybody_and_names_its_holder_by_their_own_link_alone(portal, earned):
    account, course = earned
    issued = post(portal, account, "/learning/certificates", course=course)
    address = issued.headers["location"]
    serial = re.search(r"certificates/(\w+)", address)[1]
    name = portal.services.organisation.person(account).name
    with portal.browser() as anybody:
        address = address.removeprefix(PREFIX)
        assert "Valid." in anybody.get(address).text
        assert name in anybody.get(address).text
        assert name not in anybody.get(f"/certificates/{serial}").text
        assert name not in anybody.get(f"/certificates/{serial}?name=forged").text
        assert "Not valid" in anybody.get("/certificates/0123456789abcdef").text
        assert anybody.get("/certificates/0123456789abcdef").status_code == 404
    again = post(portal, account, "/learning/certificates", course=course)
    assert serial in again.headers["location"]


def test_no_certificate_is_had_before_it_is_earned(portal):
    assert post(portal, "partner", "/learning/certificates", course=COURSE).status_code == 403


def test_a_question_without_a_name_leads_back_to_nobody_and_waits_for_its_answer(portal):
    post(portal, "staff020", f"{LESSON}/questions", text="Is 4,787 <b>right</b>?", named="no")
    post(portal, "staff020", f"{LESSON}/questions", text="Mine, with my name", named="yes")
    unnamed, named = portal.services.threads.waiting()
    assert (unnamed.account, named.account) == (None, "staff020")
    assert "staff020" not in repr(unnamed)
    with portal.browser("staff021") as other, portal.browser("author") as author:
        assert "4,787 &lt;b&gt;" not in other.get(LESSON).text
        assert "4,787 &lt;b&gt;" in author.get(LESSON).text
        assert "waiting for an answer" in author.get("/").text
        assert post(portal, "staff021", f"/questions/{unnamed.id}", text="No", do="answer").status_code == 403
        assert post(portal, "author", f"/questions/{unnamed.id}", text="Yes, it is.", do="answer").status_code == 303
        page = other.get(LESSON).text
        assert "4,787 &lt;b&gt;" in page
        assert "Yes, it is." in page
        assert "Mine, with my name" not in page
        gone = post(portal, "author", f"/questions/{unnamed.id}", do="remove").headers["location"].removeprefix(PREFIX)
        assert "4,787 &lt;b&gt;" not in other.get(LESSON).text
        assert 'value="put-back"' in author.get(gone).text
        assert 'value="put-back"' not in other.get(gone).text
        assert post(portal, "staff021", f"/questions/{unnamed.id}", do="put-back").status_code == 403
        assert post(portal, "author", f"/questions/{unnamed.id}", do="put-back").status_code == 303
        assert "Yes, it is." in other.get(LESSON).text
        post(portal, "author", f"/questions/{unnamed.id}", do="remove")


def test_one_person_cannot_flood_a_lesson_and_can_be_forgotten(tmp_path):
    threads = Threads(tmp_path / "threads.db")
    for _ in range(A_DAY):
        threads.ask("a", "c", "u", "x" * 5000, is_named=True)
    with pytest.raises(TooMany):
        threads.ask("a", "c", "u", "x", is_named=False)
    assert {len(each.text) for each in threads.of_unit("c", "u")} == {LONGEST}
    last = threads.of_unit("c", "u")[-1].id
    threads.remove(last)
    threads.erase("a")
    assert threads.of_unit("c", "u") == []
    assert threads.put_back(last) is None
    threads.close()


def test_a_form_from_elsewhere_changes_nothing(portal):
    with portal.browser("staff022") as browser:
        mine = ("/learning/applied", "/retrieval", "/learning/certificates")
        for path in (*mine, f"{LESSON}/questions", "/questions/x"):
            assert browser.post(path, data={"csrf": "forged", "text": "x"}).status_code == 403


def test_a_page_that_is_not_there_knows_who_asks_and_speaks_to_people_not_programs(portal):
    name = portal.services.organisation.person("learner").name
    with portal.browser("learner") as browser, portal.browser() as stranger, portal.program("learner") as program:
        assert name in browser.get("/nothing").text
        assert name not in stranger.get("/nothing").text
        for path in ("/courses/nothing", "/attempts/nothing", "/open/nothing"):
            page = browser.get(path)
            assert page.status_code == 404
            assert "lists" not in page.text, path
        assert program.get("/courses/nothing").json()["detail"].endswith("; GET courses lists what there is.")
