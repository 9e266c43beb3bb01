"""Datasets by name: typed, verified, described, joined, checked; and clear about what is wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from digital_council import datasets
from digital_council.__main__ import main
from digital_council.datasets.checking import check
from digital_council.datasets.errors import UnknownDatasetError
from digital_council.datasets.generate.writing import Made, column, write
from digital_council.datasets.publication import gate

BUSES = Made(
    id="bus_stops",
    title="Bus stops",
    description="Where buses stop, and how many people wait.",
    row_is="one stop",
    owner="Parking",
    key=("stop_id",),
    refresh="yearly",
    source="Counted by hand.",
    keywords=("buses", "transport"),
    columns=(
        column("stop_id", "string", "The stop's number", unique=True),
        column("ward", "string", "The ward it stands in", enum=("Acton", "Hanwell")),
        column("waiting", "integer", "People who wait on a usual day", required=False),
        column("shelter", "boolean", "Whether it has a roof"),
        column("cost", "number", "Pounds a year", required=False),
        column("opened_on", "date", "The day of its first bus", required=False),
    ),
    rows=(
        ("B1", "Acton", "12", "true", "3.50", "2019-02-28"),
        ("B2", "Hanwell", "[c]", "false", "-0.10", ""),
        ("B3", "Acton", "[x]", "true", "", "2024-02-29"),
    ),
    missing=(("", "blank"), ("[c]", "suppressed"), ("[x]", "not available")),
    raw={"as-sent.csv": b"a,b\n"},
)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COUNCIL_DATASETS", str(tmp_path))
    write(BUSES, tmp_path)
    return tmp_path


def edit(store: Path, change: Callable[[dict], object]) -> None:
    path = store / "bus_stops" / "datapackage.json"
    said = json.loads(path.read_text())
    change(said)
    path.write_text(json.dumps(said))


def test_importing_datasets_imports_no_heavy_library() -> None:
    heavy = ("pandas", "numpy", "duckdb", "frictionless")
    code = f"import sys, digital_council.datasets; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=180)
    assert done.stdout.strip() == "[]"


def test_columns_have_the_types_that_are_described(store: Path) -> None:
    table = datasets.open("bus_stops")
    kinds = {name: str(kind) for name, kind in table.dtypes.items()}
    assert kinds["ward"] == "category"
    assert kinds["waiting"] == "Int64"
    assert kinds["shelter"] == "bool"
    assert kinds["cost"] == "float64"
    assert kinds["opened_on"].startswith("datetime64")
    assert table["opened_on"][2] == pd.Timestamp(2024, 2, 29)
    assert table["shelter"].tolist() == [True, False, True]


def test_kinds_of_nothing_can_be_told_apart(store: Path) -> None:
    assert datasets.open("bus_stops")["waiting"].isna().tolist() == [False, True, True]
    reasons = datasets.missing("bus_stops")
    assert reasons["waiting"].tolist()[1:] == ["suppressed", "not available"]
    assert reasons["cost"][2] == "blank"
    assert reasons["stop_id"].isna().all()


def test_a_misspelt_dataset_gets_the_near_name(store: Path) -> None:
    with pytest.raises(datasets.UnknownDatasetError, match="did you mean 'bus_stops'"):
        datasets.open("bus_stop")


@pytest.mark.parametrize("name", ["", "..", "../bus_stops", "bus_stops/", "/etc", "Bus_Stops", None])
def test_a_name_is_never_a_path(store: Path, name: str) -> None:
    with pytest.raises(datasets.UnknownDatasetError):
        datasets.open(name)


def test_a_changed_file_is_not_opened(store: Path) -> None:
    file = store / "bus_stops" / "bus_stops.csv"
    datasets.open("bus_stops")
    file.write_text(file.read_text().replace("12", "21"))
    with pytest.raises(datasets.ChangedFileError, match="restore the file"):
        datasets.open("bus_stops")


def test_a_file_that_is_gone_is_named(store: Path) -> None:
    (store / "bus_stops" / "bus_stops.csv").unlink()
    with pytest.raises(datasets.ChangedFileError, match=r"bus_stops\.csv cannot be read"):
        datasets.open("bus_stops")


def test_an_older_version_opens_as_it_was(store: Path) -> None:
    write(replace(BUSES, version="1.1.0", rows=BUSES.rows[:1]), store)
    assert len(datasets.open("bus_stops")) == 1
    assert len(datasets.open("bus_stops", "1.0.0")) == 3
    with pytest.raises(datasets.UnknownDatasetError, match=r"no version '2\.0\.0'"):
        datasets.open("bus_stops", "2.0.0")
    with pytest.raises(datasets.UnknownDatasetError, match="no version"):
        datasets.open("bus_stops", "../versions/1.0.0")


def test_data_does_not_change_under_its_version(store: Path) -> None:
    with pytest.raises(datasets.DescriptionError, match="raise the version"):
        write(replace(BUSES, rows=BUSES.rows[:1]), store)
    assert len(datasets.open("bus_stops")) == 3
    write(replace(BUSES, rows=BUSES.rows[:1]), store, force=True)
    assert len(datasets.open("bus_stops")) == 1


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda d: d.pop("owner"), "`owner` is missing"),
        (lambda d: d.update(rowIs=""), "`rowIs` is missing"),
        (lambda d: d.update(sensitivity="SECRET"), "'SECRET'"),
        (lambda d: d.update(publication={"public": "yes"}), "true or false"),
        (lambda d: d.update(publication={"public": False, "reason": "names"}), r"publication\.owner"),
        (lambda d: d["resources"][0].pop("path"), "path"),
        (lambda d: d.update(resources=[]), "`resources` is missing"),
        (lambda d: d.update(title=5), "`title` is 5; it must be text"),
        (lambda d: d.update(created="yesterday"), "a moment such as"),
        (lambda d: d["resources"][0].update(rowCount="many"), "whole number"),
        (lambda d: d["resources"][0].update(path="../../etc/passwd"), "out of the dataset's folder"),
        (lambda d: d["resources"][0].update(path="/etc/passwd"), "out of the dataset's folder"),
        (lambda d: d["resources"][0]["schema"].update(fields=[]), "describe every column"),
        (lambda d: d["resources"][0]["schema"].update(primaryKey=["nowhere"]), "no column"),
    ],
)
def test_a_description_that_is_wrong_says_where(store: Path, change: Callable[[dict], object], word: str) -> None:
    edit(store, change)
    with pytest.raises(datasets.DescriptionError, match=word) as caught:
        datasets.describe("bus_stops")
    assert "bus_stops/datapackage.json" in str(caught.value)
    assert [finding.dataset for finding in check("bus_stops")] == ["bus_stops"]


def test_a_description_reads_well_and_has_a_real_table(store: Path) -> None:
    described = datasets.describe("bus_stops")
    assert "One row is: one stop" in repr(described)
    assert "[c] = suppressed" in repr(described)
    html = described._repr_html_()
    assert '<th scope="col">Meaning</th>' in html
    assert "<caption>" in html
    assert json.loads(json.dumps(described.to_json()))["columns"][1]["categories"] == ["Acton", "Hanwell"]


def test_markup_in_a_description_is_shown_and_not_obeyed(store: Path) -> None:
    edit(store, lambda d: d.update(title="<script>alert(1)</script>"))
    assert "<script>" not in datasets.describe("bus_stops")._repr_html_()


def test_finding_takes_every_word_and_puts_the_name_first(store: Path) -> None:
    write(
        replace(BUSES, id="tram_lines", title="Tram lines", keywords=("rails",), description="Like a bus, on rails."),
        store,
    )
    assert [found.id for found in datasets.find("Buses")] == ["bus_stops", "tram_lines"]
    assert [found.id for found in datasets.find("hanwell rails")] == ["tram_lines"]
    assert datasets.find("bus zebra") == []


def test_duckdb_sees_the_same_types_and_absences(store: Path) -> None:
    relation = datasets.scan("bus_stops")
    assert [str(kind) for kind in relation.types] == ["VARCHAR", "VARCHAR", "BIGINT", "BOOLEAN", "DOUBLE", "DATE"]
    assert relation.filter("waiting IS NULL").count("*").fetchone() == (2,)


def test_a_parquet_dataset_opens_and_scans(store: Path) -> None:
    folder = store / "bus_stops"
    datasets.open("bus_stops").to_parquet(folder / "bus_stops.parquet")
    from digital_council.datasets.store import fingerprint

    found = fingerprint(folder / "bus_stops.parquet")
    edit(store, lambda d: d["resources"][0].update(path="bus_stops.parquet", format="parquet", hash=f"sha256:{found}"))
    assert datasets.open("bus_stops")["waiting"].tolist()[0] == 12
    assert datasets.scan("bus_stops").filter("waiting = 12").fetchall()[0][0] == "B1"


def test_a_join_accounts_for_every_row_and_says_why() -> None:
    left = pd.DataFrame({"ward": ["Acton", "ACTON", "Hanwel", "Southall-Green", None, "Mars", "Acton"]})
    right = pd.DataFrame({"ward": ["Acton", "Hanwell", "Southall Green", "Acton"], "people": [1, 2, 3, 4]})
    joined = datasets.join(left, right, on="ward")
    assert joined.matched == 2
    assert joined.repeats == 2
    assert len(joined.table) == 4
    assert len(joined.unmatched_left) + joined.matched == len(left)
    assert joined.unmatched_right["ward"].tolist() == ["Hanwell", "Southall Green"]
    why = {reason.key: (reason.reason, reason.suggestion) for reason in joined.reasons if reason.side == "left"}
    assert why["ACTON"] == ("differs in case from", "Acton")
    assert why["Hanwel"] == ("is near the name", "Hanwell")
    assert why["Southall-Green"] == ("differs in spaces or punctuation from", "Southall Green")
    assert why["(blank)"][0] == "the key is missing"
    assert why["Mars"] == ("stands on this side only", "")
    assert "2 rows on the left matched, 5 did not" in repr(joined)
    assert '<th scope="col">Side</th>' in joined._repr_html_()


def test_a_join_on_number_and_text_says_so() -> None:
    joined = datasets.join(pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"b": ["1", "2"]}), on=("a", "b"))
    assert {reason.reason for reason in joined.reasons} == {
        "same value, but a number on one side and text on the other"
    }


def test_a_join_on_several_columns_needs_all_of_them_to_agree() -> None:
    left = pd.DataFrame({"ward": ["Acton", "Acton"], "month": [1, 2], "visits": [5, 6]})
    right = pd.DataFrame({"ward": ["Acton", "acton"], "month": [1, 2], "loans": [7, 8]})
    joined = datasets.join(left, right, on=["ward", "month"])
    assert joined.table.to_dict("list") == {"ward": ["Acton"], "month": [1], "visits": [5], "loans": [7]}
    assert str(joined.reasons[0]).count("differs in case from") == 1


def test_two_missing_keys_are_no_match() -> None:
    joined = datasets.join(pd.DataFrame({"a": [None, "x"]}), pd.DataFrame({"a": [None, "x"]}), on="a")
    assert joined.matched == len(joined.table) == 1


def test_a_join_on_a_column_that_is_not_there_names_the_near_one(store: Path) -> None:
    with pytest.raises(datasets.TableError, match="right table has no column 'warrd': did you mean 'ward'"):
        datasets.join(pd.DataFrame({"a": [1]}), "bus_stops", on=("a", "warrd"))


def test_a_sound_store_has_no_findings(store: Path) -> None:
    assert check("bus_stops") == []


def test_check_finds_the_row_and_column_that_is_wrong(store: Path) -> None:
    file = store / "bus_stops" / "bus_stops.csv"
    file.write_text(file.read_text().replace("12,true", "twelve,true"))
    found = check("bus_stops")
    assert any("fingerprint" in finding.what for finding in found)
    assert [(f.row, f.column) for f in found if f.row] == [(2, "waiting")]


def test_check_finds_a_row_too_few_a_raw_file_changed_and_a_name_that_differs(store: Path) -> None:
    edit(store, lambda d: (d.update(name="buses"), d["resources"][0].update(rowCount=4)))
    (store / "bus_stops" / "raw" / "as-sent.csv").write_bytes(b"other")
    said = " ".join(str(finding) for finding in check("bus_stops"))
    assert "says 4" in said
    assert "raw/as-sent.csv has changed" in said
    assert "'buses'" in said


def test_an_overdue_review_shows_up(store: Path) -> None:
    publication = {"public": False, "reason": "names", "owner": "Head of Parking", "review": "2026-03-31"}
    edit(store, lambda d: d.update(publication=publication))
    assert check("bus_stops", date(2026, 3, 31)) == []
    assert "Head of Parking" in str(check("bus_stops", date(2026, 4, 1))[0])


def test_the_command_lists_shows_and_checks(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["datasets", "list"]) == 0
    assert "bus_stops        3 rows  public" in capsys.readouterr().out
    assert main(["datasets", "show", "bus_stops", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"] == 3
    assert main(["datasets", "check"]) == 0
    assert main(["datasets", "show", "bus"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    edit(store, lambda d: d.pop("owner"))
    assert main(["datasets", "check", "bus_stops", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["findings"][0]["dataset"] == "bus_stops"


def test_a_broken_description_takes_no_other_dataset_with_it(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (store / "shelters").mkdir()
    (store / "shelters" / "datapackage.json").write_text("{broken")
    assert [each.id for each in datasets.catalogue()] == ["bus_stops"]
    assert [each.id for each in gate.published()] == ["bus_stops"]
    with pytest.raises(UnknownDatasetError):
        gate.find("shelters")
    assert main(["datasets", "list"]) == 1
    said = capsys.readouterr()
    assert "bus_stops" in said.out
    assert said.err == "shelters: its description cannot be read; see `council datasets check shelters`\n"


def test_the_command_builds_what_is_asked_and_nothing_twice(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["datasets", "build", "wards", "--json"]) == 0
    assert sorted(json.loads(capsys.readouterr().out)) == ["wards/datapackage.json", "wards/wards.csv"]
    assert main(["datasets", "build", "wards"]) == 0
    assert "0 files" in capsys.readouterr().out
    assert main(["datasets", "build", "ward"]) == 2


def test_a_room_that_is_not_there_is_an_empty_catalogue(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COUNCIL_DATASETS", str(tmp_path / "nowhere"))
    assert datasets.catalogue() == []
