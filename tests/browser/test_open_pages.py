"""The open pages in Chromium: accessible in light and dark at any width, lively with script, complete without."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe import faults, scrolls_sideways
from playwright.sync_api import Browser, Page, expect

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))

from portal_parts import PREFIX, Running, running

PAGES = ["/", "/?q=ward", "/spend", "/wards", "/inbox", "/transparency-code", "/how-to-query"]

Opened = Callable[..., Page]


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("portal") / "state") as found:
        yield found


@pytest.fixture
def opened(portal: Running, browser: Browser) -> Iterator[Opened]:
    """Opens an open page as nobody; any error in the browser's console fails the test."""
    contexts, errors = [], []

    def open_page(path: str, **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        page.goto(f"{portal.origin}{PREFIX}/open{path}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_and_nothing_is_cut_off(opened: Opened, path: str) -> None:
    for scheme in ("light", "dark"):
        # The page's own policy forbids the test to put axe into it.
        page = opened(path, color_scheme=scheme, viewport={"width": 320, "height": 800}, bypass_csp=True)
        assert not scrolls_sideways(page)
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert faults(page) == [], (scheme, width)


def test_results_come_as_one_types_and_are_announced(opened: Opened) -> None:
    page = opened("/")
    page.evaluate("window.same = true")
    page.get_by_label("Search datasets and columns").press_sequentially("parki", delay=20)
    expect(page.locator("[data-results]")).to_contain_text("Parking by month")
    expect(page.locator("[data-found]")).to_contain_text("for “parki”")
    expect(page).to_have_url(re.compile("q=parki"))
    assert page.evaluate("window.same") is True
    page.get_by_role("link", name="Parking by month, 2025-26", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Parking by month, 2025-26")


def test_searching_works_without_script(opened: Opened) -> None:
    page = opened("/", java_script_enabled=False)
    page.get_by_label("Search datasets and columns").fill("net amount")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="net_amount in Spending over £250, 2025-26").click()
    expect(page).to_have_url(re.compile("/open/spend#column-net_amount$"))


def test_a_member_finds_lessons_and_data_as_they_type(portal: Running, opened: Opened) -> None:
    page = opened("/")
    cookie = {"name": "council-session", "value": portal.cookie("learner"), "url": f"{portal.origin}{PREFIX}/"}
    page.context.add_cookies([cookie])
    page.goto(f"{portal.origin}{PREFIX}/search")
    page.get_by_label("Search lessons, datasets").press_sequentially("one ro", delay=20)
    expect(page.locator("[data-results]")).to_contain_text("Lesson")
    expect(page.locator("[data-results]")).to_contain_text("OFFICIAL")
    plain = page.context.browser.new_context(bypass_csp=True, viewport={"width": 320, "height": 800})
    plain.add_cookies([cookie])
    other = plain.new_page()
    other.goto(f"{portal.origin}{PREFIX}/search?q=ward")
    assert faults(other) == []
    plain.close()


def test_the_chart_says_its_finding_and_has_its_table(opened: Opened) -> None:
    page = opened("/street_reports")
    expect(page.get_by_role("img", name="Bar chart. Most: Missed bin")).to_be_visible()
    bars = page.locator(".chart__fill")
    widths = bars.evaluate_all("all => all.map(bar => bar.getBoundingClientRect().width)")
    assert widths == sorted(widths, reverse=True)
    assert widths[0] > 200
    page.get_by_text("The figures behind the chart").click()
    rows = page.locator("details table tbody tr")
    expect(rows).to_have_count(8)
    expect(bars).to_have_count(8)
    expect(rows.first).to_contain_text("Missed bin")


def test_a_file_downloads_under_its_own_name(opened: Opened) -> None:
    page = opened("/wards")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV", exact=True).click()
    assert waiting.value.suggested_filename == "wards.csv"
    assert Path(waiting.value.path()).read_text(encoding="utf-8").startswith("ward_id,")


def test_the_keyboard_reaches_the_wide_table(opened: Opened) -> None:
    page = opened("/spend", viewport={"width": 390, "height": 800})
    page.locator(".preview").focus()
    page.keyboard.press("ArrowRight")
    moved = page.locator(".preview")
    for _ in range(100):
        if moved.evaluate("table => table.scrollLeft") > 0:
            return
        page.wait_for_timeout(20)
    raise AssertionError("the table did not move")
