"""Pages of figures: for those who may see them, with what was published and no more; and what a manager sees of one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from portal_parts import Running, running

from digital_council.demo import ensure_history
from digital_council.portal.leaders.trends import trend


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("portal") / "state") as found:
        services = found.services
        ensure_history(services.ledger, services.organisation, services.library.courses)
        yield found


def page(portal: Running, account: str, path: str, status: int = 200) -> str:
    with portal.browser(account) as client:
        answer = client.get(path)
    assert answer.status_code == status
    return unescape(re.sub(r"<[^>]+>", " ", answer.text))


def test_a_leader_begins_with_the_team_they_manage_and_chooses_among_their_own(portal: Running) -> None:
    text = page(portal, "leader", "/figures")
    assert "Customer contact: 47 people" in text
    assert "Street services" not in text
    assert "Resources: 114 people" in page(portal, "leader", "/figures?scope=resources")
    assert "You see no figures of 'street-services'" in page(portal, "leader", "/figures?scope=street-services", 404)


def test_an_analyst_sees_the_council_and_no_team(portal: Running) -> None:
    text = page(portal, "analyst", "/figures")
    assert "The whole council: 400 people" in text
    assert "Customer contact" not in text


@pytest.mark.parametrize("account", ["learner", "partner"])
def test_others_are_told_whom_figures_are_for(portal: Running, account: str) -> None:
    assert "Figures are for those who lead teams" in page(portal, account, "/figures", 403)


def test_each_figure_has_its_definition_and_its_date_beside_it(portal: Running) -> None:
    with portal.program("leader") as client:
        found = client.get("/progress/figures?scope=customer-contact").json()
    text = page(portal, "leader", "/figures")
    for figure in ("reached", "completed", "days", "first_try", "passed", "retention", "applied", "lift"):
        assert found["definitions"][figure]["text"] in text
    assert "As at" in text


def test_nobody_is_named_on_the_page_of_figures(portal: Running) -> None:
    text = page(portal, "leader", "/figures?scope=council")
    names = {person.name for person in portal.services.organisation.people.values()} - {"Samir Banerjee"}
    assert not {name for name in names if name in text}


def test_a_learner_sees_exactly_the_row_their_manager_sees(portal: Running) -> None:
    with portal.program("leader") as client:
        people = client.get("/progress").json()["people"]
    row = next(each for each in people if each["account"] == "learner")
    text = page(portal, "learner", "/figures/me")
    assert "Samir Banerjee sees this" in text
    titles = {f"{c.id}/{u.id}": u.title for c in portal.services.library.courses for u in c.units}
    assert row["completed"]
    for place, title in titles.items():
        assert (title in text) == (place in row["completed"])


def test_somebody_in_no_team_is_seen_by_nobody(portal: Running) -> None:
    assert "nobody sees anything with your name on it" in page(portal, "partner", "/figures/me")


def test_a_hidden_month_is_a_gap_in_the_line_and_said_in_the_table() -> None:
    months = ("2026-01", "2026-02", "2026-03")
    rows = [{"figure": "reached", "month": m, "share": s} for m, s in zip(months, (0.1, "[c]", 0.3), strict=True)]
    drawn = trend(rows, {"reached": {"share": 0.4}}, "2026-04-02T00:00:00+00:00")
    assert drawn.lines[0].path == "M0.0 90.0M66.7 70.0L100.0 60.0"
    assert drawn.rows[0] == ("People reached", ("10%", "[c]", "30%", "40%"))
    assert drawn.months == ("Jan 2026", "Feb 2026", "Mar 2026", "2 Apr 2026")


def test_before_enough_people_have_learnt_the_page_says_so(tmp_path_factory: pytest.TempPathFactory) -> None:
    with running(tmp_path_factory.mktemp("new") / "state") as found:
        text = page(found, "leader", "/figures")
    assert "There is nothing to show yet" in text
    assert "[c]" in text
