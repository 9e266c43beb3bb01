"""A changed unit reaches learners by review: sent, looked at, released without a restart, and gone back from."""

from __future__ import annotations

import json
import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from portal_parts import Running, marked, running

from digital_council.portal.authors import review
from digital_council.settings import PROJECT, State

COURSE, UNIT = "finding-and-trusting-data", "what-is-one-row"
LESSON = f"/courses/{COURSE}/units/{UNIT}"
OLD, NEW = "It is scrutiny evening.", "It is budget evening."


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with one course of one real unit, so that what is sent can be proved."""
    root = tmp_path_factory.mktemp("project")
    shutil.copytree(PROJECT / "hub_config", root / "hub_config")
    (root / "courses" / COURSE).mkdir(parents=True)
    shutil.copy(PROJECT / "courses" / "frameworks.toml", root / "courses")
    shutil.copytree(PROJECT / "courses" / COURSE / UNIT, root / "courses" / COURSE / UNIT)
    course = (PROJECT / "courses" / COURSE / "course.toml").read_text()
    (root / "courses" / COURSE / "course.toml").write_text(course[: course.index("units =")] + f'units = ["{UNIT}"]\n')
    return root


@pytest.fixture(scope="module")
def portal(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("portal") / "state", project) as found:
        review.note_start(found.services)
        yield found


@pytest.fixture
def lesson(project: Path) -> Iterator[Path]:
    """The unit's text, put back afterwards."""
    path = project / "courses" / COURSE / UNIT / "lesson.py"
    text = path.read_text()
    yield path
    path.write_text(text)


def mended(lesson: Path, words: str) -> None:
    lesson.write_text(lesson.read_text().replace(OLD, words))


def sent(portal: Running, **body: Any) -> httpx.Response:
    with portal.program("author") as author:
        return author.post(f"{LESSON}/reviews", json={"reviewer": "analyst", **body})


def decided(portal: Running, id: str, decision: str, account: str = "analyst", comment: str = "") -> httpx.Response:
    with portal.program(account) as client:
        return client.post(f"/reviews/{id}/decision", json={"decision": decision, "comment": comment})


def release_of(portal: Running, account: str) -> str:
    with portal.program(account) as client:
        return str(client.get(LESSON).json()["release"])


def verbs(portal: Running) -> list[str]:
    said = portal.services.ledger.statements(object=f"{COURSE}/{UNIT}", verb=list(STEPS)).items
    return [each.verb for each in reversed(said)]


def copied(portal: Running, folder: Path) -> State:
    """The releases as they stand, for another start on them."""
    state = State(folder / "copy").ensure()
    for name in ("releases", "released"):
        shutil.copytree(portal.services.state.root / name, state.root / name, dirs_exist_ok=True)
    return state


STEPS = ("proposed", "returned", "approved", "withdrew", "published")


def test_the_first_start_releases_everything_and_says_so(portal: Running) -> None:
    assert verbs(portal)[:1] == ["published"]
    assert portal.services.ledger.statements(verb="published").items[-1].actor is None
    with portal.program("author") as author:
        assert author.get("/reviews").json()["changed"] == []


def test_a_changed_unit_goes_to_a_reviewer_and_is_released_without_a_restart(portal: Running, lesson: Path) -> None:
    begun = release_of(portal, "learner")
    with portal.program("learner") as learner:
        learner.put(f"{LESSON}/draft", json={"answers": {"action": "Mine"}})
    mended(lesson, NEW)
    with portal.program("author") as author:
        changed = author.get("/reviews").json()["changed"]
    assert [(each["unit"], each["is_new"], each["is_sent"]) for each in changed] == [(UNIT, False, False)]
    answer = sent(portal, note="A new evening", release=changed[0]["release"])
    assert answer.status_code == 201, answer.text
    assert release_of(portal, "staff020") == begun, "sent is not released"
    id = answer.json()["id"]
    with portal.program("analyst") as analyst:
        found = analyst.get(f"/reviews/{id}").json()
    assert found["before"] == begun
    lines = [line for file in found["differences"] for line in file["lines"]]
    assert {kind for kind, text in lines if NEW in text} == {"added"}
    assert {kind for kind, text in lines if OLD in text} == {"taken out"}
    assert {each["outcome"] for each in found["attempts"]} == {"passed", "not-yet"}
    assert found["questions"] == {"new": [], "gone": [], "changed": []}
    with portal.browser("analyst") as reader:
        assert NEW in reader.get(f"/reviews/{id}/page").text

    assert decided(portal, id, "released").json()["state"] == "released"
    assert release_of(portal, "staff020") == found["release"] != begun
    assert release_of(portal, "learner") == begun, "who has begun stays with what they began"
    with portal.browser("staff020") as one, portal.browser("learner") as other:
        assert NEW in one.get(LESSON).text
        assert OLD in other.get(LESSON).text
    index = json.loads((portal.services.state.released / "index.json").read_text())
    assert index["units"][f"{COURSE}/{UNIT}"]["release"] == found["release"], "the notebook door reads this"
    with portal.program("staff020") as learner:
        handed_in = learner.post(f"{LESSON}/attempts", json={"answers": {"row_of_the_sheet": "b"}})
        attempt = marked(learner, f"{portal.origin}{handed_in.headers['location']}")
    assert (attempt["release"], attempt["state"]) == (found["release"], "done"), "the grader has it too"
    assert verbs(portal)[-3:] == ["proposed", "published", "approved"]


