"""Earlier answers: what was changed or taken away is told and can be had again; what was only added to is not."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from portal_parts import Running, running

from digital_council.portal.learners.drafts import Draft
from digital_council.portal.lesson import earlier

LESSON = "/courses/finding-and-trusting-data/units/what-is-one-row"
AT = "2026-03-03T14:05:00+00:00"


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("earlier") / "state") as found:
        yield found


@pytest.fixture(scope="module")
def unit(portal):
    return portal.services.library.unit("finding-and-trusting-data", "what-is-one-row")


def told(unit, *answers: dict) -> list[tuple[int, list[str]]]:
    """The versions worth going back to of a history given oldest first, and what each said."""
    history = [Draft(each, number, AT) for number, each in enumerate(answers, 1)][::-1]
    return [(each.version, [said for _, said in each.said]) for each in earlier.versions(unit, history)]


def test_what_is_only_added_to_is_not_worth_going_back_to(unit):
    typed = [{"action": "One"}, {"action": "One row"}, {"action": "One row", "predict_counts": "b"}]
    assert told(unit, *typed) == []
    assert told(unit, {"key_columns": {"code": "a = 1"}}, {"key_columns": {"code": "a = 1\nb = 2"}}) == []


def test_what_was_changed_or_taken_away_is_told_in_its_learner_s_words(unit):
    choice = next(each["label"] for each in unit.form("predict_counts")["choices"] if each["id"] == "a")
    history = [{"predict_counts": "a", "action": "First"}, {"predict_counts": "b", "action": "Second"}, {}]
    assert told(unit, *history)[1] == (1, [f"“{choice}”", "“First”"])
    assert [version for version, _ in told(unit, *history)] == [2, 1]


def test_an_answer_that_stands_again_or_was_told_already_is_not_told_twice(unit):
    assert told(unit, {"action": "One"}, {"action": "Two"}, {"action": "One"}) == [(2, ["“Two”"])]
    assert told(unit, {"action": "A"}, {"action": "B"}, {"action": "A"}, {"action": "C"}) == [
        (3, ["“A”"]), (2, ["“B”"]),
    ]  # fmt: skip


def test_an_answer_to_a_question_that_is_no_more_is_left_out(unit):
    assert told(unit, {"no_longer_asked": "x"}, {}) == []


def saved(portal: Running, account: str, *answers: dict) -> None:
    with portal.program(account) as notebook:
        for each in answers:
            assert notebook.put(f"{LESSON}/draft", json={"answers": each, "door": "notebook"}).status_code == 200


def pressed(portal: Running, account: str, version: int, **fields: str):
    csrf = portal.services.sessions.form_token("session-1")
    with portal.browser(account) as browser:
        return browser.post(f"{LESSON}/drafts/{version}", data={"csrf": csrf, **fields}, follow_redirects=True)


def test_going_back_brings_every_answer_of_then_and_keeps_those_of_now(portal):
    before, after = {"action": "Before", "predict_counts": "a"}, {"action": "After <b>"}
    saved(portal, "staff040", before, after)
    with portal.browser("staff040") as browser:
        page = browser.get(f"{LESSON}/drafts").text
        assert "“Before”" in page
        assert "in the notebook" in page
        back = pressed(portal, "staff040", 1)
        assert "Your earlier answers are back." in back.text
        assert "Before</textarea>" in back.text
        assert "“After &lt;b&gt;”" in browser.get(f"{LESSON}/drafts").text
    with portal.program("staff040") as notebook:
        assert notebook.get(f"{LESSON}/draft").json()["answers"] == before


def test_nobody_goes_back_to_a_version_that_is_not_theirs_or_by_a_forged_form(portal):
    saved(portal, "staff041", {"action": "Mine"}, {"action": "Mine too"})
    assert pressed(portal, "staff042", 1).status_code == 404
    assert pressed(portal, "staff041", 9).status_code == 404
    assert pressed(portal, "staff041", 1, csrf=portal.services.sessions.form_token("session-2")).status_code == 403
    with portal.program("staff041") as notebook:
        assert notebook.get(f"{LESSON}/draft").json()["answers"] == {"action": "Mine too"}


def test_many_versions_are_told_a_page_at_a_time(portal):
    saved(portal, "staff043", *({"action": f"Answer {number}."} for number in range(1, 24)))
    with portal.browser("staff043") as browser:
        first = browser.get(f"{LESSON}/drafts").text
        older = browser.get(f"{LESSON}/drafts", params={"before": 3}).text
    assert "“Answer 22.”" in first
    assert "“Answer 2.”" not in first
    assert "drafts?before=3" in first
    assert "“Answer 2.”" in older
    assert "“Answer 3.”" not in older
    assert "Older answers" not in older
