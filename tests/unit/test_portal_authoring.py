"""What authors and operators do for learners: time, attempts, results released, marks by hand, checking again."""

from __future__ import annotations

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
from portal_parts import API, Running, marked, running
from small_course import COURSE, RIGHT

from digital_council.courses import releases
from digital_council.courses.questions import Table
from digital_council.grading.intake import accept
from digital_council.portal.lesson import forms
from digital_council.settings import PROJECT

UNITS = ("first-unit", "limited", "held", "by-hand")
LINE = f"/courses/{COURSE}/units"
YESTERDAY, TOMORROW = (date.today() + timedelta(days=days) for days in (-1, 1))
MANUAL = ('role="action")', 'role="task", points=4, manual=True)')


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with one small course, its four units each on terms of its own."""
    root = tmp_path_factory.mktemp("project")
    shutil.copytree(PROJECT / "hub_config", root / "hub_config")
    folder = small_course.written(root / "courses") / COURSE
    for name in UNITS[1:]:
        shutil.copytree(folder / "first-unit", folder / name)
    course = folder / "course.toml"
    names = ", ".join(f'"{name}"' for name in UNITS)
    course.write_text(course.read_text().replace('units = ["first-unit"]', f"units = [{names}]\nmax_attempts = 2"))
    _append(folder / "limited" / "unit.toml", f"due = {YESTERDAY}")
    _append(folder / "held" / "unit.toml", 'release_feedback = "by hand"')
    checks = folder / "by-hand" / "checks.py"
    checks.write_text(checks.read_text().replace(*MANUAL))
    return root


@pytest.fixture(scope="module")
def portal(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("portal") / "state", project) as found:
        yield found


def _append(path: Path, line: str) -> None:
    path.write_text(f"{path.read_text()}{line}\n")


def sent(client: httpx.Client, unit: str, **answers: Any) -> httpx.Response:
    return client.post(f"{LINE}/{unit}/attempts", json={"answers": {**RIGHT, **answers}})


def handed_in(portal: Running, account: str, unit: str, **answers: Any) -> dict[str, Any]:
    with portal.program(account) as client:
        answer = sent(client, unit, **answers)
        assert answer.status_code == 202, answer.text
        return marked(client, f"{portal.origin}{answer.headers['location']}")


def pressed(portal: Running, who: str, page: str, **fields: str) -> httpx.Response:
    """A button of a page, pressed in a browser without script."""
    csrf = portal.services.sessions.form_token("session-1")
    with portal.browser(who) as browser:
        return browser.post(page, data={"csrf": csrf, **fields})


def page(portal: Running, account: str, address: str) -> str:
    with portal.browser(account) as browser:
        return browser.get(address).text


def test_attempts_are_limited_and_one_person_may_be_given_more(portal: Running) -> None:
    handed_in(portal, "learner", "first-unit")
    handed_in(portal, "learner", "first-unit", how_many=1)
    with portal.program("learner") as learner:
        refused = sent(learner, "first-unit", how_many=2)
        assert (refused.status_code, "2 of 2 attempts" in refused.json()["detail"]) == (403, True)
    assert "used 2 of 2 attempts" in page(portal, "learner", f"{LINE}/first-unit")
    answer = pressed(portal, "author", f"/authoring/{COURSE}/first-unit", do="allow", account="learner", attempts="3")
    assert answer.status_code == 303
    assert handed_in(portal, "learner", "first-unit", how_many=2)["number"] == 3
    with portal.program("learner") as learner:
        assert learner.get(f"{LINE}/first-unit").json()["attempts_allowed"] == 3


def test_a_due_date_is_shown_and_kept_and_one_person_may_have_longer(portal: Running) -> None:
    shown = f"{YESTERDAY.day} {YESTERDAY:%B %Y}"
    for address in ("/", f"/courses/{COURSE}", f"{LINE}/limited"):
        assert shown in page(portal, "learner", address)
    with portal.program("learner") as learner, portal.program("author") as author:
        assert sent(learner, "limited").status_code == 403
        until = {"closes": TOMORROW.isoformat()}
        assert author.put(f"{LINE}/limited/allowances/learner", json=until).status_code == 200
        assert sent(learner, "limited").status_code == 202
        assert learner.get(f"{LINE}/limited").json()["due"] == TOMORROW.isoformat()
        assert author.get(f"{LINE}/limited/allowances").json()["allowances"] == [
            {"account": "learner", "attempts": None, "closes": TOMORROW.isoformat()}
        ]


def test_a_result_held_back_does_not_count_for_a_certificate(portal: Running) -> None:
    assert handed_in(portal, "analyst", "held")["state"] == "withheld"
    counts = portal.services.certificates._counts
    assert not counts("analyst", COURSE, "held")
    assert pressed(portal, "author", f"/authoring/{COURSE}/held", do="release").status_code == 303
    assert counts("analyst", COURSE, "held")


def test_results_are_withheld_until_the_author_releases_them(portal: Running) -> None:
    attempt = handed_in(portal, "leader2", "held", how_many=1)
    told = (attempt["state"], attempt["outcome"], attempt["score"], attempt["findings"], attempt["results"])
    assert told == ("withheld", None, None, [], [])
    assert "Passed" not in page(portal, "leader2", "/")
    with portal.program("leader2") as client:
        assert [row["passed_at"] for row in client.get("/progress").json()["own"]] == [None]
    assert "3 of 4" not in page(portal, "leader2", f"/attempts/{attempt['id']}")
    assert pressed(portal, "author", f"/authoring/{COURSE}/held", do="release").status_code == 303
    with portal.program("leader2") as learner:
        after = learner.get(f"/attempts/{attempt['id']}").json()
        assert (after["state"], after["score"]) == ("done", 3)
        assert after["findings"]
    assert handed_in(portal, "leader2", "held", how_many=2)["state"] == "withheld"


def test_an_answer_is_marked_by_hand_once_and_the_learner_sees_it(portal: Running) -> None:
    attempt = handed_in(portal, "learner", "by-hand", thoughts="Count the columns first.")
    assert (attempt["state"], attempt["outcome"], attempt["score"]) == ("awaiting-mark", None, None)
    desk = f"/authoring/{COURSE}/by-hand"
    assert "Count the columns first." in page(portal, "author", desk)
    fields = {"points-thoughts": "3", "comment-thoughts": "Say <b>which</b>."}
    for said in ("marked", "same"):
        answer = pressed(portal, "author", desk, do=f"mark:{attempt['id']}", **fields)
        assert answer.headers["location"].endswith(f"said={said}")
    with portal.program("learner") as learner:
        after = learner.get(f"/attempts/{attempt['id']}").json()
    assert (after["state"], after["outcome"], after["score"], after["max"]) == ("done", "passed", 7, 8)
    shown = page(portal, "learner", f"/attempts/{attempt['id']}")
    assert "Say &lt;b&gt;which&lt;/b&gt;." in shown
    assert "marks given by a person" in shown


@pytest.mark.parametrize("marks", [{"which": 1}, {"thoughts": 5}, {"thoughts": -1}, {}])
def test_marks_that_cannot_be_given_are_refused_in_one_line(portal: Running, marks: dict[str, float]) -> None:
    attempt = _known(portal) or handed_in(portal, "learner2", "by-hand", thoughts="x")
    body = {"marks": {question: {"points": points} for question, points in marks.items()}}
    with portal.program("author") as author:
        answer = author.put(f"/attempts/{attempt['id']}/marks", json=body)
    assert answer.status_code == 422, answer.text


def _known(portal: Running) -> dict[str, Any] | None:
    with portal.program("learner2") as client:
        return next(iter(client.get("/attempts", params={"unit": "by-hand"}).json()["attempts"]), None)


def test_only_authors_and_operators_have_these_pages_and_calls(portal: Running) -> None:
    calls = [
        ("GET", f"{LINE}/first-unit/allowances", None), ("PUT", f"{LINE}/first-unit/allowances/learner", {}),
        ("POST", f"{LINE}/first-unit/regrade", None), ("POST", f"{LINE}/first-unit/release", None),
        ("GET", f"{LINE}/first-unit/awaiting", None), ("PUT", "/attempts/x/marks", {"marks": {"a": {"points": 1}}}),
        ("GET", "/unchecked", None), ("POST", "/unchecked/x/queue", None),
    ]  # fmt: skip
    with portal.program("learner") as learner:
        for method, address, body in calls:
            assert learner.request(method, address, json=body).status_code == 403, address
    for address in ("/authoring", f"/authoring/{COURSE}/first-unit", "/unchecked"):
        with portal.browser("learner") as browser:
            assert browser.get(address).status_code == 403, address


def test_a_button_pressed_from_another_site_does_nothing(portal: Running) -> None:
    with portal.browser("author") as browser:
        for address in (f"/authoring/{COURSE}/held", "/unchecked/x", "/attempts/x/restore"):
            assert browser.post(address, data={"do": "release"}).status_code == 403


def test_an_earlier_attempt_is_restored_into_the_draft(portal: Running) -> None:
    attempt = handed_in(portal, "leader", "first-unit", how_many=7)
    with portal.program("leader") as client:
        client.put(f"{LINE}/first-unit/draft", json={"answers": {"how_many": 99}})
        restored = client.post(f"/attempts/{attempt['id']}/restore")
        assert restored.json()["answers"]["how_many"] == 7
        assert client.get(f"{LINE}/first-unit/draft").json()["answers"] == {**RIGHT, "how_many": 7}
    with portal.program("learner") as other:
        assert other.post(f"/attempts/{attempt['id']}/restore").status_code == 404
    assert pressed(portal, "leader", f"/attempts/{attempt['id']}/restore").status_code == 303


def test_a_regrade_keeps_the_old_mark_and_tells_the_learner(portal: Running, project: Path) -> None:
    attempt = handed_in(portal, "analyst", "first-unit", how_many=13)
    assert (attempt["outcome"], attempt["score"]) == ("passed", 3)
    checks = project / "courses" / COURSE / "first-unit" / "checks.py"
    checks.write_text(checks.read_text().replace("answer=12", "answer=13"))
    courses = releases.ensure(project / "courses", portal.services.state)
    object.__setattr__(portal.services.library, "courses", tuple(courses))
    with portal.program("operator") as operator, portal.program("analyst") as client:
        assert operator.post(f"{LINE}/first-unit/regrade").json()["queued"] >= 1
        assert marked(client, f"{portal.origin}{API}/attempts/{attempt['id']}")["score"] == 4
    shown = page(portal, "analyst", f"/attempts/{attempt['id']}")
    assert "was marked again" in shown
    assert "3 of 4" in shown


def test_the_desk_counts_what_a_regrade_has_still_to_mark(portal: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    attempt = handed_in(portal, "leader", "first-unit")
    desk = f"/authoring/{COURSE}/first-unit"
    with monkeypatch.context() as held, portal.program("operator") as operator:
        held.setattr(portal.services.ledger, "lease", lambda *_, **__: None)
        queued = operator.post(f"{LINE}/first-unit/regrade").json()["queued"]
        left = "1 attempt is still" if queued == 1 else f"{queued} attempts are still"
        assert left in page(portal, "author", desk)
    with portal.program("leader") as client:
        assert marked(client, f"{portal.origin}{API}/attempts/{attempt['id']}")["state"] in ("done", "superseded")


def test_an_operator_checks_again_what_could_not_be_checked(portal: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    services = portal.services
    unit = services.library.unit(COURSE, "first-unit")
    with monkeypatch.context() as held:  # the grader looks for work by itself: hold it back for a moment
        held.setattr(services.ledger, "lease", lambda *_, **__: None)
        id = accept(services.ledger, services.state, account="partner", unit=unit, door="page", answers=RIGHT)
        services.ledger.could_not_check(id, "the disk is full")
    inbox = page(portal, "operator", "/unchecked")
    assert "the disk is full" in inbox
    assert "partner" not in inbox, "whose it is mends nothing"
    assert "could not be checked" in page(portal, "operator", "/")
    assert pressed(portal, "operator", f"/unchecked/{id}").status_code == 303
    with portal.program("partner") as client:
        assert marked(client, f"{portal.origin}{API}/attempts/{id}")["outcome"] == "passed"
    with portal.program("operator") as operator:
        assert operator.get("/unchecked").json()["attempts"] == []
        assert operator.post(f"/unchecked/{id}/queue").status_code == 409


def test_rows_that_a_table_gives_are_kept_in_the_form_and_only_the_rest_is_an_answer() -> None:
    table = Table("rates", "?", columns=["ward", "rate"], keys=["ward"], rows=["Acton", "Hanwell"], answer=[])
    form = table.form()
    assert forms._fitting(form, [{"ward": "Hanwell", "rate": "2"}], 3) == [
        {"ward": "Acton"},
        {"ward": "Hanwell", "rate": "2"},
    ]
    posted = {"a.rates.0.ward": "Acton", "a.rates.0.rate": "", "a.rates.1.ward": "Hanwell", "a.rates.1.rate": "2"}
    assert forms.read_one(form, posted, {}) == [{"ward": "Hanwell", "rate": "2"}]
