"""What a notebook is told of an attempt."""

from __future__ import annotations

from digital_council.grading.exchange import feedback

BLANK = {"id": "no-answer", "outcome": "not-yet", "title": "There is no answer here yet."}
PRAISE = {"question": "task", "id": "praise", "outcome": "passed", "title": "That is right."}


def test_questions_without_an_answer_are_named_in_one_line_after_the_others():
    found = feedback.gathered([BLANK | {"question": "before"}, PRAISE, BLANK | {"question": "after"}])
    assert feedback.as_text("Your attempt", "Not yet.", found).splitlines()[1:] == [
        "- task (passed): That is right.",
        "- No answer yet: before, after",
    ]


def test_a_single_question_without_an_answer_keeps_its_own_line():
    found = feedback.gathered([BLANK | {"question": "before"}, PRAISE])
    assert [each["question"] for each in found] == ["before", "task"]


def test_an_attempt_is_counted_in_marks():
    assert feedback.summary({"outcome": "not-yet", "score": 2.5, "max": 6.0}) == "Not yet: 2.5 of 6 marks."
