"""Questions: every usable form of a right answer passes, every usual mistake is named, nothing raises."""

from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digital_council.courses.findings import CouldNotCheck, LearnerRaised, QuestionResult, Verdict
from digital_council.courses.questions import (
    KINDS,
    Choice,
    Choices,
    Classify,
    Date,
    Function,
    Misconception,
    Number,
    Table,
    Text,
    Value,
    check,
)

OPTIONS = {"a": "The median", "b": "The mean", "c": "The mode"}
RATES = pd.DataFrame({"ward": ["Perivale", "Walpole", "Northfield"], "rate": [1.5, 2.25, 0.0]})


def outcome(question, value, **more):
    return question.judge(value, {}, 7, **more).outcome


def first(question, value, **more):
    return question.judge(value, {}, 7, **more).findings[0]


def number(**more):
    return Number("pay", "What is typical pay?", unit="£", points=2, answer=lambda: 1200, **more)


def table(**more):
    return Table(
        "rates",
        "Rates?",
        points=2,
        columns=["ward", "rate"],
        keys=["ward"],
        answer=lambda: RATES,
        tolerance=0.01,
        **more,
    )


@pytest.mark.parametrize(
    "value",
    [
        1200,
        1200.0,
        "1200",
        "£1,200",
        "£1,200.00",
        " 1 200 ",
        "1.2k",
        "1200 pounds",
        "about £1,200",
        "= 1200",
        "1.2e3",
        Decimal("1200"),
        np.int64(1200),
        np.float32(1200),
        np.array([1200]),
        pd.Series([1200]),
        pd.DataFrame({"x": [1200.0]}),
        [1200],
        pd.Index([1200]),
    ],
)
def test_a_number_is_read_from_any_usual_form(value):
    assert outcome(number(), value) == "passed"


@pytest.mark.parametrize(
    "value",
    [
        True,
        "",
        "a dozen",
        float("nan"),
        float("inf"),
        10**400,
        "9" * 5000,
        [1, 2],
        {"a": 1},
        pd.NaT,
        pd.NA,
        b"1200",
        1j,
        pd.Series([], dtype=float),
        object,
    ],
)
def test_what_is_no_number_is_refused_as_the_wrong_kind(value):
    result = number().judge(value)
    assert result.outcome == "not-yet"
    assert result.findings[0].kind in ("kind", "missing")


@pytest.mark.parametrize("value", ["600 + 600", "1,100-1,300", "£600 × 2", "2400/2", "(30*40)", "1 to 4", "over 1,200"])
def test_a_sum_or_a_range_is_no_number_yet(value):
    told = first(number(), value)
    assert told.kind == "kind"
    assert value in told.detail


def test_a_number_in_brackets_or_with_a_true_minus_sign_is_negative():
    question = Number("credit", "?", answer=-50.5)
    assert outcome(question, "(£50.50)") == outcome(question, "−50.50") == "passed"
    assert "sign" in first(question, 50.5).title


def test_tolerance_is_absolute_or_relative():
    assert outcome(number(tolerance=5), 1204) == "passed"
    assert outcome(number(tolerance=5), 1206) == "not-yet"
    assert outcome(number(relative=0.01), 1211) == "passed"
    assert outcome(number(relative=0.01), 1213) == "not-yet"


@pytest.mark.parametrize(("unit", "answer", "typed"), [("%", 12.5, "12.5%"), ("", 0.125, "12.5%"), ("%", 12.5, "12.5")])
def test_per_cent_means_what_the_unit_says(unit, answer, typed):
    assert outcome(Number("share", "?", unit=unit, answer=answer), typed) == "passed"


