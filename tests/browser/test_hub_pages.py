"""The hub's own pages in Chromium: axe finds nothing and nothing is cut off, in light and dark, at 400 % zoom."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe import faults, scrolls_sideways
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.conftest import Product

ZOOMED, WIDE = {"width": 320, "height": 256}, {"width": 1280, "height": 900}
SCHEMES = ("light", "dark")


@pytest.fixture(params=SCHEMES)
def anyone(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A page of somebody who has not signed in."""
    context = browser.new_context(viewport=ZOOMED, color_scheme=request.param, bypass_csp=True)
    yield context.new_page()
    context.close()


@pytest.fixture(params=SCHEMES)
def member(request: pytest.FixtureRequest, signed_in) -> BrowserContext:
    context: BrowserContext = signed_in("learner2", viewport=ZOOMED, color_scheme=request.param, bypass_csp=True)
    return context


def well(page: Page) -> bool:
    """Whether axe and the eye find nothing, zoomed and wide."""
    for size in (ZOOMED, WIDE):
        page.set_viewport_size(size)
        assert faults(page) == [], (page.url, size)
        assert not scrolls_sideways(page), (page.url, size)
        assert page.locator("h1").count() == 1
    return True


def test_signing_in_and_failing_to(anyone: Page, product: Product) -> None:
    anyone.goto(product.url)
    assert well(anyone)
    anyone.fill("input[name=username]", "learner")
    anyone.fill("input[name=password]", "wrong")
    anyone.press("input[name=password]", "Enter")
    anyone.wait_for_selector("[role=alert]")
    assert well(anyone)


@pytest.mark.parametrize("path", ["/hub/home", "/hub/nothing-here", "/hub/admin", "/hub/token", "/hub/user/learner/"])
def test_a_page_for_members(member: BrowserContext, product: Product, path: str) -> None:
    page = member.new_page()
    answer = page.goto(product.hub + path)
    assert answer is not None
    assert answer.status in ((200,) if path in ("/hub/home", "/hub/token") else (403, 404))
    assert well(page)


def dark(page: Page) -> bool:
    return bool(page.evaluate("getComputedStyle(document.body).backgroundColor === 'rgb(18, 24, 31)'"))


def test_the_page_of_an_operator_in_the_dark(signed_in, product: Product) -> None:
    context: BrowserContext = signed_in("operator", viewport=ZOOMED, color_scheme="dark", bypass_csp=True)
    page = context.new_page()
    page.goto(f"{product.hub}/hub/admin")
    expect(page.get_by_role("button", name="Details of operator")).to_be_visible()
    assert well(page)
    assert dark(page)
