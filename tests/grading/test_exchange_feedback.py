"""Findings in words, as a notebook shows them."""

from __future__ import annotations

from digital_council.courses.questions import Choice, confidence
from digital_council.grading.exchange import feedback

SURE = confidence("sure", "How sure are you?")
WARD = Choice("ward", "Which ward?", options={"a": "Perivale", "b": "Walpole"}, answer="b")


def told(question: Choice, value: str) -> str:
    return feedback.as_text("Your attempt", "Passed.", [each.to_json() for each in question.judge(value).findings])


def test_what_is_only_noted_is_called_neither_right_nor_wrong():
    assert "- sure (noted): Thank you, noted." in told(SURE, "3")
    assert "- ward (passed): That is right." in told(WARD, "b")
    assert "- ward (not yet):" in told(WARD, "a")


def test_a_notebook_asks_for_a_number_where_choices_are_numbered():
    assert SURE.allowed()[0] == "Put the number of one choice in quotation marks."
    assert WARD.allowed()[0] == "Put the letter of one choice in quotation marks."
