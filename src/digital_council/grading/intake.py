"""Intake: a submission is looked at, stored for ever, fingerprinted and put in the ledger, in that order.

What is acknowledged is on disk. What is refused leaves nothing behind, and says in one line why.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

from digital_council.courses.questions.plain import blank
from digital_council.courses.units import Unit
from digital_council.grading import submissions
from digital_council.grading.refusals import Refused
from digital_council.ledger import Ledger, NewAttempt
from digital_council.ledger.attempts import UsedUpError
from digital_council.ledger.moments import now
from digital_council.settings import State

# A double click or a browser that sends again; a learner who changes an answer and back means it.
SAME_WITHIN = timedelta(minutes=2)

# The longest code cell or table seen in a lesson is 6 kB; beyond this it is not an answer.
ANSWER_KB = 256


class Accepted(str):
    """An attempt's id. `duplicate` is true when it was there already and nothing was added."""

    duplicate: bool = False


def accept(
    ledger: Ledger,
    state: State,
    *,
    account: str,
    unit: Unit,
    door: str,
    answers: dict[str, Any] | None = None,
    notebook: bytes | None = None,
    idempotency_key: str | None = None,
    name: str = "",
    limit_mb: float = 20,
    closes: date | None = None,
    most_attempts: int | None = None,
) -> Accepted:
    """Stores a submission and queues it for grading. Raises Refused (a LearnerError with an HTTP `status`).

    Give `answers` by question from the page, or `notebook` as it was uploaded. A notebook made from an
    earlier release that is still known stays with that release.
    """
    allowed = ledger.allowance(account, unit.course, unit.id)
    refuse_closed(unit, allowed.closes or closes)
    if notebook is not None:
        check_size(len(notebook), limit_mb)
        content = submissions.from_notebook(notebook, unit, state)
    else:
        content = submissions.from_answers(answers, unit)
        check_size(len(content.data), limit_mb)
    _check(content)
    attempt = NewAttempt(
        account,
        content.unit.course,
        content.unit.id,
        content.unit.release,
        door,
        content.fingerprint,
        complete=_complete(content),
        name=name,
        idempotency_key=idempotency_key or None,
    )
    return _kept(ledger, state, attempt, content, allowed.attempts or most_attempts)


def _kept(
    ledger: Ledger, state: State, attempt: NewAttempt, content: submissions.Content, most: int | None
) -> Accepted:
    """Stores first, so that no attempt in the ledger lacks what was handed in; takes it back if it was not needed."""
    submissions.store(state, attempt.id, content)
    try:
        known, new = ledger.add_attempt(attempt, SAME_WITHIN, most)
    except UsedUpError as error:
        submissions.remove(state, attempt.id)
        raise Refused(f"{error}: your last mark stands; ask the course's author if you need another", 403) from None
    if not new:
        submissions.remove(state, attempt.id)
    accepted = Accepted(known.id)
    accepted.duplicate = not new
    return accepted


def check_size(length: int, limit_mb: float) -> None:
    """Refuses what is too large by its length alone, before a byte of it is read or parsed."""
    if length > limit_mb * 1_000_000:
        raise Refused(
            f"this submission is {length / 1_000_000:.0f} MB and the limit is {limit_mb:g} MB: clear the outputs "
            "(Edit, Clear Outputs of All Cells) or take large data out of it, then submit again",
            413,
        )
    if length == 0:
        raise Refused("this submission is empty: save your work, then submit again", 422)


def refuse_closed(unit: Unit, closes: date | None) -> None:
    """Refuses what comes after the last day of the course, by the clock of this place."""
    if closes is not None and now().astimezone().date() > closes:
        raise Refused(
            f"{unit.title} closed for handing in on {closes:%-d %B %Y}, so nothing was handed in: "
            "ask the course's author if you need more time",
            403,
        )


def _check(content: submissions.Content) -> None:
    known = [question.id for question in content.unit.questions]
    for question, value in content.answers.items():
        if question not in known:
            raise Refused(
                f"{content.unit.id} has no question {str(question)[:80]!r}: its questions are {', '.join(known)}", 422
            )
        size = len(json.dumps(value, default=str))
        if size > ANSWER_KB * 1000:
            raise Refused(
                f"the answer to {question} is {size // 1000} kB and the limit is {ANSWER_KB} kB: give a shorter answer",
                413,
            )
    if all(blank(value) for value in content.answers.values()):
        raise Refused("there is no answer in this submission yet: answer at least one question, then submit again", 422)


def _complete(content: submissions.Content) -> bool:
    graded = [question.id for question in content.unit.questions if question.points > 0]
    return all(not blank(content.answers.get(question)) for question in graded)
