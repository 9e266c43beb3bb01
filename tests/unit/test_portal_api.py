"""The interface: who may do what, what comes back, and how it refuses."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from portal_parts import API, Running, marked, running

COURSE = "finding-and-trusting-data"
UNIT = f"/courses/{COURSE}/units/what-is-one-row"


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("portal") / "state") as found:
        yield found


@pytest.fixture
def learner(portal: Running) -> Iterator[httpx.Client]:
    with portal.program("learner") as client:
        yield client


def is_problem(answer: httpx.Response, status: int) -> bool:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    return bool(answer.json()["detail"])


# Who is asking


def test_me_says_who_the_token_belongs_to(learner):
    me = learner.get("/me").json()
    assert (me["account"], me["roles"], me["team"]) == ("learner", ["learner"], "customer-contact")


@pytest.mark.parametrize("header", [None, "token nonsense", "Bearer nonsense", "Basic eDp5", "token", "token \u00e9"])
def test_without_a_good_token_nothing_is_told(portal, header):
    headers = {"Authorization": header.encode()} if header else {}
    with portal.program() as nobody:
        answer = nobody.get("/courses", headers=headers)
    assert is_problem(answer, 401)
    assert "www-authenticate" in answer.headers


def test_a_lost_role_closes_what_a_viewers_token_had_opened(portal):
    token = portal.services.tokens.sign_viewer("leader", "progress", [])
    kept = portal.hub.groups_of["leader"]
    with portal.program() as app:
        app.headers["Authorization"] = f"Bearer {token}"
        assert app.get("/progress").json()["people"]
        portal.hub.groups_of["leader"] = ["role-learner"]
        try:
            assert app.get("/progress").json()["people"] == []
            del portal.hub.groups_of["leader"]
            assert is_problem(app.get("/progress"), 401)
        finally:
            portal.hub.groups_of["leader"] = kept


def test_another_service_is_refused(portal):
    with portal.program("other") as other:
        assert is_problem(other.get("/me"), 403)


def test_roles_come_from_the_hubs_groups_and_not_from_the_list_of_people(portal, learner):
    kept = portal.hub.groups_of["learner"]
    portal.hub.groups_of["learner"] = [*kept, "role-operator"]
    assert learner.get("/me").json()["roles"] == ["learner", "operator"]
    portal.hub.groups_of["learner"] = kept
    assert learner.get("/me").json()["roles"] == ["learner"]


def test_a_viewers_token_reads_progress_and_declared_datasets_only(portal):
    token = portal.services.tokens.sign_viewer("leader", "progress", ["wards"])
    with portal.program() as app:
        app.headers["Authorization"] = f"Bearer {token}"
        seen = app.get("/progress").json()
        assert seen["viewer"] == "leader"
        assert "Safe, secure, appropriate" in {unit["course_title"] for unit in seen["units"]}
        assert app.get("/datasets/wards/data.csv").status_code == 200
        assert is_problem(app.get("/datasets/schools"), 403)
        assert [each["id"] for each in app.get("/datasets").json()["datasets"]] == ["wards"]
        for address in ("/me", "/courses", "/attempts", f"{UNIT}/draft", "/apps"):
            assert is_problem(app.get(address), 403)
        assert is_problem(app.put(f"{UNIT}/draft", json={"answers": {}}), 403)


def test_only_the_apps_service_gets_viewers_tokens_and_only_for_those_who_may_open_the_app(portal):
    body = {"account": "leader", "app": "progress", "datasets": ["everything"]}
    with portal.program("apps") as apps, portal.program("leader") as leader, portal.program("other") as other:
        token = apps.post("/internal/viewer-tokens", json=body).json()["token"]
        viewer = portal.services.tokens.read_viewer(token)
        assert (viewer.account, viewer.app) == ("leader", "progress")
        assert "everything" not in viewer.datasets, "what the app declares counts, not what was asked for"
        assert is_problem(apps.post("/internal/viewer-tokens", json={**body, "account": "partner"}), 403)
        assert is_problem(leader.post("/internal/viewer-tokens", json=body), 403)
        assert is_problem(other.post("/internal/viewer-tokens", json=body), 403)
        assert is_problem(apps.post("/internal/viewer-tokens", json={**body, "app": "nothing"}), 404)


# Courses and units


def test_courses_have_the_shape_that_was_promised(learner):
    answer = learner.get("/courses").json()
    assert set(answer) == {"courses"}
    course = next(each for each in answer["courses"] if each["id"] == COURSE)
    assert set(course) == {"id", "title", "units"}
    assert all(set(unit) == {"id", "title", "page", "notebook"} for unit in course["units"])


def test_a_unit_lists_its_questions_and_never_their_answers(learner):
    unit = learner.get(UNIT).json()
    question = next(each for each in unit["questions"] if each["id"] == "row_of_the_sheet")
    assert (question["kind"], len(question["choices"])) == ("choice", 4)
    assert not {"answer", "misconceptions", "checks"} & set(question)
    assert isinstance(question["hints"], int)


@pytest.mark.parametrize("address", ["/courses/none", f"/courses/{COURSE}/units/none", "/attempts/none", "/none"])
def test_what_is_not_there_is_a_problem_document(learner, address):
    assert is_problem(learner.get(address), 404)


def test_a_method_that_is_not_allowed_is_a_problem_document(learner):
    assert is_problem(learner.delete("/courses"), 405)


# Drafts


def test_a_draft_is_saved_read_back_and_told_of_an_edit_elsewhere(portal):
    with portal.program("staff010") as one, portal.program("staff010") as other:
        first = one.put(f"{UNIT}/draft", json={"answers": {"predict_counts": "a"}}).json()
        assert one.get(f"{UNIT}/draft").json()["answers"] == {"predict_counts": "a"}
        version = first["version"]
        other.put(f"{UNIT}/draft", json={"answers": {"predict_counts": "b"}, "version": version})
        last = one.put(f"{UNIT}/draft", json={"answers": {"predict_counts": "c"}, "version": version}).json()
        assert last["answers"] == {"predict_counts": "c"}
        assert last["conflict"]
        assert last["replaced"] == {"predict_counts": "b"}


def test_if_match_refuses_an_old_version_and_writes_nothing(portal):
    with portal.program("staff011") as one:
        etag = one.put(f"{UNIT}/draft", json={"answers": {"predict_counts": "a"}}).headers["etag"]
        body = {"answers": {"predict_counts": "b"}}
        assert one.put(f"{UNIT}/draft", json=body, headers={"If-Match": etag}).status_code == 200
        assert is_problem(one.put(f"{UNIT}/draft", json=body, headers={"If-Match": etag}), 412)


def test_nobody_sees_anothers_draft(portal):
    with portal.program("staff012") as one, portal.program("staff013") as other:
        one.put(f"{UNIT}/draft", json={"answers": {"predict_counts": "a"}})
        assert other.get(f"{UNIT}/draft").json()["answers"] == {}


@pytest.mark.parametrize(
    "body",
    [
        b'{"answers": {"predict_counts": NaN}}',
        b'{"answers": {"predict_counts": "\\ud800"}}',
        b'{"answers": {"nothing": 1}}',
        b'{"answers": {"\\ud800": 1}}',
        b'{"answers": 1}',
        b'{"answer": {}}',
    ],
)
def test_answers_that_cannot_be_kept_are_refused(learner, body):
    answer = learner.put(f"{UNIT}/draft", content=body, headers={"Content-Type": "application/json"})
    assert is_problem(answer, 422)


def test_beginning_a_unit_and_each_rating_are_said_once(portal):
    with portal.program("staff023") as one:
        for rating, action in (("2", ""), ("2", "x"), ("4", "x")):
            one.put(f"{UNIT}/draft", json={"answers": {"confidence_before": rating, "action": action}})
    said = portal.services.ledger.statements("staff023").items
    assert [each.verb for each in reversed(said)] == ["initialized", "rated", "rated"]
    assert said[0].result == {"question": "confidence_before", "value": "4"}


# Check, hints, run


def test_a_check_names_the_misconception_and_records_nothing(portal):
    with portal.program("staff014") as one:
        told = one.post(f"{UNIT}/check", json={"answers": {"row_of_the_sheet": "a"}, "question": "row_of_the_sheet"})
        findings = told.json()["findings"]
        assert [finding["kind"] for finding in findings] == ["misconception"]
        assert one.get("/attempts").json()["attempts"] == []


def test_hints_come_one_at_a_time_and_once_for_a_key(portal):
    question = "key_columns"
    with portal.program("staff015") as one:
        numbers = [
            one.post(f"{UNIT}/hints/{question}", headers={"Idempotency-Key": key}).json()["number"]
            for key in ("a", "a", "b", "c", "d", "e")
        ]
    assert numbers == [1, 1, 2, 3, 3, 3]


def test_run_gives_what_the_code_shows(portal):
    cells = {"key_columns": "print(6 * 7)"}
    body = {"course": COURSE, "unit": "what-is-one-row", "cells": cells, "upto": "key_columns"}
    with portal.program("staff016") as one:
        outputs = one.post("/run", json=body).json()["outputs"]
    assert outputs[0]["text"] == "42\n"


# Attempts


def test_an_attempt_is_accepted_marked_and_seen_by_its_learner_alone(portal):
    with portal.program("staff017") as one, portal.program("staff018") as other:
        answer = one.post(f"{UNIT}/attempts", json={"answers": {"row_of_the_sheet": "b"}})
        assert answer.status_code == 202
        address = answer.headers["location"].removeprefix(API)
        assert address == f"/attempts/{answer.json()['id']}"
        found = marked(one, address)
        assert (found["state"], found["outcome"]) == ("done", "not-yet")
        assert "praise" in {finding["kind"] for finding in found["findings"]}
        assert is_problem(other.get(address), 404)
        assert one.get("/attempts").json()["attempts"][0]["id"] == found["id"]


def test_the_same_key_submits_once(portal):
    with portal.program("staff019") as one:
        ids = {
            one.post(
                f"{UNIT}/attempts", json={"answers": {"row_of_the_sheet": letter}}, headers={"Idempotency-Key": "k"}
            ).json()["id"]
            for letter in "ab"
        }
        assert len(ids) == 1


def test_a_notebook_can_be_handed_in(portal):
    folder = portal.services.state.released / COURSE / "what-is-one-row"
    notebook = next(folder.rglob("*.ipynb")).read_text()
    filled = notebook.replace("row_of_the_sheet = None", 'row_of_the_sheet = \\"b\\"')
    assert filled != notebook
    with portal.program("staff020") as one:
        answer = one.post(f"{UNIT}/attempts", files={"notebook": ("x.ipynb", filled.encode())})
        assert answer.status_code == 202, answer.text
        assert answer.json()["door"] == "notebook"


def test_attempts_are_paged_by_cursor(portal):
    with portal.program("staff021") as one:
        for letter in "abc":
            one.post(f"{UNIT}/attempts", json={"answers": {"row_of_the_sheet": letter}})
        first = one.get("/attempts", params={"limit": 2})
        rest = one.get("/attempts", params={"limit": 2, "cursor": first.json()["next"]}).json()
        numbers = [each["number"] for each in first.json()["attempts"] + rest["attempts"]]
    assert numbers == [3, 2, 1]
    assert rest["next"] is None
    assert 'rel="next"' in first.headers["link"]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"files": {"notebook": ("x.ipynb", b"not a notebook")}}, 422),
        ({"files": {"notebook": ("x.ipynb", b"")}}, 422),
        ({"files": {"other": ("x.ipynb", b"{}")}}, 422),
        ({"json": {"answers": {}}}, 422),
        ({"json": {"answers": {"no_such_question": 1}}}, 422),
        ({"content": b"{", "headers": {"Content-Type": "application/json"}}, 422),
        ({"content": b"x", "headers": {"Content-Type": "text/plain"}}, 415),
    ],
)
def test_what_cannot_be_handed_in_is_refused_in_one_line(learner, sent, status):
    answer = learner.post(f"{UNIT}/attempts", **sent)
    assert is_problem(answer, status)
    assert "\n" not in answer.json()["detail"]


@pytest.mark.parametrize("declared", [True, False])
def test_sixty_megabytes_are_refused_with_413_whether_declared_or_not(learner, declared):
    sent = 0

    def body() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(60):
            sent += 1_000_000
            yield b"x" * 1_000_000

    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    if declared:
        answer = learner.post(f"{UNIT}/attempts", content=b"x" * 60_000_000, headers=headers)
    else:
        head = b'--b\r\nContent-Disposition: form-data; name="notebook"; filename="x"\r\n\r\n'
        answer = learner.post(f"{UNIT}/attempts", content=(part for part in [head, *body()]), headers=headers)
    assert is_problem(answer, 413)


# Data


def test_data_that_is_not_published_is_for_those_whose_work_it_is(portal):
    hidden = [each.id for each in _all_datasets() if not each.public]
    assert hidden, "this test needs a dataset that is not published"
    for account in ("learner", "partner"):
        with portal.program(account) as who:
            assert is_problem(who.get(f"/datasets/{hidden[0]}/data.csv"), 403)
            assert hidden[0] not in {each["id"] for each in who.get("/datasets").json()["datasets"]}
    with portal.program("analyst") as analyst:
        assert analyst.get(f"/datasets/{hidden[0]}/data.csv").status_code == 200
        assert hidden[0] not in analyst.get("/catalog.jsonld").text


def _all_datasets():
    from digital_council import datasets

    return datasets.catalogue()


def test_open_data_needs_no_sign_in(portal):
    with portal.browser() as nobody:
        assert nobody.get("/open/").status_code == 200
        assert nobody.get("/open/wards/data.csv").headers["content-type"].startswith("text/csv")


def test_search_finds_units_and_datasets(learner):
    kinds = {each["kind"] for each in learner.get("/search", params={"q": "ward"}).json()["results"]}
    assert "dataset" in kinds
    assert "unit" in {each["kind"] for each in learner.get("/search", params={"q": "one row"}).json()["results"]}


def test_health_is_public_and_says_little(portal):
    with portal.program() as nobody:
        end = time.monotonic() + 120
        while (answer := nobody.get("/health")).status_code == 503 and time.monotonic() < end:
            assert answer.json()["status"] == "degraded"
        assert answer.json() == {"status": "ok", "parts": {"portal": True, "ledger": True, "grading": True}}


def test_a_misspelt_parameter_is_named(learner):
    answer = learner.get("/attempts", params={"cousre": "x"})
    assert is_problem(answer, 422)
    assert "cousre" in answer.json()["detail"]


# Browsers


def test_a_write_by_cookie_needs_this_sessions_token_and_our_origin(portal):
    body = {"answers": {"predict_counts": "a"}}
    sessions = portal.services.sessions
    good = sessions.form_token("session-1")
    with portal.browser("staff022") as browser:
        api = f"{portal.origin}{API}{UNIT}/draft"
        assert is_problem(browser.put(api, json=body, headers={"Accept": "*/*"}), 403)
        sent = {"Accept": "*/*", "X-CSRF-Token": sessions.form_token("session-2")}
        assert is_problem(browser.put(api, json=body, headers=sent), 403)
        for origin in ("http://learner.hub.localhost", "null", ""):
            sent = {"Accept": "*/*", "X-CSRF-Token": good, "Origin": origin}
            assert is_problem(browser.put(api, json=body, headers=sent), 403)
        assert browser.get(api).json()["version"] == 0
        sent = {"Accept": "*/*", "X-CSRF-Token": good}
        assert browser.put(api, json=body, headers=sent).status_code == 200


def test_an_altered_session_cookie_is_nobody(portal):
    with portal.browser("learner") as browser:
        browser.cookies.set("council-session", portal.cookie("learner")[:-2] + "xx")
        assert browser.get("/").headers["location"].startswith("/services/council/sign-in?next=")


def test_signing_in_goes_to_the_hub_and_comes_back_where_it_was_going(portal):
    with portal.browser() as browser:
        sent = browser.get("/datasets")
        assert sent.status_code == 302
        away = browser.get(f"{portal.origin}{sent.headers['location']}")
        state = httpx.URL(away.headers["location"]).params["state"]
        back = browser.get("/oauth_callback", params={"code": "learner", "state": state})
        assert back.headers["location"] == "/services/council/datasets"
        cookie = next(line for line in back.headers.get_list("set-cookie") if line.startswith("council-session="))
        assert {"httponly", "samesite=lax"} <= {part.strip().lower() for part in cookie.split(";")}
        assert browser.get("/datasets").status_code == 200


def test_a_sign_in_begun_in_another_browser_is_refused(portal):
    with portal.browser() as one, portal.browser() as other:
        away = one.get("/sign-in")
        state = httpx.URL(away.headers["location"]).params["state"]
        assert other.get("/oauth_callback", params={"code": "learner", "state": state}).status_code == 400


def test_every_answer_carries_the_guards_browsers_honour(portal):
    with portal.browser("learner") as browser:
        for address in ("/", "/nothing", "/static/portal.css"):
            headers = browser.get(address).headers
            policy = headers["content-security-policy"]
            assert "default-src 'self'" in policy
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
            assert headers["x-content-type-options"] == "nosniff"
        assert browser.get("/").headers["cache-control"] == "no-store"
