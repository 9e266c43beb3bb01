"""Authoring: what authors do for learners of a released unit, the same from the interface and from the pages."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from weakref import WeakKeyDictionary

from digital_council.courses import Unit, releases
from digital_council.courses.findings import Verdict
from digital_council.grading import hand, submissions
from digital_council.grading.hand import HandMark
from digital_council.ledger import Attempt, Ledger
from digital_council.portal.learners import learning, withholding
from digital_council.portal.lesson import prose
from digital_council.portal.problems import Problem
from digital_council.portal.rights.identity import Identity
from digital_council.portal.services import Services
from digital_council.progress import batches, flags, questions

AT_ONCE = 50
_FIGURES: WeakKeyDictionary[Ledger, dict[Hashable, dict[str, Any]]] = WeakKeyDictionary()
"""Figures of the last batch, by ledger: they do not change until the next."""


def require(who: Identity, *roles: str) -> None:
    """Raises a 403 problem for somebody with none of these roles."""
    if not who.has(*roles):
        raise Problem(403, f"This is for {' and '.join(f'{role}s' for role in roles)}; ask the operator for the role.")


def allow(
    services: Services, who: Identity, unit: Unit, account: str, attempts: int | None, closes: date | None
) -> dict[str, Any]:
    """Allow one person more attempts or more time than the course does, or with neither the course's own again."""
    require(who, "author")
    if services.organisation.person(account) is None:
        raise Problem(404, f"There is no account {account[:80]!r}; people.csv and the hub name them.")
    services.ledger.allow(account, unit.course, unit.id, by=who.account, attempts=attempts, closes=closes)
    return {"account": account, "attempts": attempts, "closes": closes.isoformat() if closes else None}


def allowances(services: Services, who: Identity, unit: Unit) -> list[dict[str, Any]]:
    """What is allowed to whom on a unit."""
    require(who, "author")
    return [
        {"account": account, "attempts": each.attempts, "closes": each.closes.isoformat() if each.closes else None}
        for account, each in services.ledger.allowances(unit.course, unit.id).items()
    ]


def regrade(services: Services, who: Identity, unit: Unit) -> int:
    """Queue every attempt on a unit to be judged by its present release; tells how many. Old marks stay."""
    require(who, "author", "operator")
    count = services.grading.regrade(unit.course, unit.id, unit.release)
    told = {"release": unit.release, "queued": count}
    services.ledger.say(who.account, "regraded", f"{unit.course}/{unit.id}", told)
    return count


def regrade_one(services: Services, who: Identity, attempt_id: str) -> Attempt:
    """Queue one attempt to be judged by its unit's present release."""
    require(who, "author", "operator")
    attempt = _attempt(services, attempt_id)
    if not (services.state.submissions / attempt.id).is_dir():
        raise Problem(409, "What was handed in is no longer kept, so it cannot be marked again.")
    if services.ledger.queue_again(attempt.id, services.library.unit(attempt.course, attempt.unit).release):
        services.grading.submit(attempt.id)
    return _attempt(services, attempt_id)


def figures(services: Services, who: Identity, units: Sequence[Unit]) -> dict[str, Any]:
    """How each question of these units is met by its learners, as at the last batch; bad figures are flagged."""
    require(who, "author")
    before = batches.boundary(services.settings.disclosure.refresh)
    threshold = services.settings.disclosure.threshold
    return {
        "as_at": before.isoformat(timespec="seconds"),
        "threshold": threshold,
        "definitions": questions.DEFINITIONS,
        "units": [_figures(services.ledger, unit, before, threshold) for unit in units],
    }


def units_named(services: Services, course: str | None, unit: str | None) -> list[Unit]:
    """Every unit, those of one course, or one; raises a problem for a name that there is not."""
    if unit and not course:
        raise Problem(422, "Which course is the unit in? Give course=… as well.")
    if course and unit:
        return [services.library.unit(course, unit)]
    courses = [services.library.course(course)] if course else services.library.courses
    return [each for found in courses for each in found.units]


