"""The real portal with the small course, on a unix socket, for tests of what talks to it."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import small_course
import uvicorn
from plain_fork import PlainWarm

from digital_council import people, settings
from digital_council.client import Portal
from digital_council.courses import Unit
from digital_council.grading.policy import Policy
from digital_council.grading.sandbox import Sandbox, Session
from digital_council.grading.service import GradingService
from digital_council.ledger import Ledger
from digital_council.portal.app import create_app
from digital_council.portal.drafts import Drafts
from digital_council.portal.library import Library
from digital_council.portal.services import Services
from digital_council.portal.sessions import Sessions
from digital_council.portal.tokens import ViewerTokens
from digital_council.settings import State

HINTED = {"answer=12, points=1": 'answer=12, points=1, code=True, hints=["Count.", "Count again.", "Twelve."]'}


def open_plain(address: str, unit: Unit) -> Callable[[], Session]:
    """These tests bring their own answers and are not about the sandbox."""
    return Sandbox(PlainWarm(), Policy()).session


class FixedTokens:
    """A hub that knows two learners: the token of account a is token-a."""

    hub = ""

    async def user(self, token: str) -> Mapping[str, Any] | None:
        account = token.removeprefix("token-")
        known = account in ("learner", "learner2")
        return {"kind": "user", "name": account, "groups": ["role-learner"]} if known else None

    async def groups(self, account: str) -> list[str] | None:
        return ["role-learner"]

    def sign_in_url(self, state: str, challenge: str) -> str:
        return "/"

    async def token(self, code: str, verifier: str) -> str | None:
        return None


class RunningPortal:
    """Where it listens, and the environment of somebody who uses it."""

    def __init__(self, root: Path) -> None:
        self.state = State(root / "state").ensure()
        self.socket = str(root / "portal.sock")
        self.sources = small_course.written(root / "courses", **HINTED)

    def environment(self, account: str = "learner") -> dict[str, str]:
        return {
            "COUNCIL_PORTAL_SOCKET": self.socket,
            "JUPYTERHUB_API_TOKEN": f"token-{account}",
            "COUNCIL_RELEASED": str(self.state.released),
        }

    def as_(self, account: str = "learner") -> Portal:
        return Portal("http://portal", {"Authorization": f"token token-{account}"}, self.socket)

    def services(self) -> Services:
        ledger = Ledger(self.state.ledger / "ledger.db")
        chosen = settings.load()
        return Services(
            state=self.state,
            settings=chosen,
            organisation=people.load(),
            ledger=ledger,
            drafts=Drafts(self.state.drafts / "drafts.db"),
            grading=GradingService(ledger, self.state, chosen, pool_size=1, opener="running_portal:open_plain"),
            auth=FixedTokens(),
            library=Library.open(self.sources, self.state),
            sessions=Sessions(self.state.secrets),
            tokens=ViewerTokens(self.state.secrets),
        )

    @contextlib.contextmanager
    def serving(self) -> Iterator[RunningPortal]:
        services = self.services()
        services.grading.start()
        server = uvicorn.Server(uvicorn.Config(create_app(services), uds=self.socket, log_level="error", ws="none"))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        until = time.monotonic() + 10
        while not server.started and time.monotonic() < until:
            thread.join(0.01)
        try:
            assert server.started
            yield self
        finally:
            server.should_exit = True
            thread.join(10)
            services.close()


@contextlib.contextmanager
def someone(environment: Mapping[str, str]) -> Iterator[None]:
    """This process as a learner's own: their environment and nobody else's token."""
    before = dict(os.environ)
    os.environ.update(environment)
    for name in ("COUNCIL_VIEWER_TOKEN", "COUNCIL_TOKEN", "COUNCIL_URL"):
        os.environ.pop(name, None)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
