"""The datasets of the room: described, unchanged, rebuilt to the byte, and one borough."""

from __future__ import annotations

from pathlib import Path

import frictionless
import pandas as pd
import pytest

from digital_council import datasets
from digital_council.datasets import generate
from digital_council.datasets.generate import schools, writing

ROOM = Path(__file__).resolve().parents[2] / "datasets"
NAMES = sorted(folder.parent.name for folder in ROOM.glob("*/datapackage.json"))


@pytest.fixture(autouse=True)
def the_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNCIL_DATASETS", str(ROOM))


@pytest.mark.parametrize("name", NAMES)
def test_a_dataset_opens_with_the_rows_it_promises(name: str) -> None:
    described = datasets.describe(name)
    table = datasets.open(name)
    assert len(table) == described.rows > 0
    assert list(table.columns) == [column.name for column in described.columns]
    assert not table.duplicated(list(described.key)).any()


@pytest.mark.parametrize("name", NAMES)
def test_every_column_says_what_it_means(name: str) -> None:
    assert all(len(column.meaning) > 8 for column in datasets.describe(name).columns)


@pytest.mark.parametrize("name", NAMES)
def test_frictionless_finds_nothing_wrong(name: str) -> None:
    report = frictionless.validate(str(ROOM / name / "datapackage.json"))
    assert report.valid, report.flatten(["rowNumber", "fieldName", "message"])[:5]


@pytest.mark.parametrize("name", sorted(generate.MAKERS))
def test_building_again_gives_the_same_bytes(name: str) -> None:
    for path, content in writing.files(generate.MAKERS[name]()).items():
        assert (ROOM / name / path).read_bytes() == content, f"{name}/{path}: run `council datasets build {name}`"


def test_wards_add_up_to_the_borough() -> None:
    wards = datasets.open("wards")
    assert len(wards) == 24
    assert wards["population"].sum() == 367_100
    assert wards["households"].sum() == 133_700
    assert wards["councillors"].sum() == 70
    assert not wards.duplicated(["tile_row", "tile_column"]).any()


def test_files_stay_small() -> None:
    sizes = [path.stat().st_size for path in ROOM.rglob("*") if path.is_file()]
    assert max(sizes) < 1_000_000
    assert sum(sizes) < 6_000_000


def pence(amounts: pd.Series) -> int:
    return int((amounts * 100).round().sum())


def test_places_and_suppliers_agree_across_datasets() -> None:
    wards = set(datasets.open("wards")["ward_name"])
    for name in NAMES:
        table = datasets.open(name)
        if "ward_name" in table and name != "schools":
            assert set(table["ward_name"]) <= wards, name
    contracts = datasets.open("contracts").set_index("contract_reference")
    spend = datasets.open("spend").dropna(subset=["contract_reference"])
    assert set(spend["contract_reference"]) <= set(contracts.index)
    assert (
        spend["supplier_id"].to_numpy() == contracts.loc[spend["contract_reference"], "supplier_id"].to_numpy()
    ).all()
    paid = spend.groupby("contract_reference")["net_amount"].sum()
    assert (paid <= contracts.loc[paid.index, "annual_value"]).all()


def test_teams_and_directorates_are_those_of_the_organisation() -> None:
    from digital_council import people

    organisation = people.load(ROOM.parent / "hub_config" / "people.csv")
    names = {team.replace("-", " ").title() for team in organisation.teams}
    assert {*map(str, datasets.open("spend")["service_label"].unique())} <= names
    assert set(datasets.open("docs")["team"]) <= names


def test_spend_has_one_busy_supplier_and_rows_alike_that_are_real() -> None:
    spend = datasets.open("spend")
    busiest = spend["supplier_id"].value_counts()
    assert busiest.iloc[0] > 5 * busiest.iloc[1]
    assert spend.duplicated([column for column in spend if column != "transaction_number"]).sum() > 30
    assert (spend["net_amount"] < 0).sum() > 20
    assert datasets.missing("spend")["supplier_id"].notna().sum() == spend["supplier_id"].isna().sum() > 20


def raw_spend(quarter: int) -> pd.DataFrame:
    table = pd.read_csv(
        ROOM / "spend" / "raw" / f"2025-26-q{quarter}.csv",
        skiprows=4 if quarter == 3 else 0,
        dtype="str",
        keep_default_na=False,
        encoding="utf-8-sig",
    )
    return table[table.apply(lambda row: any(row) and "TOTAL" not in set(row), axis=1)]


def money(text: str) -> float:
    minus = text.startswith("(") or text.endswith("-") or text.startswith("-")
    return (-1 if minus else 1) * float(text.strip("()-").replace("£", "").replace(",", ""))


