"""The hub's own process: JupyterHub, also listening on the unix socket that sandboxes reach it by."""

from __future__ import annotations

import asyncio
import os
from typing import Any

from jupyterhub.app import JupyterHub
from jupyterhub.orm import User
from tornado.ioloop import PeriodicCallback
from tornado.netutil import bind_unix_socket

from digital_council.errors import OperatorError
from digital_council.hub import leaving, mounts
from digital_council.hub.authenticator import groups_of
from digital_council.hub.leaving import Leavers
from digital_council.hub.options import STARTED, Options
from digital_council.people import Directory

FOLLOW_SECONDS = 10
"""Two looks, and the half minute that the portal believes the hub: who has left is out within one minute."""


class CouncilHub(JupyterHub):  # type: ignore[misc]
    """JupyterHub that starts its services side by side, and listens on one socket more."""

    _starting: dict[str, asyncio.Task[bool]] | None = None

    async def start_service(self, service_name: str, service: Any, ssl_context: Any = None) -> bool:
        """Start all services at the first call and wait for this one: each needs seconds to import."""
        if self._starting is None:
            self.listen_for_sandboxes()
            begin = super().start_service
            self._starting = {
                name: asyncio.ensure_future(begin(name, each, ssl_context)) for name, each in self._service_map.items()
            }
        task = self._starting.pop(service_name, None)
        return await (task or super().start_service(service_name, service, ssl_context))

    async def start(self) -> None:
        """Start everything, then leave the mark that says so."""
        await super().start()
        self.directory, self.leavers = Directory(), Leavers()
        self.following = PeriodicCallback(self.follow_people, FOLLOW_SECONDS * 1000)
        self.following.start()
        (Options.from_environment().state.hub / STARTED).touch()

    async def cleanup(self) -> None:
        """End everything at once. JupyterHub waits for one service after another, and ends servers after that."""
        ending = [service.stop() for service in self._service_map.values() if service.managed]
        ending += [
            user.stop(name) for user in self.users.values() for name, spawner in user.spawners.items() if spawner.active
        ]
        await asyncio.gather(*ending, return_exceptions=True)  # what fails is tried again, and logged, there:
        await super().cleanup()

    async def follow_people(self) -> None:
        """Give everybody what people.csv has now, and nobody else any access: who is signed in, too."""
        if self.directory.has_changed() or self.leavers.missing:
            await self.read_people()
        for user in list(self.users.values()):
            if user.name not in self.leavers.missing:  # of whom a file that is just being written says nothing
                await leaving.take_back(self, user)

    async def read_people(self) -> None:
        """Set everybody's groups; whoever is gone for good is signed out."""
        try:
            organisation = self.directory.read()
        except (OperatorError, OSError) as error:
            self.log.error("people.csv could not be read again; groups stay as they are: %s", error)
            return
        users = [self.users[each.id] for each in self.db.query(User)]
        for user in users:
            user.sync_groups(groups_of(organisation, user.name))
        for account in self.leavers.look(frozenset(user.name for user in users), organisation):
            await leaving.sign_out(self, account)

    def listen_for_sandboxes(self) -> None:
        """The same hub by a unix socket; every user's uid may connect, and must show a token as anywhere."""
        path = mounts.sockets(Options.from_environment().state) / "hub.sock"
        self.http_server.add_socket(bind_unix_socket(str(path), mode=0o666))


def main() -> None:
    os.umask(0o077)
    CouncilHub.launch_instance()


if __name__ == "__main__":
    main()
