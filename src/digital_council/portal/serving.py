"""Serving: the sockets the portal listens on, and its life from opening to a graceful end."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from pathlib import Path
from urllib.parse import urlsplit

import uvicorn

from digital_council.demo import ensure_history, ensure_plan
from digital_council.errors import OperatorError
from digital_council.people import Directory, Organisation
from digital_council.portal.app import create_app
from digital_council.portal.authors import review
from digital_council.portal.rights.auth import HubAuthenticator
from digital_council.portal.services import Services, open_services
from digital_council.settings import State

GRACE_SECONDS = 2
"""What a request may still take after SIGTERM; the whole process ends within three."""

FOLLOW_SECONDS = 10
"""Whoever manages a team no more sees no more of it within a minute."""
IDLE_SECONDS = 600
"""The proxy keeps its connections to us for as long as we do. One that we close in the moment it asks again is an error
to whoever asked, so ours outlast any pause of theirs."""


def serve(state: State) -> None:
    """Open every part, listen, and close them again in the end."""
    services = open_services(state, HubAuthenticator())
    is_trial = not services.settings.openid_connect.enabled  # the accounts are the demo's, and so is their history
    if is_trial and ensure_history(services.ledger, services.organisation, services.library.courses):
        ensure_plan(services.ledger, services.organisation)
    services.publication.prepare()
    review.note_start(services)
    services.proving.resume()
    try:
        config = uvicorn.Config(
            create_app(services),
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=GRACE_SECONDS,
            timeout_keep_alive=IDLE_SECONDS,
            proxy_headers=False,  # who may be believed about addresses is decided where it matters, by header
            server_header=False,
        )
        _Server(config, services).run(sockets=listeners(state))
    finally:
        services.close()


class _Server(uvicorn.Server):
    """Goes on with what was begun before the last end as soon as it listens: notebooks at work ask the portal."""

    def __init__(self, config: uvicorn.Config, services: Services) -> None:
        super().__init__(config)
        self.services = services

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.services.publications.resume()
        self.following = asyncio.create_task(follow(self.services.organisation, Directory()))


async def follow(organisation: Organisation, directory: Directory, seconds: float = FOLLOW_SECONDS) -> None:
    """Keep who is who, and who manages whom, as people.csv has it now."""
    while True:
        await asyncio.sleep(seconds)
        try:
            if directory.has_changed():
                organisation.become(await asyncio.to_thread(directory.read))
        except (OperatorError, OSError) as error:
            logging.getLogger(__name__).error("people.csv could not be read again; it stays as it was: %s", error)


def listeners(state: State) -> list[socket.socket]:
    """The socket that sandboxes reach, and the address the hub's proxy was given."""
    found = [unix_listener(state.run / "sandbox" / "portal.sock")]
    url = urlsplit(os.environ.get("JUPYTERHUB_SERVICE_URL", ""))
    if url.scheme == "http" and url.port:
        found.append(tcp_listener(url.hostname or "127.0.0.1", url.port))
    return found


def unix_listener(path: Path) -> socket.socket:
    """Listen on a socket that any uid may connect to: every request must say who it is from.

    Raises OperatorError when another portal is listening there: two would both write the ledger.
    """
    path.parent.mkdir(exist_ok=True)
    path.parent.chmod(0o755)
    if _is_answered(path):
        raise OperatorError(f"{path}: another portal is running on this state directory; stop it first")
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    path.chmod(0o666)
    return listener


def tcp_listener(host: str, port: int) -> socket.socket:
    """Listen on loopback TCP; raises OperatorError when the port is taken."""
    listener = socket.socket(socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise OperatorError(f"{host}:{port}: cannot listen ({error.strerror}); is the port taken?") from None
    return listener


def _is_answered(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True