@pytest.mark.parametrize(
    ("unit", "answer", "typed"),
    [
        ("percentage points", 4, "4 percentage points"),
        ("percentage points", 4, "4 pp"),
        ("percentage points", -4, "minus 4 points"),
        ("%", 12.5, "12.5 percent"),
        ("%", 12.5, "12.5 per cent"),
        ("times", 5.2, "5.2:1"),
        ("times", 5.2, "5.2 to 1"),
        ("times", 5.2, "5.2×"),
        ("times", 5.2, "5.2 times"),
        ("weeks", 12, "12 weeks"),
        ("reports per user", 3.2, "3.2 reports per user"),
        ("£", 1234567, "£1,234,567"),
        ("£", 1234567, "1 234 567"),
        ("£", 27772, "£27,772 a year"),
        ("£", 27772, "£27,772/year"),
        ("", 0, "nil"),
        ("people", 1, "1 person"),
        ("people", 1, "one"),
        ("weeks", 39, "thirty-nine weeks"),
        ("reports per user", 2.43, "2.43:1"),
        ("reports per user", 2.43, "2.43 per user"),
        ("reports per user", 2.43, "2.43 reports/user"),
        ("reports per user", 2.43, "about 2.43 each"),
        ("", 2.5, "5 ÷ 2 = 2.5"),
        ("", 2.4, "≈ 2.4"),
        ("£", 2.4, "c. £2.40"),
    ],
)
def test_a_number_may_be_typed_with_its_unit(unit, answer, typed):
    assert outcome(Number("n", "?", unit=unit, answer=answer), typed) == "passed"


@pytest.mark.parametrize("typed", ["12,5", "1.234,5", "12,345,67", "1,23", "1,0000"])
def test_a_decimal_comma_is_refused_and_never_read_as_another_number(typed):
    read_once = float(typed.replace(",", "").replace(".", ""))
    told = first(Number("n", "?", answer=read_once), typed)
    assert (told.kind, told.title) == ("kind", "Please write a decimal with a point.")


@pytest.mark.parametrize(
    ("unit", "typed"), [("percentage points", "4%"), ("%", "4 percentage points"), ("", "4 percentage points")]
)
def test_per_cent_and_percentage_points_are_not_taken_for_each_other(unit, typed):
    assert first(Number("n", "?", unit=unit, answer=4), typed).id == "wrong-unit"


@pytest.mark.parametrize(
    ("unit", "typed", "finding"),
    [("weeks", "£12", "wrong-unit"), ("%", "12/1", "kind-of-answer"), ("", "12/0", "kind-of-answer")],
)
def test_money_and_divisions_are_no_number_where_they_cannot_be_meant(unit, typed, finding):
    assert first(Number("n", "?", unit=unit, answer=12), typed).id == finding


@pytest.mark.parametrize(("unit", "typed"), [("weeks", "12 days"), ("", "1 2"), ("", "1:5"), ("%", "5:1"), ("", "4-5")])
def test_words_of_another_unit_make_no_number(unit, typed):
    assert first(Number("n", "?", unit=unit, answer=12), typed).id == "kind-of-answer"


@pytest.mark.parametrize(
    "value",
    [
        "31/03/2026",
        "2026-03-31",
        "31 March 2026",
        "31st March 2026",
        "March 31, 2026",
        "Tuesday 31 March 2026",
        "Tue 31 Mar 2026",
        "2026-03-31T09:00:00",
        date(2026, 3, 31),
        datetime(2026, 3, 31, 9),
        pd.Timestamp("2026-03-31"),
        np.datetime64("2026-03-31"),
        pd.Series(pd.to_datetime(["2026-03-31"])),
    ],
)
def test_a_date_is_read_day_first_or_as_iso(value):
    assert outcome(Date("due", "When?", answer="2026-03-31"), value) == "passed"


def test_a_date_a_day_out_is_told_so():
    assert first(Date("due", "When?", answer="2026-03-31"), "2026-04-01").title == "The date is one day out."


def test_text_ignores_case_spacing_and_a_final_stop():
    question = Text("area", "Which?", accept=["Council's  Own"])
    assert outcome(question, " council’s own. ") == "passed"
    assert outcome(question, "somebody's own") == "not-yet"


@pytest.mark.parametrize(
    "value",
    [
        RATES,
        RATES.iloc[::-1],
        RATES[["rate", "ward"]],
        RATES.set_index("ward"),
        RATES.set_index("ward")["rate"],
        RATES.rename(columns=str.upper),
        RATES.assign(extra=1),
        RATES.to_dict("records"),
        RATES.to_dict("list"),
        dict(zip(RATES.ward, RATES.rate, strict=True)),
        RATES.to_csv(index=False),
        RATES.to_csv(index=False, sep="\t"),
        RATES.to_csv(index=False, header=False),
        RATES.to_dict(),
        RATES.set_index("ward").to_dict(),
        RATES.set_index("ward").T,
        RATES.assign(rate=["£1.50", "2.25", "0"]),
        RATES.values.tolist(),
        RATES.astype({"ward": "category"}),
        RATES.set_index("ward").T.to_dict(),
        RATES.to_numpy(),
    ],
)
def test_a_table_is_read_from_any_usual_form(value):
    assert outcome(table(), value) == "passed"


