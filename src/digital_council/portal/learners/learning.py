"""Learning: what a learner does with a unit, the same from the interface and from the pages."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from digital_council.courses import Unit, releases
from digital_council.courses.findings import Verdict
from digital_council.errors import CouncilError
from digital_council.grading import intake, submissions
from digital_council.ledger import Attempt, Statement
from digital_council.portal.learners import needs, pace, terms
from digital_council.portal.learners.drafts import Draft
from digital_council.portal.problems import Problem
from digital_council.portal.rights.identity import Identity
from digital_council.portal.rights.sessions import PREFIX
from digital_council.portal.services import Services

ALREADY_SEEN = 500


def page_of(course: str, unit: str) -> str:
    return f"{PREFIX}courses/{course}/units/{unit}"


def notebook_of(services: Services, course: str, unit: str) -> str:
    """Where the hub opens a unit in the learner's own JupyterLab, starting their server if need be."""
    return f"{services.auth.hub}/hub/user-redirect/lab/tree/{course}/{unit}.ipynb"


def unit_link(services: Services, unit: Unit) -> dict[str, Any]:
    return {
        "id": unit.id,
        "title": unit.title,
        "page": page_of(unit.course, unit.id),
        "notebook": notebook_of(services, unit.course, unit.id),
    }


def unit_detail(services: Services, who: Identity, unit: Unit) -> dict[str, Any]:
    return unit_link(services, unit) | {
        "course": unit.course,
        "minutes": unit.minutes,
        "release": unit.release,
        **_terms(services, who, unit),
        "needs": needs.told(services, who, unit),
        "questions": [unit.form(question.id) for question in unit.questions],
    }


def _terms(services: Services, who: Identity, unit: Unit) -> dict[str, Any]:
    found = terms.terms_for(services, who.account, unit)
    due = found.due.isoformat() if found.due else None
    return {"due": due, "attempts_allowed": found.allowed, "attempts_used": found.used}


def unit_for(services: Services, who: Identity, course: str, unit: str, shown: str = "") -> Unit:
    """The unit in the release this person began, however old; else as it is now. Raises a 404 problem.

    `shown` is the release of the page they answer: whoever has not begun yet begins with that one.
    """
    current = services.library.unit(course, unit)
    begun = services.drafts.release(who.account, course, unit)
    if begun is None and shown not in ("", current.release) and shown in releases.kept(services.state, course, unit):
        begun = shown
    if begun in (None, current.release):
        return current
    try:
        return releases.open(services.state, course, unit, str(begun))
    except CouncilError:  # the release is no longer kept
        return current


def known_answers(unit: Unit, answers: dict[str, Any]) -> dict[str, Any]:
    """The answers as given; raises a 422 problem for a question the unit does not have."""
    if not is_sound(answers):
        raise Problem(422, "The answers hold a number that is not finite, or text that is not Unicode.")
    known = {question.id for question in unit.questions}
    strange = sorted(answers.keys() - known)
    if strange:
        allowed = ", ".join(question.id for question in unit.questions)
        raise Problem(422, f"The unit {unit.id!r} has no question {strange[0][:80]!r}; it has {allowed}.")
    return answers


