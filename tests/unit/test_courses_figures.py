"""Authors' figures: what the ledger says of each question, small counts hidden, bad figures flagged with the reason."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from portal_parts import Running, running

from digital_council.__main__ import main
from digital_council.courses import Unit, load, marking
from digital_council.courses.findings import NOT_YET, PASSED, Finding, QuestionResult
from digital_council.demo import ensure_history
from digital_council.ledger import Ledger, NewAttempt
from digital_council.progress import flags, questions

UNIT = "finding-and-trusting-data/what-is-one-row"
QUESTION = "key_columns"


@pytest.fixture(scope="module")
def unit() -> Unit:
    return next(each for course in load() for each in course.units if each.id == "what-is-one-row")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    found = Ledger(tmp_path / "ledger.db")
    yield found
    found.close()


def handed_in(ledger: Ledger, unit: Unit, account: str, finding: str = "", confidence: str = "") -> None:
    """One attempt with its mark: right, or with one finding on one question."""
    where = f"{unit.course}/{unit.id}"
    ledger.person_for(account)
    ledger.say(account, "initialized", where)
    if confidence:
        ledger.say(account, "rated", where, {"question": "confidence_before", "value": confidence})
    attempt, _ = ledger.add_attempt(
        NewAttempt(account=account, course=unit.course, unit=unit.id, release=unit.release, door="page",
                   fingerprint="0" * 64, complete=True)
    )  # fmt: skip
    results = []
    for question in unit.questions:
        if question.points:
            wrong = finding and question.id == QUESTION
            told = (Finding(question.id, NOT_YET, finding, "t"),) if wrong else ()
            points = 0.0 if wrong else question.points
            results.append(QuestionResult(question.id, NOT_YET if wrong else PASSED, points, question.points, told))
    ledger.record_mark(attempt.id, marking.verdict(unit, results, "1"))


def told(ledger: Ledger, unit: Unit, threshold: int = 10) -> dict[str, Any]:
    return questions.of_unit(ledger, unit, datetime.now(UTC) + timedelta(minutes=1), threshold)


def of_question(figures: dict[str, Any]) -> dict[str, Any]:
    return next(each for each in figures["questions"] if each["id"] == QUESTION)


def test_each_first_attempt_is_counted_once_by_what_it_showed(ledger: Ledger, unit: Unit) -> None:
    known = [each.id for each in unit.question(QUESTION).misconceptions]
    for number in range(40):
        handed_in(ledger, unit, f"right{number}", confidence="5" if number < 20 else "2")
    for number in range(12):
        handed_in(ledger, unit, f"mistaken{number}", known[0], confidence="4")
        handed_in(ledger, unit, f"mistaken{number}")  # the second time it is right
    for number in range(18):
        handed_in(ledger, unit, f"else{number}", "wrong-value", confidence="1")
    for number in range(10):
        handed_in(ledger, unit, f"blank{number}", "no-answer")
    figures = told(ledger, unit)
    assert (figures["handed_in"], figures["started"]) == (80, 80)
    found = of_question(figures)
    assert (found["answered"], found["right"], found["other"], found["blank"]) == (80, 40, 18, 10)
    assert [each["count"] for each in found["mistakes"]] == [12, *[0] * (len(known) - 1)]
    assert found["confidence"] == {"sure_right": 20, "unsure_right": 20, "sure_wrong": 12, "unsure_wrong": 18}


def test_a_question_takes_the_minutes_of_those_whose_draft_tells_them(ledger: Ledger, unit: Unit) -> None:
    where = f"{unit.course}/{unit.id}"
    for number in range(21):
        handed_in(ledger, unit, f"right{number}")
        ledger.say(f"right{number}", "timed", where, {"seconds": {QUESTION: 60 + 10 * number, "enough_detail": 30}})
    ledger.say("right0", "timed", where, {"seconds": {QUESTION: 9000}})  # the first stands
    for number in range(9):
        ledger.say(f"right{number}", "timed", where, {"seconds": {"key_of_service_sheet": 60}})
    found = {each["id"]: each["minutes"] for each in told(ledger, unit)["questions"]}
    assert (found[QUESTION], found["enough_detail"]) == (2.5, 0.5)
    assert found["key_of_service_sheet"] is None, "nine are fewer than ten"


def test_nothing_after_the_batch_is_counted(ledger: Ledger, unit: Unit) -> None:
    for number in range(12):
        handed_in(ledger, unit, f"right{number}")
    figures = questions.of_unit(ledger, unit, datetime.now(UTC) - timedelta(minutes=1), 10)
    assert (figures["handed_in"], figures["questions"]) == (0, [])


@pytest.mark.parametrize(
    ("cells", "unseen"),
    [
        ({"a": 40, "b": 0, "c": 12}, set()),
        ({"a": 40, "b": 3, "c": 12}, {"b", "c"}),  # the total would give 3 away
        ({"a": 40, "b": 3, "c": 4, "d": 12}, {"b", "c", "d"}),  # together they are 7
        ({"a": 40, "b": 6, "c": 7, "d": 12}, {"b", "c"}),
        ({"a": 3, "b": 0}, {"a"}),
    ],
)
def test_enough_of_a_family_is_hidden(cells: dict[str, int], unseen: set[str]) -> None:
    shown = questions.hidden(cells, 10)
    assert {key for key, count in shown.items() if count == "[c]"} == unseen


def test_fewer_people_than_the_threshold_show_nothing(ledger: Ledger, unit: Unit) -> None:
    for number in range(9):
        handed_in(ledger, unit, f"right{number}", confidence="5")
    figures = told(ledger, unit)
    found = of_question(figures)
    assert figures["handed_in"] == found["answered"] == found["right"] == "[c]"
    assert {each["count"] for each in found["mistakes"]} == {found["blank"]} == {"[c]"}, "noughts tell of all of them"
    assert set(found["confidence"].values()) == {"[c]"}
    assert not flags.of(figures)


def test_one_more_person_moves_no_figure_whatever_they_do(ledger: Ledger, unit: Unit) -> None:
    for number in range(30):
        handed_in(ledger, unit, f"right{number}", confidence="5")
    before = told(ledger, unit)
    assert before["handed_in"] == 30
    for number in range(9):
        handed_in(ledger, unit, f"later{number}", "no-answer", confidence="1")
    handed_in(ledger, unit, "right0", "no-answer")
    assert told(ledger, unit) == before
    handed_in(ledger, unit, "later9", "no-answer", confidence="1")
    after = told(ledger, unit)
    assert (after["handed_in"], of_question(after)["blank"]) == (40, 10)


def good() -> dict[str, Any]:
    cells = {"sure_right": 60, "unsure_right": 20, "sure_wrong": 10, "unsure_wrong": 10}
    question = {"id": "q", "answered": 100, "right": 80, "other": 0, "blank": 0, "confidence": cells,
                "mistakes": [{"id": "m", "title": "The mean.", "count": 20}]}  # fmt: skip
    return {"started": 120, "handed_in": 100, "minutes": {"planned": 20, "median": 22}, "questions": [question]}


def test_a_sound_unit_has_no_flag() -> None:
    assert flags.of(good()) == []


@pytest.mark.parametrize(
    ("place", "key", "value", "reason"),
    [
        ((), "handed_in", 60, "50% of those who began it have not handed it in."),
        ((), "minutes", {"planned": 20, "median": 40}, "It takes 40 minutes at the median; 20 are announced."),
        (("questions", 0), "right", 40, "Only 40% are right first time."),
        (("questions", 0), "other", 30, "30% are wrong in a way that no listed mistake explains."),
        (("questions", 0), "blank", 20, "20% hand it in with this question not answered."),
        (("questions", 0, "mistakes", 0), "count", 30, "30% meet one mistake: The mean."),
        (("questions", 0, "confidence"), "sure_wrong", 40, "31% of those who rated themselves are sure and wrong."),
    ],
)
def test_a_bad_figure_is_flagged_with_the_reason(place: tuple[Any, ...], key: str, value: Any, reason: str) -> None:
    figures: Any = good()
    within = figures
    for step in place:
        within = within[step]
    within[key] = value
    assert [each["reason"] for each in flags.of(figures)] == [reason]
    within[key] = "[c]" if key != "minutes" else {"planned": 20, "median": None}
    assert flags.of(figures) == [], "nothing is said of a figure that is hidden"


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("portal") / "state") as found:
        services = found.services
        ensure_history(services.ledger, services.organisation, services.library.courses)
        yield found


def asked(portal: Running, account: str, *words: str) -> int:
    return main(["courses", "figures", "--url", portal.origin, "--token", f"token-{account}", *words])


def test_an_author_asks_for_one_unit_by_the_command(portal: Running, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(portal, "author", UNIT, "--json") == 0
    (figures,) = json.loads(capsys.readouterr().out)["units"]
    assert figures["handed_in"] >= 100
    assert of_question(figures)["right"] > 0
    assert asked(portal, "author", UNIT.partition("/")[0]) == 0
    assert f"{UNIT}: What is one row?" in capsys.readouterr().out


def test_figures_are_for_authors_alone(portal: Running, capsys: pytest.CaptureFixture[str]) -> None:
    for account in ("learner", "leader"):
        assert asked(portal, account, UNIT) == 1
        assert "This is for authors" in capsys.readouterr().err
        with portal.browser(account) as browser:
            assert browser.get(f"/authoring/{UNIT}/figures").status_code == 403


@pytest.mark.parametrize("name", ["no-such-course", "finding-and-trusting-data/no-such-unit"])
def test_a_unit_that_there_is_not_is_named_in_one_line(
    portal: Running, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked(portal, "author", name) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_the_page_and_the_authors_home_show_what_is_flagged(portal: Running) -> None:
    with portal.program("author") as program:
        units = program.get("/authoring/figures").json()["units"]
    flagged = next(each for each in units if each["flags"])
    with portal.browser("author") as browser:
        page = browser.get(f"/authoring/{flagged['course']}/{flagged['unit']}/figures").text
        home = browser.get("/").text
        listed = browser.get("/authoring").text
    for flag in flagged["flags"]:
        assert flag["reason"] in page
    assert flagged["flags"][0]["reason"] in home
    assert f"{len(flagged['flags'])} to look at" in listed
