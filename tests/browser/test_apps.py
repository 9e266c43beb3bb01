"""Apps, as leaders meet them in a browser and as others may try to reach them."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, expect

pytestmark = pytest.mark.product


def apps(product) -> str:
    return product.url.replace("//council.", "//apps.").replace("/services/council/", "/services/apps/")


@pytest.fixture
def leader(signed_in) -> BrowserContext:
    return signed_in("leader")


def opened(context: BrowserContext, product, requests: list[Request] | None = None) -> Page:
    page = context.new_page()
    if requests is not None:
        page.on("request", lambda request: requests.append(request))
    page.goto(f"{apps(product)}progress")
    page.wait_for_selector("td:has-text('not yet')", timeout=60_000)
    return page


def main(page: Page) -> Locator:
    return page.locator("[role=main], main").first


def status(page: Page, path: str, method: str = "GET") -> int:
    """What this page's own origin answers to a script in it. Chromium alone knows names under localhost."""
    ask = """([path, method]) => {
        const token = document.cookie.match(/(?:^|; )_xsrf=([^;]*)/);
        const headers = {"X-XSRFToken": token ? decodeURIComponent(token[1]) : ""};
        return fetch(path, {method, headers, redirect: "manual"}).then(answer => answer.status);
    }"""
    return page.evaluate(ask, [path, method])


def lost(context: BrowserContext, product) -> Page:
    """A page of the apps' origin that holds no kernel."""
    page = context.new_page()
    page.goto(f"{apps(product)}nothing-here")
    return page


def kernel_of(page: Page) -> str:
    config = page.locator("#jupyter-config-data").text_content() or ""
    return re.search(r'"kernelId": "([^"]+)"', config)[1]


def test_a_leader_sees_their_own_team_by_name_and_others_by_count(leader, product) -> None:
    requests: list[Request] = []
    page = opened(leader, product, requests)
    expect(main(page)).to_contain_text("Amara Thackery")
    expect(main(page)).to_contain_text("Counts as at")
    expect(main(page)).to_contain_text("[c]")
    expect(main(page)).not_to_contain_text("Mei Fairholm")  # she works in another directorate
    hosts = {urlsplit(request.url).hostname for request in requests if request.url.startswith("http")}
    assert {host for host in hosts if not host.endswith("hub.localhost")} == set(), "nothing from anywhere else"
    page.close()


def test_another_viewer_cannot_reach_a_leaders_kernel(leader, signed_in, product) -> None:
    page = opened(leader, product)
    kernel = kernel_of(page)
    assert status(page, f"/services/apps/api/kernels/{kernel}") == 200
    other = lost(signed_in("leader2"), product)
    assert status(other, f"/services/apps/api/kernels/{kernel}") == 403
    assert status(other, f"/services/apps/voila/api/shutdown/{kernel}", "POST") in (403, 404)
    assert status(page, f"/services/apps/api/kernels/{kernel}") == 200


def test_a_kernel_ends_with_its_page(leader, product) -> None:
    page = opened(leader, product)
    address = f"/services/apps/api/kernels/{kernel_of(page)}"
    watcher = lost(leader, product)
    assert status(watcher, address) == 200
    page.close()
    for _ in range(80):
        if status(watcher, address) != 200:
            break
        watcher.wait_for_timeout(500)
    assert status(watcher, address) != 200


@pytest.mark.parametrize(
    "path", ["voila/tree", "voila/files/progress/app.ipynb", "voila/render/progress/app.ipynb", ""]
)
def test_nothing_serves_an_apps_source(leader, product, path: str) -> None:
    assert status(lost(leader, product), f"/services/apps/{path}") == 404


def test_a_learner_is_told_whom_to_ask(signed_in, product) -> None:
    page = signed_in("learner").new_page()
    answer = page.goto(f"{apps(product)}progress")
    assert answer is not None
    assert answer.status == 403
    expect(main(page)).to_contain_text("Ask its owner: Learning and development")


def test_nobody_gets_in_without_signing_in(browser: Browser, product) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{apps(product)}progress")
    expect(page).to_have_url(re.compile("/hub/login"))
    context.close()


def test_an_app_fits_a_phone(signed_in, product) -> None:
    page = opened(signed_in("leader", viewport={"width": 390, "height": 800}), product)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