def test_a_table_is_told_what_is_missing_before_what_is_wrong():
    assert first(table(), RATES.drop(columns="rate")).kind == "missing"
    assert first(table(), RATES[["ward"]].set_index(pd.Index([1.5, 2.25, 0.0]))).id == "missing-columns"
    assert first(table(), RATES.iloc[:2].assign(rate=0)).id == "missing-rows"
    assert first(table(), pd.concat([RATES, RATES])).id == "repeated-rows"
    wrong = table().judge(RATES.assign(rate=[1.5, 9, 0]))
    assert wrong.findings[0].title == "“rate” for Walpole is not right yet."
    assert "2.25" not in wrong.findings[0].detail
    assert 0 < wrong.points < wrong.max


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (RATES.assign(rate=[9, 9, 9]), "The quick checks found nothing wrong."),
        (RATES.assign(rate=[9, None, 9]), "“rate” for Walpole is still empty."),
        (RATES.assign(rate=["9", "9", "nine or so"]), "“rate” for Northfield should be a number, with a point"),
        (RATES.drop(columns="rate"), "The table has no column called rate."),
    ],
    ids=["a wrong number", "no number", "words", "no column"],
)
def test_quick_checks_tell_what_a_table_lacks_and_not_what_is_wrong(value, told):
    assert first(table(), value, visible_only=True).title.startswith(told)


def test_quick_checks_do_not_tell_which_cells_of_a_table_are_no_numbers():
    right = [{"ward": "Perivale", "rate": "[c]"}, {"ward": "Walpole", "rate": 3}]
    hidden = Table("t", "?", points=2, columns=["ward", "rate"], keys=["ward"], answer=right)
    for rate in ("[c]", 5, "7"):
        found = first(hidden, [{"ward": "Perivale", "rate": 3}, {"ward": "Walpole", "rate": rate}], visible_only=True)
        assert found.id == "ready"


def test_quick_checks_tell_how_many_items_have_no_class():
    question = Classify("s", "?", points=1, items=SORTED.items, classes=SORTED.classes, answer=SORTED.answer)
    assert first(question, {"a": "y"}, visible_only=True).title == "1 of the 2 items has no class yet."
    assert first(question, {"a": "y", "b": "y"}, visible_only=True).id == "ready"


PER_HEAD = {"ward": "Ward", "rate": "Reports per head"}


@pytest.mark.parametrize(
    ("cell", "finding", "title"),
    [
        ("", "missing-values", "is still empty."),
        ("2,25", "kind-of-answer", "should be a number, with a point before the decimals."),
        (9, "wrong-value", "is not right yet."),
    ],
)
def test_a_wrong_cell_is_told_by_its_label_and_by_what_is_wrong_with_it(cell, finding, title):
    question = Table("t", "?", columns=PER_HEAD, keys=["ward"], answer=lambda: RATES)
    found = first(question, RATES.astype({"rate": object}).assign(rate=[1.5, cell, 0]))
    assert (found.id, found.title) == (finding, f"“Reports per head” for Walpole {title}")


def test_a_cell_may_carry_the_unit_that_its_column_names():
    question = Table("t", "?", columns=PER_HEAD, keys=["ward"], answer=lambda: RATES)
    typed = ["1.5 reports per head", "2.25 per head", "0 reports"]
    assert outcome(question, RATES.assign(rate=typed)) == "passed"


def test_an_ordered_table_needs_its_order():
    assert outcome(table(ordered=True), RATES.iloc[::-1]) == "not-yet"


def test_expected_values_are_told_only_where_nothing_is_at_stake():
    assert "1,200" not in first(number(), 1100).detail
    assert "1,200" in first(number(reveal=True), 1100).detail
    assert "The mean" in first(Choice("q", "?", options=OPTIONS, answer="b"), "a").detail


def test_a_choice_is_read_by_id_or_label():
    question = Choice("centre", "Which?", options=OPTIONS, answer="a")
    assert outcome(question, "the median") == outcome(question, "A") == "passed"
    assert first(question, "z").kind == "kind"


@pytest.mark.parametrize("value", ["b)", "(b)", "B.", '"b"', "b:", "Option b", "`b`", "the mean", " The mean. "])
def test_a_choice_may_be_written_with_its_bracket(value):
    assert outcome(Choice("c", "?", options=OPTIONS, answer="b"), value) == "passed"


