"""The guide beside a lesson: how far a learner is, what is next, and what a newcomer is told."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from portal_parts import PREFIX, Running, running

from digital_council.courses import Unit
from digital_council.portal.lesson import guide

COURSE, UNIT = "finding-and-trusting-data", "what-is-one-row"
LESSON = f"/courses/{COURSE}/units/{UNIT}"


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("guide") / "state") as found:
        yield found


@pytest.fixture
def unit(portal: Running) -> Unit:
    return portal.services.library.unit(COURSE, UNIT)


def test_every_section_named_is_on_the_page_once(portal, unit):
    named = guide.sections(unit)
    with portal.browser("staff050") as browser:
        page = browser.get(LESSON).text
    assert len(named) >= 3
    for section in named:
        assert page.count(f'id="{section.id}"') == 1
        assert page.count(f'href="#{section.id}"') == 1


def test_progress_counts_answers_and_names_the_first_question_without_one(unit):
    first, second = unit.questions[0].id, unit.questions[1].id
    assert guide.progress(unit, {}) == {"answered": 0, "of": len(unit.questions), "following": (1, first)}
    assert guide.progress(unit, {first: "a"})["following"] == (2, second)
    done = guide.progress(unit, {question.id: "x" for question in unit.questions})
    assert (done["answered"], done["following"]) == (len(unit.questions), None)


def fields(page: str) -> dict[str, str]:
    return {name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in ("csrf", "version", "release")}


def test_saving_tells_how_far_one_is(portal, unit):
    with portal.browser("staff051") as browser:
        form = fields(browser.get(LESSON).text) | {"a.action": "One row is one payment.", "do": "autosave"}
        told = browser.post(LESSON, data=form, headers={"Accept": "application/json"}).json()
        assert f"<strong>1 of {len(unit.questions)}</strong> answered" in told["parts"]["progress"]
        assert re.fullmatch(r"Saved at \d\d:\d\d\.", told["saved"])


def test_a_replaced_answer_is_told_where_everybody_sees_it_and_can_be_read(portal):
    with portal.browser("staff052") as browser:
        form = fields(browser.get(LESSON).text)
        with portal.program("staff052") as other:
            other.put(f"{LESSON}/draft", json={"answers": {"action": "From the <b>notebook</b>"}, "door": "notebook"})
        answer = browser.post(LESSON, data=form | {"a.action": "From the page", "do": "save"})
    notice = re.search(r"<div[^>]*data-told[^>]*>(.*?)</div>", answer.text)[1]
    assert "What you gave here stands" in notice
    assert "“From the &lt;b&gt;notebook&lt;/b&gt;”" in notice


def test_who_has_passed_is_told_where_to_go_on(portal, unit):
    with portal.browser("staff053") as browser, portal.program("staff053") as program:
        program.put(f"{LESSON}/draft", json={"answers": unit.model, "door": "page"})
        answers = program.get(f"{LESSON}/draft").json()["answers"]
        attempt = program.post(f"{LESSON}/attempts", json={"answers": answers}).json()["id"]
        portal.services.grading.wait(attempt, 60)
        page = browser.get(f"{LESSON}?attempt={attempt}").text
    summary = page.split('id="result"')[1].split("<h1")[0]
    assert "Passed" in summary
    following = re.search(rf'href="({PREFIX}/courses/[^"]+)"', summary)[1]
    assert following.startswith(f"{PREFIX}/courses/")
    assert not following.endswith(UNIT)


def test_a_newcomer_is_told_how_it_works_until_they_hide_it(portal):
    with portal.browser("staff054") as browser:
        home = browser.get("/").text
        assert 'id="welcome"' in home
        csrf = re.search(r'name="csrf" value="([^"]*)"', home.split('id="welcome"')[1])[1]
        assert browser.post("/help", data={"csrf": "wrong"}).status_code == 403
        assert browser.post("/help", data={"csrf": csrf}).status_code == 303
        assert 'id="welcome"' not in browser.get("/").text
        assert f'href="{PREFIX}/help"' in browser.get("/").text
    with portal.browser() as anybody:
        assert "Check as you go" in anybody.get("/help").text
