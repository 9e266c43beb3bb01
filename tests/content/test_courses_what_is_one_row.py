"""The figures in "What is one row?", worked out again from the dataset; and answers its author did not list."""

import re

import pytest

from digital_council import datasets
from digital_council.courses import Unit, load
from digital_council.courses.marking import mark
from digital_council.courses.trusted import TrustedSession


@pytest.fixture(scope="module")
def unit() -> Unit:
    return next(
        unit
        for course in load()
        if course.id == "finding-and-trusting-data"
        for unit in course.units
        if unit.id == "what-is-one-row"
    )


def figures(text: str) -> set[str]:
    return set(re.findall(r"\d{1,3}(?:,\d{3})+(?:\.\d\d)?|\d+\.\d\d|\b\d{2,}\b", text))


def test_every_figure_is_true(unit):
    spend = datasets.open("spend")
    alike = spend[(spend.supplier_name == "Wraysford Enforcement Ltd") & (spend.payment_date == "2025-08-21")]
    first = spend.iloc[0]
    keys = [["supplier_name"], ["supplier_name", "payment_date"], ["supplier_name", "payment_date", "net_amount"]]
    true = {f"{len(spend):,}", f"{spend.supplier_name.nunique():,}", f"{first.net_amount:,.2f}"}
    true |= {f"{spend.duplicated(key).sum():,}" for key in keys} | {f"{alike.net_amount.max():.2f}"}
    true |= {f"{4 * 312.5:,.2f}"}
    said = figures("\n".join(cell.source for cell in unit.cells if cell.kind == "markdown"))
    said |= {figure for cell in unit.cells for figure in figures(cell.metadata.get("alt", ""))}
    said |= {figure for question in unit.questions for figure in figures(question.prompt + question.praise)}
    minutes_and_dates = {"20", "21", "2025", "8,760"}
    assert said - minutes_and_dates <= true
    assert len(true - said) <= 1
    assert (len(alike), (alike.net_amount == 312.5).sum()) == (5, 4)
    assert alike.drop_duplicates("narrative").narrative.tolist() == ["Enforcement call-out", "Enforcement weekly"]


def test_what_the_worked_example_says_of_the_first_rows_is_true():
    first, second = datasets.open("spend").iloc[0], datasets.open("spend").iloc[1]
    assert (first.supplier_name, first.service_label) == ("Bramlow Environmental Services Limited", "Street Services")
    assert f"{first.payment_date:%-d %B %Y}" == "1 April 2025"
    assert (second.supplier_name, second.payment_date) == (first.supplier_name, first.payment_date)
    assert second.net_amount != first.net_amount


def test_the_sheet_can_answer_what_the_model_answer_says(unit):
    spend = datasets.open("spend")
    spend["month"] = spend.payment_date.dt.strftime("%Y-%m")
    groups = spend.groupby(["organisation_unit", "service_label", "month"], observed=True)
    sheet = groups.agg(payments=("net_amount", "size"), total=("net_amount", "sum")).reset_index()
    assert sheet.groupby("service_label", observed=True).month.nunique().eq(12).all()
    assert sheet.groupby("service_label", observed=True).organisation_unit.nunique().eq(1).all()
    parking = spend[spend.service_label == "Parking"].net_amount.sum()
    assert sheet[sheet.service_label == "Parking"].total.sum() == pytest.approx(parking)
    parks = sheet[(sheet.service_label == "Parks") & (sheet.month == "2025-05")].iloc[0]
    lines = spend[(spend.service_label == "Parks") & (spend.month == "2025-05")].net_amount
    assert parks.total / parks.payments == pytest.approx(lines.mean())
    assert not sheet.total.duplicated().any(), "the mistake of using a total as a key no longer tempts"


@pytest.mark.parametrize(
    "value",
    [
        "transaction_number",
        ["transaction_number"],
        ("transaction_number",),
        " Transaction_Number ",
        {"code": "key_columns = {'transaction_number'}"},
        {"code": "import numpy\nkey_columns = numpy.array(['transaction_number'])"},
        {"code": "key_columns = spend.loc[:, spend.nunique() == len(spend)].columns.to_series()"},
        {"code": "key_columns = next(c for c in spend if spend[c].is_unique)"},
    ],
)
def test_any_right_form_of_the_key_passes(unit, value):
    assert mark(unit, {"key_columns": value}, TrustedSession).result("key_columns").outcome == "passed"


@pytest.mark.parametrize(
    "value",
    [
        [],
        "",
        ["net_amount"],
        ["narrative", "net_amount"],
        [f"column_{n}" for n in range(3)],
        7,
        {"transaction_number": 1},
        {"code": "key_columns = spend"},
        {"code": "key_columns = lambda: 1"},
        {"code": "key_columns = True"},
        {"code": "class K(str):\n    __eq__ = lambda a, b: True\n    __hash__ = str.__hash__\nkey_columns = [K('x')]"},
    ],
)
def test_any_wrong_form_of_the_key_fails(unit, value):
    assert mark(unit, {"key_columns": value}, TrustedSession).result("key_columns").outcome == "not-yet"


@pytest.mark.parametrize(
    ("columns", "finding"),
    [
        (["service_label", "month", "payments"], "unique-by-luck"),
        (["month"], "rows-repeat"),
        (["organisation_unit", "service_label"], "service-is-row"),
        (["total", "month"], "unique-by-luck"),
        (["service_label", "month"], "praise"),
        (["organisation_unit", "month"], "directorate-is-service"),
    ],
)
def test_every_set_of_columns_gets_what_it_deserves(unit, columns, finding):
    result = mark(unit, {"key_of_service_sheet": columns}, None).result("key_of_service_sheet")
    assert result.findings[0].id == finding
