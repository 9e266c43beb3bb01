"""One Chromium for the session, and people signed in to the running product in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from digital_council.hub.doctor import chromium_path

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
)  # fmt: skip

expect.set_options(timeout=20_000)  # it bounds a failure; what holds is seen at once


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Only one may be started in a process: playwright runs a loop of its own."""
    with sync_playwright() as playwright:
        assert chromium_path(), "browser tests need Chromium; `make test` says how to get it"
        chromium = playwright.chromium.launch(executable_path=chromium_path(), args=list(FLAGS))
        yield chromium
        chromium.close()


SignIn = Callable[..., BrowserContext]


@pytest.fixture
def signed_in(browser: Browser, product) -> Iterator[SignIn]:
    """Signs an account in through the hub's own page and gives its browser, closed after the test."""
    contexts: list[BrowserContext] = []

    def sign_in(account: str, **options) -> BrowserContext:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.goto(product.url)
        page.fill("input[name=username]", account)
        page.fill("input[name=password]", product.password(account))
        page.press("input[name=password]", "Enter")
        page.wait_for_url(f"{product.url}**")
        page.close()
        return context

    yield sign_in
    for context in contexts:
        context.close()
