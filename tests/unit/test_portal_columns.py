"""Tables in lessons: one row of headings, and numbers to the right."""

from __future__ import annotations

import time

import pandas as pd
import pytest

from digital_council.portal.lesson import columns, prose

FRAME = pd.DataFrame({"on time": [193, 20], "share": [0.889, None], "team": ["East", "West"]})
RIGHT_HEAD, RIGHT = 'th class="govuk-table__header--numeric"', 'td class="govuk-table__cell--numeric"'


def shown(frame: pd.DataFrame) -> str:
    return prose.named(prose.dressed(prose.clean(frame._repr_html_())), "of example 1")


def test_the_name_of_an_index_stands_in_the_one_row_of_headings():
    for names in (["quarter"], ["quarter", "half"]):
        index = pd.MultiIndex.from_tuples([(1, 1), (2, 1)], names=["quarter", "half"])
        frame = FRAME.set_index(index if len(names) == 2 else pd.Index([1, 2], name="quarter"))
        head = shown(frame).partition("<tbody>")[0]
        assert head.count("<tr>") == 1
        assert "<td>" not in head
        assert head.index("<th>quarter</th>") < head.index("on time")


@pytest.mark.parametrize("name", ["named columns", "levels"])
def test_headings_that_say_more_stay_as_they_are(name):
    frame = FRAME.set_index(pd.Index([1, 2], name="quarter"))
    frame.columns = (
        pd.Index(frame.columns, name="what")
        if name == "named columns"
        else pd.MultiIndex.from_product([["a"], list("xyz")])
    )
    assert shown(frame).partition("<tbody>")[0].count("<tr") >= 2


def test_numbers_and_their_headings_stand_to_the_right_and_words_do_not():
    markup = shown(FRAME)
    for heading in ("on time", "share"):
        assert f"<{RIGHT_HEAD}>{heading}</th>" in markup
    for figure in ("193", "0.889", "NaN"):
        assert f"<{RIGHT}>{figure}</td>" in markup
    assert "<th>team</th>" in markup
    assert "<td>East</td>" in markup


def test_tables_with_uneven_rows_are_left_alone():
    markup = "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td></tr></table>"
    spanning = '<table><tr><th>a</th></tr><tr><td colspan="2">1</td></tr></table>'
    assert columns.tidied(markup) == markup
    assert columns.tidied(spanning) == spanning


def test_endless_rows_of_headings_take_no_time():
    markup = f"<table><thead>{'<tr><th>a</th></tr>' * 15_000}and</thead></table>"
    begun = time.process_time()
    columns.tidied(markup)
    assert time.process_time() - begun < 20
