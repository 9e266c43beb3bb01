"""Paths and courses joined or set for a team, what is due, calendars, and units that others must come before."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parent / "grading"))

import small_course
from portal_parts import PREFIX, Running, marked, running
from small_course import COURSE, RIGHT

from digital_council.portal.learners import calendar
from digital_council.settings import PROJECT

UNITS = ("first-unit", "second", "third", "closed")
LINE = f"/courses/{COURSE}/units"
DAY = timedelta(days=1)
TODAY = date.today()
PATHS = f"""
[path.everyone]
title = "Everyone, and; more"
audience = "All"
units = ["{COURSE}/first-unit", "{COURSE}/second"]

[path.other]
title = "Other"
audience = "Some"
units = ["{COURSE}/third"]

[needs."{COURSE}/second"]
first = ["{COURSE}/first-unit"]

[needs."{COURSE}/third"]
first = ["{COURSE}/first-unit"]
enforced = true
"""


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    root = tmp_path_factory.mktemp("project")
    shutil.copytree(PROJECT / "hub_config", root / "hub_config")
    folder = small_course.written(root / "courses") / COURSE
    for name in UNITS[1:]:
        shutil.copytree(folder / "first-unit", folder / name)
    course = folder / "course.toml"
    names = ", ".join(f'"{name}"' for name in UNITS)
    course.write_text(course.read_text().replace('units = ["first-unit"]', f"units = [{names}]"))
    closed = folder / "closed" / "unit.toml"
    closed.write_text(f"{closed.read_text()}due = {(TODAY + 20 * DAY).isoformat()}\n")
    (root / "courses" / "paths.toml").write_text(PATHS)
    with running(tmp_path_factory.mktemp("portal") / "state", root) as found:
        yield found


def asked(portal: Running, account: str, method: str, address: str, **options: Any) -> httpx.Response:
    with portal.program(account) as client:
        return client.request(method, address, **options)


def enrolled(portal: Running, account: str, what: str, **more: Any) -> dict[str, Any]:
    answer = asked(portal, account, "POST", "/enrolments", json={"what": what, **more})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def due(portal: Running, account: str) -> list[tuple[str, str, str]]:
    rows = asked(portal, account, "GET", "/due").json()["due"]
    return [(row["id"], row["due"], row["pressing"]) for row in rows]


def page(portal: Running, account: str, address: str = "/learning") -> str:
    with portal.browser(account) as browser:
        return browser.get(address).text


def pressed(portal: Running, account: str, address: str, **fields: str) -> httpx.Response:
    csrf = portal.services.sessions.form_token("session-1")
    with portal.browser(account) as browser:
        return browser.post(address, data={"csrf": csrf, **fields}, follow_redirects=False)


def handed_in(portal: Running, account: str, unit: str) -> None:
    with portal.program(account) as client:
        answer = client.post(f"{LINE}/{unit}/attempts", json={"answers": RIGHT})
        assert answer.status_code == 202, answer.text
        marked(client, f"{portal.origin}{answer.headers['location']}")


def test_a_learner_joins_a_path_leaves_it_and_takes_that_back(portal: Running) -> None:
    day = (TODAY + 3 * DAY).isoformat()
    assert "Paths you can join" in page(portal, "staff101")
    fields = {"do": "join", "what": "path/everyone", "due": day}
    assert pressed(portal, "staff101", "/learning/enrolments", **fields).status_code == 303
    mine = asked(portal, "staff101", "GET", "/enrolments").json()["mine"]
    assert [(each["what"], each["due"], each["place"]) for each in mine] == [("path/everyone", day, None)]
    assert due(portal, "staff101") == [("first-unit", day, "Due soon"), ("second", day, "Due soon")]
    left = pressed(portal, "staff101", "/learning/enrolments", do=f"leave:{mine[0]['id']}")
    shown = page(portal, "staff101", left.headers["location"].removeprefix(PREFIX))
    assert "You have left Everyone, and; more" in shown
    assert f'name="due" value="{day}"' in shown, "undoing it brings the day back"
    assert due(portal, "staff101") == []
    said = portal.services.ledger.statements("staff101", object="path/everyone").items
    assert [each.verb for each in said] == ["unenrolled", "enrolled"]


def test_a_manager_enrols_a_team_and_the_team_alone_has_it(portal: Running) -> None:
    place, day = "team:customer-contact", (TODAY + 30 * DAY).isoformat()
    made = enrolled(portal, "leader", "path/other", place=place, due=day)
    assert due(portal, "learner") == [("third", day, "")]
    assert due(portal, "learner2") == []
    shown = page(portal, "learner")
    assert "the team Customer contact, by Samir Banerjee" in shown
    assert f"leave:{made['id']}" not in shown
    assert asked(portal, "learner", "DELETE", f"/enrolments/{made['id']}").status_code == 403
    assert asked(portal, "leader2", "DELETE", f"/enrolments/{made['id']}").status_code == 404
    assert asked(portal, "leader", "DELETE", f"/enrolments/{made['id']}").json()["due"] == day
    assert due(portal, "learner") == []


@pytest.mark.parametrize(
    ("account", "place", "status"),
    [
        ("leader", "directorate:resources", 201), ("leader", "team:human-resources", 201),
        ("leader", "team:street-services", 403), ("operator", "team:street-services", 201),
        ("operator", "team:nobody", 403), ("learner", "team:customer-contact", 403), ("author", "team:x", 403),
    ],
)  # fmt: skip
def test_who_may_enrol_which_place(portal: Running, account: str, place: str, status: int) -> None:
    answer = asked(portal, account, "POST", "/enrolments", json={"what": "path/other", "place": place})
    assert answer.status_code == status, answer.text
    if status == 201:
        asked(portal, account, "DELETE", f"/enrolments/{answer.json()['id']}")
    assert asked(portal, account, "GET", "/enrolments").json()["places"] == []


def test_the_page_of_a_manager_enrols_ends_and_undoes(portal: Running) -> None:
    place, day = "team:street-services", (TODAY + DAY).isoformat()
    fields = {"do": "enrol", "what": "path/everyone", "place": place, "due": day}
    assert pressed(portal, "leader2", "/enrolments", **fields).status_code == 303
    assert due(portal, "learner2")[0] == ("first-unit", day, "Due soon")
    assert "Due soon" in page(portal, "learner2", "/")
    [id] = re.findall(r'value="end:([^"]+)"', page(portal, "leader2", "/enrolments"))
    ended = pressed(portal, "leader2", "/enrolments", do=f"end:{id}")
    shown = page(portal, "leader2", ended.headers["location"].removeprefix(PREFIX))
    assert "has ended for the team Street services" in shown
    assert due(portal, "learner2") == []
    assert pressed(portal, "leader2", "/enrolments", what="path/everyone", place=place, due=day).status_code == 303
    assert due(portal, "learner2")[0][1] == day
    with portal.browser("learner") as browser:
        assert browser.get("/enrolments").status_code == 403


def test_what_is_completed_is_not_due_and_what_is_late_says_so(portal: Running) -> None:
    enrolled(portal, "staff102", "path/everyone", due=(TODAY + DAY).isoformat())
    handed_in(portal, "staff102", "first-unit")
    assert [each[0] for each in due(portal, "staff102")] == ["second"]
    services = portal.services
    services.ledger.enrol("path/everyone", by="staff102", account="staff102", due=TODAY - DAY)
    assert due(portal, "staff102") == [("second", (TODAY - DAY).isoformat(), "Overdue")]
    assert "Overdue" in page(portal, "staff102", "/")
    found = asked(portal, "staff102", "GET", "/paths/everyone").json()
    assert (found["done"], found["of"], found["enrolled"]) == (1, 2, True)


def test_the_first_of_two_days_counts_and_more_time_for_one_person_counts_above_all(portal: Running) -> None:
    last = (TODAY + 20 * DAY).isoformat()
    enrolled(portal, "staff103", f"course/{COURSE}", due=(TODAY + 40 * DAY).isoformat())
    assert ("closed", last, "") in due(portal, "staff103"), "the unit's own last day is first"
    enrolled(portal, "staff103", f"course/{COURSE}", due=(TODAY + 10 * DAY).isoformat())
    assert ("closed", (TODAY + 10 * DAY).isoformat(), "") in due(portal, "staff103")
    longer = (TODAY + 60 * DAY).isoformat()
    answer = asked(portal, "author", "PUT", f"{LINE}/closed/allowances/staff103", json={"closes": longer})
    assert answer.status_code == 200
    assert ("closed", longer, "") in due(portal, "staff103")


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"what": "path/nowhere"}, 404, "path/everyone"),
        ({"what": "path/everyone", "due": (TODAY - DAY).isoformat()}, 422, "is past"),
        ({"what": "path/everyone", "duo": "2030-01-01"}, 422, "duo"),
    ],
)
def test_what_cannot_be_joined_is_refused_in_one_line(portal: Running, body, status, said) -> None:
    answer = asked(portal, "staff104", "POST", "/enrolments", json=body)
    assert (answer.status_code, said in answer.json()["detail"]) == (status, True), answer.text


def test_advice_is_told_and_holds_nobody_up(portal: Running) -> None:
    found = asked(portal, "staff105", "GET", f"{LINE}/second").json()
    assert [(each["unit"], each["enforced"], each["done"]) for each in found["needs"]] == [("first-unit", False, False)]
    for address in (f"/courses/{COURSE}", f"{LINE}/second"):
        assert "Best after" in page(portal, "staff105", address)
    assert "Best after" not in page(portal, "staff105", f"{LINE}/first-unit")
    handed_in(portal, "staff105", "second")


def test_an_enforced_need_is_told_by_page_and_interface_until_it_is_completed(portal: Running) -> None:
    for method, address in (("PUT", "draft"), ("POST", "attempts")):
        answer = asked(portal, "staff106", method, f"{LINE}/third/{address}", json={"answers": RIGHT})
        assert answer.status_code == 409, answer.text
        assert answer.json()["needs"][0]["unit"] == "first-unit"
    shown = page(portal, "staff106", f"{LINE}/third")
    assert "Complete it first" in shown
    assert "data-lesson" not in shown
    enrolled(portal, "staff106", "path/other")
    assert "Next:" not in page(portal, "staff106")
    handed_in(portal, "staff106", "first-unit")
    assert "data-lesson" in page(portal, "staff106", f"{LINE}/third")
    handed_in(portal, "staff106", "third")


def events(text: str) -> list[dict[str, str]]:
    """The events of a calendar, read as RFC 5545 says: unfolded, each property with its value as text."""
    assert text.endswith("END:VCALENDAR\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "\n" not in text.replace("\r\n", "")
    found: list[dict[str, str]] = []
    depth: list[str] = []
    for line in text.replace("\r\n ", "").split("\r\n")[:-1]:
        name, _, value = line.partition(":")
        if name == "BEGIN":
            depth.append(value)
            found += [{}] if value == "VEVENT" else []
        elif name == "END":
            assert depth.pop() == value
        elif depth[-1] == "VEVENT":
            plain = value.replace("\\n", "\n").replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\")
            found[-1][name.partition(";")[0]] = plain
    assert depth == []
    return found


def test_the_calendar_has_an_event_for_each_unit_that_is_due(portal: Running) -> None:
    enrolled(portal, "staff107", "path/everyone", due=(TODAY + DAY).isoformat())
    with portal.browser("staff107") as browser:
        answer = browser.get("/learning/calendar.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    first, second = events(answer.text)
    assert (first["DTSTART"], first["DTEND"]) == (f"{TODAY + DAY:%Y%m%d}", f"{TODAY + 2 * DAY:%Y%m%d}")
    assert first["SUMMARY"] == "Complete: First"
    assert first["URL"] == f"{portal.origin}{PREFIX}{LINE}/first-unit"
    assert first["UID"] != second["UID"]
    enrolled(portal, "staff107", "path/everyone", due=(TODAY + 5 * DAY).isoformat())
    with portal.browser("staff107") as browser:
        moved = events(browser.get("/learning/calendar.ics").text)
    assert [each["UID"] for each in moved] == [first["UID"], second["UID"]], "so that an entry moves"
    assert moved[0]["DTSTART"] == f"{TODAY + 5 * DAY:%Y%m%d}"
    handed_in(portal, "staff107", "first-unit")
    with portal.browser("staff107") as browser:
        assert len(events(browser.get("/learning/calendar.ics").text)) == 1


def test_a_calendars_private_address_needs_no_sign_in_and_can_be_renewed(portal: Running) -> None:
    enrolled(portal, "staff108", "path/everyone", due=(TODAY + DAY).isoformat())
    address = asked(portal, "staff108", "GET", "/calendar").json()["address"]
    assert address in page(portal, "staff108")
    answer = httpx.get(address)
    assert (answer.status_code, len(events(answer.text))) == (200, 2)
    again = asked(portal, "staff108", "POST", "/calendar/renew").json()["address"]
    assert again != address
    assert httpx.get(address).status_code == 404
    assert httpx.get(again).status_code == 200
    pressed(portal, "staff108", "/learning/calendar")
    assert httpx.get(again).status_code == 404


def test_a_serial_without_its_seal_opens_no_calendar_nor_does_one_of_somebody_gone(portal: Running) -> None:
    services = portal.services
    serial = services.ledger.calendar_of("staff109")
    start = f"{portal.origin}{PREFIX}/calendar/"
    for token in (serial, f"{serial}.", f"{serial}.{'0' * 32}", "é.é", "."):
        assert httpx.get(f"{start}{token}.ics").status_code == 404
    address = f"{portal.origin}{calendar.address(services, 'staff109')}"
    assert httpx.get(address).status_code == 200
    groups = portal.hub.groups_of.pop("staff109")
    try:
        assert httpx.get(address).status_code == 404, "the hub knows the account no more"
    finally:
        portal.hub.groups_of["staff109"] = groups


@pytest.mark.parametrize("text", ["a" * 200, "é" * 90, "x" * 74 + "€uro" * 30, "", "a,b;c\\d\ne"])
def test_any_text_survives_folding_and_escaping(text: str) -> None:
    line = f"SUMMARY:{calendar.escaped(text)}"
    wrapped = f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{calendar.folded(line)}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    assert [each["SUMMARY"] for each in events(wrapped)] == [text]
