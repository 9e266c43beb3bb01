"""Exports of the figures: the same numbers, with fields that stay, harmless in a spreadsheet, only for who may see."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest
from portal_parts import Running, running
from pyarrow import parquet

from digital_council.demo import ensure_history
from digital_council.progress import exports


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("portal") / "state") as found:
        services = found.services
        ensure_history(services.ledger, services.organisation, services.library.courses)
        yield found


def got(portal: Running, account: str, path: str) -> Any:
    with portal.program(account) as client:
        answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.mark.parametrize("table", ["figures", "counts", "completions"])
def test_csv_json_and_parquet_hold_the_same_rows_in_the_same_fields(portal: Running, table: str) -> None:
    text = rows_of(got(portal, "leader", f"/progress/{table}.csv").content)
    record = got(portal, "leader", f"/progress/{table}.json").json()
    typed = parquet.read_table(io.BytesIO(got(portal, "leader", f"/progress/{table}.parquet").content))
    names = [field["name"] for field in record["fields"]]
    assert names == list(text[0]) == typed.column_names
    assert len(text) == len(record["rows"]) == typed.num_rows > 10
    assert [row["unit"] for row in record["rows"]] == [row["unit"] for row in text] == typed["unit"].to_pylist()


def test_the_fields_are_those_that_are_documented(portal: Running) -> None:
    from digital_council.settings import PROJECT

    page = (PROJECT / "docs" / "figures.md").read_text(encoding="utf-8")
    for fields in (exports.FIGURES, exports.COUNTS, exports.COMPLETIONS):
        for field in fields:
            assert f"| `{field.name}` | {field.kind} | {field.meaning} |" in page


def test_a_hidden_number_is_empty_and_marked(portal: Running) -> None:
    rows = rows_of(got(portal, "leader", "/progress/figures.csv").content)
    hidden = [row for row in rows if row["mark"] == "[c]"]
    assert hidden
    assert all(row["value"] == row["share"] == "" for row in hidden)
    assert all(row["value"] for row in rows if not row["mark"])


def test_completions_name_the_managers_own_team_alone(portal: Running) -> None:
    rows = rows_of(got(portal, "leader", "/progress/completions.csv").content)
    assert {row["team"] for row in rows} == {"customer-contact"}
    assert "passed" not in " ".join(rows[0])
    for account in ("learner", "analyst", "author", "operator"):
        assert rows_of(got(portal, account, "/progress/completions.csv").content) == []


def test_a_learner_and_a_partner_get_no_figures(portal: Running) -> None:
    for account in ("learner", "partner"):
        assert rows_of(got(portal, account, "/progress/figures.csv").content) == []
        assert got(portal, account, "/progress/figures").json()["misconceptions"] == []


def test_another_directorates_team_is_refused(portal: Running) -> None:
    with portal.program("leader") as client:
        refused = client.get("/progress/figures?scope=parks")
        own = client.get("/progress/figures?scope=customer-contact").json()
    assert refused.status_code == 404
    assert "You see no figures of 'parks'" in refused.json()["detail"]
    assert {row["scope"] for row in own["figures"]} == {"customer-contact"}


def test_an_app_reads_as_its_viewer(portal: Running) -> None:
    token = portal.services.tokens.sign_viewer("leader", "skills", [])
    with portal.program() as client:
        client.headers["Authorization"] = f"Bearer {token}"
        as_app = client.get("/progress/figures").json()
    assert as_app == got(portal, "leader", "/progress/figures").json()


def test_no_cell_runs_as_a_formula() -> None:
    table = exports.Table(exports.COMPLETIONS, [dict.fromkeys((f.name for f in exports.COMPLETIONS), "=1+1")], {})
    row = rows_of(b"".join(exports.as_csv(table)))[0]
    assert set(row.values()) == {"'=1+1"}
