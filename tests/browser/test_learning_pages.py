"""Pages of paths, enrolment and review in Chromium: axe finds nothing, nothing is cut off, the keyboard will do."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from axe import faults, scrolls_sideways
from playwright.sync_api import Browser, Page, expect

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))

from portal_parts import Running, running

from digital_council.courses import releases
from digital_council.portal.rights.sessions import COOKIE
from digital_council.settings import PROJECT

COURSE, UNIT = "finding-and-trusting-data", "what-is-one-row"
PLACE = f"{COURSE}/{UNIT}"
PATHS = f"""
[path.everyone]
title = "Everyone"
audience = "Everybody who works for the council"
summary = "One unit, for a test."
units = ["{PLACE}"]

[path.other]
title = "Other"
audience = "Others"
units = ["{PLACE}"]
"""


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A portal with one real unit, a second one that builds on it, and a team that is late."""
    root = tmp_path_factory.mktemp("project")
    shutil.copytree(PROJECT / "hub_config", root / "hub_config")
    folder = root / "courses" / COURSE
    shutil.copytree(PROJECT / "courses" / PLACE, folder / UNIT)
    shutil.copytree(PROJECT / "courses" / PLACE, folder / "second")
    text = (PROJECT / "courses" / COURSE / "course.toml").read_text()
    (folder / "course.toml").write_text(text[: text.index("units =")] + f'units = ["{UNIT}", "second"]\n')
    needs = f'[needs."{COURSE}/second"]\nfirst = ["{PLACE}"]\nenforced = true\n'
    (root / "courses" / "paths.toml").write_text(PATHS + needs)
    with running(root / "state", root) as found:
        ledger = found.services.ledger
        late = date.today() - timedelta(days=3)
        ledger.enrol("path/other", by="leader", place="team:customer-contact", due=late)
        ledger.enrol(f"course/{COURSE}", by="learner", account="learner", due=date.today() + timedelta(days=3))
        yield found


@pytest.fixture(scope="module")
def review(portal: Running) -> str:
    """A changed unit, sent to its reviewer."""
    services = portal.services
    lesson = services.library.root / PLACE / "lesson.py"
    lesson.write_text(lesson.read_text().replace("It is scrutiny evening.", "It is budget evening."))
    found = releases.candidate(services.library.root, services.state, COURSE, UNIT)
    proof = {"attempts": [{"about": "Takes the supplier for the key", "outcome": "not-yet"}]}
    sent = services.ledger.send(
        COURSE, UNIT, found.release, author="author", reviewer="analyst", note="A new evening", proof=proof
    )
    return sent.id


def opened(portal: Running, browser: Browser, account: str, path: str, **options: object) -> Page:
    context = browser.new_context(**options)
    context.add_cookies([{"name": COOKIE, "value": portal.cookie(account), "url": portal.origin}])
    page = context.new_page()
    page.goto(f"{portal.origin}/services/council{path}")
    return page


PAGES = [
    ("learner", "/learning"), ("learner", "/"), ("learner", "/paths/everyone"), ("learner", f"/courses/{COURSE}"),
    ("learner", "/learning?said=left&what=path/everyone&until=2090-01-01"), ("leader", "/enrolments"),
    ("learner", f"/courses/{COURSE}/units/second"), ("author", "/reviews"), ("analyst", "/reviews/REVIEW"),
    ("author", f"/releases/{PLACE}"), ("analyst", "/"),
]  # fmt: skip


@pytest.mark.parametrize(("account", "path"), PAGES)
def test_axe_finds_nothing_and_nothing_is_cut_off(
    portal: Running, browser: Browser, review: str, account: str, path: str
) -> None:
    shape = {"width": 320, "height": 800}
    for scheme in ("light", "dark"):
        options = {"color_scheme": scheme, "viewport": shape, "bypass_csp": True}
        page = opened(portal, browser, account, path.replace("REVIEW", review), **options)
        assert page.locator("h1").count() == 1
        assert not scrolls_sideways(page)
        assert faults(page) == []
        page.context.close()


def test_a_path_is_joined_left_and_joined_again_with_the_keyboard_alone(portal: Running, browser: Browser) -> None:
    page = opened(portal, browser, "learner2", "/paths/everyone")
    page.get_by_role("button", name="Join Everyone").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/learning#plan")
    expect(page.locator("div.course", has_text="Everyone").first).to_contain_text("0 of 1 units completed")
    page.get_by_role("button", name="Leave Everyone").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/learning?said=left*")
    expect(page.get_by_role("status")).to_contain_text("You have left Everyone")
    page.get_by_role("button", name="Undo").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/learning#plan")
    expect(page.get_by_role("button", name="Leave Everyone")).to_have_count(1)
    page.context.close()


def test_a_reviewer_tries_the_lesson_then_releases_it(portal: Running, browser: Browser, review: str) -> None:
    learner = opened(portal, browser, "learner2", f"/courses/{COURSE}/units/{UNIT}")
    expect(learner.locator("main")).to_contain_text("It is scrutiny evening.")
    page = opened(portal, browser, "analyst", "/")
    waiting = page.get_by_role("region", name="For you to review").get_by_role("link")
    expect(waiting).to_have_text(portal.services.library.title(COURSE, UNIT))
    waiting.click()
    added = page.locator("ins.difference__line")
    expect(added.first).to_contain_text("It is budget evening.")
    page.get_by_role("link", name="Open it as a learner would see it").click()
    page.get_by_role("button", name="Check question 2", exact=True).click()
    expect(page.locator("main")).to_contain_text("Look at this again")
    page.get_by_role("link", name="Back to the review").click()
    page.get_by_role("button", name="Release it").click()
    page.wait_for_url("**said=released")
    learner.reload()
    expect(learner.locator("main")).to_contain_text("It is budget evening.")
    for each in (page, learner):
        each.context.close()