@pytest.mark.parametrize(
    ("quarter", "amount", "number"),
    [
        (1, "Net Amount", "Transaction Number"),
        (2, "Amount (£)", "Trans No"),
        (3, "Net Amount", "Trans No"),
        (4, "Amount", "Transaction Number"),
    ],
)
def test_each_raw_quarter_adds_up_to_the_clean_one(quarter: int, amount: str, number: str) -> None:
    raw, clean = raw_spend(quarter), datasets.open("spend")
    clean = clean[(clean["payment_date"].dt.month - 4) % 12 // 3 + 1 == quarter]
    assert sorted(raw[number]) == sorted(clean["transaction_number"])
    assert pence(raw[amount].map(money)) == pence(clean["net_amount"])


def test_the_pivot_adds_up_to_the_year() -> None:
    pivot = pd.read_csv(ROOM / "spend" / "raw" / "2025-26-by-month.csv")
    assert pence(pivot["Total"]) == pence(datasets.open("spend")["net_amount"])


def test_no_two_raw_quarters_have_the_same_header() -> None:
    assert len({tuple(raw_spend(quarter).columns) for quarter in (1, 2, 3, 4)}) == 4


def test_few_people_make_many_of_the_reports_and_most_by_the_app() -> None:
    reports = datasets.open("street_reports")
    by_user = reports["user_id"].value_counts()
    assert by_user.head(10).sum() > 0.25 * len(reports)
    heavy = reports[reports["user_id"].isin(by_user.head(10).index)]
    assert (heavy["channel"] == "app").mean() > 0.9
    per_user = reports.groupby("ward_name", observed=False)["user_id"].agg(lambda users: len(users) / users.nunique())
    assert per_user.max() > 3 * per_user.min()


def test_where_most_is_reported_is_not_where_the_streets_are_worst() -> None:
    found = datasets.open("street_inspections").groupby("ward_name", observed=False)[["defects", "street_km"]].sum()
    condition = (found["defects"] / found["street_km"]).rank()
    reported = datasets.open("street_reports")["ward_name"].value_counts().rank()
    assert condition.corr(reported.reindex(condition.index)) < -0.5


def test_some_wards_have_no_report_of_a_kind() -> None:
    reports = datasets.open("street_reports")
    counts = pd.crosstab(reports["ward_name"], reports["category"])
    assert (counts.loc[["Hanger Hill", "Perivale"], "Abandoned vehicle"] == 0).all()


def test_schools_fail_where_failures_were_planted_and_nowhere_else() -> None:
    table = datasets.open("schools")
    day = pd.to_datetime(table["last_confirmed"], format="%Y-%m-%d", errors="coerce")
    required = ["phase", "ward_name", "postcode", "pupils_on_roll", "capacity", "last_confirmed"]
    missing = table[required].isna().any(axis=1)
    invalid = (
        ~table["phase"].isin(schools.PHASES)
        | ~table["ward_name"].isin(datasets.open("wards")["ward_name"])
        | ~table["postcode"].fillna("").str.fullmatch(r"EA\d \d[A-Z]{2}")
        | (table["pupils_on_roll"] < 1).fillna(False)
        | (table["capacity"] < 1).fillna(False)
        | (table["pupils_on_roll"] > 1.25 * table["capacity"]).fillna(False)
        | day.isna()
        | (day > pd.Timestamp(schools.AS_AT))
    ) & ~missing
    stale = day < pd.Timestamp(schools.OLDEST)
    for kind, failing in (("missing", missing), ("invalid", invalid), ("stale", stale)):
        planted = {row for row, (what, _, _) in schools.PLANTED.items() if what == kind}
        assert set(table.loc[failing, "row_id"]) == planted, kind


def test_requests_on_time_by_quarter_are_what_the_lesson_says() -> None:
    log = datasets.open("foi_log")
    quarters = log.groupby(log["received_on"].dt.to_period("Q"))["on_time"].agg(["sum", "size"])
    assert quarters.to_numpy().tolist()[:2] == [[193, 217], [282, 300]]
    assert ((log["answered_on"] <= log["due_on"]) == log["on_time"]).all()


def test_only_referrals_is_not_public_and_it_says_why() -> None:
    assert [described.id for described in datasets.catalogue() if not described.public] == ["referrals"]
    said = datasets.describe("referrals").publication
    assert said.reason
    assert said.owner
    assert said.review > "2026-11"


def test_referrals_by_ward_can_be_shown_safely() -> None:
    from digital_council.datasets.suppression import MARK, prove, suppress

    referrals = datasets.open("referrals")
    table = pd.crosstab(referrals["ward_name"], referrals["need"], margins=True, margins_name="Total")
    shown = suppress(table)
    assert (shown == MARK).to_numpy().any()
    assert prove(shown).safe


def test_the_inbox_does_not_say_which_messages_are_phishing() -> None:
    verdicts = generate.inbox.verdicts()
    table = datasets.open("inbox")
    assert set(table["message_id"]) == set(verdicts)
    assert sorted(set(verdicts.values())) == ["genuine", "phishing"]
    assert not {"verdict", "phishing", "label"} & set(table.columns)
    assert all(address.endswith(".example") for address in table["from_address"])
