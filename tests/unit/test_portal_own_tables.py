"""Own tables: what a learner's code shows last can be asked of like a lesson's own table, all its rows."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from portal_parts import Running, running

from digital_council import datasets
from digital_council.portal.tables import own_tables

LESSON = "/courses/finding-and-trusting-data/units/what-is-one-row"
OPEN = "from digital_council import datasets\nspend = datasets.open('spend')\n"
HTML = "<table><thead><tr><th></th></tr></thead><tbody>" + "<tr><td>1</td></tr>" * 5 + "</tbody></table>"


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("own") / "state") as found:
        yield found


def frame(html: str = HTML, text: str = "") -> list[dict]:
    return [{"output_type": "execute_result", "data": {"text/html": html, "text/plain": text}}]


SERIES = str(pd.Series([1, 2, 3, 4, 5]))
PRINTED = [{"output_type": "stream", "name": "stdout", "text": pd.DataFrame({"a": range(6)}).to_string()}]


@pytest.mark.parametrize(
    ("outputs", "code", "expected"),
    [
        (frame(), "table", True),
        (frame(), "print(table)", True),
        (frame(), "table = 1", False),
        (frame(), "table = (", False),
        (frame(HTML.replace("<tr><td>1</td></tr>" * 5, "<tr><td>1</td></tr>")), "table", False),
        (frame("", SERIES), "table.groupby('a').size()", True),
        (frame("", "[1,\n2,\n3,\n4,\n5]"), "list(table)", False),
        (PRINTED, "print(table)", True),
        (PRINTED, "print(table, 1)", False),
        ([{"output_type": "stream", "name": "stdout", "text": "one\ntwo\nthree\nfour\nfive\n"}], "print(words)", False),
        ([], "table", False),
    ],
)
def test_a_table_is_offered_where_code_ends_by_showing_one(outputs, code, expected):
    assert own_tables.is_shown(outputs, code) is expected


def press(browser, portal: Running, code: str, doing: str = "run:key_columns") -> dict:
    page = browser.get(LESSON).text
    form = {name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in ("csrf", "version", "release")}
    form |= {"a.key_columns.code": code, "do": doing}
    return browser.post(LESSON, data=form, headers={"Accept": "application/json"}).json()


def test_every_row_of_a_shown_table_can_be_asked_of(portal):
    with portal.browser("staff060") as browser:
        told = press(browser, portal, OPEN + "spend[spend['net_amount'] > 1000]")
        address = re.search(
            r'href="/services/council([^"]*/tables/own/key_columns)"', told["parts"]["outputs-key_columns"]
        )
        asked = {"group": "service_label", "show": "sum", "of": "net_amount"}
        found = browser.get(address[1], params=asked, headers={"Accept": "application/json"}).json()
    spend = datasets.open("spend")
    kept = spend[spend["net_amount"] > 1000]
    assert found["said"].startswith(f"{len(kept):,} of {len(kept):,} rows in {kept['service_label'].nunique()} groups")
    assert "table = spend[spend[&#39;net_amount&#39;] &gt; 1000]" in found["html"]


def test_the_counts_of_groups_can_be_asked_of_and_say_the_pandas_that_gives_them(portal):
    with portal.browser("staff061") as browser:
        press(browser, portal, OPEN + "spend.groupby('service_label').size()")
        asked = {"sort": "value", "order": "down"}
        html = browser.get(f"{LESSON}/tables/own/key_columns", params=asked, headers={"Accept": "application/json"})
    assert (
        "(spend.groupby(&#39;service_label&#39;).size()).to_frame(&#34;value&#34;).reset_index()" in html.json()["html"]
    )
    most = datasets.open("spend")["service_label"].value_counts().index[0]
    assert re.search(rf"<tbody><tr><td>{most}", html.json()["html"])


def test_a_long_table_says_how_much_of_it_is_looked_at(portal):
    with portal.browser("staff062") as browser:
        press(browser, portal, "import pandas as pd\npd.DataFrame({'n': range(20000), 'm': 'x' * 20})")
        page = browser.get(f"{LESSON}/tables/own/key_columns").text
    assert re.search(r"Your table of question \d+, its first 5,000 rows of 20,000", page)


@pytest.mark.parametrize("code", ["6 * 7", "1 / 0", "input()", "[1, 2, 3]"])
def test_code_that_shows_no_table_is_said_to_show_none(portal, code):
    with portal.browser("staff063") as browser:
        told = press(browser, portal, code)
        assert "tables/own" not in told["parts"]["outputs-key_columns"]
        answer = browser.get(f"{LESSON}/tables/own/key_columns")
    assert answer.status_code == 404
    assert "shows no table" in answer.text


def test_what_a_table_says_cannot_act(portal):
    with portal.browser("staff064") as browser:
        code = "import pandas as pd\npd.DataFrame({'<b onclick=a()>': ['<img src=x onerror=a()>'] * 5, 'n': range(5)})"
        press(browser, portal, code)
        page = browser.get(f"{LESSON}/tables/own/key_columns").text
    assert "<img" not in page.split("<main")[1]
    assert "<b onclick" not in page


def test_somebody_elses_table_and_an_unknown_question_are_not_there(portal):
    with portal.browser("staff065") as browser:
        assert browser.get(f"{LESSON}/tables/own/key_columns").status_code == 404
        assert browser.get(f"{LESSON}/tables/own/nothing").status_code == 404
