"""Marks by hand: what a person gave for the questions that no check can judge, joined to what the judge found.

A verdict with a mark by hand is recorded like any other, under a grader version that names the marks in it: giving
the same marks again changes nothing, and a regrade keeps them.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from digital_council.courses import marking
from digital_council.courses.findings import NOT_YET, PASSED, Finding, QuestionResult, Verdict
from digital_council.courses.units import Unit
from digital_council.errors import AuthorError
from digital_council.ledger import Ledger

MARKED, VERSION = "marked-by-hand", "+hand-"
LONGEST = 2000


class NotMarkable(AuthorError):
    """A mark that cannot be given; `status` is what HTTP calls it."""

    status = 422


@dataclass(frozen=True)
class HandMark:
    """Points a person gave for one answer, and what they said of it."""

    points: float
    comment: str = ""


def waits(result: QuestionResult) -> bool:
    """Whether a person has still to mark this answer."""
    return result.method == "manual" and all(finding.id != MARKED for finding in result.findings)


def given(verdict: Verdict) -> dict[str, HandMark]:
    """The marks by hand in a verdict, by question."""
    found = {}
    for result in verdict.results:
        for finding in result.findings:
            if result.method == "manual" and finding.id == MARKED:
                found[result.question] = HandMark(result.points, finding.detail)
    return found


def applied(unit: Unit, verdict: Verdict, marks: Mapping[str, HandMark]) -> Verdict:
    """The verdict with these marks in it. Raises NotMarkable for a mark that cannot be given."""
    by_hand = {result.question: result for result in verdict.results if result.method == "manual"}
    for question, mark in marks.items():
        if question not in by_hand:
            allowed = ", ".join(by_hand) or "none in this attempt"
            raise NotMarkable(f"the question {question[:80]!r} is not marked by hand; these are: {allowed}")
        _check(question, mark, by_hand[question].max)
    if not marks:
        return verdict
    results = [_marked(each, marks[each.question]) if each.question in marks else each for each in verdict.results]
    whole = marking.verdict(unit, results, verdict.grader_version.partition(VERSION)[0])
    return replace(whole, grader_version=whole.grader_version + VERSION + _digest(given(whole)))


def record(ledger: Ledger, unit: Unit, attempt_id: str, marks: Mapping[str, HandMark], by: str) -> bool:
    """Adds marks by hand to those an attempt has; False when they were there already. Raises NotMarkable."""
    before = latest(ledger, attempt_id)
    if before is None:
        raise NotMarkable("this attempt has not been marked by the grader yet; try again in a moment")
    verdict = applied(unit, before, {**given(before), **marks})
    if given(verdict) == given(before):
        return False
    if _known(ledger, attempt_id, verdict.grader_version):
        # back to marks given before: a new mark all the same, for the latest is the one that stands
        count = len(ledger.marks(attempt_id))
        verdict = replace(verdict, grader_version=f"{verdict.grader_version}.{count}")
    is_new = ledger.record_mark(attempt_id, verdict, any(map(waits, verdict.results)))
    told = {"attempt": attempt_id, "marks": {question: mark.points for question, mark in marks.items()}}
    ledger.say(by, "marked", f"{unit.course}/{unit.id}", told)
    return is_new


def carried(ledger: Ledger, unit: Unit, attempt_id: str, verdict: Verdict) -> Verdict:
    """A new verdict of the judge on an attempt, with the marks by hand that it was given before."""
    before = latest(ledger, attempt_id)
    if before is None:
        return verdict
    most = {result.question: result.max for result in verdict.results if result.method == "manual"}
    kept = {q: replace(m, points=min(m.points, most[q])) for q, m in given(before).items() if q in most}
    return applied(unit, verdict, kept)


def latest(ledger: Ledger, attempt_id: str) -> Verdict | None:
    """The mark of an attempt that stands, could-not-checks aside."""
    marks = ledger.marks(attempt_id)
    return Verdict.from_json(marks[-1].verdict) if marks else None


def _known(ledger: Ledger, attempt_id: str, version: str) -> bool:
    return any(mark.grader_version == version for mark in ledger.marks(attempt_id))


def _check(question: str, mark: HandMark, most: float) -> None:
    if not (math.isfinite(mark.points) and 0 <= mark.points <= most):
        raise NotMarkable(f"{question}: {mark.points:g} marks cannot be given; 0 to {most:g} can")
    if len(mark.comment) > LONGEST:
        raise NotMarkable(f"{question}: the comment has {len(mark.comment)} characters; {LONGEST} are allowed")


def _marked(result: QuestionResult, mark: HandMark) -> QuestionResult:
    outcome = PASSED if mark.points >= result.max else NOT_YET
    title = f"Marked by a person: {mark.points:g} of {result.max:g}."
    finding = Finding(result.question, outcome, MARKED, title, mark.comment, "value")
    return replace(result, outcome=outcome, points=mark.points, findings=(finding,))


def _digest(marks: Mapping[str, HandMark]) -> str:
    said: dict[str, Any] = {question: [mark.points, mark.comment] for question, mark in sorted(marks.items())}
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:12]
