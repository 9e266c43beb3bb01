"""Search through a running portal: the interface and the command, each seeing what the asker may see."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from portal_parts import Running, running

from digital_council.__main__ import main


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("portal") / "state") as found:
        yield found


def results(portal: Running, account: str, words: str, **asked: object) -> list[dict[str, object]]:
    with portal.program(account) as program:
        answer = program.get("/search", params={"q": words, **asked})
        assert answer.status_code == 200, answer.text
        found: list[dict[str, object]] = answer.json()["results"]
        return found


def test_lessons_datasets_columns_and_apps_are_in_one_answer(portal: Running) -> None:
    assert {each["kind"] for each in results(portal, "analyst", "ward")} >= {"dataset", "column"}
    assert "unit" in {each["kind"] for each in results(portal, "learner", "one row")}
    assert "app" in {each["kind"] for each in results(portal, "leader", "progress")}
    assert all(each["sensitivity"] for each in results(portal, "learner", "ward"))


def test_a_learner_does_not_find_what_an_analyst_does(portal: Running) -> None:
    assert "referrals" not in {each["id"] for each in results(portal, "learner", "referrals")}
    assert "referrals" not in {each["id"] for each in results(portal, "partner", "referrals")}
    assert "referrals" in {each["id"] for each in results(portal, "analyst", "referrals")}


def test_every_address_leads_somewhere_the_finder_may_go(portal: Running) -> None:
    with portal.browser("learner") as browser:
        for each in results(portal, "learner", "ward", limit=10):
            if each["kind"] == "app":  # opened on an origin of its own; its page here says as much of who may
                each["url"] = f"/services/council/apps/{each['id']}"
            address = f"{portal.origin}{each['url']}"
            assert browser.get(address).status_code == 200, each


def test_pages_follow_by_cursor(portal: Running) -> None:
    with portal.program("learner") as program:
        first = program.get("/search", params={"q": "ward", "limit": 3}).json()
        second = program.get("/search", params={"q": "ward", "limit": 3, "cursor": first["next"]}).json()
        assert program.get("/search", params={"q": "ward", "cursor": "bad"}).status_code == 422
    ids = [each["id"] for each in first["results"] + second["results"]]
    assert len(ids) == len(set(ids)) == 6


def test_the_command_asks_the_portal_as_somebody(portal: Running, capsys: pytest.CaptureFixture[str]) -> None:
    here = ["--url", portal.origin, "--token", "token-learner"]
    assert main(["search", "ward", *here]) == 0
    assert "OFFICIAL" in capsys.readouterr().out
    assert main(["search", "referrals", "--json", *here]) == 0
    assert "referrals" not in [each["id"] for each in json.loads(capsys.readouterr().out)["results"]]
    assert main(["search", "zzzz", *here]) == 0
    assert "nothing found" in capsys.readouterr().out
    assert main(["search", "ward", "--url", portal.origin, "--token", "no"]) == 1
    assert capsys.readouterr().err.count("\n") == 1
