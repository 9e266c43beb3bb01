"""Kinds of question, for authors: `from digital_council.courses.questions import Choice, Number, check`."""

from digital_council.courses.questions.base import Check, Misconception, Question, check
from digital_council.courses.questions.chosen import Choice, Choices, Classify, confidence
from digital_council.courses.questions.coded import Function, Value
from digital_council.courses.questions.entered import Date, Number, Table, Text

KINDS: dict[str, type[Question]] = {
    kind.kind: kind for kind in (Choice, Choices, Number, Date, Text, Table, Classify, Value, Function)
}

__all__ = [
    "KINDS",
    "Check",
    "Choice",
    "Choices",
    "Classify",
    "Date",
    "Function",
    "Misconception",
    "Number",
    "Question",
    "Table",
    "Text",
    "Value",
    "check",
    "confidence",
]
