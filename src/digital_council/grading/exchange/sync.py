"""Keep a lesson's answers the same in the notebook and at the portal; the file is never put at risk for it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from digital_council.client import Portal
from digital_council.grading.exchange.lessons import Agreed, Lesson
from digital_council.grading.exchange.merge import Answers, Merged, digest, merge

RELOAD = "Reload the notebook to see it."
SECONDS = 0.9
"""For one call. Opening and saving make two, and must cost the server less than two seconds together."""


class Sync:
    """The portal's draft of one learner, found by their token."""

    def __init__(self, portal: Portal, seconds: float = SECONDS) -> None:
        self.portal = portal
        self.seconds = seconds

    def pull(self, lesson: Lesson, saved_at: float) -> str:
        """Write newer answers into the notebook; returns what the learner should know, or nothing."""
        met = self._meet(lesson, saved_at)
        changed = met.new_here
        lesson.write(changed)
        for question in set(changed) & set(met.merged.clashes):
            lesson.keep_earlier(question, met.mine.get(question))
        lesson.agreed = Agreed.on(met.version, met.merged.answers)
        return met.told

    def push(self, lesson: Lesson, saved_at: float) -> str:
        """Send the notebook's newer answers; returns what the learner should know, or nothing."""
        met = self._meet(lesson, saved_at)
        # What the tab does not show yet stays as it was agreed before, or its old answer would win at the next save.
        known = {name: digest(value) for name, value in met.both.items() if name not in met.new_here}
        lesson.agreed = Agreed(met.version, {**lesson.agreed.answers, **known})
        if met.new_here:
            names = ", ".join(sorted(met.new_here))
            return f"Answered elsewhere since you opened this notebook: {names}. {RELOAD}"
        return met.told

    def merged(self, lesson: Lesson, saved_at: float, send: bool = False) -> Answers:
        """What both sides answer together; with `send` the portal is told."""
        return self._meet(lesson, saved_at, send).merged.answers

    def _meet(self, lesson: Lesson, saved_at: float, send: bool = True) -> Met:
        path = f"{lesson.address}/draft"
        draft = self.portal.request("GET", path, seconds=self.seconds)
        theirs = {name: lesson.normal(name, value) for name, value in draft["answers"].items()}
        mine = lesson.answers()
        unknown = {*lesson.unreadable(), *(theirs.keys() - lesson.questions.keys())}
        later = saved_at >= _when(draft["updated_at"])
        merged = merge(mine, theirs, lesson.agreed.answers, mine_is_later=later, unknown=unknown)
        version = draft["version"]
        if send and merged.answers != theirs:
            body = {"answers": merged.answers, "version": version, "door": "notebook"}
            version = self.portal.request("PUT", path, json=body, seconds=self.seconds)["version"]
        agreed = frozenset(lesson.agreed.answers)
        return Met(merged, mine, version, frozenset(unknown), agreed, elsewhere=draft["door"] != "notebook")


@dataclass(frozen=True)
class Met:
    """What came of comparing a notebook with the portal's draft."""

    merged: Merged
    mine: Answers
    version: int
    unknown: frozenset[str]
    agreed: frozenset[str]
    elsewhere: bool
    """Whether the draft was last written by another door: what this notebook's kernel handed in is no news."""

    @property
    def both(self) -> Answers:
        """Every question either side knows or knew, with what stands."""
        names = {*self.agreed, *self.mine, *self.merged.answers}
        return {name: self.merged.answers.get(name) for name in sorted(names)}

    @property
    def new_here(self) -> Answers:
        """What the notebook does not show yet; a cell that cannot be read is the learner's to mend."""
        return {
            name: value
            for name, value in self.both.items()
            if value != self.mine.get(name) and name not in self.unknown
        }

    @property
    def told(self) -> str:
        if not (self.merged.clashes and self.elsewhere):
            return ""
        names = ", ".join(sorted(self.merged.clashes))
        return f"Answered in two places: {names}. The later answer stands; the earlier one is kept."


def _when(stamp: Any) -> float:
    if not stamp:
        return 0.0
    when = datetime.datetime.fromisoformat(str(stamp))
    return (when if when.tzinfo else when.replace(tzinfo=datetime.UTC)).timestamp()
