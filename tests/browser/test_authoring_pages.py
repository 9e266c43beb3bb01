"""Authors' and operators' pages in Chromium: axe finds nothing, nothing is cut off, and a mark can be given by hand."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe import faults, scrolls_sideways
from playwright.sync_api import Browser, Page, expect

sys.path.insert(0, str(Path(__file__).parents[1] / "grading"))
sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))

import small_course
from portal_parts import Running, marked, running
from small_course import COURSE, RIGHT, UNIT

from digital_council.grading.intake import accept
from digital_council.portal.rights.sessions import COOKIE
from digital_council.settings import PROJECT

CHANGED = {'role="action")': 'role="task", points=4, manual=True)'}
LESSON = f"/courses/{COURSE}/units/{UNIT}"
DESK = f"/authoring/{COURSE}/{UNIT}"


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    root = tmp_path_factory.mktemp("project")
    shutil.copytree(PROJECT / "hub_config", root / "hub_config")
    small_course.written(root / "courses", **CHANGED)
    for name, line in (("course.toml", "max_attempts = 3"), (f"{UNIT}/unit.toml", "due = 2090-03-31")):
        path = root / "courses" / COURSE / name
        path.write_text(f"{path.read_text()}{line}\n")
    with running(root / "state", root) as found:
        yield found


@pytest.fixture(scope="module")
def attempt(portal: Running) -> str:
    """An attempt that awaits a mark; beside it one that could not be checked, and an allowance."""
    ledger, unit = portal.services.ledger, portal.services.library.unit(COURSE, UNIT)
    failed = accept(ledger, portal.services.state, account="learner2", unit=unit, door="page", answers=RIGHT)
    ledger.could_not_check(failed, "the disk is full")
    ledger.allow("learner2", COURSE, UNIT, by="author", attempts=5)
    with portal.program("learner") as learner:
        sent = learner.post(f"{LESSON}/attempts", json={"answers": {**RIGHT, "thoughts": "Rows repeat. " * 40}})
        return str(marked(learner, f"{portal.origin}{sent.headers['location']}")["id"])


def opened(portal: Running, browser: Browser, account: str, path: str, **options: object) -> Page:
    context = browser.new_context(**options)
    context.add_cookies([{"name": COOKIE, "value": portal.cookie(account), "url": portal.origin}])
    page = context.new_page()
    page.goto(f"{portal.origin}/services/council{path}")
    return page


PAGES = [
    ("author", "/authoring"), ("author", DESK), ("author", f"{DESK}?said=marked"), ("author", f"{DESK}/figures"),
    ("operator", "/unchecked"), ("operator", "/"), ("author", "/"), ("learner", "/attempts/ATTEMPT"), ("learner", "/"),
]  # fmt: skip


@pytest.mark.parametrize(("account", "path"), PAGES)
def test_axe_finds_nothing_and_nothing_is_cut_off(
    portal: Running, browser: Browser, attempt: str, account: str, path: str
) -> None:
    for scheme in ("light", "dark"):
        shape = {"width": 320, "height": 800}
        page = opened(
            portal,
            browser,
            account,
            path.replace("ATTEMPT", attempt),
            color_scheme=scheme,
            viewport=shape,
            bypass_csp=True,
        )
        assert page.locator("h1", has_text="Something went wrong").count() == 0
        assert not scrolls_sideways(page)
        assert faults(page) == []
        page.context.close()


def test_an_author_marks_an_answer_with_the_keyboard_alone(portal: Running, browser: Browser, attempt: str) -> None:
    page = opened(portal, browser, "author", DESK)
    page.get_by_label("Marks, 0 to 4").focus()
    page.keyboard.type("3")
    page.keyboard.press("Tab")
    page.keyboard.type("Say which column.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**said=marked")
    expect(page.get_by_role("status")).to_have_text("Your marks are kept, and the learner can see them.")
    learner = opened(portal, browser, "learner", f"/attempts/{attempt}")
    expect(learner.locator("main")).to_contain_text("Say which column.")
    for each in (page, learner):
        each.context.close()
