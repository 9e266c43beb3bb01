"""A learner stays with the release they began, and examples are kept with their release."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from portal_parts import Running, running

from digital_council.courses import releases
from digital_council.courses.units import Unit, load_unit
from digital_council.errors import OperatorError
from digital_council.portal.lesson.examples import Examples

COURSE, UNIT = "finding-and-trusting-data", "what-is-one-row"
LESSON = f"/courses/{COURSE}/units/{UNIT}"


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("release") / "state") as found:
        yield found


@pytest.fixture(scope="module")
def earlier(portal: Running, tmp_path_factory: pytest.TempPathFactory) -> Unit:
    """A release of the lesson from before it was mended."""
    current = portal.services.library.unit(COURSE, UNIT)
    folder = tmp_path_factory.mktemp("sources") / UNIT
    shutil.copytree(current.folder, folder, ignore=shutil.ignore_patterns(*releases.RECORD.split()))
    lesson = folder / "lesson.py"
    lesson.write_text(lesson.read_text().replace("It is scrutiny evening.", "It is an EARLIER evening."))
    unit = load_unit(folder, COURSE, current.pass_mark)
    releases.release(unit, portal.services.state)
    return unit


def test_a_learner_stays_with_the_release_they_began_until_they_choose_the_new_one(portal, earlier):
    portal.services.drafts.begin("staff010", COURSE, UNIT, earlier.release)
    with portal.program("staff010") as program, portal.browser("staff010") as browser:
        assert program.get(LESSON).json()["release"] == earlier.release
        page = browser.get(LESSON).text
        assert "EARLIER" in page
        answer = program.post(f"{LESSON}/attempts", json={"answers": {"row_of_the_sheet": "b"}})
        assert answer.json()["release"] == earlier.release
        form = {"csrf": portal.services.sessions.form_token("session-1"), "version": "0"}
        renewed = browser.post(LESSON, data={**form, "do": "renew", "a.row_of_the_sheet": "b"}).text
        assert "EARLIER" not in renewed
        assert 'value="b" checked' in renewed
        assert program.get(LESSON).json()["release"] != earlier.release


def test_who_answers_a_page_of_an_earlier_release_begins_with_that_one(portal, earlier):
    library, current = portal.services.library, portal.services.library.unit(COURSE, UNIT)
    form = {"csrf": portal.services.sessions.form_token("session-1"), "version": "0", "do": "save"}
    library.release(earlier)
    try:
        with portal.browser("staff014") as browser:
            assert f'name="release" value="{earlier.release}"' in browser.get(LESSON).text
            library.release(current)
            saved = browser.post(LESSON, data={**form, "release": earlier.release, "a.row_of_the_sheet": "b"}).text
            assert "EARLIER" in saved
            assert 'value="b" checked' in saved
        assert portal.services.drafts.release("staff014", COURSE, UNIT) == earlier.release
        with portal.browser("staff015") as browser:
            browser.post(LESSON, data={**form, "release": "../../secrets", "a.row_of_the_sheet": "b"})
        assert portal.services.drafts.release("staff015", COURSE, UNIT) == current.release
    finally:
        library.release(current)


def test_who_has_not_begun_gets_the_current_release(portal, earlier):
    with portal.program("staff011") as program:
        current = portal.services.library.unit(COURSE, UNIT).release
        assert program.get(LESSON).json()["release"] == current
        program.put(f"{LESSON}/draft", json={"answers": {"action": "Mine"}})
        assert portal.services.drafts.release("staff011", COURSE, UNIT) == current


def test_a_release_that_is_gone_gives_way_to_the_current_one(portal):
    portal.services.drafts.begin("staff012", COURSE, UNIT, "000000000000")
    with portal.program("staff012") as program:
        assert program.get(LESSON).json()["release"] == portal.services.library.unit(COURSE, UNIT).release


def test_the_first_view_of_a_lesson_already_shows_its_examples(portal):
    with portal.browser("staff013") as browser:
        assert browser.get(LESSON).text.count('class="output') > 2


def test_examples_are_read_from_disk_after_a_restart_and_made_safe_again(portal):
    unit = portal.services.library.unit(COURSE, UNIT)
    shown = portal.services.examples.ensure(unit)

    def broken(*_: object) -> None:
        raise OperatorError("nothing can be run")

    again = Examples(SimpleNamespace(state=portal.services.state, run=broken))
    assert again.of(unit) == shown
    file = portal.services.state.root / "examples" / COURSE / UNIT / f"{unit.release}.json"
    file.write_text(file.read_text().replace("<table", "<script>alert(1)</script><table"))
    again = Examples(SimpleNamespace(state=portal.services.state, run=broken))
    assert "<script" not in "".join(again.of(unit).values())
    file.write_text("half a fi")
    assert Examples(SimpleNamespace(state=portal.services.state, run=broken)).of(unit) == {}
