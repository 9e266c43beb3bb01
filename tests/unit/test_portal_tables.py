"""Tables: what the form works out is what the line of pandas beside it works out."""

from __future__ import annotations

import itertools
import math

import pandas as pd
import pytest

from digital_council import datasets
from digital_council.portal.lesson import prose
from digital_council.portal.tables.asking import Asked, answer
from digital_council.portal.tables.grids import of_dataset, of_markup

FILTERS = [
    {},
    {"column": "net_amount", "test": "over", "value": "£1,000"},
    {"column": "net_amount", "test": "not", "value": "312.5"},
    {"column": "net_amount", "test": "contains", "value": "312.50"},
    {"column": "supplier_name", "test": "contains", "value": "LTD"},
    {"column": "service_label", "test": "is", "value": "Parking"},
    {"column": "service_label", "test": "not", "value": "Parking"},
    {"column": "payment_date", "test": "under", "value": "2025-06-01"},
    {"column": "payment_date", "test": "over", "value": "31/12/2025"},
    {"column": "payment_date", "test": "is", "value": "1 April 2025"},
    {"column": "net_amount", "test": "over", "value": "Irrecoverable_VAT"},
    {"column": "contract_reference", "test": "blank"},
    {"column": "contract_reference", "test": "filled", "value": "typed before"},
    {"test": "blank"},
    {"value": "care"},
]
THEN = [
    {},
    {"sort": "net_amount"},
    {"sort": "supplier_name", "order": "up"},
    {"sort": "payment_date", "order": "up"},
    {"group": "service_label"},
    {"group": "service_label", "show": "sum", "of": "net_amount", "order": "up"},
    {"group": "payment_date", "show": "mean", "of": "net_amount", "sort": "payment_date", "order": "up"},
    {"group": "supplier_name", "show": "max", "of": "irrecoverable_vat", "sort": "supplier_name"},
]


@pytest.mark.parametrize(("kept", "then"), list(itertools.product(FILTERS, THEN)))
def test_the_line_of_pandas_gives_what_the_form_gives(kept, then):
    grid = of_dataset(datasets.describe("spend"))
    told = answer(grid, Asked.read(grid, kept | then))
    names = {"datasets": datasets}
    *before, last = told.line.splitlines()
    exec("\n".join(before), names)
    found = eval(last, names)
    if isinstance(found, pd.Series):
        assert told.total == len(found)
        ours = [(row[0], row[1]) for row in told.rows]
        theirs = [(_plain(key), value) for key, value in found.items()][: len(ours)]
        assert [value for _, value in ours] == pytest.approx([value for _, value in theirs])
        assert dict(ours).keys() == dict(theirs).keys() or len(ours) < told.total or then.get("sort") is None
        if then.get("sort"):
            assert [key for key, _ in ours] == [key for key, _ in theirs]
    else:
        assert told.total == len(found)
        key = grid.place("transaction_number")
        ours = [row[key] for row in told.rows]
        assert ours == [_plain(each) for each in found["transaction_number"][: len(ours)]]


PRINTED = pd.DataFrame(
    {
        "row": range(1, 9),
        "phase": ["Primary", "Nursery", "", "Primary", "[x]", "Special", "Primary", "Nursery"],
        "pupils": [66, 4200, "", 180, 0, "[c]", 12, 66],
        "places": [80, 60, 70, 180, "", 90, 10, 66],
        "confirmed": ["2026-01-13", "2025-01-30", "2025-01-31", "", "[z]", "2027-01-12", "2025-13-01", "2025-06-02"],
    }
).astype(object)
"""A table as `as_printed` shows it in a lesson: blanks are empty text, and marks stand as they are."""

