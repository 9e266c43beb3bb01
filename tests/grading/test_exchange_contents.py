"""A lesson opened and saved in the learner's server: both doors hold the same answers, and the file is never lost."""

# ruff: noqa: F811
from __future__ import annotations

import asyncio
import json
import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from running_portal import Away, Learner, RunningPortal, away, learner, portal, refused  # noqa: F401
from small_course import COURSE, UNIT

from digital_council.courses import load_unit
from digital_council.grading.exchange.cells import parse
from digital_council.grading.exchange.lessons import Lesson
from digital_council.notebook.contents import LessonContentsManager

PATH = f"{COURSE}/{UNIT}.ipynb"


pytestmark = refused


class Tab:
    """A notebook open in JupyterLab: it keeps its own copy between opening and saving."""

    def __init__(self, home: Path, manager: LessonContentsManager | None = None) -> None:
        self.manager = manager or LessonContentsManager(root_dir=str(home))
        self.content: Any = None

    def open(self) -> Tab:
        self.content = json.loads(json.dumps(self._run(self.manager.get(PATH))["content"]))
        return self

    def save(self) -> str:
        model = {"type": "notebook", "format": "json", "content": json.loads(json.dumps(self.content))}
        self._run(self.manager.save(model, PATH))
        return self.told

    def answer(self, **answers: Any) -> Tab:
        lesson = Lesson(self.content)
        lesson.write(answers)
        return self

    @property
    def answers(self) -> dict[str, Any]:
        return Lesson(self.content).answers()

    @property
    def told(self) -> str:
        return self.manager.told[PATH]

    def _run(self, work: Any) -> Any:
        return asyncio.run(work)


@pytest.fixture
def tab(learner: Learner) -> Tab:
    return Tab(learner.home)


