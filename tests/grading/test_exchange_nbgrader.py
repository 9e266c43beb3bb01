"""nbgrader's Assignment List and commands, through the exchange that talks to the portal."""

# ruff: noqa: F811
from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeError, ExchangeFactory
from nbgrader.server_extensions.assignment_list.handlers import AssignmentList
from running_portal import Away, Learner, away, learner, portal, refused  # noqa: F401
from small_course import COURSE, RIGHT, UNIT
from traitlets.config import Config

from digital_council.grading import exchange
from digital_council.grading.exchange import base
from digital_council.grading.exchange.cells import parse
from digital_council.grading.exchange.lessons import Lesson
from digital_council.settings import PROJECT

pytestmark = refused


class Panel:
    """What JupyterLab's Assignment List panel asks of the server, and gets."""

    def __init__(self, home: Path) -> None:
        self.manager = AssignmentList()
        self.manager.root_dir = str(home)

    def rows(self, status: str) -> list[dict[str, Any]]:
        listed = self.manager.list_assignments(course_id=COURSE)
        assert listed["success"], listed
        json.dumps(listed)
        return [row for row in listed["value"] if row["status"] == status]


@pytest.fixture
def panel(learner: Learner, monkeypatch: pytest.MonkeyPatch) -> Panel:
    monkeypatch.chdir(learner.home)
    settings = learner.home / ".jupyter"
    settings.mkdir()
    shutil.copy(PROJECT / "grading" / "nbgrader_config.py", settings)
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(settings))
    monkeypatch.setitem(base._quiet, "until", 0.0)
    return Panel(learner.home)


def transfer(name: str, **config: Any) -> Callable[[], Any]:
    """One of the factory's eight, for the lesson."""
    chosen = Config({"CourseDirectory": {"course_id": COURSE, "assignment_id": UNIT, **config}})
    exchange.configure(chosen)
    made = getattr(ExchangeFactory(config=chosen), name)(
        coursedir=CourseDirectory(config=chosen), authenticator=Authenticator(config=chosen), config=chosen
    )
    return made.start  # type: ignore[no-any-return]


def fill_in(learner: Learner, **answers: Any) -> None:
    notebook = parse(learner.file.read_bytes())
    Lesson(notebook).write(answers)
    learner.file.write_text(json.dumps(notebook))


def test_a_lesson_is_fetched_submitted_and_its_feedback_read(panel: Panel, learner: Learner) -> None:
    assert [row["assignment_id"] for row in panel.rows("released")] == [UNIT]
    assert panel.manager.fetch_assignment(COURSE, UNIT) == {"success": True}
    (fetched,) = panel.rows("fetched")
    assert fetched["notebooks"] == [{"notebook_id": UNIT, "path": f"{COURSE}/{UNIT}.ipynb"}]

    fill_in(learner, **RIGHT)
    assert panel.manager.submit_assignment(COURSE, UNIT) == {"success": True}
    (attempt,) = learner.portal.get("attempts")["attempts"]
    learner.marked(attempt["id"])
    (listed,) = panel.rows("submitted")
    (submission,) = listed["submissions"]
    assert submission["timestamp"].endswith("UTC: Passed: 4 of 4 marks.")
    assert (submission["has_exchange_feedback"], submission["has_local_feedback"]) == (True, False)

    assert panel.manager.fetch_feedback(COURSE, UNIT) == {"success": True}
    (submission,) = panel.rows("submitted")[0]["submissions"]
    assert (submission["has_local_feedback"], submission["feedback_updated"]) == (True, False)
    page = (learner.home / submission["local_feedback_path"] / f"{UNIT}.html").read_text()
    assert "<h1>Findings: first-unit, attempt 1</h1>" in page
    assert "That is right." in page


def test_a_fetched_lesson_holds_what_was_answered_on_the_page(panel: Panel, learner: Learner) -> None:
    learner.on_the_page(which="b")
    panel.manager.fetch_assignment(COURSE, UNIT)
    assert Lesson(parse(learner.file.read_bytes())).answers() == {"which": "b"}


def test_fetching_again_leaves_the_learners_copy(panel: Panel, learner: Learner) -> None:
    panel.manager.fetch_assignment(COURSE, UNIT)
    fill_in(learner, which="a")
    panel.manager.fetch_assignment(COURSE, UNIT)
    assert Lesson(parse(learner.file.read_bytes())).answers() == {"which": "a"}


def test_what_was_answered_on_the_page_is_submitted_too(panel: Panel, learner: Learner) -> None:
    panel.manager.fetch_assignment(COURSE, UNIT)
    fill_in(learner, which="b")
    learner.on_the_page(how_many=12)
    panel.manager.submit_assignment(COURSE, UNIT)
    attempt = learner.portal.get("attempts")["attempts"][0]["id"]
    assert learner.marked(attempt)["score"] == 2


@pytest.mark.parametrize("student", ["somebody", "*", "learner2"])
def test_a_submission_is_the_token_owners_whatever_name_is_given(
    panel: Panel, learner: Learner, student: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("JUPYTERHUB_USER", "USER", "NB_USER"):
        monkeypatch.setenv(name, "somebody")
    panel.manager.fetch_assignment(COURSE, UNIT)
    fill_in(learner, which="b")
    transfer("Submit", student_id=student)()
    assert len(learner.portal.get("attempts")["attempts"]) == 1
    assert learner.running.as_("somebody").get("attempts")["attempts"] == []


def test_another_learners_attempts_are_not_listed(panel: Panel, learner: Learner) -> None:
    other = learner.running.as_("other-" + learner.account)
    other.post(f"courses/{COURSE}/units/{UNIT}/attempts", {"answers": {"which": "b"}})
    assert panel.rows("submitted") == []


def test_a_file_that_is_no_notebook_is_refused_in_one_line(panel: Panel, learner: Learner) -> None:
    learner.file.parent.mkdir()
    learner.file.write_text("not a notebook")
    with pytest.raises(ExchangeError, match="notebook"):
        transfer("Submit")()
    assert learner.portal.get("attempts")["attempts"] == []


def test_nothing_fetched_is_nothing_to_submit(panel: Panel) -> None:
    with pytest.raises(ExchangeError, match="fetch it first"):
        transfer("Submit")()


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("ReleaseAssignment", "released by `council courses build`"),
        ("Collect", "there is nothing to collect"),
        ("ReleaseFeedback", "there is nothing to release"),
    ],
)
def test_what_authors_do_elsewhere_is_said_in_one_line(panel: Panel, name: str, line: str) -> None:
    with pytest.raises(ExchangeError, match=line):
        transfer(name)()


def test_a_portal_that_is_away_is_a_line_of_the_list(panel: Panel, away: Away) -> None:
    with away():
        (row,) = panel.rows("released")
    assert "your work is saved" in row["assignment_id"]


def test_a_fetch_that_fails_leaves_nothing_in_the_way(panel: Panel, learner: Learner, away: Away) -> None:
    with away():
        assert not panel.manager.fetch_assignment(COURSE, UNIT)["success"]
    learner.on_the_page(which="b")
    assert panel.manager.fetch_assignment(COURSE, UNIT) == {"success": True}
    assert Lesson(parse(learner.file.read_bytes())).answers() == {"which": "b"}


def test_membership_is_what_the_portal_shows_to_the_token(panel: Panel) -> None:
    config = Config()
    exchange.configure(config)
    assert Authenticator(config=config).get_student_courses("somebody") == [COURSE]
