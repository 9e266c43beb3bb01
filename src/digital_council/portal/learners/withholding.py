"""Withholding: results that an author tells on a day, or when they choose, and no sooner."""

from __future__ import annotations

from datetime import date, datetime

from digital_council.courses import Unit
from digital_council.courses.units import AT_ONCE, BY_HAND
from digital_council.ledger import Attempt, Ledger
from digital_council.portal.library import Library
from digital_council.portal.problems import Problem

RELEASED = "released"
"""The verb with which an author tells results that were held back."""


def today() -> date:
    """The day it is here."""
    return datetime.now().astimezone().date()


class Withholding:
    """Which results may be told by now: by a unit's rule, or because its author has released them."""

    def __init__(self, library: Library, ledger: Ledger) -> None:
        self._library, self._ledger = library, ledger

    def is_withheld(self, attempt: Attempt) -> bool:
        """Whether the author has still to release what came of an attempt. What we could not check is told at once."""
        try:
            rule = self._library.unit(attempt.course, attempt.unit).feedback
        except Problem:  # the unit has been withdrawn
            return False
        if rule == AT_ONCE or attempt.outcome in (None, "could-not-check"):
            return False
        if isinstance(rule, date) and today() >= rule:
            return False
        released = self.released_at(attempt.course, attempt.unit)
        return released is None or attempt.submitted_at > released

    def is_told(self, attempt: Attempt) -> bool:
        return not self.is_withheld(attempt)

    def is_pass_told(self, account: str, course: str, unit: str) -> bool:
        """Whether a pass may be shown: results that are held back are no secret if a list gives them away."""
        try:
            if self._library.unit(course, unit).feedback == AT_ONCE:
                return True
        except Problem:  # the unit has been withdrawn
            return True
        found = self._ledger.attempts(account, course, unit, limit=100).items
        return any(each.outcome == "passed" and self.is_told(each) for each in found)

    def released_at(self, course: str, unit: str) -> datetime | None:
        """When an author last released the results of a unit."""
        said = self._ledger.statements(verb=RELEASED, object=f"{course}/{unit}", limit=1).items
        return said[0].at if said else None


def told_rule(unit: Unit) -> str:
    """When results are told, in words; empty when at once."""
    if unit.feedback == AT_ONCE:
        return ""
    if unit.feedback == BY_HAND or not isinstance(unit.feedback, date):
        return "Results are told when the author releases them."
    return f"Results are told on {unit.feedback:%-d %B %Y}."
