"""Erasure: what a person handed in is removed and who they were forgotten; the record of what happened stays true."""

from __future__ import annotations

from digital_council.grading import submissions
from digital_council.ledger import Ledger
from digital_council.settings import State


def erase(ledger: Ledger, state: State, account: str) -> int:
    """Removes every submission of an account, then its identity; tells how many submissions there were.

    May run twice: the identity goes last, so that an interrupted erasure can find what is left. Drafts and the home
    are their owners' to remove.
    """
    count, cursor = 0, None
    while True:
        page = ledger.attempts(account, limit=500, cursor=cursor)
        for attempt in page.items:
            count += (state.submissions / attempt.id).is_dir()
            submissions.remove(state, attempt.id)
        cursor = page.cursor
        if cursor is None:
            break
    ledger.erase(account)
    return count