def test_a_day_is_read_in_september_as_people_shorten_it():
    assert outcome(Date("due", "When?", answer="2026-09-18"), "Fri 18 Sept 2026") == "passed"


def test_choices_give_part_of_the_points():
    question = Choices("centres", "Which?", points=2, options=OPTIONS, answer=["a", "b"])
    assert question.judge({"a", "b"}).points == 2
    assert question.judge(["a"]).points == 1
    assert question.judge(["a", "b", "c"]).points == 1
    assert question.judge(pd.Index(["b", "a"])).outcome == "passed"


def test_some_of_the_right_choices_may_be_enough():
    question = Choices("c", "?", options=dict.fromkeys("abcd", "x"), answer=["a", "b", "c"], least=2, points=2)
    assert [outcome(question, given) for given in (["a", "b"], ["c", "a"], ["a", "b", "c"])] == ["passed"] * 3
    assert first(question, ["a"]).title == "Not quite: there is 1 more to choose."
    assert first(question, ["a", "b", "d"]).title == "Not quite: there is 1 that should not be chosen."


def test_one_of_each_group_may_be_enough():
    question = Choices("c", "?", options=dict.fromkeys("abcd", "x"), groups=[["a", "b"], ["c"]], points=2)
    assert [outcome(question, given) for given in (["a", "c"], ["b", "c"], ["a", "b", "c"])] == ["passed"] * 3
    assert [outcome(question, given) for given in (["a", "b"], ["c"], ["a", "c", "d"])] == ["not-yet"] * 3


def test_a_recognised_mistake_earns_nothing_unless_its_author_says_so():
    def asked(**more):
        known = Misconception("zero-left-out", "t", "e", gives=lambda: RATES.assign(rate=[1.5, 2.25, 9.9]), **more)
        return table(misconceptions=[known])

    wrong = RATES.assign(rate=[1.5, 2.25, 9.9])
    assert asked().judge(wrong).points == 0
    assert asked(earns=0.5).judge(wrong).points == 1
    assert asked(earns=1).judge(wrong).points == 1.33  # what its right rows are worth, and no more
    assert asked().judge(RATES.assign(rate=[1.5, 2.25, 7.7])).points == 1.33


COLUMNS = {"ward": "Ward", "rate": "Reports per 1,000", "people": "Residents"}
WIDE = RATES.assign(people=[10, 20, 30])


@pytest.mark.parametrize(
    "value",
    [
        WIDE.rename(columns={"ward": "ward_name"}),
        WIDE.rename(columns={"rate": "Reports per 1,000", "people": "residents"}),
        WIDE.rename(columns={"rate": "my own name"}),
        WIDE.rename(columns={"rate": "Reports per 1,000"}).set_index("ward").rename_axis("ward_name"),
        WIDE.assign(number=[1, 2, 3]),
        {"Perivale": (1.5, 10), "Walpole": (2.25, 20), "Northfield": (0, 30)},
    ],
    ids=range(6),
)
def test_a_column_may_have_its_label_or_a_name_much_like_it(value):
    question = Table("t", "?", columns=COLUMNS, keys=["ward"], answer=lambda: WIDE)
    assert outcome(question, value) == "passed"


def test_a_column_that_could_be_two_is_missed_by_name():
    question = Table("t", "?", columns=COLUMNS, keys=["ward"], answer=lambda: WIDE)
    assert first(question, WIDE.rename(columns={"rate": "x", "people": "y"})).id == "missing-columns"


def test_rows_besides_the_given_ones_are_not_looked_at_where_the_author_allows_it():
    more = pd.concat([RATES, pd.DataFrame({"ward": ["Acton"], "rate": [99.0]})])
    assert first(given_table(), more).id == "extra-rows"
    assert outcome(given_table(others=True), more) == "passed"
    unnamed = pd.DataFrame({"rate": [1.5, 2.25, 0]})
    assert first(given_table(others=True), unnamed).id == "missing-rows", "an answer without its key is an answer"


CHOSEN = Choices("c", "?", options={"net_amount": "n", "7": "Row 7", "8": "Row 8"}, answer=["7", "8"])
WORDS = ["7 8", "7 and 8", "8 & 7", "7, 8", "rows 7, and 8", "7 + 8", "7/8", "• 7\n• row 8", ["7.0", 8, ""], "Row 7;8"]


