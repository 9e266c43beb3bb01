"""The whole walk: a learner solves a unit half in the notebook and half on the page, and their leader sees it."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from digital_council import courses
from digital_council.settings import PROJECT

pytestmark = pytest.mark.product

UNIT = next(
    unit
    for unit in courses.load_course(PROJECT / "courses" / "finding-and-trusting-data").units
    if unit.id == "can-i-trust-it"
)
"""One of the two that the demo's learner has not begun."""
LONG_MS = 90_000
"""A first JupyterLab on a busy machine."""
CHOSEN_ON_THE_PAGE = ("predict_failing", "row_51", "meaning_of_z")
SORTED_ON_THE_PAGE = "which_test"
ANSWERED_IN_THE_NOTEBOOK = "failing_on_page_three"


def answer_on_the_page(page: Page) -> None:
    for question in CHOSEN_ON_THE_PAGE:
        page.check(f"[id$='{question}-{UNIT.model[question]}']")
    for item, kind in UNIT.model[SORTED_ON_THE_PAGE].items():
        page.select_option(f"[id$='{SORTED_ON_THE_PAGE}.{item}']", kind)
    page.get_by_role("button", name="Save and go on later").click()
    expect(page.locator("[data-save-state]")).to_contain_text("aved")


def open_in_jupyterlab(context: BrowserContext, page: Page) -> Page:
    address = page.get_by_role("link", name="JupyterLab").first.get_attribute("href")
    assert address
    lab = context.new_page()
    lab.goto(address)
    lab.wait_for_selector(".jp-Notebook .jp-Cell", timeout=LONG_MS)
    return lab


def cell(lab: Page, question: str):
    return lab.locator(".jp-CodeCell .cm-content").filter(has_text=f"# Question: {question}").first


def scroll_to(lab: Page, question: str):
    """Lab draws only the cells in sight: walk down until the cell is there."""
    lab.locator(".jp-NotebookPanel-notebook").hover()
    lab.mouse.wheel(0, -100_000)
    for _ in range(120):
        if cell(lab, question).count():
            cell(lab, question).scroll_into_view_if_needed()
            return cell(lab, question)
        lab.mouse.wheel(0, 400)
        lab.wait_for_timeout(150)
    raise AssertionError(f"the notebook has no cell for {question}")


def answer_in_the_notebook(lab: Page) -> None:
    scroll_to(lab, ANSWERED_IN_THE_NOTEBOOK).click()
    lab.keyboard.press("Control+End")
    lab.keyboard.press("Shift+Home")
    lab.keyboard.insert_text(f"{ANSWERED_IN_THE_NOTEBOOK} = {UNIT.model[ANSWERED_IN_THE_NOTEBOOK]}")


def test_a_unit_done_by_both_doors_is_marked_and_seen_by_the_leader(signed_in, product) -> None:
    learner = signed_in("learner")
    page = learner.new_page()
    page.goto(f"{product.url}courses/{UNIT.course}/units/{UNIT.id}")
    answer_on_the_page(page)

    lab = open_in_jupyterlab(learner, page)
    menu = lab.locator(".lm-MenuBar").first
    expect(menu).not_to_contain_text("Nbgrader Formgrader")
    expect(scroll_to(lab, "row_51")).to_contain_text('row_51 = "b"')  # the page's answer is in the notebook
    answer_in_the_notebook(lab)
    lab.get_by_role("button", name="Submit").first.click()
    expect(lab.locator("dialog")).to_contain_text("passed", ignore_case=True, timeout=LONG_MS)

    page.reload()
    expect(page.locator("[data-part=attempts]")).to_contain_text(f"{UNIT.max:g} of {UNIT.max:g}")
    first = UNIT.model[ANSWERED_IN_THE_NOTEBOOK][0]
    expect(page.locator(f"[id$='{ANSWERED_IN_THE_NOTEBOOK}-{first}']")).to_be_checked()

    leader = signed_in("leader").new_page()
    leader.goto(product.url.replace("//council.", "//apps.").replace("/council/", "/apps/") + "progress")
    row = leader.locator("tr", has_text="Amara Thackery").first
    expect(row).to_contain_text(f"{date.today():%-d %b %Y}", timeout=LONG_MS)