def _figures(ledger: Ledger, unit: Unit, before: datetime, threshold: int) -> dict[str, Any]:
    kept, key = _FIGURES.setdefault(ledger, {}), (unit.course, unit.id)
    asked = (unit.release, before, threshold)
    if key not in kept or kept[key]["asked"] != asked:
        found = questions.of_unit(ledger, unit, before, threshold)
        kept[key] = {"asked": asked, "figures": {**found, "flags": flags.of(found)}}
    told: dict[str, Any] = kept[key]["figures"]
    return told


def release(services: Services, who: Identity, unit: Unit) -> datetime:
    """Tell learners the results of everything handed in until now."""
    require(who, "author")
    services.ledger.say(who.account, withholding.RELEASED, f"{unit.course}/{unit.id}")
    found = services.withholding.released_at(unit.course, unit.id)
    assert found is not None  # noqa: S101  (it was written a line ago)
    return found


def awaiting(services: Services, who: Identity, unit: Unit) -> list[dict[str, Any]]:
    """The answers on a unit that await a mark by hand, the longest waiting first."""
    require(who, "author")
    found = services.ledger.awaiting(unit.course, unit.id, limit=AT_ONCE).items
    return [_to_mark(services, attempt) for attempt in reversed(found)]


def mark(services: Services, who: Identity, attempt_id: str, marks: Mapping[str, HandMark]) -> bool:
    """Give marks by hand; False when they were given before. Raises a problem or NotMarkable."""
    require(who, "author")
    attempt = _attempt(services, attempt_id)
    if attempt.account == who.account:
        raise Problem(403, "Nobody marks their own work; ask another author.")
    return hand.record(services.ledger, _unit(services, attempt), attempt.id, marks, who.account)


def unchecked(services: Services, who: Identity, cursor: str | None = None) -> dict[str, Any]:
    """What could not be checked and has not been since: by id alone, for whose it is mends nothing."""
    require(who, "operator")
    page = services.ledger.unchecked(AT_ONCE, cursor)
    attempts = [
        {
            "id": each.id,
            "course": each.course,
            "unit": each.unit,
            "release": each.release,
            "submitted_at": each.submitted_at.isoformat(),
            "state": each.state,
            "reason": services.ledger.reason(each),
        }
        for each in page.items
    ]
    return {"attempts": attempts, "next": page.cursor}


def check_again(services: Services, who: Identity, attempt_id: str) -> Attempt:
    """Queue an attempt that could not be checked once more; does nothing to one that waits already."""
    require(who, "operator")
    attempt = _attempt(services, attempt_id)
    if attempt.outcome != "could-not-check":
        raise Problem(409, "This attempt has been checked; an author may have its whole unit marked again.")
    if services.ledger.queue_again(attempt.id):
        services.grading.submit(attempt.id)
    return _attempt(services, attempt_id)


def _attempt(services: Services, attempt_id: str) -> Attempt:
    attempt = services.ledger.attempt(attempt_id)
    if attempt is None:
        raise Problem(404, "There is no attempt with that id.")
    return attempt


def _unit(services: Services, attempt: Attempt) -> Unit:
    return releases.open(services.state, attempt.course, attempt.unit, attempt.release)


def _to_mark(services: Services, attempt: Attempt) -> dict[str, Any]:
    """One attempt as whoever marks it needs it: the answers a person marks, and what the judge gave beside them."""
    unit = _unit(services, attempt)
    folder = services.state.submissions / attempt.id
    answers: Mapping[str, Any] = submissions.answers_of(folder, unit) if folder.is_dir() else {}
    verdict = hand.latest(services.ledger, attempt.id)
    results = verdict.results if isinstance(verdict, Verdict) else ()
    questions = [
        {
            "question": result.question,
            "prompt": prose.prompt(unit.question(result.question).prompt)[0],
            "answer": str(answers.get(result.question, "")),
            "points": None if hand.waits(result) else result.points,
            "max": result.max,
            "comment": next((finding.detail for finding in result.findings if finding.id == hand.MARKED), ""),
        }
        for result in results
        if result.method == "manual"
    ]
    person = services.organisation.person(attempt.account or "")
    return {
        "id": attempt.id,
        "account": attempt.account,
        "name": person.name if person else (attempt.account or "erased"),
        "number": attempt.number,
        "submitted_at": attempt.submitted_at.isoformat(),
        "page": learning.page_of(attempt.course, attempt.unit),
        "questions": questions,
    }
