"""Sign-in with the demo accounts; groups come from people.csv, read again at most once a minute."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from jupyterhub.auth import Authenticator
from tornado.web import HTTPError, RequestHandler

from digital_council.errors import OperatorError
from digital_council.hub import passwords
from digital_council.hub.options import Options
from digital_council.people import Directory, Organisation

FREE_TRIES = 5
LONGEST_WAIT = 60.0
WRONG = "The account name or the password is not right. Check both and try again."


class Failures:
    """How long an account must wait after wrong passwords: nothing at first, then twice as long each time."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._until: dict[str, float] = {}

    def wait(self, account: str, now: float) -> float:
        return max(0.0, self._until.get(account, 0.0) - now)

    def add(self, account: str, now: float) -> None:
        if len(self._counts) > 10_000:  # names that nobody has must not fill the memory
            self._counts.clear()
            self._until.clear()
        count = self._counts[account] = self._counts.get(account, 0) + 1
        if count >= FREE_TRIES:
            self._until[account] = now + min(2.0 ** (count - FREE_TRIES), LONGEST_WAIT)

    def clear(self, account: str) -> None:
        self._counts.pop(account, None)
        self._until.pop(account, None)


def groups_of(organisation: Organisation, account: str) -> list[str]:
    person = organisation.person(account)
    return person.groups if person else []


class DemoAuthenticator(Authenticator):  # type: ignore[misc]
    """Each demo account of people.csv with its own password; nobody else."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.directory = Directory()
        demo = [person.account for person in self.directory.read().demo_accounts]
        self.book = passwords.Book(passwords.ensure(Options.from_environment().state.secrets, demo))
        self.failures = Failures()

    async def authenticate(self, handler: RequestHandler, data: dict[str, str]) -> dict[str, Any] | None:
        account, password = data.get("username", "").lower()[:64], data.get("password", "")[:256]
        wait = self.failures.wait(account, time.monotonic())
        if wait:
            raise HTTPError(429, f"Too many wrong passwords. Try again in {wait:.0f} seconds.")
        matches = await asyncio.to_thread(self.book.matches, account, password)
        if not matches:
            self.failures.add(account, time.monotonic())
            raise HTTPError(403, WRONG)
        self.failures.clear(account)
        return {"name": account, "groups": groups_of(self.directory.read(), account)}

    async def refresh_user(self, user: Any, handler: Any = None) -> dict[str, Any] | bool:
        """The groups as people.csv has them now, so that a lost role ends within a minute."""
        return await asyncio.to_thread(refreshed, self, user.name)


def refreshed(authenticator: DemoAuthenticator, account: str) -> dict[str, Any] | bool:
    try:
        organisation = authenticator.directory.read()
    except (OperatorError, OSError) as error:
        authenticator.log.error("people.csv could not be read again: %s", error)
        return True
    # Somebody taken out of the file keeps no group at all, and so may open nothing.
    return {"name": account, "groups": groups_of(organisation, account)}
