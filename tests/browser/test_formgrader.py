"""Formgrader in the running product: an author marks by hand in a tab of its own, and the learner has the mark."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[1] / "grading"))

import small_course
from small_course import COURSE, RIGHT, UNIT

from digital_council.settings import PROJECT
from tests.conftest import Product, start, stop

CHANGED = {'role="action")': 'role="task", points=4, manual=True)', '"Thoughts?"': '"Why is $n^2$ not the count?"'}
HOSTILE = "<img src=x onerror=alert(1)> rows ``` repeat ![](http://example.org/x.png)"


@pytest.fixture(scope="module")
def marking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product on a project whose only unit has a question marked by hand."""
    root = tmp_path_factory.mktemp("project")
    for name in ("datasets", "notebooks", "node_modules", "grading", "pyproject.toml"):
        (root / name).symlink_to(PROJECT / name)
    shutil.copytree(PROJECT / "hub_config", root / "hub_config")
    small_course.written(root / "courses", **CHANGED)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COUNCIL_PROJECT", str(root))
        running = start(root / "state")
    yield running
    stop(running)


def ask(product: Product, account: str, method: str, path: str, **sent: Any) -> dict[str, Any]:
    with product.client() as client:
        headers = {"Authorization": f"token {product.token(account)}"}
        answer = client.request(method, product.api + path, headers=headers, **sent)
    assert answer.status_code < 300, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.fixture(scope="module")
def attempt(marking: Product) -> str:
    """An attempt of the learner's that awaits a mark."""
    sent = {"answers": {**RIGHT, "thoughts": HOSTILE}}
    id = str(ask(marking, "learner", "POST", f"courses/{COURSE}/units/{UNIT}/attempts", json=sent)["id"])
    end = time.monotonic() + 60
    while ask(marking, "learner", "GET", f"attempts/{id}")["state"] != "awaiting-mark":
        assert time.monotonic() < end
        time.sleep(0.1)
    return id


def address(product: Product) -> str:
    return product.hub.replace("//", "//formgrader.") + f"/services/formgrader/{COURSE}"


def told(product: Product, attempt: str) -> tuple[Any, ...]:
    found = ask(product, "learner", "GET", f"attempts/{attempt}")
    said = [each["detail"] for each in found["findings"] if each["question"] == "thoughts"]
    return found["state"], found["score"], *said


def opened(browser: Browser, product: Product, asked: list[str], errors: list[str]) -> Page:
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(product.url)
    page.fill("input[name=username]", "author")
    page.fill("input[name=password]", product.password("author"))
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"{product.url}**")
    return page


def test_an_author_marks_in_formgrader_and_the_learner_has_the_mark(
    marking: Product, attempt: str, browser: Browser
) -> None:
    asked: list[str] = []
    errors: list[str] = []
    page = opened(browser, marking, asked, errors)
    page.goto(f"{address(marking)}/formgrader/gradebook/{UNIT}/{UNIT}")
    page.click("#main-table a:has-text('Submission')")
    page.wait_for_selector("mjx-container")
    page.wait_for_load_state("networkidle")  # until its script has the marks and comments, it keeps none
    expect(page.locator("body")).to_contain_text("Thackery, Amara")
    expect(page.locator("img[src='x']")).to_have_count(0)
    page.fill("textarea.comment", "Say which column.")
    with page.expect_response(lambda answer: "/api/comment/" in answer.url and answer.request.method == "PUT"):
        page.fill("input.score", "3")  # leaving the comment keeps it
    with page.expect_response(lambda answer: "/api/grade/" in answer.url and answer.request.method == "PUT"):
        page.press("input.score", "Tab")
    page.reload()
    page.wait_for_selector("mjx-container")
    assert told(marking, attempt) == ("done", 7, "Say which column.")
    expect(page.locator("input.score")).to_have_value("3")
    page.goto(f"{address(marking)}/formgrader/manage_submissions/{UNIT}")
    with page.expect_response(lambda answer: answer.url.endswith("/autograde")) as regraded:
        page.click(".glyphicon-flash")
    assert regraded.value.json()["success"] is True
    own = marking.hub.split("//")[1]
    assert {url.split("/")[2].removeprefix("formgrader.").removeprefix("council.") for url in asked
            if url.startswith("http")} == {own}  # fmt: skip
    assert errors == []
    page.context.close()


def test_a_learner_does_not_get_into_formgrader(marking: Product, attempt: str) -> None:
    for path in ("/formgrader/gradebook", "/formgrader/api/students", f"/formgrader/api/submissions/{UNIT}"):
        answer = marking.login("learner").get(address(marking) + path)
        assert answer.status_code == 403, path
        assert "Thackery" not in answer.text
    with marking.client() as nobody:
        assert "/hub/login" in str(nobody.get(f"{address(marking)}/formgrader/gradebook").url)


def test_a_mark_sent_from_another_page_is_refused(marking: Product, attempt: str) -> None:
    author: httpx.Client = marking.login("author")
    author.get(f"{address(marking)}/formgrader/gradebook")
    (notebook,) = author.get(f"{address(marking)}/formgrader/api/submitted_notebooks/{UNIT}/{UNIT}").json()
    (grade,) = author.get(f"{address(marking)}/formgrader/api/grades", params={"submission_id": notebook["id"]}).json()
    before = told(marking, attempt)
    forged = author.put(f"{address(marking)}/formgrader/api/grade/{grade['id']}", json={"manual_score": 0})
    assert forged.status_code == 403
    assert told(marking, attempt) == before


def test_what_formgrader_could_do_to_files_is_not_offered(marking: Product) -> None:
    author = marking.login("author")
    for path in ("submissions/x/../../gradebook.db", "submissions/x/gradebook.db", "?path=/etc"):
        answer = author.get(f"{address(marking)}/formgrader/{path}")
        assert "SQLite format" not in answer.text
        assert answer.status_code == 404 or answer.url.path.endswith("/gradebook")
