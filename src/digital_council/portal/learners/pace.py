"""Pace: how long somebody was at each question, told from the versions of their draft and nothing else.

The page saves as one goes along. Where a version changes one answer alone, the time since the version before it was
spent on that question, with what there was to read on the way. What was changed with others, as a notebook saves it,
and what came after a pause, says nothing of one question and is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise

from digital_council.portal.learners.drafts import Draft

PAUSE = 600
"""Seconds without a change after which nobody can be said to be still at it: a call, a meeting, lunch."""
STEP = 10
"""Seconds that are told apart: no more is needed for a median in minutes."""


def by_question(versions: Iterable[Draft]) -> dict[str, int]:
    """Seconds at each question, in steps, of the versions of one draft in any order."""
    kept = sorted((each for each in versions if each.updated_at), key=lambda each: each.version)
    paused: set[str] = set()
    spent: Counter[str] = Counter()
    waiting = 0.0
    for before, after in pairwise(kept):
        waiting += _seconds(before, after)
        changed = _changed(before, after)
        if len(changed) == 1 and waiting <= PAUSE:
            spent[changed[0]] += round(waiting)
        else:
            paused |= set(changed)
        waiting = 0.0 if changed else waiting
    return {each: max(STEP, STEP * round(count / STEP)) for each, count in spent.items() if each not in paused}


def _seconds(before: Draft, after: Draft) -> float:
    first, then = (datetime.fromisoformat(str(each.updated_at)) for each in (before, after))
    return (then - first).total_seconds()


def _changed(before: Draft, after: Draft) -> list[str]:
    names = before.answers.keys() | after.answers.keys()
    return [name for name in names if before.answers.get(name) != after.answers.get(name)]
