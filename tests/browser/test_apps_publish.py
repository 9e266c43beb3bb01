"""Publishing as people do it: from JupyterLab's toolbar and from the form, and the gallery that others then see."""

from __future__ import annotations

import json
import os
import re
import time
from datetime import date, timedelta
from pathlib import Path

import nbformat
import nbformat.v4 as v4
import pytest
from axe import faults
from playwright.sync_api import BrowserContext, Page, expect

pytestmark = pytest.mark.product
LONG_MS = 120_000
REVIEW = (date.today() + timedelta(days=200)).isoformat()
PHONE = {"viewport": {"width": 390, "height": 800}}
DARK = {"color_scheme": "dark"}


def made(*sources: str, title: str = "# Street lights") -> str:
    cells = [v4.new_markdown_cell(title), *map(v4.new_code_cell, sources)]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return nbformat.writes(v4.new_notebook(cells=cells, metadata=kernel))


def opened(context: BrowserContext, product, path: str) -> Page:
    page = context.new_page()
    page.goto(f"{product.url}{path}")
    return page


def form(page: Page, **said: str) -> None:
    fields = {"title": "Grit bins", "description": "Where they are.", "audience": "everyone", "review": REVIEW} | said
    for name, value in fields.items():
        page.fill(f"#{name}", value)


@pytest.fixture
def notebook(product) -> str:
    """The name of a notebook in the analyst's home."""
    product.open_lab("analyst")
    home = product.state / "homes" / "analyst"
    path = home / "lights.ipynb"
    path.write_text(made("print(1)", "print('AB123456C')"), encoding="utf-8")
    owner = os.stat(home)
    os.chown(path, owner.st_uid, owner.st_gid)
    return path.name


def test_an_analyst_publishes_from_jupyterlab_and_a_colleague_opens_it(signed_in, product, notebook: str) -> None:
    analyst = signed_in("analyst")
    lab = analyst.new_page()
    lab.goto(f"{product.server('analyst')}/lab/tree/{notebook}")
    lab.click("button:has-text('Publish as app')", timeout=LONG_MS)
    lab.wait_for_selector("#council-title")
    expect(lab.locator("#council-title")).to_have_value("Street lights")
    expect(lab.locator("#council-owner")).to_have_value("analyst")
    lab.fill("#council-description", "How many are out.")
    lab.fill("#council-audience", "everyone")
    lab.click("button:has-text('Check and publish')")
    lab.wait_for_selector("text=cell 3: National Insurance numbers in 1 place", timeout=LONG_MS)
    lab.click("button:has-text('Go to cell 3')")
    lab.locator(".jp-Notebook .jp-Cell.jp-mod-active .cm-content").click()
    lab.keyboard.press("Control+A")
    lab.keyboard.type("print('none are out')")
    lab.click("button:has-text('Publish as app')")
    lab.wait_for_selector("#council-title")
    expect(lab.locator("#council-audience")).to_have_value("everyone")  # what was said is remembered
    lab.click("button:has-text('Check and publish')")
    lab.wait_for_selector("text=Published: version 1", timeout=LONG_MS)
    address = lab.get_attribute(".council-dialog a", "href") or ""
    kept = json.loads((product.state / "homes" / "analyst" / notebook).read_text())["metadata"]["council_app"]
    assert kept["id"] == address.rstrip("/").rpartition("/")[2], "under another title it is still the same app"
    learner = signed_in("learner").new_page()
    learner.goto(address)
    learner.wait_for_selector("text=none are out", timeout=LONG_MS)


def test_the_button_is_for_those_who_may_publish(product) -> None:
    page = {account: product.open_lab(account).get(f"{product.server(account)}/lab").text for account in
            ("analyst", "learner")}  # fmt: skip
    config = {account: json.loads(text.split('type="application/json">')[1].split("</script>")[0])
              for account, text in page.items()}  # fmt: skip
    assert "@digital-council/lessons:publish" in json.dumps(config["learner"]["disabledExtensions"])
    assert "@digital-council/lessons:publish" not in json.dumps(config["analyst"].get("disabledExtensions", {}))


def test_the_form_says_every_reason_and_then_publishes_without_scripts(signed_in, product, tmp_path: Path) -> None:
    page = opened(signed_in("analyst", java_script_enabled=False), product, "apps/new")
    path = tmp_path / "grit.ipynb"
    path.write_text(made("print('AB123456C')", title="### Deep"), encoding="utf-8")
    form(page)
    page.set_input_files("#notebook", path)
    page.click("button:has-text('Check and publish')", timeout=LONG_MS)
    reasons = ["cell 2: National Insurance numbers in 1 place", "cell 1: the first heading, 'Deep', is of level 3"]
    shown = page.locator(".govuk-error-summary li")
    expect(shown).to_have_text([re.compile(f"^{reason};") for reason in reasons], timeout=LONG_MS)
    expect(page.locator("#title")).to_have_value("Grit bins")
    path.write_text(made("print(5)", title="# Grit bins"), encoding="utf-8")
    page.set_input_files("#notebook", path)
    page.click("button:has-text('Check and publish')", timeout=LONG_MS)
    expect(page.locator("main")).to_contain_text("It is live", timeout=LONG_MS)
    page.fill("#with", "Kamal Danjuma")
    page.click("button:text-is('Share')")
    expect(page.locator(".app-shares")).to_contain_text("Kamal Danjuma")
    page.fill("#with", "wizard")
    page.click("button:text-is('Share')")
    expect(page.locator("[role=alert]")).to_contain_text("nobody is called 'wizard'")


@pytest.mark.parametrize("options", [{}, PHONE, DARK, {**PHONE, **DARK}], ids=["wide", "phone", "dark", "dark phone"])
@pytest.mark.parametrize("path", ["apps", "apps?q=zzzz", "apps/new", "apps/progress"])
def test_pages_of_apps_have_no_barrier_and_fit(signed_in, product, options, path: str) -> None:
    account = "leader" if path == "apps/progress" else "analyst"
    page = opened(signed_in(account, **options), product, path)
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_the_gallery_is_searched_and_says_the_same_as_the_interface(signed_in, product) -> None:
    context = signed_in("leader", java_script_enabled=False)
    page = opened(context, product, "apps")
    answer = product.login("leader").get(
        f"{product.api}apps", headers={"Authorization": f"token {product.token('leader')}"}
    )
    titles = page.locator(".app-card__title")
    expect(titles).to_have_text([app["title"] for app in answer.json()["apps"]])
    page.fill("#q", "progress")
    page.click("button:text-is('Search')")
    expect(titles).to_have_text(["Team progress"])
    picture = page.locator(".app-card img").first
    end = time.monotonic() + 60
    while not picture.evaluate("image => image.complete && image.naturalWidth > 0"):
        assert time.monotonic() < end, "the picture does not load"
        page.wait_for_timeout(50)
    page.fill("#q", "zzzz")
    page.click("button:text-is('Search')")
    expect(page.locator("main [role=status]")).to_contain_text("None of your")


def test_somebody_else_is_told_whom_to_ask(signed_in, product) -> None:
    page = signed_in("learner").new_page()
    answer = page.goto(f"{product.url}apps/progress")
    assert answer is not None
    assert answer.status == 403
    expect(page.locator("h1")).to_have_text("Not shared with you")
    expect(page.locator("main")).to_contain_text("Ask its owner: ")
    expect(page.locator("main")).not_to_contain_text("progress", ignore_case=True)