ASKED_OF_PRINTED = [
    ({"column": "pupils", "test": "blank"}, [3]),
    ({"column": "pupils", "test": "filled"}, [1, 2, 4, 5, 6, 7, 8]),
    ({"column": "phase", "test": "blank"}, [3]),
    ({"test": "blank"}, [3, 4, 5]),
    ({"test": "filled"}, [1, 2, 6, 7, 8]),
    ({"column": "pupils", "test": "is", "value": "[C]"}, [6]),
    ({"value": "[z]"}, [5]),
    ({"column": "pupils", "test": "over", "value": "places"}, [2, 7]),
    ({"column": "pupils", "test": "is", "value": "places"}, [4, 8]),
    ({"column": "pupils", "test": "not", "value": "places"}, [1, 2, 7]),
    ({"column": "pupils", "test": "under", "value": "1"}, [5]),
    ({"column": "pupils", "test": "not", "value": "66"}, [2, 4, 5, 7]),
    ({"column": "phase", "test": "not", "value": "Primary"}, [2, 6, 8]),
    ({"column": "confirmed", "test": "under", "value": "31/01/2025"}, [2]),
    ({"column": "confirmed", "test": "over", "value": "31 January 2026"}, [6]),
    ({"column": "confirmed", "test": "contains", "value": "2025-01"}, [2, 3]),
    ({"value": "nurs"}, [2, 8]),
    ({"value": "4200"}, [2]),
    ({"sort": "pupils", "order": "up"}, [5, 7, 1, 8, 4, 2, 3, 6]),
    ({"sort": "confirmed", "order": "up"}, [2, 3, 8, 7, 1, 6, 4, 5]),
    ({"sort": "phase"}, [6, 1, 4, 7, 2, 8, 3, 5]),
]


@pytest.mark.parametrize(("given", "rows"), ASKED_OF_PRINTED)
def test_blanks_and_marks_of_a_printed_table_are_told_apart_by_the_form_and_by_its_line(given, rows):
    grid = of_markup(prose.dressed(prose.clean(PRINTED._repr_html_())), "printed")
    told = answer(grid, Asked.read(grid, given))
    assert not told.problem
    assert [row[0] for row in told.rows] == rows
    names = {"printed": PRINTED}
    *before, last = told.line.splitlines()
    exec("\n".join(before), names)
    assert eval(last, names)["row"].tolist() == rows


@pytest.mark.parametrize("kept", FILTERS[:8])
@pytest.mark.parametrize("show", ["sum", "mean", "median", "min", "max"])
def test_one_figure_of_all_rows_is_worked_out_where_nothing_is_grouped(kept, show):
    grid = of_dataset(datasets.describe("spend"))
    told = answer(grid, Asked.read(grid, kept | {"show": show, "of": "net_amount", "sort": "net_amount"}))
    names = {"datasets": datasets}
    *before, last = told.line.splitlines()
    exec("\n".join(before), names)
    said = told.said.removesuffix(".").rpartition(": ")[2].replace(",", "")
    assert float(said) == pytest.approx(eval(last, names), abs=0.006)


def test_one_figure_of_a_printed_table_leaves_out_what_is_no_value():
    grid = of_markup(prose.dressed(prose.clean(PRINTED._repr_html_())), "printed")
    told = answer(grid, Asked.read(grid, {"show": "sum", "of": "pupils"}))
    assert told.said == "8 of 8 rows; total of pupils: 4524."
    names = {"printed": PRINTED}
    *before, last = told.line.splitlines()
    exec("\n".join(before), names)
    assert eval(last, names) == 4524
    none = answer(grid, Asked.read(grid, {"column": "pupils", "test": "blank", "show": "sum", "of": "pupils"}))
    assert none.said == "1 of 8 rows, and none has a number in pupils."


@pytest.mark.parametrize("order", ["up", "down"])
def test_groups_of_a_printed_table_leave_out_what_is_no_value(order):
    grid = of_markup(PRINTED._repr_html_(), "printed")
    for given in (
        {"group": "phase", "order": order},
        {"group": "phase", "show": "sum", "of": "pupils", "order": order},
        {"group": "phase", "show": "max", "of": "places", "sort": "phase", "order": order},
    ):
        told = answer(grid, Asked.read(grid, given))
        names = {"printed": PRINTED}
        *before, last = told.line.splitlines()
        exec("\n".join(before), names)
        assert dict(told.rows) == dict(eval(last, names).items())
        assert {row[0] for row in told.rows} == {"Primary", "Nursery", "Special"} - (
            {"Special"} if given.get("of") == "pupils" else set()
        )


