"""Authors' figures: how each question of a unit is met by its learners, counts of people only, small ones hidden.

Everybody's first attempt is looked at, as at the last batch: who was right, who showed which mistake, who left it
blank. In each such family of counts a small one is hidden, with another beside it where the total would give it away.
They move only when as many more people as the threshold have handed in: a day on which one did would tell how they did.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import Any

from sqlalchemy import select

from digital_council.courses import Unit
from digital_council.courses.findings import PASSED
from digital_council.courses.questions import Question
from digital_council.ledger import Ledger, tables
from digital_council.progress.view import HIDDEN

RIGHT, BLANK, OTHER = "right", "blank", "other"
SURE = ("4", "5")  # of the five ratings; 3 and below is unsure
ONE_SITTING = 120  # minutes; whoever took longer came back another time, and says nothing of the unit's length
DEFINITIONS = {
    "made anew": "each time that as many more people as the smallest count that is shown have handed in",
    "answered": "people whose first attempt has been marked",
    "right": "people who had it right in their first attempt",
    "mistakes": "people who showed the mistake in their first attempt",
    "other": "people who had it wrong in a way that no listed mistake explains",
    "blank": "people who handed in with this question not answered",
    "hinted": "people who asked for a hint at any time",
    "tries": "attempts until right, at the median of those who had it right in the end",
    "confidence": "the rating given before the question (4 or 5 is sure) against the first answer",
    "minutes": f"from the first answer kept to first handing in, at the median of those who did both within "
    f"{ONE_SITTING} minutes; of a question, from the answer before it to its own as it was first handed in, with what "
    "there is to read between them, at the median of those whose page kept the one after the other without a pause",
    "started": "people of whom an answer has been kept, handed in or not",
    HIDDEN: "hidden: a small count of people, or one that would give a small count away",
}
Counts = dict[str, int]
Told = dict[str, int | str]


@dataclass(frozen=True)
class Given:
    """One attempt as it stands: whose, which, when, and its results by question."""

    person: str
    number: int
    at: datetime
    outcome: str
    results: Mapping[str, Mapping[str, Any]]


@dataclass
class Record:
    """What happened on one unit: attempts in order, and the statements about it."""

    attempts: list[Given] = field(default_factory=list)
    begun: dict[str, datetime] = field(default_factory=dict)
    rated: dict[str, dict[str, str]] = field(default_factory=dict)
    hinted: dict[str, set[str]] = field(default_factory=dict)
    seconds: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def first(self) -> list[Given]:
        """Everybody's first attempt."""
        found: dict[str, Given] = {}
        for each in self.attempts:
            found.setdefault(each.person, each)
        return list(found.values())


def of_unit(ledger: Ledger, unit: Unit, before: datetime, threshold: int) -> dict[str, Any]:
    """The figures of one unit up to a moment, as JSON. No figure has fewer than `threshold` people behind it."""
    record = read(ledger, unit.course, unit.id, before, threshold)
    first = record.first
    graded = [each for each in unit.questions if each.points > 0 or each.role in ("diagnostic", "task")]
    return {
        "course": unit.course,
        "unit": unit.id,
        "title": unit.title,
        **_stages(record, first, threshold),
        "minutes": {"planned": unit.minutes, "median": _minutes(record, first, threshold)},
        "questions": [found for each in graded if (found := _question(unit, each, record, first, threshold))],
    }


def read(ledger: Ledger, course: str, unit: str, before: datetime, threshold: int) -> Record:
    """What the ledger holds of one unit up to a moment; the mark that stood then is the attempt's.

    What people did after the last full group of so many had handed in is left out.
    """
    attempt, mark, statement = tables.attempt, tables.mark, tables.statement
    of_attempt = (attempt.c.course == course, attempt.c.unit == unit, mark.c.recorded_at < before)
    marks = (
        select(
            attempt.c.id, attempt.c.person_id, attempt.c.number, attempt.c.submitted_at, mark.c.outcome, mark.c.verdict
        )
        .join(mark, mark.c.attempt_id == attempt.c.id)
        .where(*of_attempt)
        .order_by(mark.c.id)
    )
    said = (
        select(statement.c.actor, statement.c.verb, statement.c.result, statement.c.at)
        .where(statement.c.object == f"{course}/{unit}", statement.c.at < before)
        .where(statement.c.verb.in_(("initialized", "rated", "hinted", "timed")))
        .order_by(statement.c.at)
    )
    record = Record()
    with ledger.reading() as connection:
        latest = {row.id: row for row in connection.execute(marks)}
        until = _settled(latest.values(), threshold) or before
        for row in connection.execute(said.where(statement.c.at <= until)):
            _note(record, row)
    given = (
        Given(row.person_id, row.number, row.submitted_at, row.outcome, _results(row.verdict))
        for row in latest.values()
        if row.submitted_at <= until
    )
    record.attempts = sorted(given, key=lambda each: (each.person, each.number))
    return record


def _settled(attempts: Iterable[Any], threshold: int) -> datetime | None:
    """When the last of the most full groups of people handed in for the first time; None before the first group has."""
    first: dict[str, datetime] = {}
    for each in attempts:
        first[each.person_id] = min(first.get(each.person_id, each.submitted_at), each.submitted_at)
    whole = len(first) // threshold * threshold
    return sorted(first.values())[whole - 1] if whole else None


