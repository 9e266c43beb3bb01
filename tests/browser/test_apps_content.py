"""The apps that ship, as each role meets them in Chromium: what they say, what controls change, what they give."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pandas as pd
import pypdf
import pytest
from axe import faults
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, expect

pytestmark = pytest.mark.product
PHONE = {"viewport": {"width": 390, "height": 800}}
FEDERATION = "shared singleton module"
"""Voila's front end was built with older parts of JupyterLab than the widgets; the browser warns of each."""


def opened(context: BrowserContext, product, app: str, said: list[ConsoleMessage] | None = None) -> Page:
    """The app's page, once it is alive."""
    page = context.new_page()
    if said is not None:
        page.on("console", lambda message: said.append(message))
    host = product.url.replace("//council.", "//apps.").replace("/services/council/", "/services/apps/")
    page.goto(f"{host}{app}/")
    page.wait_for_selector("body.alive", timeout=90_000)
    return page


def chart(page: Page, title: str) -> Locator:
    return page.locator("figure", has=page.locator("strong", has_text=re.compile(f"^{title}")))


def saved(page: Page, link: Locator) -> tuple[str, bytes]:
    """The file behind a link, by the name it is saved under."""
    with page.expect_download() as download:
        link.click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


SHOWN = [
    ("learner", "ward", "Central Greenford has 15,226 residents"),
    ("leader", "contact", "All services: 49 of every hundred contacts sampled need not have been made"),
    ("leader", "progress", "people in your team have completed at least one of these 4 units"),
    ("leader", "skills", "The whole council: the widest gap is"),
]


@pytest.mark.parametrize(("account", "app", "headline"), SHOWN)
def test_an_app_shows_its_finding_and_no_error(signed_in, product, account: str, app: str, headline: str) -> None:
    said: list[ConsoleMessage] = []
    page = opened(signed_in(account), product, app, said)
    expect(page.locator(".dc-headline").first).to_contain_text(headline)
    expect(page.locator("main")).to_contain_text("As at")
    errors = [message.text for message in said if message.type == "error" and FEDERATION not in message.text]
    assert errors == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("account", "app"), [(account, app) for account, app, _ in SHOWN])
def test_an_app_is_accessible_on_a_phone(signed_in, product, account: str, app: str, scheme: str) -> None:
    page = opened(signed_in(account, **PHONE, color_scheme=scheme, bypass_csp=True), product, app)
    for summary in page.locator("main summary").all():
        summary.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert faults(page) == []


def test_choosing_a_ward_changes_the_chart_and_the_table_behind_it(signed_in, product) -> None:
    page = opened(signed_in("learner"), product, "ward")
    page.get_by_text("Table: Street reports per 1,000 residents, by ward", exact=True).click()
    page.get_by_label("Ward:", exact=True).select_option(label="Pitshanger")
    expect(page.locator(".dc-headline")).to_contain_text("Pitshanger has")
    bars = chart(page, "Street reports per 1,000 residents")
    expect(bars.locator(".dc-asked")).to_contain_text("Pitshanger")
    expect(bars.get_by_role("img")).to_have_attribute("aria-label", re.compile("Pitshanger is number 1 of 24"))
    expect(page.locator(".dc-status")).to_contain_text("Pitshanger has")
    page.get_by_label("Compare wards by:").select_option(label="Residents")
    table = chart(page, "Residents, by ward").locator("table")
    expect(table).to_be_visible()
    expect(table.locator("tbody tr")).to_have_count(24)


def test_a_table_is_saved_with_its_definitions_on_a_phone_too(signed_in, product) -> None:
    page = opened(signed_in("learner", **PHONE, has_touch=True, is_mobile=True), product, "ward")
    page.get_by_label("Ward:", exact=True).select_option(label="Walpole")
    name, content = saved(page, page.get_by_role("link", name="Download this table: Walpole beside the other wards"))
    assert name == "ward-profile-walpole-beside-the-other-wards.csv"
    text = content.decode("utf-8-sig")
    assert "# As at: 31 March 2026\n" in text
    assert "# Place: Where the ward stands among the 24" in text
    rows = pd.read_csv(io.StringIO(text), comment="#")
    assert list(rows.columns) == ["Measure", "This ward", "Median ward", "Place"]


def test_the_page_is_given_as_a_tagged_pdf_of_what_was_chosen(signed_in, product) -> None:
    page = opened(signed_in("leader"), product, "contact")
    page.get_by_label("Service:").select_option(label="Housing")
    expect(page.locator(".dc-headline")).to_contain_text("Housing:")
    page.get_by_role("button", name="Make the files").click()
    name, content = saved(page, page.get_by_role("link", name="This page, as accessible PDF"))
    assert name == "customer-contact-and-failure-demand.pdf"
    pdf = pypdf.PdfReader(io.BytesIO(content))
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert pdf.trailer["/Root"]["/Lang"] == "en-GB"
    words = " ".join(" ".join(sheet.extract_text() for sheet in pdf.pages).split())
    assert "Service: Housing. Reasons by channel: all channels." in words
    assert "reports a repair" in words
    assert "wants a resident's permit" not in words
    name, content = saved(page, page.get_by_role("link", name="Every table with its definitions"))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        kinds = [name.rpartition(".")[2] for name in archive.namelist()]
        assert kinds.count("csv") == kinds.count("parquet") >= 4


def test_files_made_before_a_choice_are_withdrawn_by_it(signed_in, product) -> None:
    page = opened(signed_in("learner"), product, "ward")
    page.get_by_role("button", name="Make the files").click()
    expect(page.get_by_role("link", name="This page, as accessible PDF")).to_be_visible()
    page.get_by_label("Ward:", exact=True).select_option(label="Walpole")
    expect(page.get_by_role("link", name="This page, as accessible PDF")).to_have_count(0)


def test_two_leaders_see_their_own_teams_and_no_hidden_count(signed_in, product) -> None:
    first, second = (opened(signed_in(who), product, "progress").locator("main") for who in ("leader", "leader2"))
    for shown in (first, second):
        expect(shown).to_contain_text("[c]")
    expect(first).to_contain_text("Amara Thackery")
    expect(second).not_to_contain_text("Amara Thackery")


@pytest.mark.parametrize(("account", "app"), [("learner", "contact"), ("learner", "skills"), ("partner", "ward")])
def test_an_app_is_closed_to_whom_it_is_not_for(signed_in, product, account: str, app: str) -> None:
    page = signed_in(account).new_page()
    host = product.url.replace("//council.", "//apps.").replace("/services/council/", "/services/apps/")
    answer = page.goto(f"{host}{app}/")
    assert answer is not None
    assert answer.status == 403