@pytest.mark.parametrize(
    "value",
    [
        *WORDS,
        [Decimal(7), Decimal(8)],
        pd.DataFrame({"id": [7, 8], "x": [1.5, 2.5]}),
        pd.DataFrame({"x": [1.5, 2.5], "y": [3, 4]}, index=[7, 8]),
    ],
    ids=range(13),
)
def test_choices_are_read_from_a_list_typed_in_words_or_from_filtered_rows(value):
    assert outcome(CHOSEN, value) == "passed"


GAPS = Choices(
    "gaps",
    "?",
    options={
        "data_reports": "Data: reports",
        "place_south": "Place: the six wards, taken together",
        "place_each": "Place: each ward",
        "period_year": "Period: the first and the second half",
    },
    answer=["data_reports", "place_south", "period_year"],
)


@pytest.mark.parametrize(
    "value",
    [
        {"data": ["reports"], "place": "south", "period": "the first and the second half"},
        {"data": ["data_reports"], "place": "place_south", "period": ("period_year",)},
        "Data: reports, Place: the six wards, taken together, Period: the first and the second half",
        "- Data: reports\n- Place: the six wards, taken together\n- Period: the first and the second half\n",
        "reports; the six wards, taken together; the first and the second half",
        "data_reports,place_south,period_year",
    ],
)
def test_choices_may_be_filled_in_by_part_or_pasted_with_the_commas_of_their_labels(value):
    assert outcome(GAPS, value) == "passed"


@pytest.mark.parametrize(
    "value",
    [
        {"data": ["reports"], "place": "north", "period": "year"},
        {"data": ["reports"], "place": ["south", "each"], "period": "year"},
        "Data: reports, Place: the six wards, Period: the first half",
        "- Data: reports\n- Place: the six wards, taken together",
    ],
)
def test_choices_filled_in_or_pasted_wrongly_are_not_taken(value):
    assert outcome(GAPS, value) == "not-yet"


def test_a_choice_may_be_written_with_spaces_for_its_underscores():
    for typed in (["net amount"], "net-amount", "the net amount and 7", "`net_amount`"):
        assert first(CHOSEN, typed).id == "wrong-choices"


def test_words_of_which_one_is_no_choice_are_told_whole():
    assert first(CHOSEN, "gross amount").title == "There is no choice called gross amount."


def test_an_item_may_be_called_by_its_number_or_by_what_stands_after_its_colon():
    items = {"row_2": "Row 2: Beacon", "row_3": "Row 3: Cedar", "row_31": "Row 31: Cedar"}
    question = Classify("s", "?", items=items, classes={"x": "X"}, answer=dict.fromkeys(items, "x"))
    assert outcome(question, {2: "x", "3": "x", "row 31": "x"}) == "passed"
    assert outcome(question, {"Beacon": "x", "row_3": "x", "row_31": "x"}) == "passed"
    assert first(question, {"row_2": "x", "Cedar": "x"}).id == "kind-of-answer", "two items are called so"


SORTED = Classify("s", "?", items={"a": "A", "b": "B"}, classes={"x": "X", "y": "Y"}, answer={"a": "x", "b": "y"})
NAMED = Classify(
    "s", "?", points=2, items={"m1": "First", "m2": "Second"},
    classes={"out": "A phish: report it", "in": "Genuine: deal with it"}, answer={"m1": "out", "m2": "in"},
)  # fmt: skip
MESSAGES = pd.DataFrame({"from": ["a@x", "b@y", "c@z"], "size": [1, 2, 3]}, index=["m1", "m2", "m3"])


@pytest.mark.parametrize(
    "value",
    [
        {"m1": "phish", "m2": "Genuine"},
        {"m1": "Report it", "m2": "deal with it."},
        {"out": ["m1"], "in": ("m2",)},
        {"in": pd.Series(["m2"]), "A phish: report it": {"m1"}},
        pd.DataFrame({"class": ["in", "out"], "item": ["m2", "m1"]}),
        pd.DataFrame({"message": ["m2", "m1"], "class": ["in", "out"], "why": ["known", "strange"]}),
        MESSAGES.assign(verdict=["out", "in", "out"]),
        MESSAGES.assign(verdict=["out", "in", None]).reset_index(),
    ],
)
def test_sorted_items_are_read_from_any_form_that_says_which_is_which(value):
    assert outcome(NAMED, value) == "passed"


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (MESSAGES.assign(link="no"), "No column of the table holds only these: out, in."),
        (MESSAGES.assign(one=["out", "in", "in"], two=["in", "in", "in"]), "They are one and two. Keep one."),
        ({"out": ["m2"], "in": ["m1"]}, "0 of 2 are right"),
    ],
)
def test_a_table_that_does_not_sort_is_told_what_it_lacks(value, told):
    found = first(NAMED, value)
    assert told in found.title + found.detail