def _results(verdict: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {each["question"]: each for each in verdict.get("results", ())}


def _note(record: Record, row: Any) -> None:
    if row.verb == "initialized":
        record.begun.setdefault(row.actor, row.at)
    elif row.verb == "timed":
        for question, seconds in row.result["seconds"].items():
            record.seconds.setdefault(question, {}).setdefault(row.actor, seconds)
    elif row.verb == "rated":
        record.rated.setdefault(row.result["question"], {}).setdefault(row.actor, str(row.result["value"]))
    else:
        record.hinted.setdefault(row.result["question"], set()).add(row.actor)


def _stages(record: Record, first: list[Given], threshold: int) -> dict[str, int | str]:
    """How far people came: each stage is hidden where it, or what was lost since the stage before, is small."""
    handed_in = {each.person for each in first}
    passed = {each.person for each in record.attempts if each.outcome == PASSED}
    begun = len(set(record.begun) | handed_in)
    told: dict[str, int | str] = {"handed_in": _at_least(len(handed_in), threshold)}
    told["started"] = _beside(begun, len(handed_in), threshold)
    told["passed"] = _beside(len(passed), len(handed_in), threshold)
    return told


def _beside(count: int, shown: int, threshold: int) -> int | str:
    """A count whose difference from one that is shown must not be small either."""
    return HIDDEN if 0 < abs(count - shown) < threshold else _at_least(count, threshold)


def _at_least(count: int, threshold: int) -> int | str:
    return HIDDEN if 0 < count < threshold else count


def _minutes(record: Record, first: list[Given], threshold: int) -> int | None:
    taken = [
        (each.at - record.begun[each.person]).total_seconds() / 60 for each in first if each.person in record.begun
    ]
    return _median([each for each in taken if 0 < each <= ONE_SITTING], threshold)


def _median(values: list[float], threshold: int) -> int | None:
    return round(median(values)) if len(values) >= threshold else None


def _question(
    unit: Unit, question: Question, record: Record, first: list[Given], threshold: int
) -> dict[str, Any] | None:
    """One question's figures; None where no mark says anything of it, as of diagnostics in older marks."""
    results = {each.person: each.results[question.id] for each in first if question.id in each.results}
    if not results:
        return None
    known = {each.id: each.title for each in question.misconceptions}
    met = Counter(_met(result, known) for result in results.values())
    family = {RIGHT: 0, **dict.fromkeys(known, 0), OTHER: 0, BLANK: 0, **met}
    told = hidden(family, threshold) if len(results) >= threshold else dict.fromkeys(family, HIDDEN)
    mistakes = [{"id": id, "title": title, "count": told[id]} for id, title in known.items()]
    return {
        "id": question.id,
        "prompt": question.prompt,
        "points": question.points,
        "answered": _at_least(len(results), threshold),
        "right": told[RIGHT],
        "mistakes": sorted(mistakes, key=lambda each: _size(each["count"]), reverse=True),
        "other": told[OTHER],
        "blank": told[BLANK],
        "hinted": _beside(len(record.hinted.get(question.id, set()) & set(results)), len(results), threshold),
        "tries": _median(_tries(record, question.id), threshold),
        "minutes": _pace(record, question.id, results, threshold),
        "confidence": _confidence(unit, question, record, results, threshold, told[RIGHT] != HIDDEN),
    }


def _size(count: int | str) -> int:
    return count if isinstance(count, int) else -1


def _met(result: Mapping[str, Any], known: Iterable[str]) -> str:
    """Which of its family a first answer belongs to."""
    if result["outcome"] == PASSED:
        return RIGHT
    ids = [finding["id"] for finding in result["findings"]]
    if "no-answer" in ids:
        return BLANK
    return next((id for id in ids if id in known), OTHER)


def _pace(record: Record, question: str, results: Iterable[str], threshold: int) -> float | None:
    """Minutes at a question, to the half minute, at the median of those who handed it in."""
    taken = [seconds for person, seconds in record.seconds.get(question, {}).items() if person in results]
    return round(median(taken) / 30) / 2 if len(taken) >= threshold else None


def _tries(record: Record, question: str) -> list[float]:
    right: dict[str, int] = {}
    for each in record.attempts:
        if each.results.get(question, {}).get("outcome") == PASSED:
            right.setdefault(each.person, each.number)
    return [float(number) for number in right.values()]


def _confidence(
    unit: Unit,
    question: Question,
    record: Record,
    results: Mapping[str, Mapping[str, Any]],
    threshold: int,
    is_right_shown: bool,
) -> Told:
    """How sure people were before a question, against how they did in it.

    How many were right, and so how many wrong, is told elsewhere: a small cell takes the other of its row with it.
    """
    ratings: dict[str, str] = {}
    for each in unit.questions[: unit.questions.index(question)]:
        if each.role == "confidence":
            ratings |= record.rated.get(each.id, {})
    told: Told = {}
    for row in ("right", "wrong"):
        people = [person for person, each in results.items() if (each["outcome"] == PASSED) == (row == "right")]
        rated = [ratings[person] in SURE for person in people if person in ratings]
        cells = {f"sure_{row}": sum(rated), f"unsure_{row}": len(rated) - sum(rated)}
        is_safe = is_right_shown and not any(0 < count < threshold for count in cells.values())
        told |= cells if is_safe else dict.fromkeys(cells, HIDDEN)
    return told


def hidden(cells: Counts, threshold: int) -> Told:
    """A family of counts whose total may be known, with enough of them hidden.

    Small ones are; then the next smallest, until the hidden ones are at least two and their sum is not small.
    """
    unseen = {key for key, count in cells.items() if 0 < count < threshold}
    spare = sorted((key for key, count in cells.items() if count >= threshold), key=lambda key: cells[key])
    while unseen and (len(unseen) < 2 or sum(cells[key] for key in unseen) < threshold) and spare:
        unseen.add(spare.pop(0))
    return {key: HIDDEN if key in unseen else count for key, count in cells.items()}
