"""A portal on real parts, served on loopback, with a hub of fixed tokens in front of it."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from digital_council import people
from digital_council.portal.app import create_app
from digital_council.portal.rights.sessions import COOKIE
from digital_council.portal.services import Services, open_services
from digital_council.portal.serving import unix_listener
from digital_council.settings import PROJECT, State

PREFIX = "/services/council"
API = f"{PREFIX}/api/v1"


class FixedHub:
    """Knows every account of people.csv by the token `token-<account>`, and the services apps and other."""

    hub = ""

    def __init__(self) -> None:
        self.groups_of = {person.account: list(person.groups) for person in people.load().people.values()}

    async def user(self, token: str) -> dict[str, Any] | None:
        name = token.removeprefix("token-")
        if token.startswith("token-") and name in self.groups_of:
            return {"kind": "user", "name": name, "groups": self.groups_of[name]}
        return {"kind": "service", "name": name} if token in ("token-apps", "token-other") else None

    async def groups(self, account: str) -> list[str] | None:
        return self.groups_of.get(account)

    def sign_in_url(self, state: str, challenge: str) -> str:
        return f"/hub/api/oauth2/authorize?state={state}&code_challenge={challenge}"

    async def token(self, code: str, verifier: str) -> str | None:
        return f"token-{code}" if verifier else None


@dataclass
class Running:
    """A portal that listens, and how to be somebody at its door."""

    services: Services
    hub: FixedHub
    origin: str

    def program(self, account: str | None = None) -> httpx.Client:
        """A program that sends a hub token, or nothing."""
        headers = {"Authorization": f"token token-{account}"} if account else {}
        return httpx.Client(base_url=f"{self.origin}{API}", headers=headers, timeout=180)

    def browser(self, account: str | None = None, session: str = "session-1") -> httpx.Client:
        """A browser, signed in if an account is named: a cookie, and the headers browsers send."""
        headers = {"Accept": "text/html", "Origin": self.origin}
        cookies = {COOKIE: self.cookie(account, session)} if account else {}
        return httpx.Client(base_url=f"{self.origin}{PREFIX}", headers=headers, cookies=cookies, timeout=180)

    def cookie(self, account: str, session: str = "session-1") -> str:
        return self.services.sessions._sessions.dumps([session, f"token-{account}"])


@contextlib.contextmanager
def running(root: Path, project: Path = PROJECT) -> Iterator[Running]:
    """Open every part on a state directory and serve it until the block ends."""
    hub = FixedHub()
    services = open_services(State(root), hub, project)
    with contextlib.closing(services), socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)  # so that whoever asks before the server runs waits, and is not refused
        server = uvicorn.Server(
            uvicorn.Config(create_app(services), log_level="error", lifespan="off", timeout_graceful_shutdown=1)
        )
        inside = unix_listener(services.state.run / "sandbox" / "portal.sock")  # as sandboxes reach it
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener, inside]})
        thread.start()
        try:
            yield Running(services, hub, f"http://127.0.0.1:{listener.getsockname()[1]}")
        finally:
            server.should_exit = True
            thread.join(10)


def marked(client: httpx.Client, address: str, seconds: float = 180) -> dict[str, Any]:
    """An attempt once it is out of the queue."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found: dict[str, Any] = client.get(address).json()
        if found["state"] not in ("received", "running"):
            return found
    raise AssertionError(f"{address} was not marked in {seconds} seconds")