def test_half_a_label_that_fits_two_classes_is_asked_again():
    question = Classify(
        "s", "?", items={"i": "I"}, classes={"a": "Marked: people", "b": "Marked: harm"}, answer={"i": "a"}
    )
    assert first(question, {"i": "marked"}).title == "marked could mean several choices."
    assert outcome(question, {"i": "Marked: people"}) == outcome(question, {"i": "people"}) == "passed"


@pytest.mark.parametrize("value", [{"a": True, "b": True, "c": False}, pd.Series({"a": True, "b": True, "c": False})])
def test_choices_may_be_ticked_with_true_and_false(value):
    assert outcome(Choices("c", "?", options=OPTIONS, answer=["a", "b"]), value) == "passed"


@pytest.mark.parametrize(
    "value",
    [
        pd.DataFrame({"item": ["a", "b"], "class": ["x", "y"]}),
        pd.DataFrame({"class": ["x", "y"]}, index=["a", "b"]),
        [{"item": "b", "class": "y"}, {"item": "a", "class": "x"}],
        [{"class": "y", "item": "b"}, {"class": "x", "item": "a"}],
        [["x", "a"], ["y", "b"]],
        {"a": "x", "b": "y", "c": "something that was not asked"},
    ],
    ids=range(6),
)
def test_classes_are_read_from_tables_and_others_besides_do_no_harm(value):
    assert outcome(SORTED, value) == "passed"


def test_a_choice_is_known_by_what_stands_before_its_colon():
    labels = {"m": "The median: the middle", "n": "The mean: the total shared out", "o": "The mean: of two"}
    question = Classify("s", "?", items={"a": "A"}, classes=labels, answer={"a": "m"})
    assert outcome(question, {"a": "the median"}) == "passed"
    assert first(question, {"a": "the mean"}).id == "kind-of-answer", "two choices begin so"


def test_columns_pasted_from_a_spreadsheet_may_have_commas_in_their_headings():
    columns = {"ward": "Ward", "rate": "Reports per 1,000 residents"}
    labelled = Table("rates", "Rates?", columns=columns, keys=["ward"], answer=lambda: RATES)
    pasted = "Ward\tReports per 1,000 residents\nPerivale\t1.5\nWalpole\t2.25\nNorthfield\t0\n"
    assert outcome(labelled, pasted) == "passed"


def given_table(**more):
    return table(rows=["Perivale", "Walpole", "Northfield"], **more)


def test_given_rows_leave_only_the_rest_to_fill_in():
    assert given_table().form()["rows"] == [{"ward": "Perivale"}, {"ward": "Walpole"}, {"ward": "Northfield"}]
    assert [each["given"] for each in given_table().form()["columns"]] == [True, False]
    assert given_table().blank[0] == {"ward": "Perivale", "rate": None}
    assert first(given_table(), given_table().blank).id == "no-answer"
    filled = [
        {"ward": row["ward"], "rate": rate} for row, rate in zip(given_table().blank, ["1.5", "2.25", "0"], strict=True)
    ]
    assert outcome(given_table(), filled) == outcome(given_table(), RATES) == "passed"
    assert first(given_table(), [*filled[:2], given_table().blank[2]]).id == "missing-rows"


def test_classes_have_costs():
    question = Classify(
        "mail",
        "Which?",
        points=4,
        items={"i": "I", "j": "J"},
        classes={"safe": "Safe", "bad": "Bad"},
        answer={"i": "bad", "j": "safe"},
        costs={("bad", "safe"): 2},
    )
    assert question.judge({"i": "Bad", "J": "safe"}).points == 4
    assert question.judge({"i": "bad", "j": "bad"}).points == 2
    assert question.judge({"i": "safe", "j": "safe"}).points == 0
    assert first(question, {"i": "bad"}).id == "missing-items"