def is_sound(answers: dict[str, Any]) -> bool:
    """Whether the answers can be sent back as JSON in UTF-8: Python reads NaN and lone surrogates, few others do."""
    try:
        json.dumps(answers, allow_nan=False, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return False
    return True


def save(services: Services, who: Identity, unit: Unit, answers: dict[str, Any], base: int | None, door: str) -> Draft:
    """Keep the answers so far; record that the unit was begun, and each confidence rating as it is given."""
    known_answers(unit, answers)
    needs.refuse_unready(services, who, unit)
    before = services.drafts.get(who.account, unit.course, unit.id)
    draft = services.drafts.put(who.account, unit.course, unit.id, answers, base, door)
    services.drafts.begin(who.account, unit.course, unit.id, unit.release)
    where = f"{unit.course}/{unit.id}"
    if before.version == 0:
        services.ledger.say(who.account, "initialized", where, {"door": door})
    for question in unit.questions:
        value = draft.answers.get(question.id)
        if question.role == "confidence" and value is not None and value != before.answers.get(question.id):
            services.ledger.say(who.account, "rated", where, {"question": question.id, "value": value})
    return draft


def renew(services: Services, who: Identity, unit: Unit) -> Unit:
    """Go on with the unit as it is now; answers to questions it still has are kept."""
    current = services.library.unit(unit.course, unit.id)
    draft = services.drafts.get(who.account, unit.course, unit.id)
    asked = {question.id for question in current.questions}
    kept = {key: value for key, value in draft.answers.items() if key in asked}
    services.drafts.put(who.account, unit.course, unit.id, kept, draft.version, "page")
    services.drafts.begin(who.account, unit.course, unit.id, current.release, anew=True)
    return current


def check(services: Services, unit: Unit, answers: dict[str, Any]) -> Verdict:
    """The visible checks on these answers; nothing is recorded."""
    verdict: Verdict = services.grading.check(unit, known_answers(unit, answers))
    return verdict


def hint(services: Services, who: Identity, unit: Unit, question_id: str, key: str | None = None) -> dict[str, Any]:
    """The next hint of a question, recorded; the last one again when there are no more, or for the same key."""
    hints = hints_of(unit, question_id)
    if not hints:
        return {"question": question_id, "number": 0, "of": 0, "hint": None, "more": False}
    given = [each for each in hints_given(services, who, unit) if each.result["question"] == question_id]
    seen = max((each.result["number"] for each in given), default=0)
    again = next((each.result["number"] for each in given if key and (each.context or {}).get("key") == key), None)
    number = again or min(seen + 1, len(hints))
    if number > seen:
        result = {"question": question_id, "number": number}
        services.ledger.say(who.account, "hinted", f"{unit.course}/{unit.id}", result, {"key": key} if key else None)
    return {
        "question": question_id,
        "number": number,
        "of": len(hints),
        "hint": hints[number - 1],
        "more": number < len(hints),
    }


def hints_of(unit: Unit, question_id: str) -> tuple[str, ...]:
    for question in unit.questions:
        if question.id == question_id:
            return tuple(question.hints)
    raise Problem(404, f"The unit {unit.id!r} has no question {question_id[:80]!r}.")


def hints_given(services: Services, who: Identity, unit: Unit) -> list[Statement]:
    return services.ledger.statements(who.account, "hinted", f"{unit.course}/{unit.id}", limit=ALREADY_SEEN).items


def hints_shown(services: Services, who: Identity, unit: Unit) -> dict[str, tuple[str, ...]]:
    """The hints of each question that this person has been given."""
    return hints_of_record(unit, hints_given(services, who, unit))


def hints_of_record(unit: Unit, given: Iterable[Statement]) -> dict[str, tuple[str, ...]]:
    """The same from statements that have been read."""
    seen: dict[str, int] = {}
    for statement in given:
        question, number = statement.result["question"], statement.result["number"]
        seen[question] = max(seen.get(question, 0), number)
    return {each.id: tuple(each.hints[: seen[each.id]]) for each in unit.questions if each.id in seen}


def submit(
    services: Services, who: Identity, unit: Unit, *, door: str, key: str | None = None, **given: Any
) -> Attempt:
    """Hand in answers or a notebook: stored and fingerprinted, then queued. Raises Refused in one line."""
    if "answers" in given:
        known_answers(unit, given["answers"])
    needs.refuse_unready(services, who, unit)
    attempt_id = intake.accept(
        services.ledger,
        services.state,
        account=who.account,
        unit=unit,
        door=door,
        idempotency_key=key,
        name=who.name,
        limit_mb=services.settings.limits.submission_mb,
        closes=terms.closes(services, unit),
        most_attempts=services.library.course(unit.course).max_attempts,
        **given,
    )
    services.grading.submit(attempt_id)
    attempt = own_attempt(services, who, attempt_id)
    services.drafts.begin(who.account, unit.course, unit.id, attempt.release)
    if attempt.number == 1:
        _time(services, who, unit)
    return attempt


def _time(services: Services, who: Identity, unit: Unit) -> None:
    """Record once how long each question took up to the first handing in, where the draft tells it."""
    where, history = f"{unit.course}/{unit.id}", services.drafts.history(who.account, unit.course, unit.id)
    seconds = pace.by_question(history)
    if seconds and not services.ledger.statements(who.account, "timed", where, limit=1).items:
        services.ledger.say(who.account, "timed", where, {"seconds": seconds})


def own_attempt(services: Services, who: Identity, attempt_id: str) -> Attempt:
    """The attempt, if it is this person's; another's is as absent as one that never was."""
    attempt = services.ledger.attempt(attempt_id)
    if attempt is None or attempt.account != who.account:
        raise Problem(404, "You have no attempt with that id; GET attempts lists yours.")
    return attempt


def restore(services: Services, who: Identity, attempt: Attempt) -> Draft:
    """Make what was handed in the draft again; what the draft held is kept in its history."""
    folder = services.state.submissions / attempt.id
    if not folder.is_dir():
        raise Problem(409, "What was handed in is no longer kept, so it cannot be restored.")
    unit = unit_for(services, who, attempt.course, attempt.unit)
    known = {question.id for question in unit.questions}
    answers = {id: value for id, value in submissions.answers_of(folder, unit).items() if id in known}
    return save(services, who, unit, answers, None, "page")


def attempt_brief(services: Services, attempt: Attempt) -> dict[str, Any]:
    """What its learner is told of an attempt in a line; no result before it is final and released."""
    names = ("id", "course", "unit", "release", "number", "door", "state", "outcome", "score", "max")
    brief = {name: getattr(attempt, name) for name in names}
    if services.withholding.is_withheld(attempt) and attempt.state in ("done", "superseded"):
        brief["state"] = "withheld"
    if brief["state"] in ("withheld", "awaiting-mark"):
        brief |= {"outcome": None, "score": None}
    return brief | {"submitted_at": attempt.submitted_at.isoformat()}


def titles(services: Services, attempts: list[dict[str, Any]]) -> dict[str, str]:
    """The title of each attempt's unit, by the attempt's id."""
    return {each["id"]: services.library.title(each["course"], each["unit"]) for each in attempts}


def attempt_detail(services: Services, attempt: Attempt) -> dict[str, Any]:
    record = verdict_of(services, attempt)
    return attempt_brief(services, attempt) | (told(record) if record else {"findings": [], "results": []})


def verdict_of(services: Services, attempt: Attempt) -> dict[str, Any] | None:
    """The verdict as its learner may see it; None before there is one, and before it is released."""
    if not attempt.outcome or services.withholding.is_withheld(attempt):
        return None
    return services.ledger.verdict(attempt.id)


def told(verdict: dict[str, Any]) -> dict[str, Any]:
    """A verdict's findings and results, as the interface gives them."""
    results = verdict.get("results", [])
    findings = [finding for result in results for finding in result["findings"]]
    return {
        "findings": findings,
        "results": [{key: value for key, value in each.items() if key != "findings"} for each in results],
    }
