"""The figures of the course "Safe, secure, appropriate", worked out again; and answers its authors did not list."""

import re

import pytest

from digital_council import datasets
from digital_council.courses import Unit
from digital_council.courses.marking import mark
from digital_council.courses.trusted import TrustedSession
from digital_council.courses.units import load_course
from digital_council.datasets.generate import inbox as inbox_made
from digital_council.settings import PROJECT

FIGURE = re.compile(r"\d{1,3}(?:,\d{3})+|\d+\.\d+|\b\d+\b")


@pytest.fixture(scope="module")
def units() -> dict[str, Unit]:
    return {unit.id: unit for unit in load_course(PROJECT / "courses" / "safe-secure-appropriate").units}


def said(unit: Unit) -> set[str]:
    """Every figure a learner reads in the lesson, but for names of things that hold digits."""
    texts = [cell.source for cell in unit.cells if cell.kind == "markdown"]
    texts += [str(cell.metadata.get("alt", "")) for cell in unit.cells]
    for question in unit.questions:
        texts += [question.prompt, question.praise, *question.hints]
        texts += [each.title + " " + each.explanation for each in question.misconceptions]
    text = "\n".join(re.sub(r"(?m)^\d\. ", "", text) for text in texts)
    return set(FIGURE.findall(re.sub(r"`[^`]*`|\b[A-Z]\d+\b", " ", text)))


def result(unit: Unit, question: str, value: object):
    return mark(unit, {question: value}, TrustedSession).result(question)


def phish_said(unit: Unit) -> set[str]:
    inbox = datasets.open("inbox")
    links = inbox.link_address.dropna()
    council = links.str.extract(r"https?://([^/]+)")[0].str.endswith((".council.example",))
    padlocks = links.str.startswith("https")
    return {str(each) for each in (len(inbox), len(links), padlocks.sum(), council.sum())}


def test_the_figures_about_the_inbox_are_true(units):
    unit = units["spot-the-phish"]
    assert said(unit) - {"20", "4", "1", "2", "3", "0"} <= phish_said(unit)
    assert phish_said(unit) == {"24", "10", "9", "3"}


def test_the_labels_are_those_of_the_people_who_made_the_inbox(units):
    true = inbox_made.verdicts()
    answer = units["spot-the-phish"].question("label_messages").answer
    assert {number: "report" if true[number] == "phishing" else "genuine" for number in answer} == answer
    assert list(answer.values()).count("report") == 6
    assert [true[number] for number in ("M06", "M17", "M11", "M20")] == ["genuine"] + ["phishing"] * 3


@pytest.mark.parametrize("missed", ["M03", "M08", "M10", "M13", "M15", "M16"])
def test_no_phish_may_be_let_through_and_two_false_alarms_may(units, missed):
    unit = units["spot-the-phish"]
    right = unit.question("label_messages").answer
    found = result(unit, "label_messages", {**right, missed: "genuine"})
    assert (found.outcome, found.points, found.findings[0].kind) == ("not-yet", 0, "misconception")
    assert result(unit, "label_messages", {**right, "M02": "report", "M21": "report"}).outcome == "passed"
    alarmed = result(unit, "label_messages", {**right, "M05": "report", "M09": "report", "M21": "report"})
    assert alarmed.findings[0].id == "pressure-means-phish"