def test_a_mark_of_a_dataset_is_shown_and_asked_for():
    schools = datasets.describe("schools")
    grid = of_dataset(schools)
    for given, count in (
        ({"column": "nursery_places", "test": "is", "value": "[z]"}, 56),
        ({"column": "nursery_places", "test": "blank"}, 0),
        ({"column": "nursery_places", "test": "over", "value": "50"}, 25),
        ({"value": "[z]"}, 56),
        ({"test": "blank"}, 6),
    ):
        told = answer(grid, Asked.read(grid, given))
        names = {"datasets": datasets}
        *before, last = told.line.splitlines()
        exec("\n".join(before), names)
        assert told.total == len(eval(last, names)) == count, given
    told = answer(grid, Asked.read(grid, {"sort": "nursery_places"}))
    assert told.rows[-1][1] == "[z]", "marks come last, and the column asked about stands second"


def test_what_was_asked_about_stands_beside_the_first_column():
    grid = of_markup(PRINTED._repr_html_(), "printed")
    asked = Asked.read(grid, {"column": "pupils", "test": "over", "value": "places", "sort": "confirmed"})
    assert answer(grid, asked).columns == ("row", "pupils", "places", "confirmed", "phase")


def _plain(value: object) -> object:
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    return value


def test_a_data_frame_as_notebooks_show_it_is_read_back():
    frame = pd.DataFrame({"ward": list("abcd"), "count": [3, 1, None, 2], "day": ["2025-01-02"] * 4})
    grid = of_markup(prose.dressed(prose.clean(frame._repr_html_())), "frame")
    assert grid.columns == ("ward", "count", "day")
    assert grid.kinds == ("text", "number", "date")
    assert grid.rows[2] == ("c", None, "2025-01-02")
    named = of_markup(frame.set_index("ward")._repr_html_(), "frame")
    assert named.columns[0] == "ward"
    assert named.source == "frame.reset_index()"


@pytest.mark.parametrize("rows", [0, 2, 90])
def test_a_table_that_is_small_or_cut_short_has_no_controls(rows):
    assert of_markup(pd.DataFrame({"a": range(rows)})._repr_html_()) is None


def test_the_chart_has_bars_in_proportion_and_below_zero():
    frame = pd.DataFrame({"ward": list("abcd"), "net": [-50.0, 50.0, 100.0, 0.0]})
    grid = of_markup(frame._repr_html_())
    told = answer(grid, Asked.read(grid, {"of": "net", "chart": "yes"}))
    assert [bar[2:] for bar in told.bars] == [(0, 33.33), (33.33, 33.33), (33.33, 66.67), (33.33, 0)]
    assert "net by ward" in told.caption


def test_what_cannot_be_done_is_said_and_nothing_is_left_out_in_silence():
    grid = of_dataset(datasets.describe("spend"))
    for given in (
        {"column": "net_amount", "test": "over", "value": "much"},
        {"column": "supplier_name", "test": "over", "value": "M"},
        {"column": "payment_date", "test": "under", "value": "the spring"},
        {"test": "over", "value": "3"},
        {"group": "service_label", "show": "sum", "of": "supplier_name"},
        {"chart": "yes"},
    ):
        assert answer(grid, Asked.read(grid, given)).problem
    nothing = answer(grid, Asked.read(grid, {"column": "'; drop", "sort": "x", "test": "y", "show": "eval"}))
    assert nothing.total == len(grid.rows)
    assert "drop" not in nothing.line


def test_a_value_with_quotes_stays_a_value_in_the_line():
    grid = of_dataset(datasets.describe("spend"))
    told = answer(grid, Asked.read(grid, {"column": "supplier_name", "value": '"] or exit("'}))
    assert eval(told.line.splitlines()[-1], {"table": datasets.open("spend")}).empty
    assert not math.isnan(told.total)
