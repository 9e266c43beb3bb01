"""Erasure: everything kept for a person is removed and who they were forgotten; the record of what happened stays true.

It stands in the portal, which is the one that holds every place where something is kept. Their home is an account's of
the machine: whoever erases is told when there is one, and removes it with the account.
"""

from __future__ import annotations

from dataclasses import dataclass

from digital_council.grading import submissions
from digital_council.portal.authors.authoring import require
from digital_council.portal.problems import Problem
from digital_council.portal.rights.identity import Identity
from digital_council.portal.services import Services


@dataclass(frozen=True)
class Erased:
    """What became of a person: how many submissions were removed, and whether a home is left."""

    submissions: int
    has_home: bool


def erase(services: Services, who: Identity, account: str) -> Erased:
    """Removes a person's submissions, drafts, questions, enrolments and calendar, then their identity.

    May run twice: the identity goes last, so that an interrupted erasure can find what is left. Raises a problem.
    """
    require(who, "operator")
    if account == who.account:
        raise Problem(409, "Nobody erases themselves; ask another operator.")
    count = _submissions(services, account)
    services.drafts.erase(account)
    services.threads.erase(account)
    _marking(services, account)
    person = services.ledger.erase(account)
    if person is not None:
        services.ledger.say(who.account, "erased", f"person/{person}", {"submissions": count})
    return Erased(count, (services.state.homes / account).is_dir() and bool(account))


def _submissions(services: Services, account: str) -> int:
    count, cursor = 0, None
    while True:
        page = services.ledger.attempts(account, limit=500, cursor=cursor)
        for attempt in page.items:
            count += (services.state.submissions / attempt.id).is_dir()
            submissions.remove(services.state, attempt.id)
        cursor = page.cursor
        if cursor is None:
            return count


def _marking(services: Services, account: str) -> None:
    """What was laid out in formgrader for marks by hand."""
    folders = [path.parent for path in (services.state.root / "marking").glob("*/gradebook.db")]
    if folders:
        from digital_council.grading.formgrader import projection  # brings nbgrader with it, and is seldom needed

        for folder in folders:
            projection.forget(folder, account)
