"""Certificates: a course passed, at an address where anybody can see that it is true."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer

from digital_council.courses import Course
from digital_council.ledger import Attempt, Ledger, Statement
from digital_council.portal.problems import Problem
from digital_council.portal.rights import keys


@dataclass(frozen=True)
class Certificate:
    """What was certified, and whether it still holds. `account` is None once its holder has been erased."""

    serial: str
    course: str
    title: str
    outcomes: tuple[str, ...]
    issued: datetime
    account: str | None
    is_valid: bool


class Certificates:
    """Issues and checks them. Only the link that its holder passes on says whose it is."""

    def __init__(self, ledger: Ledger, folder: Path, is_told: Callable[[Attempt], bool]) -> None:
        """`is_told` says whether an attempt's result has been released: a certificate must not give it away."""
        self._ledger, self._is_told = ledger, is_told
        self._signer = URLSafeSerializer(keys.ensure(folder / "portal.key"), salt="certificate-name")

    def issue(self, account: str, course: Course) -> str:
        """The serial of this person's certificate, the same each time. Raises a problem until it is earned."""
        if not self.is_earned(account, course):
            raise Problem(403, f"Not every unit of {course.title} is passed yet, so there is no certificate.")
        for each in self.of(account):
            if each.course == course.id and each.is_valid:
                return each.serial
        serial = secrets.token_hex(8)
        units = [unit.id for unit in course.units]
        told = {"course": course.id, "title": course.title, "outcomes": list(course.outcomes), "units": units}
        self._ledger.say(account, "certified", _object(serial), told)
        return serial

    def is_earned(self, account: str, course: Course) -> bool:
        """Whether every unit is passed by marks that count."""
        return bool(course.units) and self._all_passed(account, course.id, [unit.id for unit in course.units])

    def of(self, account: str) -> list[Certificate]:
        """Every certificate of one person."""
        found = self._ledger.statements(account, "certified", limit=200).items
        return [self._read(each, account) for each in found]

    def find(self, serial: str) -> Certificate | None:
        """The certificate with that serial, or None."""
        found = self._ledger.statements(verb="certified", object=_object(serial), limit=1).items
        if not found:
            return None
        return self._read(found[0], self._ledger.account_of(found[0].actor) if found[0].actor else None)

    def name_token(self, serial: str) -> str:
        """What a link carries that may show the holder's name."""
        return str(self._signer.dumps(serial))

    def may_name(self, serial: str, token: str) -> bool:
        try:
            return bool(self._signer.loads(token) == serial)
        except BadSignature:
            return False

    def _read(self, said: Statement, account: str | None) -> Certificate:
        told: dict[str, Any] = said.result
        holds = account is not None and self._all_passed(account, told["course"], told["units"])
        serial = said.object.removeprefix("certificate/")
        return Certificate(serial, told["course"], told["title"], tuple(told["outcomes"]), said.at, account, holds)

    def _all_passed(self, account: str, course: str, units: list[str]) -> bool:
        rows = self._ledger.completions([account])
        passed = {row.unit for row in rows if row.course == course and row.passed_at}
        return passed.issuperset(units) and all(self._counts(account, course, unit) for unit in units)

    def _counts(self, account: str, course: str, unit: str) -> bool:
        """Whether one passed attempt was judged throughout: what a notebook reports of itself does not count."""
        for attempt in self._ledger.attempts(account, course, unit, limit=200).items:
            if attempt.outcome == "passed" and self._is_told(attempt):
                results = (self._ledger.verdict(attempt.id) or {}).get("results", [])
                if all(result.get("method", "judged") != "self-reported" for result in results):
                    return True
        return False


def _object(serial: str) -> str:
    return f"certificate/{serial[:40]}"
