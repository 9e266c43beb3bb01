"""Pace: the versions of a draft tell how long somebody was at a question, where they tell it at all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from portal_parts import Running, running

from digital_council.portal.learners import pace
from digital_council.portal.learners.drafts import Draft

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
COURSE, UNIT = "finding-and-trusting-data", "what-is-one-row"


def versions(*kept: tuple[int, dict[str, Any]]) -> list[Draft]:
    return [
        Draft(answers, number, (START + timedelta(seconds=seconds)).isoformat())
        for number, (seconds, answers) in enumerate(kept, 1)
    ]


def test_the_time_between_two_versions_is_the_question_that_changed():
    both = {"a": 1, "b": 1}
    kept = versions((0, {"a": 1}), (61, both), (150, both | {"c": "so"}), (170, both | {"c": "some"}))
    assert pace.by_question(kept) == {"b": 60, "c": 110}
    assert pace.by_question(reversed(kept)) == {"b": 60, "c": 110}


def test_a_version_that_changes_nothing_leaves_the_time_to_the_next():
    assert pace.by_question(versions((0, {}), (30, {}), (60, {"a": 1}))) == {"a": 60}


def test_a_question_that_was_paused_or_saved_with_others_has_no_time():
    assert pace.by_question(versions((0, {"a": 1}), (30, {"a": 2}), (31 + pace.PAUSE, {"a": 3}))) == {}
    assert pace.by_question(versions((0, {}), (60, {"a": 1, "b": 1}), (90, {"a": 1, "b": 1, "c": 1}))) == {"c": 30}


def test_what_is_quick_is_one_step_and_not_nothing():
    assert pace.by_question(versions((0, {}), (2, {"a": 1}))) == {"a": pace.STEP}


def test_nothing_is_told_of_a_draft_with_one_version_or_none():
    assert pace.by_question([]) == pace.by_question(versions((0, {"a": 1}))) == {}


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("pace")) as found:
        yield found


def test_the_first_handing_in_records_it_once(portal: Running):
    unit = f"/courses/{COURSE}/units/{UNIT}"
    first, then = {"confidence_before": "2"}, {"confidence_before": "2", "predict_counts": "b"}
    with portal.program("learner") as learner:
        for answers in (first, then):
            assert learner.put(f"{unit}/draft", json={"answers": answers}).status_code == 200
        for _ in range(2):
            assert learner.post(f"{unit}/attempts", json={"answers": then}).status_code == 202
    said = portal.services.ledger.statements("learner", "timed", f"{COURSE}/{UNIT}").items
    assert [set(each.result["seconds"]) for each in said] == [{"predict_counts"}]
