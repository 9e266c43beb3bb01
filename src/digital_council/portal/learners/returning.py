"""Returning: questions that come back days after a unit was completed, and whether it was used at work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from digital_council.courses import Unit
from digital_council.courses.findings import PASSED
from digital_council.courses.questions import Question
from digital_council.ledger import Completion
from digital_council.portal.learners import learning
from digital_council.portal.problems import Problem
from digital_council.portal.rights.identity import Identity
from digital_council.portal.services import Services

AT_WORK_DAYS = 30
USES = {
    "decision": "Yes, in a decision",
    "report": "Yes, in a report or some figures",
    "talk": "Yes, in talking with somebody",
    "not-yet": "Not yet",
    "no-chance": "There was no occasion for it",
}
LARGEST = 500


@dataclass(frozen=True)
class Due:
    """A question that has come back, and after how many days."""

    unit: Unit
    question: Question
    days: int

    @property
    def place(self) -> str:
        return f"{self.unit.course}/{self.unit.id}/{self.question.id}"


def due(services: Services, who: Identity, now: datetime | None = None) -> list[Due]:
    """What has come back and not been answered since, longest waiting first."""
    now = now or datetime.now(UTC)
    answered = _answered(services, who)
    found = []
    for row, unit in _completed(services, who):
        for question in unit.retrieval:
            reached = [days for days in question.days if _since(row, days) <= now]
            if not reached or question.runs_code:
                continue
            since, last = _since(row, max(reached)), answered.get(f"{unit.course}/{unit.id}/{question.id}")
            if last is None or last < since:
                found.append((since, Due(unit, question, max(reached))))
    return [each for _, each in sorted(found, key=lambda pair: pair[0])]


def find(services: Services, who: Identity, place: str) -> Due:
    """The question that has come back at `place`; raises a 404 problem when it has not, or is answered already."""
    for each in due(services, who):
        if each.place == place:
            return each
    raise Problem(404, "That question is not waiting for you: you have answered it, or it has not come back yet.")


def answer(services: Services, who: Identity, asked: Due, value: Any) -> dict[str, Any]:
    """Judge an answer and record it; gives the findings. An empty one is judged and not recorded."""
    result = asked.question.judge(value).to_json()
    if value not in (None, "", [], {}):
        said = {"question": asked.question.id, "outcome": result["outcome"], "day": asked.days}
        services.ledger.say(who.account, "answered", f"{asked.unit.course}/{asked.unit.id}", said)
    return {"findings": result["findings"], "is_right": result["outcome"] == PASSED}


def unused(services: Services, who: Identity, now: datetime | None = None) -> list[Unit]:
    """Units completed thirty days ago or more about which nobody has asked yet whether they were used at work."""
    now = now or datetime.now(UTC)
    said = services.ledger.statements(who.account, "applied", limit=LARGEST).items
    told = {each.object for each in said if each.result["use"] != "not-yet" or each.at > now - timedelta(days=30)}
    return [
        unit
        for row, unit in _completed(services, who)
        if _since(row, AT_WORK_DAYS) <= now and f"{unit.course}/{unit.id}" not in told
    ]


def applied(services: Services, who: Identity, place: str, use: str) -> None:
    """Record whether a unit was used at work. Raises a problem for a unit not asked about, or a strange answer."""
    if use not in USES:
        raise Problem(422, "Choose one of the answers.")
    if place not in {f"{unit.course}/{unit.id}" for unit in unused(services, who)}:
        raise Problem(404, "You have told us about that unit already, or have not completed it yet.")
    services.ledger.say(who.account, "applied", place, {"use": use})


def _completed(services: Services, who: Identity) -> list[tuple[Completion, Unit]]:
    """Units this person has completed that are still taught."""
    found = []
    for row in services.ledger.completions([who.account]):
        try:
            if row.completed_at:
                found.append((row, learning.unit_for(services, who, row.course, row.unit)))
        except Problem:
            continue
    return found


def _since(row: Completion, days: int) -> datetime:
    return (row.completed_at or datetime.max.replace(tzinfo=UTC)) + timedelta(days=days)


def _answered(services: Services, who: Identity) -> dict[str, datetime]:
    """When each question that comes back was last answered."""
    last: dict[str, datetime] = {}
    for each in services.ledger.statements(who.account, "answered", limit=LARGEST).items:
        last.setdefault(f"{each.object}/{each.result['question']}", each.at)
    return last
