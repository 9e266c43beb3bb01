"""Formgrader: what awaits a mark as nbgrader's gradebook, made again as often as one likes; and what is offered."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.server_extensions.formgrader import apihandlers as nbgrader_api
from nbgrader.server_extensions.formgrader import handlers as nbgrader_pages

from digital_council.grading.formgrader import handlers, projection

HOSTILE = "<img src=x onerror=alert(1)>\n```\n# not a heading\n![](http://example.org/x.png) [x](javascript:alert(1))"


def waiting(id: str = "attempt-1", account: str = "ada", answer: str = "Rows repeat.", **more: Any) -> dict[str, Any]:
    question = {"question": "why", "prompt": "Why $n^2$?", "answer": answer, "points": None, "max": 4.0, "comment": ""}
    return {
        "id": id, "account": account, "name": "Ada King Lovelace", "number": 1,
        "submitted_at": "2026-11-22T10:00:00+00:00", "page": "/x", "questions": [{**question, **more}],
    }  # fmt: skip


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gradebook as nbgrader makes it, which takes it seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{sys.prefix}/bin", prepend=":")
        made = tmp_path_factory.mktemp("empty") / "course"
        projection.project(made, "course", {})
    return made


@pytest.fixture
def folder(empty: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(empty, tmp_path / "course"))


def grade(folder: Path, account: str = "ada") -> Any:
    with Gradebook(f"sqlite:///{folder / projection.GRADEBOOK}") as book:
        found = book.find_grade("why", "unit", "unit", account)
        return found.manual_score, found.needs_manual_grade, found.max_score


def typed(folder: Path, points: float) -> None:
    """A mark typed in formgrader."""
    with Gradebook(f"sqlite:///{folder / projection.GRADEBOOK}") as book:
        book.find_grade("why", "unit", "unit", "ada").manual_score = points
        book.db.commit()


def test_what_awaits_a_mark_is_in_the_gradebook_by_name(folder: Path) -> None:
    projection.project(folder, "course", {"unit": [waiting()]})
    assert grade(folder) == (None, True, 4.0)
    with Gradebook(f"sqlite:///{folder / projection.GRADEBOOK}") as book:
        student = book.find_student("ada")
        assert (student.first_name, student.last_name) == ("Ada King", "Lovelace")
    assert projection.attempts(folder) == {"unit/ada": "attempt-1"}


def test_projecting_twice_changes_nothing_and_keeps_what_was_typed(folder: Path) -> None:
    projection.project(folder, "course", {"unit": [waiting()]})
    typed(folder, 3)
    projection.project(folder, "course", {"unit": [waiting()]})
    assert grade(folder) == (3, False, 4.0)
    projection.project(folder, "course", {"unit": []})
    assert grade(folder) == (3, False, 4.0)


def test_a_later_attempt_takes_the_earlier_ones_place_with_no_mark(folder: Path) -> None:
    projection.project(folder, "course", {"unit": [waiting()]})
    typed(folder, 3)
    projection.project(folder, "course", {"unit": [waiting("attempt-2", answer="They do.")]})
    assert grade(folder) == (None, True, 4.0)
    assert projection.attempts(folder) == {"unit/ada": "attempt-2"}


@pytest.mark.parametrize("answer", [HOSTILE, "", "`" * 50, "# Question\n\n$x$"])
def test_an_answer_is_text_and_never_markup(folder: Path, answer: str) -> None:
    from nbconvert.exporters import HTMLExporter

    projection.project(folder, "course", {"unit": [waiting(answer=answer)]})
    (path,) = (folder / projection.AUTOGRADED / "ada" / "unit").glob("*.ipynb")
    html, _ = HTMLExporter(template_name="basic").from_notebook_node(nbformat.read(path, 4))
    assert "<img" not in html
    assert 'href="javascript' not in html
    assert html.count("<h1") == 0


@pytest.mark.parametrize("account", ["../../etc", "a/b", "", ".hidden"])
def test_an_account_that_would_lead_out_of_the_folder_is_left_out(folder: Path, account: str) -> None:
    projection.project(folder, "course", {"unit": [waiting(account=account)]})
    assert projection.attempts(folder) == {}
    assert not (folder / projection.AUTOGRADED).exists()


NBGRADERS = [route[0] for route in nbgrader_api.default_handlers + nbgrader_pages.default_handlers]
DOING = ("assign", "unrelease", "release", "collect", "generate_feedback", "release_feedback")


def leads_to(pattern: str) -> Any:
    """Our handler for a path that one of nbgrader's own patterns takes; none where there is nothing."""
    path = re.sub(
        r"\(\?P<action>[^)]*\)", "next", re.sub(r"\(\[\^/\]\+\)|\(\?P<\w+>\[\^/\]\+\)|\(\.\*\)", "x", pattern)
    )
    return next((route[1] for route in handlers.ROUTES if re.fullmatch(route[0], path.removesuffix("/?"))), None)


@pytest.mark.parametrize("pattern", NBGRADERS)
def test_each_of_formgraders_own_addresses_asks_who_is_there(pattern: str) -> None:
    found = leads_to(pattern)
    assert found is None or issubclass(found, handlers.Signed)
    if pattern.startswith("/formgrader/api/") or "(.*)" not in pattern:
        assert found is not None


@pytest.mark.parametrize("pattern", [p for p in NBGRADERS if p.rpartition("/")[2] in DOING])
def test_what_changes_files_is_done_in_the_portal(pattern: str) -> None:
    assert leads_to(pattern) is handlers.InPortal


def test_only_assets_are_served_to_whoever_asks() -> None:
    open_to_all = [route for route in handlers.ROUTES if not issubclass(route[1], handlers.Signed)]
    assert [route[0] for route in open_to_all] == [
        r"/formgrader/static/(.*)", r"/formgrader/own/(mathjax\.js)", r"/formgrader/mathjax/(.*)",
    ]  # fmt: skip