def test_classes_pass_at_the_share_that_is_enough():
    items = {str(place): f"Item {place}" for place in range(10)}
    question = Classify(
        "mail", "?", items=items, classes={"x": "X", "y": "Y"}, answer=dict.fromkeys(items, "x"), enough=0.9
    )
    assert outcome(question, dict.fromkeys(items, "x") | {"3": "y"}) == "passed"
    assert outcome(question, dict.fromkeys(items, "x") | {"3": "y", "4": "y"}) == "not-yet"


def test_a_known_mistake_is_explained_and_a_right_answer_never_is():
    mean = Misconception("mean", "The mean has been given.", "Look at the middle.", gives=lambda: 1500)
    right = Misconception("same", "Never said.", "", gives=1200)
    question = number(misconceptions=[right, mean])
    assert first(question, "£1,500").id == "mean"
    assert outcome(question, 1200) == "passed"


def test_checks_alone_can_decide():
    question = Value("rows", "?", like="set", checks=[check("two", "Give two.", lambda found: len(found) == 2)])
    assert outcome(question, {1, 2}) == "passed"
    assert first(question, {1}).title == "Give two."


def test_visible_checks_do_not_say_whether_a_marked_answer_is_right():
    question = number(
        checks=[check("positive", "Pay is above nothing.", lambda pay: pay > 0, visible=True)],
        misconceptions=[Misconception("mean", "The mean.", "", gives=1500)],
    )
    assert first(question, 1, visible_only=True) == first(question, 1500, visible_only=True)
    assert first(question, 1200, visible_only=True) == first(question, 1, visible_only=True)
    assert first(question, -1, visible_only=True).id == "positive"
    assert question.judge(1200, visible_only=True).points == 0


@pytest.mark.parametrize(
    "value",
    [
        {3, 1, 2},
        [1, 2, 3, 3],
        "1, 2, 3",
        np.array([3.0, 2, 1]),
        pd.Series(["1", "2", "3"]),
        pd.DataFrame({"id": [1, 2, 3]}),
        frozenset([1, 2, 3]),
        pd.Index([1, 2, 3]),
    ],
)
def test_a_set_is_read_from_any_usual_form(value):
    assert outcome(Value("ids", "?", answer=lambda: {1, 2, 3}), value) == "passed"


def test_ids_with_leading_zeros_are_not_numbers():
    assert outcome(Value("ids", "?", answer={"007"}), {"7"}) == "not-yet"


@pytest.mark.parametrize(
    ("answer", "right", "wrong"),
    [
        (3.5, np.float64(3.5), 4),
        ("Place", "place", "Resources"),
        (date(2026, 1, 2), "02/01/2026", "01/02/2026"),
        (True, np.bool_(True), False),
        ([1, 2], (1.0, 2.0), [2, 1]),
        ({"a": 1}, pd.Series({"a": 1.0}), {"a": 2}),
        (RATES, RATES.copy(), RATES.assign(rate=1.0)),
        (RATES.set_index("ward")["rate"], RATES, {"Perivale": 1.5}),
    ],
)
def test_a_value_takes_the_shape_of_its_answer(answer, right, wrong):
    question = Value("found", "?", answer=lambda: answer)
    assert outcome(question, right) == "passed"
    assert outcome(question, wrong) == "not-yet"


def double(**more):
    return Function(
        "double",
        "?",
        points=1,
        answer=lambda x: 2 * x,
        examples=[[1]],
        inputs=lambda rng: [[int(rng.integers(10, 99))] for _ in range(5)],
        **more,
    )


def called(function):
    return lambda args, kwargs: function(*args, **kwargs)


def test_a_function_is_judged_on_inputs_it_has_not_seen():
    assert outcome(double(), "function", call=called(lambda x: x + x)) == "passed"
    told = first(double(), "function", call=called(lambda x: 2))
    assert told.id == "hidden-inputs"
    assert outcome(double(), "function", call=called(lambda x: 2), visible_only=True) == "passed"


def test_a_mistaken_function_gets_its_explanation():
    square = Misconception("square", "It squares.", "", gives=lambda x: x * x)
    assert first(double(misconceptions=[square]), "function", call=called(lambda x: x**2)).id == "square"


def test_an_error_on_hidden_inputs_does_not_quote_them():
    def stops(x):
        if x > 5:
            raise LearnerRaised("ValueError", f"cannot use {x}")
        return 2 * x

    told = first(double(), "function", call=called(stops))
    assert told.id == "code-stopped"
    assert not any(digit in told.detail for digit in "0123456789")


