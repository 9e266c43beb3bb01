"""The pages in Chromium: accessible in light and dark at any width, and complete with script or without."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe import faults, scrolls_sideways
from playwright.sync_api import Browser, Locator, Page, expect

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))

from portal_parts import PREFIX, Running, marked, running

from digital_council.demo import ensure_history
from digital_council.portal.lesson.parts import example_grid

COURSE = "/courses/finding-and-trusting-data"
LESSON = f"{COURSE}/units/what-is-one-row"
QUICK_MS = 30_000
ZOOMED = {"width": 320, "height": 256}  # a window of 1280 by 1024 at 400 % zoom


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("portal") / "state") as found:
        unit = found.services.library.unit("finding-and-trusting-data", "what-is-one-row")
        found.services.examples.ensure(unit)
        ensure_history(found.services.ledger, found.services.organisation, found.services.library.courses)
        yield found


Opened = Callable[..., Page]


@pytest.fixture
def opened(portal: Running, browser: Browser) -> Iterator[Opened]:
    """Opens a page as an account; any error in the browser's console fails the test."""
    contexts, errors = [], []

    def open_page(account: str | None, path: str, **options: Any) -> Page:
        options = {"viewport": {"width": 1280, "height": 900}, **options}
        context = browser.new_context(**options)
        contexts.append(context)
        if account:
            cookie = {"name": "council-session", "value": portal.cookie(account), "url": f"{portal.origin}{PREFIX}/"}
            context.add_cookies([cookie])
        page = context.new_page()
        page.set_default_timeout(QUICK_MS)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        page.goto(f"{portal.origin}{PREFIX}{path}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    expected = ("404", "413", "DISCONNECTED")
    assert [error for error in errors if not any(each in error for each in expected)] == []


@pytest.fixture(scope="module")
def handed_in(portal: Running) -> str:
    """An attempt of the learner's with something wrong in it."""
    with portal.program("learner") as learner:
        answers = {"row_of_the_sheet": "a", "predict_counts": "b", "enough_detail": {}}
        answer = learner.post(f"{LESSON}/attempts", json={"answers": answers})
        marked(learner, f"{portal.origin}{answer.headers['location']}")
        learner.post(f"{LESSON}/hints/key_columns")
        return str(answer.json()["id"])


PAGES = [
    ("learner", "/"),
    ("leader", "/"),
    ("operator", "/"),
    ("analyst", "/"),
    ("author", "/"),
    ("partner", "/"),
    ("learner", COURSE),
    ("learner", LESSON),
    ("learner", f"{LESSON}?attempt=ATTEMPT"),
    ("learner", "/attempts"),
    ("learner", "/attempts/ATTEMPT"),
    ("learner", "/datasets"),
    ("learner", "/datasets/wards"),
    ("learner", "/datasets/spend/table?value=1&group=service_label&show=sum&of=net_amount&chart=yes"),
    ("learner", "/datasets/spend/table?sort=net_amount"),
    ("learner", f"{LESSON}/tables/TABLE"),
    ("learner", "/learning"),
    ("PASSED", "/learning"),
    ("PASSED", "/retrieval"),
    (None, "/certificates/PASSED"),
    (None, "/certificates/0000"),
    (None, "/open/"),
    (None, "/open/wards"),
    (None, "/accessibility"),
    (None, "/privacy"),
    ("learner", "/nothing"),
]


@pytest.mark.parametrize(("account", "path"), PAGES)
def test_axe_finds_nothing_and_nothing_is_cut_off(opened, portal, handed_in, account, path):
    path = path.replace("ATTEMPT", handed_in).replace("TABLE", str(_table(portal)))
    if "PASSED" in (account, path[-6:]):
        holder, serial = _certificate(portal)
        account, path = holder if account else None, path.replace("PASSED", serial)
    for scheme in ("light", "dark"):
        # The page's own policy forbids the test to put axe into it.
        page = opened(account, path, color_scheme=scheme, viewport=ZOOMED, bypass_csp=True)
        assert path == "/nothing" or page.locator("h1", has_text="Something went wrong").count() == 0
        assert not scrolls_sideways(page)
        for size in (ZOOMED, {"width": 1280, "height": 800}):
            page.set_viewport_size(size)
            assert faults(page) == [], (scheme, size)


def test_a_whole_unit_can_be_done_without_script(opened, portal):
    page = opened("staff030", LESSON, java_script_enabled=False, viewport={"width": 390, "height": 800})
    _answer(page, portal)
    _press(page, "check:row_of_the_sheet")
    expect(page.locator("#q-row_of_the_sheet")).to_contain_text("That is right")
    _press(page, "hint:key_columns")
    expect(page.locator("#q-key_columns")).to_contain_text("Hint 1")
    _press(page, "submit")
    page.wait_for_url("**attempt=*")
    expect(page.locator("#result")).to_contain_text("Passed")
    expect(page.locator(".attempt-list")).to_contain_text("Attempt 1")


def test_a_wrong_answer_is_named_in_a_summary_that_links_to_it(opened):
    page = opened("staff031", LESSON, java_script_enabled=False)
    _choose(page, "row_of_the_sheet", "a")
    _press(page, "check:row_of_the_sheet")
    expect(page).to_have_title(re.compile("^Look at this again"))
    page.get_by_role("link", name=re.compile("A supplier's total")).click()
    expect(page).to_have_url(re.compile("#q-row_of_the_sheet$"))


def test_what_is_typed_is_saved_and_is_there_on_the_next_device(opened, portal):
    page = opened("staff032", LESSON)
    _field(page, "action").fill("One row is one payment.")
    expect(page.locator("[data-save-state]")).to_contain_text("Saved")
    with portal.program("staff032") as notebook:
        assert notebook.get(f"{LESSON}/draft").json()["answers"] == {"action": "One row is one payment."}
    phone = opened("staff032", LESSON, viewport={"width": 390, "height": 800})
    expect(_field(phone, "action")).to_have_value("One row is one payment.")


def test_an_answer_given_elsewhere_meanwhile_is_told_and_not_lost(opened, portal):
    page = opened("staff033", LESSON)
    with portal.program("staff033") as notebook:
        notebook.put(f"{LESSON}/draft", json={"answers": {"predict_counts": "b"}, "door": "notebook"})
        box = _field(page, "action")
        box.fill("One")
        expect(page.locator("[data-announce]")).to_contain_text("Answered elsewhere")
        box.fill("Two")
        expect(page.locator("[data-announce]")).to_contain_text("Answered elsewhere")
        _until(lambda: notebook.get(f"{LESSON}/draft").json()["answers"].get("action") == "Two")
        assert notebook.get(f"{LESSON}/draft").json()["answers"]["predict_counts"] == "b"


@pytest.mark.parametrize(("account", "script"), [("staff060", True), ("staff061", False)], ids=["script", "no-script"])
def test_an_answer_written_over_is_had_again_by_a_button(opened, portal, account, script):
    page = opened(account, LESSON, java_script_enabled=script)
    for words in ("First", "Second"):
        _field(page, "action").fill(words)
        _press(page, "save")
        _until(lambda words=words: _draft(portal, account) == {"action": words})
    page.get_by_role("link", name="Earlier answers").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Earlier answers")
    expect(page.locator(".attempt-list li.unit")).to_contain_text("“First”")
    page.get_by_role("button", name=re.compile("Go back to these")).click()
    expect(page.locator("[data-told]")).to_contain_text("Your earlier answers are back.")
    expect(_field(page, "action")).to_have_value("First")


def test_with_script_nothing_reloads_and_everything_is_announced(opened, portal):
    page = opened("staff034", LESSON)
    page.evaluate("window.same = true")
    announced = page.locator("[data-announce]")
    _choose(page, "row_of_the_sheet", "a")
    _press(page, "check:row_of_the_sheet")
    expect(announced).to_contain_text("A supplier's total is being read as a payment")
    expect(page.locator("#q-row_of_the_sheet .finding")).to_contain_text("A supplier's total")
    _press(page, "hint:key_columns")
    expect(announced).to_contain_text("Hint 1 of")
    page.locator("#q-key_columns summary").click()
    _field(page, "key_columns.code").fill("print(6 * 7)")
    _press(page, "run:key_columns")
    expect(announced).to_contain_text("Your code has run")
    expect(page.locator("#q-key_columns .output--stdout")).to_have_text("42\n")
    _field(page, "key_columns.code").fill("")
    _answer(page, portal)
    _press(page, "submit")
    expect(page.locator("#result")).to_contain_text("Passed")
    expect(page.locator("#result")).to_be_focused()
    assert page.evaluate("window.same") is True


def _open_code_box(page: Page) -> Locator:
    page.locator("#q-key_columns summary").click()
    return page.locator("#q-key_columns .cm-content")


def test_a_code_box_colours_indents_and_runs_by_keyboard_and_lets_tab_go(opened, portal):
    page = opened("staff038", LESSON)
    box = _open_code_box(page)
    expect(box).to_have_attribute("aria-label", re.compile("Your code, in Python"))
    box.focus()
    page.keyboard.type("for n in range(2):\nprint(n * 21)")
    expect(page.locator("#q-key_columns .cm-line").nth(1)).to_have_text("    print(n * 21)")
    keyword = page.locator("#q-key_columns .cm-line span", has_text="for")
    assert keyword.evaluate("e => getComputedStyle(e).color") != box.evaluate("e => getComputedStyle(e).color")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#q-key_columns .output--stdout")).to_have_text("0\n21\n")
    page.keyboard.press("Tab")
    expect(page.locator("#q-key_columns [data-action=run]")).to_be_focused()
    with portal.program("staff038") as notebook:
        said = {"key_columns": {"code": "for n in range(2):\n    print(n * 21)"}}
        _until(lambda: notebook.get(f"{LESSON}/draft").json()["answers"] == said)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_a_code_box_on_a_phone(opened, scheme):
    phone = {"viewport": {"width": 390, "height": 800}, "color_scheme": scheme, "bypass_csp": True}
    page = opened(f"staff0{44 + len(scheme)}", LESSON, **phone)
    _open_code_box(page).fill("share = 12  # of all\nname = 'missed' if share else None")
    assert faults(page) == []
    assert not scrolls_sideways(page)


def test_without_the_editor_the_text_area_serves(opened):
    page = opened("staff041", "/accessibility")
    page.route("**/code.js*", lambda route: route.fulfill(status=404))
    page.goto(page.url.replace("/accessibility", LESSON))
    page.locator("#q-key_columns summary").click()
    box = page.locator("#q-key_columns textarea")
    box.press_sequentially("print(5)")
    _press(page, "run:key_columns")
    expect(page.locator("#q-key_columns .output--stdout")).to_have_text("5\n")


def test_a_lost_connection_is_told_and_the_answer_saved_once_it_is_back(opened, portal):
    page = opened("staff035", LESSON)
    with portal.program("staff035") as notebook:
        page.context.set_offline(True)
        _field(page, "action").fill("Kept")
        expect(page.locator("[data-save-state]")).to_contain_text("Not saved")
        page.context.set_offline(False)
        _until(lambda: notebook.get(f"{LESSON}/draft").json()["answers"] == {"action": "Kept"})
        expect(page.locator("[data-save-state]")).to_contain_text("Saved")


def test_the_keyboard_alone_answers_and_hands_in(opened, portal):
    page = opened("staff036", LESSON)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    _tab_to(page, "predict_counts")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[name='a.predict_counts']").nth(1)).to_be_checked()
    _tab_to(page, value="submit")
    page.keyboard.press("Enter")
    expect(page.locator("#result")).to_be_focused()
    expect(page.locator("#result")).to_contain_text("Not yet")


def test_a_table_is_filtered_grouped_and_charted_by_keyboard_where_it_stands(opened, portal):
    page = opened("staff037", LESSON)
    place = _table(portal)
    page.locator(f"details:has(#table-{place}-column) > summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator(f"#table-{place}-column")).to_be_focused()
    page.keyboard.type("supplier_name")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("e")
    page.keyboard.press("Enter")
    result = page.locator(f"[data-table-result='table-{place}']")
    expect(result).to_contain_text("rows.")
    expect(page.locator(f"[data-table-said='table-{place}']")).to_contain_text("rows.")
    expect(result.locator("code")).to_contain_text('.str.contains("e", case=False')
    _tab_to(page, id=f"table-{place}-group")
    page.keyboard.type("supplier_name")
    _tab_to(page, id=f"table-{place}-chart")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(result.locator("caption")).to_have_text("Bar chart: number of rows by supplier_name")
    expect(page.locator("[data-save-state]")).to_have_text("Nothing saved yet.")


def test_a_table_is_asked_without_script_on_a_page_of_its_own(opened, portal):
    page = opened("staff038", LESSON, java_script_enabled=False)
    place = _table(portal)
    page.locator(f"details:has(#table-{place}-column) > summary").click()
    page.select_option(f"#table-{place}-sort", "net_amount")
    page.locator(f"button[form='table-{place}']").click()
    page.wait_for_url(f"**/tables/{place}?*")
    expect(page.locator("table.grid tr td:nth-child(2)").nth(2)).to_be_visible()
    numbers = [float(cell.replace(",", "")) for cell in page.locator("table.grid tr td:nth-child(2)").all_inner_texts()]
    assert numbers == sorted(numbers, reverse=True)
    page.get_by_role("link", name="Back to").click()
    page.wait_for_url(f"**{LESSON}")


def test_a_table_that_ones_own_code_shows_is_asked_by_keyboard_where_it_stands(opened, portal):
    page = opened("staff043", LESSON)
    _open_code_box(page).fill("from digital_council import datasets\ndatasets.open('spend')")
    _press(page, "run:key_columns")
    page.locator("[data-own-table]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#own-key_columns-column")).to_be_focused()
    _tab_to(page, id="own-key_columns-group")
    page.keyboard.type("service_label")
    _tab_to(page, id="own-key_columns-chart")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    caption = page.locator("[data-table-result='own-key_columns'] caption")
    expect(caption).to_have_text("Bar chart: number of rows by service_label")
    expect(page.locator("[data-table-said='own-key_columns']")).to_contain_text("Bar chart")
    with portal.program("staff043") as notebook:  # the table's own choices are no answers
        assert set(notebook.get(f"{LESSON}/draft").json()["answers"]) == {"key_columns"}


def test_an_answer_too_large_is_refused_in_words_that_are_seen_and_not_tried_again(opened):
    page = opened("staff042", LESSON)
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    _field(page, "action").evaluate(
        "(box) => { box.value = 'é'.repeat(5e6); box.dispatchEvent(new Event('input', {bubbles: true})); }"
    )
    expect(page.locator("[data-save-state]")).to_contain_text("Not saved: That is too large", timeout=30_000)
    expect(page.locator("[data-announce]")).to_contain_text("That is too large")
    assert len(sent) == 1


def test_another_learners_attempt_is_not_there(opened, handed_in):
    page = opened("learner2", f"/attempts/{handed_in}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Page not found")


def test_a_leader_sees_who_completed_and_no_mark(opened, portal, handed_in):
    page = opened("leader", "/")
    expect(page.locator("main")).to_contain_text("Amara Thackery")
    expect(page.locator("main")).to_contain_text("never marks or answers")


def test_the_keyboard_alone_completes_a_whole_unit(opened, portal):
    page = opened("staff039", LESSON, viewport={"width": 390, "height": 800})
    unit = portal.services.library.unit("finding-and-trusting-data", "what-is-one-row")
    for question in unit.questions:
        _type(page, question, unit.model[question.id])
    _tab_to(page, value="submit")
    page.keyboard.press("Enter")
    expect(page.locator("#result")).to_contain_text("Passed")
    expect(page.locator("#result")).to_be_focused()


def _type(page: Page, question: Any, value: Any) -> None:
    """Answer a question with Tab, arrows, Space and letters, and nothing else."""
    if question.kind == "choice":
        options = [choice["id"] for choice in question.form()["choices"]]
        _tab_to(page, field=question.id)
        page.keyboard.press("Space")
        for _ in range(options.index(value)):
            page.keyboard.press("ArrowDown")
        expect(page.locator(f"[name='a.{question.id}'][value='{value}']")).to_be_checked()
    elif question.kind == "choices":
        for each in (choice["id"] for choice in question.form()["choices"] if choice["id"] in value):
            _tab_to(page, id=f"a.{question.id}-{each}")
            page.keyboard.press("Space")
    elif question.kind == "classify":
        labels = {each["id"]: each["label"] for each in question.form()["classes"]}
        for item in question.form()["items"]:
            _tab_to(page, field=f"{question.id}.{item['id']}")
            page.keyboard.type(labels[value[item["id"]]])
    else:
        _tab_to(page, field=question.id)
        page.keyboard.type(str(value))


def test_axe_finds_nothing_on_any_page_that_links_lead_to(opened, portal, handed_in):
    """One page of each kind not tried above: addresses that differ only in an id are of a kind."""
    seen: set[str] = set()
    tried = {_kind(path.split("?")[0]) for _, path in PAGES}
    for account in ("learner", "author", "operator", None):
        page = opened(account, "/", bypass_csp=True, viewport=ZOOMED)
        left = ["/"] if account else ["/open/"]
        seen -= {"/", "/open"}  # the front page is another for everybody
        while left:
            path = left.pop(0)
            if (kind := _kind(path)) in seen:
                continue
            seen.add(kind)
            answer = page.goto(f"{portal.origin}{PREFIX}{path}")
            assert answer is not None
            if "/hub/" in page.url:
                continue  # sent to sign in, which is the hub's page
            assert answer.status == 200, path
            if "text/html" not in answer.headers["content-type"]:
                continue
            assert not scrolls_sideways(page), path
            left += page.evaluate(LINKS, f"{PREFIX}/")
            if kind in tried:
                continue
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                assert faults(page) == [], (path, scheme)
    assert {"/learning", "/retrieval", "/courses/*/units/*", "/datasets/*/table"} <= seen | {"/retrieval"}


LINKS = """prefix => [...document.querySelectorAll("a[href]:not([download])")].map(a => new URL(a.href))
  .filter(url => url.origin === location.origin && url.pathname.startsWith(prefix))
  .map(url => url.pathname.slice(prefix.length - 1) + url.search)
  .filter(path => !/sign-|[.](csv|ics|json|jsonld|zip|ttl|xml|rdf|parquet|xlsx?)|[?]|catalog|api[/]/.test(path))"""


def _certificate(portal: Running) -> tuple[str, str]:
    """Somebody who has passed a course, and the number of their certificate."""
    certificates = portal.services.certificates
    return next(
        (account, certificates.issue(account, course))
        for account in portal.services.organisation.people
        for course in portal.services.library.courses
        if certificates.is_earned(account, course)
    )


def _kind(path: str) -> str:
    parts = path.strip("/").split("/")
    ids = {"courses", "units", "datasets", "attempts", "tables", "certificates", "authoring", "open"}
    return "/" + "/".join("*" if place and parts[place - 1] in ids else part for place, part in enumerate(parts))


def _table(portal: Running) -> int:
    """The place of the first example with a table that can be asked of."""
    unit = portal.services.library.unit("finding-and-trusting-data", "what-is-one-row")
    return next(place for place in range(len(unit.cells)) if example_grid(portal.services, unit, place))


def _draft(portal: Running, account: str) -> dict[str, Any]:
    return portal.services.drafts.get(account, "finding-and-trusting-data", "what-is-one-row").answers


def _field(page: Page, name: str) -> Locator:
    return page.locator(f"[name='a.{name}']")


def _choose(page: Page, name: str, value: str) -> None:
    page.locator(f"[name='a.{name}'][value='{value}']").check()


def _press(page: Page, doing: str) -> None:
    page.locator(f"button[value='{doing}']:not([tabindex])").click()


def _answer(page: Page, portal: Running) -> None:
    """Choose the author's own answers on the page."""
    unit = portal.services.library.unit("finding-and-trusting-data", "what-is-one-row")
    for question in unit.questions:
        value = unit.model[question.id]
        if question.kind == "choice":
            _choose(page, question.id, value)
        elif question.kind == "choices":
            for each in value:
                _choose(page, question.id, each)
        elif question.kind == "classify":
            for item, chosen in value.items():
                _field(page, f"{question.id}.{item}").select_option(chosen)
        else:
            _field(page, question.id).fill(str(value))


def _tab_to(page: Page, field: str = "", value: str = "", id: str = "") -> None:
    """Press Tab until the field, or the button with that value, has the focus."""
    for _ in range(250):
        page.keyboard.press("Tab")
        found = page.evaluate("(({name, value, id}) => [name || '', value || '', id])(document.activeElement)")
        if (field and found[0] == f"a.{field}") or (value and found[1] == value) or (id and found[2] == id):
            return
    raise AssertionError(f"the keyboard never came to {field or value or id}")


def _until(is_so: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if is_so():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come about")
