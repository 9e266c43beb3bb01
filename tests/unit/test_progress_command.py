"""`council progress`, asked of a real portal as different people."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

import pytest
from portal_parts import Running, running

from digital_council.__main__ import main
from digital_council.client import _loopback
from digital_council.demo import ensure_history


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("portal") / "state") as found:
        services = found.services
        ensure_history(services.ledger, services.organisation, services.library.courses)
        yield found


def asked(portal: Running, account: str, *words: str) -> int:
    return main(["progress", "--url", portal.origin, "--token", f"token-{account}", *words])


def test_a_leader_gets_their_teams_as_csv_with_its_date(portal: Running, capsys) -> None:
    assert asked(portal, "leader", "--team", "customer-contact", "--format", "csv") == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert {row["name"] for row in rows} == {"customer-contact"}
    assert all(row["as_at"] and (row["completed"] == "[c]" or int(row["completed"]) <= 47) for row in rows)


def test_another_directorates_team_is_refused_by_name(portal: Running, capsys) -> None:
    assert asked(portal, "leader", "--team", "parks") == 1
    assert "you see no team 'parks'" in capsys.readouterr().err


def test_a_learner_has_no_counts_to_see(portal: Running, capsys) -> None:
    assert asked(portal, "learner", "--json") == 0
    assert json.loads(capsys.readouterr().out)["counts"] == []


def test_names_under_localhost_are_on_loopback() -> None:
    assert _loopback("http://council.hub.localhost:8000") == (
        "http://127.0.0.1:8000",
        {"Host": "council.hub.localhost:8000"},
    )
    assert _loopback("https://learn.example.org") == ("https://learn.example.org", {})