def test_an_author_goes_back_and_a_restart_does_not_bring_the_release_in_again(
    portal: Running, lesson: Path, project: Path, tmp_path: Path
) -> None:
    first = portal.services.library.unit(COURSE, UNIT).release
    mended(lesson, "It is planning evening.")
    second = sent(portal).json()
    decided(portal, second["id"], "released")
    with portal.program("author") as author:
        listed = author.get(f"{LESSON}/releases").json()["releases"]
        assert listed[0]["release"] == second["release"]
        back = author.put(f"{LESSON}/current", json={"release": first})
        assert back.status_code == 200, back.text
        assert author.put(f"{LESSON}/current", json={"release": first}).status_code == 409
        assert author.put(f"{LESSON}/current", json={"release": "000000000000"}).status_code == 404
    assert release_of(portal, "staff021") == first
    copy = copied(portal, tmp_path)
    for changed in (False, True):
        library = type(portal.services.library).open(project / "courses", copy, changed)
        assert library.unit(COURSE, UNIT).release == first


def test_a_unit_is_returned_with_a_comment_and_never_without_one(portal: Running, lesson: Path) -> None:
    before = portal.services.library.unit(COURSE, UNIT).release
    mended(lesson, "It is an evening.")
    id = sent(portal).json()["id"]
    assert decided(portal, id, "returned").status_code == 422
    with portal.browser("analyst") as reader:
        assert f">{portal.services.library.title(COURSE, UNIT)}</a>" in reader.get("/").text, "what there is to review"
        csrf = portal.services.sessions.form_token("session-1")
        again = reader.post(f"/reviews/{id}", data={"csrf": csrf, "do": "returned", "comment": " "})
        assert (again.status_code, 'id="comment-error"' in again.text) == (422, True)
        assert ">Release it</button>" in again.text, "the page to decide on, and no other"
    assert decided(portal, id, "returned", comment="Which evening?").json()["state"] == "returned"
    assert decided(portal, id, "released").status_code == 409
    assert portal.services.library.unit(COURSE, UNIT).release == before
    with portal.browser("author") as author:
        assert "Which evening?" in author.get("/reviews").text


@pytest.mark.parametrize(
    ("reviewer", "said"), [("author", "nobody reviews their own"), ("learner", "cannot review"), ("x", "cannot review")]
)
def test_nobody_reviews_their_own_work_or_without_being_named(portal, lesson, reviewer, said) -> None:
    mended(lesson, "It is a Tuesday.")
    answer = sent(portal, reviewer=reviewer)
    assert answer.status_code == 422
    assert said in answer.json()["detail"]


def test_only_its_reviewer_decides_and_only_its_author_withdraws(portal: Running, lesson: Path) -> None:
    mended(lesson, "It is a Wednesday.")
    id = sent(portal).json()["id"]
    assert decided(portal, id, "released", "author").status_code == 403
    assert decided(portal, id, "released", "learner").status_code == 404
    assert decided(portal, id, "withdrawn", "analyst").status_code == 403
    assert decided(portal, id, "withdrawn", "author").json()["state"] == "withdrawn"
    with portal.program("learner") as learner:
        assert learner.get("/reviews").status_code == 403
        assert learner.post(f"{LESSON}/reviews", json={"reviewer": "analyst"}).status_code == 403


def test_what_is_not_proved_is_not_sent_and_the_author_is_told_why(portal: Running, lesson: Path) -> None:
    lesson.write_text(lesson.read_text().replace("# # What is one row?", "# # What is one row?\n#\n# TODO write this"))
    answer = sent(portal)
    assert answer.status_code == 409
    assert "TODO" in answer.text
    assert answer.json()["problems"][0]["line"] > 0
    with portal.program("author") as author:
        last = author.get("/reviews").json()["sent"][0]
    assert (last["state"], last["problems"]) == ("unproved", answer.json()["problems"])
    assert decided(portal, last["id"], "released").status_code == 409
    with portal.browser("author") as author:
        page = author.get("/reviews").text
        assert author.get(f"/reviews/{last['id']}").status_code == 409
    assert "Not proved" in page
    assert f"{last['problems'][0]['file']}:{last['problems'][0]['line']}" in page


CLEAN = json.dumps([{"course": COURSE, "unit": UNIT, "problems": []}])
"""What the check says of a unit with nothing to mend; that it does is tested above, and here how it is waited for."""