def test_a_function_that_changes_its_input_changes_only_its_own():
    question = Function("total", "?", answer=sum, inputs=lambda rng: [[[1, 2, 3]]] * 2)

    def greedy(values):
        found = sum(values)
        values.clear()
        return found

    assert outcome(question, "function", call=called(greedy)) == "passed"


def test_an_authors_mistake_is_could_not_check():
    def broken(value):
        raise ZeroDivisionError

    assert outcome(Number("n", "?", answer=lambda: 1 / 0), 1) == "could-not-check"
    assert outcome(Number("n", "?", answer="many"), 1) == "could-not-check"
    assert outcome(number(checks=[check("c", "t", broken)]), 1) == "could-not-check"
    assert outcome(number(checks=[check("c", "t", lambda value: None)]), 1) == "could-not-check"
    assert outcome(double(), "function") == "could-not-check"


def test_a_lost_session_is_could_not_check():
    def lost(args, kwargs):
        raise CouldNotCheck("the sandbox has gone")

    assert outcome(double(), "function", call=lost) == "could-not-check"


def questions():
    return [
        Choice("q", "?", options=OPTIONS, answer="a"),
        Choices("q", "?", options=OPTIONS, answer=["a"]),
        number(),
        Date("q", "?", answer="2026-01-01"),
        Text("q", "?", accept=["x"]),
        table(),
        Classify("q", "?", items={"i": "I"}, classes={"c": "C"}, answer={"i": "c"}),
        Value("q", "?", answer=RATES),
        Value("q", "?", answer={1}),
        Value("q", "?", answer={"a": 1}),
        Value("q", "?", answer=[1]),
        Value("q", "?", answer=True),
    ]


def test_every_kind_is_tried():
    assert {type(each) for each in questions()} | {Function} == set(KINDS.values())


@pytest.mark.parametrize(
    "hostile",
    [
        pd.DataFrame(),
        pd.DataFrame([[1, 2]], columns=["a", "a"]),
        pd.DataFrame({"ward": [[1], {2}, None], "rate": [1, 2, 3]}),
        pd.DataFrame({("a", "b"): [5]}),
        pd.Series(dtype=object),
        pd.Series([pd.NaT]),
        np.array(None),
        np.zeros((2, 2, 2)),
        np.array([1, "a", None], dtype=object),
        np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")]),
        b"\xff" * 100,
        "\x00" * 9,
        "x" * 2_000_000,
        list(range(300_000)),
        {str(n): n for n in range(9)},
        [[[[[]]]]],
        {"a": {"b": {"c": 1}}},
        {1: {2: 3}},
        pd.Series([1, 2], index=pd.MultiIndex.from_tuples([(1, 2), (3, 4)])),
        pd.Categorical(["z"]),
        pd.Interval(1, 2),
        1e308,
        -0.0,
        complex(1, 2),
        pd.Timedelta(1),
        datetime.max,
        date.min,
        np.datetime64("NaT"),
        float("-inf"),
        {"ward": 1, "rate": [1, 2]},
        pd.Series([10**400], dtype=object),
        {None: None},
        [None],
        set(),
        pd.period_range("2020", periods=2, freq="M"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_no_value_passes_by_accident_or_raises(hostile):
    for question in questions():
        result = question.judge(hostile, {}, 1)
        assert result.outcome == "not-yet", (question.kind, result)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(ANYTHING)
def test_judging_never_raises(value):
    for question in questions():
        assert question.judge(value, {}, 1).outcome in ("passed", "not-yet")


def test_forms_hold_nothing_hidden():
    secret = Misconception("secret-id", "secret title", "secret words", gives="b")
    for question in questions():
        question.misconceptions = [secret]
        question.hints = ["secret hint"]
        form = question.form()
        assert "secret" not in repr(form)
        assert {
            "id",
            "kind",
            "prompt",
            "points",
            "role",
            "choices",
            "items",
            "classes",
            "columns",
            "unit",
            "code",
        } <= set(form)


def test_results_survive_json():
    result = table().judge(RATES.assign(rate=1.0))
    assert QuestionResult.from_json(result.to_json()) == result
    verdict = Verdict("not-yet", 1.0, 2.0, (result,), "1")
    assert Verdict.from_json(verdict.to_json()) == verdict
