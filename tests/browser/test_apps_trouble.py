"""Apps in trouble: a part that fails, one that never ends, a full house, a page whose viewer has lost the right."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from digital_council.settings import PROJECT
from tests.conftest import Product, start, stop

DESCRIPTION = """title = "{title}"
summary = "For tests."
owner = "Learning and development"
audience = ["leader", "operator"]
datasets = []
sensitivity = "OFFICIAL"
review_date = 2030-04-01
"""
WIDGETS = """import os, time
import ipywidgets as widgets
def fail(button):
    with out:
        raise ValueError("quetzal")
def hang(button):
    while True:
        time.sleep(0.1)
out = widgets.Output()
buttons = [widgets.Button(description="Fail"), widgets.Button(description="Hang")]
for button, act in zip(buttons, (fail, hang)):
    button.on_click(act)
widgets.VBox([*buttons, out])"""
APPS: dict[str, tuple[str, ...]] = {
    "failing": ("# Figures", "print('the first part')", "## Spending", "{}['quetzal']", "## Later", "print('never')"),
    "endless": ("# Figures", "print('the first part')", "## Forecast", "while True: pass"),
    "buttons": ("# Buttons", WIDGETS),
    "still": ("# A table", "from IPython.display import HTML\nHTML('<p>Ninety bins</p><a href=\"#x\">More</a>')"),
}


def written(root: Path) -> None:
    """A project whose apps are these, with few places and little patience."""
    for name in ("datasets", "node_modules", "grading", "courses", "pyproject.toml"):
        (root / name).symlink_to(PROJECT / name)
    shutil.copytree(PROJECT / "hub_config", root / "hub_config")
    settings = root / "hub_config" / "council.toml"
    chosen = re.sub(r"(?m)^live_pages.*$", "live_pages = 2", settings.read_text())
    settings.write_text(re.sub(r"(?m)^part_seconds.*$", "part_seconds = 5", chosen))
    for name, cells in APPS.items():
        folder = root / "notebooks" / "apps" / name
        folder.mkdir(parents=True)
        book = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python"}})
        new = {True: nbformat.v4.new_markdown_cell, False: nbformat.v4.new_code_cell}
        book.cells = [new[cell.startswith("#")](cell) for cell in cells]
        nbformat.write(book, folder / "app.ipynb")
        (folder / "app.toml").write_text(DESCRIPTION.format(title=name))


@pytest.fixture(scope="module")
def troubled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    root = tmp_path_factory.mktemp("project")
    written(root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COUNCIL_PROJECT", str(root))
        running = start(root / "state")
    yield running
    stop(running)


Enter = Callable[..., BrowserContext]


@pytest.fixture
def enter(browser: Browser, troubled: Product) -> Iterator[Enter]:
    contexts: list[BrowserContext] = []

    def sign_in(account: str, **options: object) -> BrowserContext:
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.goto(troubled.url)
        page.fill("input[name=username]", account)
        page.fill("input[name=password]", troubled.password(account))
        page.press("input[name=password]", "Enter")
        page.wait_for_url(f"{troubled.url}**")
        page.close()
        return context

    yield sign_in
    for context in contexts:
        left(*context.pages)
        context.close()


def address(product: Product, app: str) -> str:
    return product.url.replace("//council.", "//apps.").replace("/services/council/", f"/services/apps/{app}")


def opened(context: BrowserContext, product: Product, app: str) -> Page:
    page = context.new_page()
    page.goto(address(product, app), wait_until="commit")
    return page


def alive(page: Page) -> Page:
    page.wait_for_selector("body.alive", timeout=60_000)
    return page


def left(*pages: Page) -> None:
    """Close tabs as people do: the page hears of it."""
    for page in pages:
        page.goto("about:blank")
        page.close()


def shown(page: Page) -> Locator:
    return page.locator("#council-app")


def state(page: Page) -> Locator:
    return page.locator("#council-status")


def test_a_viewer_sees_which_part_failed_and_whom_to_tell_and_no_trace(enter, troubled) -> None:
    page = alive(opened(enter("leader"), troubled, "failing"))
    expect(state(page)).to_contain_text("failed")
    for words in ("the first part", "The part “Spending” did not work", "Learning and development"):
        expect(shown(page)).to_contain_text(words)
    expect(shown(page)).not_to_contain_text("never")
    assert "KeyError" not in page.content()
    assert "quetzal" not in page.content()


def test_an_operator_sees_what_python_said(enter, troubled) -> None:
    page = alive(opened(enter("operator"), troubled, "failing"))
    page.click("summary")
    expect(shown(page)).to_contain_text("KeyError")


def test_a_part_that_never_ends_is_ended(enter, troubled) -> None:
    page = alive(opened(enter("leader"), troubled, "endless"))
    expect(shown(page)).to_contain_text("The part “Forecast” took too long and was stopped")


def test_a_widget_that_fails_shows_no_trace_and_one_that_hangs_is_ended(enter, troubled) -> None:
    page = alive(opened(enter("leader"), troubled, "buttons"))
    page.click("button:has-text('Fail')")
    page.wait_for_selector("text=This did not work")
    assert "quetzal" not in page.content()
    page.click("button:has-text('Hang')")
    page.wait_for_selector(".council-ended:has-text('longer than 5 seconds')", timeout=60_000)
    expect(shown(page)).to_have_attribute("inert", "")


def test_the_last_look_shows_at_once_and_only_to_its_own_viewer(enter, troubled) -> None:
    context = enter("leader")
    left(alive(opened(context, troubled, "still")))
    busy = [alive(opened(context, troubled, "buttons")) for _ in range(2)]
    again = opened(context, troubled, "still")
    again.wait_for_selector("text=Ninety bins")
    expect(state(again)).to_contain_text("As at")
    expect(shown(again)).to_have_attribute("aria-busy", "true")  # every place is taken, so it is not alive
    other = opened(enter("leader2"), troubled, "still")
    other.wait_for_selector("h1:has-text('A table')")
    assert "Ninety bins" not in other.content()
    left(*busy, again, other)


def test_who_waits_is_told_and_comes_alive_alone(enter, troubled) -> None:
    context = enter("leader")
    busy = [alive(opened(context, troubled, "buttons")) for _ in range(2)]
    first = opened(context, troubled, "still")
    first.wait_for_selector("#council-status:has-text('You are next, about')")
    second = opened(context, troubled, "still")
    second.wait_for_selector("#council-status:has-text('One viewer is before you')")
    left(busy.pop())
    alive(first)
    left(*busy, first, second)


def test_the_focus_stays_when_a_part_comes_alive(enter, troubled) -> None:
    context = enter("leader")
    left(alive(opened(context, troubled, "still")))
    busy = [alive(opened(context, troubled, "buttons")) for _ in range(2)]
    page = opened(context, troubled, "still")
    page.focus("a:has-text('More')")
    left(busy.pop())
    alive(page)
    expect(page.get_by_role("link", name="More")).to_be_focused()
    left(*busy, page)


def test_without_scripts_a_page_still_shows_what_the_app_found(enter, troubled) -> None:
    page = enter("leader2", java_script_enabled=False).new_page()
    page.goto(address(troubled, "still"))
    assert "still=1" in page.content()
    page.goto(f"{address(troubled, 'still')}?still=1")
    expect(shown(page)).to_contain_text("Ninety bins")
    expect(state(page)).to_contain_text("As at")


def test_a_page_ends_when_its_viewer_loses_the_right(enter, troubled) -> None:
    page = alive(opened(enter("leader"), troubled, "buttons"))
    people = troubled.state.parent / "hub_config" / "people.csv"
    before = people.read_text()
    row = next(line for line in before.splitlines() if line.startswith("leader,"))
    people.write_text(before.replace(row, row.replace("learner;leader", "learner")))
    try:
        end = time.monotonic() + 150
        while page.query_selector(".council-ended") is None and time.monotonic() < end:
            page.click("#council-app", force=True)
            page.wait_for_timeout(3000)
        expect(page.locator(".council-ended")).to_contain_text("not shared with you")
    finally:
        people.write_text(before)
