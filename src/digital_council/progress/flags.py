"""Flags: which figures of a unit are bad enough for its author to look again, and why; from shown counts alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

ENOUGH = 20
"""People behind a figure before it says anything: of 20, four more or fewer is chance as often as not."""
FEW_RIGHT = 0.5
"""Right first time. The pass mark is 0.7: where fewer than half are right, the unit has not taught it yet."""
COMMON_MISTAKE = 0.25
"""One mistake met by one in four: the lesson meets it too late, or the question invites it."""
UNNAMED = 0.2
"""Wrong in ways no listed mistake explains: one in five learners was told no more than "not yet"."""
LEFT_BLANK = 0.15
"""Handed in without an answer: the question was not found, not understood or not reached."""
SURE_AND_WRONG = 0.2
"""Sure and wrong, of those who rated themselves: they will act on it at work, so it matters more than unsure."""
LOST = 0.4
"""Begun and not handed in. One in three leaves any voluntary lesson; more than that is the lesson's doing."""
TOO_LONG = 1.5
"""Times the minutes announced: people were promised a lesson that fits between two meetings."""


def of(figures: Mapping[str, Any]) -> list[dict[str, str]]:
    """The flags of one unit's figures: the question ("" for the whole unit) and the reason as a sentence."""
    found = [{"question": "", "reason": reason} for reason in _unit(figures)]
    for question in figures["questions"]:
        found += [{"question": question["id"], "reason": reason} for reason in _question(question)]
    return found


def _unit(figures: Mapping[str, Any]) -> Iterator[str]:
    kept = _share(figures["handed_in"], figures["started"])
    if kept is not None and 1 - kept > LOST:
        yield f"{1 - kept:.0%} of those who began it have not handed it in."
    minutes = figures["minutes"]
    if minutes["median"] and minutes["median"] > TOO_LONG * minutes["planned"]:
        yield f"It takes {minutes['median']} minutes at the median; {minutes['planned']} are announced."


def _question(question: Mapping[str, Any]) -> Iterator[str]:
    people = question["answered"]
    if (right := _share(question["right"], people)) is not None and right < FEW_RIGHT:
        yield f"Only {right:.0%} are right first time."
    for mistake in question["mistakes"]:
        if (share := _share(mistake["count"], people)) is not None and share > COMMON_MISTAKE:
            yield f"{share:.0%} meet one mistake: {mistake['title']}"
    if (share := _share(question["other"], people)) is not None and share > UNNAMED:
        yield f"{share:.0%} are wrong in a way that no listed mistake explains."
    if (share := _share(question["blank"], people)) is not None and share > LEFT_BLANK:
        yield f"{share:.0%} hand it in with this question not answered."
    yield from _confidence(question["confidence"])


def _confidence(cells: Mapping[str, int | str]) -> Iterator[str]:
    shown = [count for count in cells.values() if isinstance(count, int)]
    if len(shown) == len(cells) and (share := _share(cells["sure_wrong"], sum(shown))) and share > SURE_AND_WRONG:
        yield f"{share:.0%} of those who rated themselves are sure and wrong."


def _share(count: Any, people: Any) -> float | None:
    """The share, where both counts are shown and the people are enough."""
    if not isinstance(count, int) or not isinstance(people, int) or people < ENOUGH:
        return None
    return count / people
