"""What a learner asks of the portal from a notebook: check, hint, submit, attempts; each answer can be shown."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from digital_council.client import Portal
from digital_council.errors import LearnerError
from digital_council.grading.exchange import feedback
from digital_council.grading.exchange.lessons import Lesson
from digital_council.grading.exchange.merge import Answers

CHECKING = 20.0
"""Seconds for calls that run the learner's code; the person who asked waits, no server does."""
CHECKED = {"passed": "Nothing wrong found so far.", "could-not-check": feedback.OUR_FAULT}
"""Not "passed": only what is submitted is marked."""
MARKED = frozenset({"awaiting-mark", "withheld", "done", "superseded"})


@dataclass(frozen=True)
class Shown:
    """An answer of the portal, as text and as HTML that screen readers announce."""

    title: str
    line: str
    findings: tuple[Mapping[str, Any], ...] = ()
    attempt: str = ""

    def __repr__(self) -> str:
        return feedback.as_text(self.title, self.line, self.findings)

    def _repr_html_(self) -> str:
        return feedback.as_html(self.title, self.line, self.findings)

    def to_json(self) -> dict[str, Any]:
        found = [dict(finding) for finding in self.findings]
        return {"title": self.title, "line": self.line, "findings": found, "attempt": self.attempt}


def check(portal: Portal, lesson: Lesson, answers: Answers, question: str) -> Shown:
    """Run the visible checks on one question; the answers before it go along, as code may build on them."""
    names = list(lesson.questions)
    needed = names[: names.index(question) + 1]
    body = {"answers": {name: answers[name] for name in needed if name in answers}}
    verdict = portal.post(f"{lesson.address}/check", body, seconds=CHECKING)
    mine = [_unmarked(finding) for finding in feedback.findings(verdict) if finding["question"] == question]
    result = next((each for each in verdict["results"] if each["question"] == question), None)
    line = CHECKED.get(result["outcome"], "Not yet.") if result else "This question has nothing to check."
    return Shown(f"Check of {question}", line, tuple(mine))


def _unmarked(finding: Mapping[str, Any]) -> dict[str, Any]:
    """A check that finds nothing is no pass: its word is left out."""
    return {**finding, "outcome": None if finding["outcome"] == "passed" else finding["outcome"]}


def hint(portal: Portal, lesson: Lesson, question: str) -> Shown:
    """The next hint, and how many there are."""
    answer = portal.post(f"{lesson.address}/hints/{question}")
    if not answer["hint"]:
        return Shown(f"Hint for {question}", "There is no hint for this question.")
    return Shown(f"Hint {answer['number']} of {answer['of']} for {question}", str(answer["hint"]))


def submit(portal: Portal, lesson: Lesson, answers: Answers) -> str:
    """Hand in the notebook with these answers in it, without its outputs; returns the attempt's id."""
    if not answers:
        raise LearnerError("There is nothing to submit yet: answer a question, save the notebook and try again")
    lesson.write(answers)
    return hand_in(portal, lesson.course, lesson.unit, lesson.without_outputs())


def hand_in(portal: Portal, course: str, unit: str, notebook: bytes) -> str:
    files = {"notebook": (f"{unit}.ipynb", notebook, "application/x-ipynb+json")}
    path = f"courses/{course}/units/{unit}/attempts"
    return str(portal.post(path, files=files, seconds=CHECKING)["id"])


def mark(portal: Portal, attempt: str, seconds: float = 0) -> Shown:
    """Where an attempt stands, waiting so long for its mark."""
    until = time.monotonic() + seconds
    while True:
        answer = portal.get(f"attempts/{attempt}")
        if answer.get("state") in MARKED or time.monotonic() >= until:
            return Shown(
                "Your attempt", feedback.summary(answer), tuple(feedback.gathered(feedback.findings(answer))), attempt
            )
        time.sleep(0.3)


def attempts(portal: Portal, lesson: Lesson) -> list[Mapping[str, Any]]:
    """A learner's attempts at this unit, oldest first."""
    found = portal.get("attempts", course=lesson.course, unit=lesson.unit, limit=100)["attempts"]
    return list(reversed(found))