@pytest.fixture
def silent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A portal that takes a connection and never answers."""
    path = str(tmp_path / "silent.sock")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(8)
        monkeypatch.setenv("COUNCIL_PORTAL_SOCKET", path)
        yield


def test_a_lesson_opened_for_the_first_time_is_copied(tab: Tab, learner: Learner) -> None:
    assert tab.open().content["metadata"]["council"]["unit"] == UNIT
    assert learner.file.is_file()


def test_answers_of_the_page_are_there_when_the_notebook_opens(tab: Tab, learner: Learner) -> None:
    learner.on_the_page(which="b", how_many=12)
    assert tab.open().answers == {"which": "b", "how_many": 12}
    assert Lesson(parse(learner.file.read_bytes())).course == COURSE


def test_answers_saved_in_the_notebook_are_there_on_the_page(tab: Tab, learner: Learner) -> None:
    assert tab.open().answer(which="a", doubled="doubled = [1]").save() == ""
    assert learner.draft() == {"which": "a", "doubled": "doubled = [1]"}


def test_an_answer_of_the_page_survives_a_tab_that_does_not_show_it(tab: Tab, learner: Learner) -> None:
    tab.open().answer(which="a").save()
    learner.on_the_page(how_many=5)
    assert "how_many" in tab.answer(which="b").save()
    tab.answer(doubled="doubled = []").save()
    assert learner.draft() == {"which": "b", "how_many": 5, "doubled": "doubled = []"}
    assert tab.open().answers == learner.draft()


def test_a_changed_answer_of_the_page_replaces_the_older_one_here(tab: Tab, learner: Learner) -> None:
    tab.open().answer(which="a").save()
    learner.on_the_page(which="b")
    assert tab.open().answers == {"which": "b"}
    assert tab.told == ""


def test_of_two_edits_of_a_question_the_later_stands_and_it_is_told(tab: Tab, learner: Learner) -> None:
    tab.open().answer(how_many=1).save()
    learner.on_the_page(how_many=2)
    assert "how_many" in tab.answer(how_many=3).save()
    assert learner.draft() == {"how_many": 3}


def test_work_saved_while_the_portal_was_away_is_sent_later(tab: Tab, learner: Learner, away: Away) -> None:
    tab.open()
    with away():
        assert "Your work is saved in this notebook" in tab.answer(which="a").save()
    assert Lesson(parse(learner.file.read_bytes())).address
    Tab(learner.home).open()
    assert learner.draft() == {"which": "a"}


def test_an_answer_given_offline_that_lost_is_kept_below_its_question(tab: Tab, learner: Learner, away: Away) -> None:
    tab.open()
    with away():
        tab.answer(how_many=1).save()
    learner.on_the_page(how_many=2)
    again = Tab(learner.home).open()
    assert again.answers == {"how_many": 2}
    place = again.content["cells"].index(Lesson(again.content).questions["how_many"])
    assert "1" in again.content["cells"][place + 1]["source"]


def test_a_portal_that_never_answers_holds_up_nobody_for_long(tab: Tab, learner: Learner, silent: None) -> None:
    began = time.monotonic()
    tab.open()
    assert time.monotonic() - began < 10
    began = time.monotonic()
    assert "Your work is saved in this notebook" in tab.answer(which="a").save()
    assert time.monotonic() - began < 10
    assert Lesson(parse(learner.file.read_bytes())).answers() == {"which": "a"}


def test_the_server_goes_on_while_the_portal_is_silent(tab: Tab, silent: None, learner: Learner) -> None:
    async def turns() -> int:
        opening, count = asyncio.create_task(tab.manager.get(PATH)), 0
        while not opening.done():
            await asyncio.sleep(0.01)
            count += 1
        return count

    assert asyncio.run(turns()) > 4  # a server that is held up has one or two


def test_what_was_agreed_outlives_the_server(tab: Tab, learner: Learner) -> None:
    tab.open().answer(which="a").save()
    learner.on_the_page(which="b")
    restarted = Tab(learner.home).open()
    assert restarted.answers == {"which": "b"}
    assert restarted.told == ""


def test_a_learners_own_cells_are_kept(tab: Tab, learner: Learner) -> None:
    own = {"cell_type": "markdown", "id": "mine", "metadata": {}, "source": "My notes"}
    tab.open().content["cells"].insert(1, own)
    tab.save()
    learner.on_the_page(which="b")
    assert tab.open().content["cells"][1]["source"] == "My notes"


def test_a_question_deleted_here_is_still_answered_there(tab: Tab, learner: Learner) -> None:
    tab.open().answer(which="a", how_many=4).save()
    tab.content["cells"].remove(Lesson(tab.content).questions["which"])
    tab.save()
    assert learner.draft() == {"which": "a", "how_many": 4}


def test_a_cell_that_cannot_be_read_leaves_the_draft_as_it_is(tab: Tab, learner: Learner) -> None:
    tab.open().answer(which="a").save()
    Lesson(tab.content).questions["which"]["source"] = "# Question: which\nwhich = open('x')"
    tab.save()
    assert learner.draft() == {"which": "a"}
    assert "open('x')" in learner.file.read_text()


def test_an_ordinary_notebook_is_none_of_the_portals_business(tab: Tab, learner: Learner) -> None:
    plain = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    asyncio.run(tab.manager.save({"type": "notebook", "format": "json", "content": plain}, "own.ipynb"))
    assert asyncio.run(tab.manager.get("own.ipynb"))["content"]["cells"] == []
    assert tab.manager.told == {}


def test_no_lesson_is_made_of_a_path_that_is_none(tab: Tab, learner: Learner) -> None:
    with pytest.raises(Exception, match="No such file"):
        asyncio.run(tab.manager.get("work/notes.ipynb"))
    assert not (learner.home / "work").exists()


@pytest.fixture
def improved(portal: RunningPortal, learner: Learner) -> Iterator[str]:
    """The release that learners are given now, after the one that this learner has begun; it ends with the test."""
    services = portal.live
    earlier = services.library.unit(COURSE, UNIT)
    folder = learner.home.parent / "improved" / UNIT
    shutil.copytree(portal.sources / COURSE / UNIT, folder)
    lesson = folder / "lesson.py"
    lesson.write_text(lesson.read_text().replace("# # First", "# # First, improved"))
    unit = load_unit(folder, COURSE, earlier.pass_mark)
    services.library.release(unit)
    yield unit.release
    services.library.release(earlier)


def release_in(tab: Tab) -> str:
    return str(tab.content["metadata"]["council"]["release"])


def test_the_notebook_opens_in_the_release_the_learner_began_on_the_page(
    tab: Tab, learner: Learner, request: pytest.FixtureRequest
) -> None:
    learner.on_the_page(which="b")
    improved = request.getfixturevalue("improved")
    shown = learner.portal.get(f"courses/{COURSE}/units/{UNIT}")["release"]
    assert release_in(tab.open()) == shown != improved
    assert tab.answers == {"which": "b"}


def test_who_has_not_begun_gets_the_new_release_by_both_doors(tab: Tab, learner: Learner, improved: str) -> None:
    assert release_in(tab.open()) == improved == learner.portal.get(f"courses/{COURSE}/units/{UNIT}")["release"]


def test_a_copy_that_nothing_was_written_into_follows_to_the_new_release(
    tab: Tab, learner: Learner, request: pytest.FixtureRequest
) -> None:
    before = release_in(tab.open())
    improved = request.getfixturevalue("improved")
    assert before != improved == release_in(Tab(learner.home).open())
    assert list(learner.file.parent.glob("*.ipynb")) == [learner.file]


def test_going_on_with_the_new_text_renews_the_notebook_and_keeps_the_old_one(
    tab: Tab, learner: Learner, portal: RunningPortal, request: pytest.FixtureRequest
) -> None:
    tab.open().answer(how_many=7)
    tab.content["cells"].append({"id": "mine", "cell_type": "markdown", "metadata": {}, "source": "My own note"})
    tab.save()
    improved = request.getfixturevalue("improved")
    assert release_in(Tab(learner.home).open()) != improved, "they have begun"
    portal.live.drafts.begin(learner.account, COURSE, UNIT, improved, anew=True)
    renewed = Tab(learner.home).open()
    assert release_in(renewed) == improved
    assert renewed.answers == {"how_many": 7}
    assert "is kept as" in renewed.told
    [kept] = [path for path in learner.file.parent.glob("*.ipynb") if path != learner.file]
    old = json.loads(kept.read_text())
    assert old["cells"][-1]["source"] == "My own note"
    assert "council" not in old["metadata"], "an old notebook sends its answers nowhere"


def test_answers_never_sent_are_carried_into_the_new_release(
    tab: Tab, learner: Learner, portal: RunningPortal, away: Away, request: pytest.FixtureRequest
) -> None:
    tab.open()
    with away():
        tab.answer(which="a").save()
    improved = request.getfixturevalue("improved")
    assert release_in(Tab(learner.home).open()) == improved
    assert learner.draft() == {"which": "a"}