def test_the_page_does_not_wait_for_the_proof_and_says_how_far_it_is(
    portal: Running, lesson: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mended(lesson, "It is a Saturday.")
    sending, may_end = portal.services.proving, threading.Event()
    monkeypatch.setattr(sending, "_checked", lambda place: CLEAN if may_end.wait(120) else "")
    csrf = portal.services.sessions.form_token("session-1")
    fields = {"csrf": csrf, "place": f"{COURSE}/{UNIT}", "reviewer": "analyst", "note": "Saturday"}
    with portal.browser("author") as author, portal.program("analyst") as analyst:
        for _ in range(2):
            answer = author.post("/reviews", data=fields)
            assert answer.headers["location"].endswith("/reviews?said=proving"), answer.text
        page = author.get("/reviews?said=proving").text
        assert ("Being proved" in page, "data-proving" in page, "Send for review" in page) == (True, True, False)
        assert analyst.get("/reviews").json()["to_do"] == [], "nobody is asked before it is proved"
        may_end.set()
        sending._pool.submit(lambda: None).result(120)  # behind everything that was sent
        assert [each["note"] for each in analyst.get("/reviews").json()["to_do"]] == ["Saturday"]
        assert "data-proving" not in author.get("/reviews").text


def test_what_was_being_proved_when_the_portal_ended_is_proved_at_the_next_start(
    portal: Running, lesson: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mended(lesson, "It is a Sunday.")
    monkeypatch.setattr(portal.services.proving, "_checked", lambda place: CLEAN)
    with portal.program("author") as author:
        release = author.get("/reviews").json()["changed"][0]["release"]
    words = {"author": "author", "reviewer": "analyst", "note": "Left behind"}
    left = portal.services.ledger.begin(COURSE, UNIT, release, **words)
    for again in portal.services.proving.resume():
        again.result(120)
    found = portal.services.ledger.review(left.id)
    assert found is not None
    assert (found.state, found.note, bool(found.proof["attempts"])) == ("waiting", "Left behind", True)


def test_a_text_that_changed_again_or_is_released_already_is_not_sent(portal: Running, lesson: Path) -> None:
    mended(lesson, "It is a Thursday.")
    with portal.program("author") as author:
        shown = author.get("/reviews").json()["changed"][0]["release"]
    lesson.write_text(lesson.read_text().replace("It is a Thursday.", "It is a late Thursday."))
    answer = sent(portal, release=shown)
    assert (answer.status_code, "changed again" in answer.json()["detail"]) == (409, True)
    id = sent(portal).json()["id"]
    decided(portal, id, "released")
    answer = sent(portal)
    assert (answer.status_code, "given this very text" in answer.json()["detail"]) == (409, True)


def test_nothing_a_reviewer_tries_on_the_page_is_kept(portal: Running, lesson: Path) -> None:
    mended(lesson, "It is a Friday.")
    id = sent(portal).json()["id"]
    csrf = portal.services.sessions.form_token("session-1")
    with portal.browser("analyst") as reader:
        page = reader.post(
            f"/reviews/{id}/page", data={"csrf": csrf, "do": "check:key_columns", "a.key_columns": "date"}
        )
        assert (page.status_code, "question--not-yet" in page.text) == (200, True)
        assert "Hint 1:" in reader.post(f"/reviews/{id}/page", data={"csrf": csrf, "do": "hint:key_columns"}).text
        assert reader.post(f"/reviews/{id}/page", data={"csrf": csrf, "do": "submit"}).status_code == 422
        assert reader.post(f"/reviews/{id}/page", data={"do": "check:key_columns"}).status_code == 403
    assert portal.services.drafts.get("analyst", COURSE, UNIT).version == 0
    assert not portal.services.ledger.attempts("analyst").items
    assert not portal.services.ledger.statements("analyst", "hinted").items


def test_a_unit_added_later_waits_for_review_and_takes_its_place(
    portal: Running, project: Path, tmp_path: Path
) -> None:
    folder, course = project / "courses" / COURSE, project / "courses" / COURSE / "course.toml"
    text = course.read_text()
    shutil.copytree(folder / UNIT, folder / "another-row")
    course.write_text(text.replace(f'units = ["{UNIT}"]', f'units = ["another-row", "{UNIT}"]'))
    try:
        state = copied(portal, tmp_path)
        library = type(portal.services.library).open(project / "courses", state)
        assert [unit.id for unit in library.courses[0].units] == [UNIT]
        with portal.program("author") as author:
            body = {"reviewer": "analyst"}
            id = author.post(f"/courses/{COURSE}/units/another-row/reviews", json=body).json()["id"]
        assert decided(portal, id, "released").json()["state"] == "released"
        assert [unit.id for unit in portal.services.library.courses[0].units] == ["another-row", UNIT]
    finally:
        course.write_text(text)
        shutil.rmtree(folder / "another-row")
