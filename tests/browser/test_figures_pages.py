"""Figures in Chromium: axe finds nothing, nothing is cut off on a phone, and a place is chosen with the keyboard."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe import faults, scrolls_sideways
from playwright.sync_api import Browser, Page, expect

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))

from portal_parts import Running, running

from digital_council.demo import ensure_history
from digital_council.portal.rights.sessions import COOKIE


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("portal") / "state") as found:
        services = found.services
        ensure_history(services.ledger, services.organisation, services.library.courses)
        yield found


def opened(portal: Running, browser: Browser, account: str, path: str, **options: object) -> Page:
    context = browser.new_context(**options)
    context.add_cookies([{"name": COOKIE, "value": portal.cookie(account), "url": portal.origin}])
    page = context.new_page()
    page.goto(f"{portal.origin}/services/council{path}")
    return page


@pytest.mark.parametrize(
    ("account", "path"),
    [("leader", "/figures"), ("analyst", "/figures"), ("learner", "/figures/me"), ("partner", "/figures/me")],
)
def test_axe_finds_nothing_and_nothing_is_cut_off(portal: Running, browser: Browser, account: str, path: str) -> None:
    for scheme, width in (("light", 320), ("dark", 320), ("light", 1280)):
        shape = {"width": width, "height": 800}
        page = opened(portal, browser, account, path, color_scheme=scheme, viewport=shape, bypass_csp=True)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        assert not scrolls_sideways(page)
        assert faults(page) == []
        page.context.close()


def test_a_leader_chooses_another_place_with_the_keyboard_alone(portal: Running, browser: Browser) -> None:
    page = opened(portal, browser, "leader", "/figures")
    page.get_by_label("Whose figures").focus()
    page.keyboard.type("The whole")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**scope=council")
    expect(page.locator("h2", has_text="The whole council: 400 people")).to_have_count(1)
    page.context.close()


def test_every_chart_has_its_table(portal: Running, browser: Browser) -> None:
    page = opened(portal, browser, "leader", "/figures")
    for section in page.locator("main section:has(figure)").all():
        assert section.locator("table").count() >= 1, section.locator("h2").inner_text()
    page.context.close()
