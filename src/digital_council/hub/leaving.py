"""Leaving: whoever is in people.csv no more is signed out everywhere. Their files and their record stay.

A server shows what its person's roles gave when it started, so one that holds more than they give now is ended.
"""

from __future__ import annotations

from typing import Any

from digital_council.people import Organisation


class Leavers:
    """Who is gone. Only at a second look: a file that is just being written names too few for a moment."""

    def __init__(self) -> None:
        self.missing: frozenset[str] = frozenset()

    def look(self, accounts: frozenset[str], organisation: Organisation) -> list[str]:
        """The accounts that were missing at the last look, and are missing now."""
        before, self.missing = self.missing, accounts.difference(organisation.people)
        return sorted(before & self.missing)


async def sign_out(hub: Any, account: str) -> None:
    """End the account's server and forget its tokens and cookies: the hub knows it no more."""
    user = hub.users[account]
    await _end_servers(hub, user)
    await user.delete_spawners()
    hub.users.delete(user)
    hub.log.warning("%s is in people.csv no more and was signed out everywhere", account)


async def take_back(hub: Any, user: Any) -> None:
    """End the server of a user if it was started with a role that has been lost since; one that starts, later."""
    lost = {role for each in user.spawners.values() if each.ready for role in each.given - each.roles()}
    if lost:
        await _end_servers(hub, user)
        hub.log.warning("%s is no more %s; the server started so was ended", user.name, ", ".join(sorted(lost)))


async def _end_servers(hub: Any, user: Any) -> None:
    for name, spawner in list(user.spawners.items()):
        if spawner.active:
            await hub.proxy.delete_user(user, name)
            await user.stop(name)
