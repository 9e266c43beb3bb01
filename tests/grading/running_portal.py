"""The real portal with the small course, on a unix socket, for tests of what talks to it."""

from __future__ import annotations

import contextlib
import gc
import hashlib
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import small_course
import uvicorn

from digital_council import people, settings
from digital_council.client import Portal
from digital_council.grading.service import GradingService
from digital_council.ledger import Ledger
from digital_council.portal.app import create_app
from digital_council.portal.learners.drafts import Drafts
from digital_council.portal.lesson.examples import Examples
from digital_council.portal.library import Library
from digital_council.portal.rights.sessions import Sessions
from digital_council.portal.rights.tokens import ViewerTokens
from digital_council.portal.services import Services
from digital_council.settings import State

ADDRESS = f"courses/{small_course.COURSE}/units/{small_course.UNIT}"
HINTED = {"answer=12, points=1": 'answer=12, points=1, code=True, hints=["Count.", "Count again.", "Twelve."]'}


class FixedTokens:
    """A hub whose every user is a learner: the token of account a is token-a."""

    hub = ""

    async def user(self, token: str) -> Mapping[str, Any] | None:
        known, _, account = token.partition("token-")
        return {"kind": "user", "name": account, "groups": ["role-learner"]} if account and not known else None

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

    def environment(self, account: str) -> dict[str, str]:
        return {
            "COUNCIL_PORTAL_SOCKET": self.socket,
            "JUPYTERHUB_API_TOKEN": f"token-{account}",
            "COUNCIL_RELEASED": str(self.state.released),
        }

    def as_(self, account: str) -> Portal:
        return Portal("http://portal", {"Authorization": f"token token-{account}"}, self.socket)

    def services(self) -> Services:
        ledger = Ledger(self.state.ledger / "ledger.db")
        chosen = settings.load()
        grading = GradingService(ledger, self.state, chosen, pool_size=1, opener="plain_opener:open_plain")
        return Services(
            state=self.state,
            settings=chosen,
            organisation=people.load(),
            ledger=ledger,
            drafts=Drafts(self.state.drafts / "drafts.db"),
            grading=grading,
            auth=FixedTokens(),
            library=Library.open(self.sources, self.state),
            sessions=Sessions(self.state.secrets),
            tokens=ViewerTokens(self.state.secrets),
            examples=Examples(grading),
        )

    @contextlib.contextmanager
    def serving(self) -> Iterator[RunningPortal]:
        services = self.live = self.services()
        services.grading.start()
        server = uvicorn.Server(uvicorn.Config(create_app(services), uds=self.socket, log_level="error", ws="none"))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        until = time.monotonic() + 60
        while not server.started and time.monotonic() < until:
            thread.join(0.01)
        try:
            assert server.started
            yield self
        finally:
            server.should_exit = True
            thread.join(10)
            services.close()


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPortal]:
    with RunningPortal(tmp_path_factory.mktemp("portal")).serving() as running:
        yield running


@dataclass(frozen=True)
class Learner:
    """Somebody with a home of their own; this process has their environment."""

    account: str
    home: Path
    portal: Portal
    running: RunningPortal

    @property
    def file(self) -> Path:
        """Where their copy of the lesson is."""
        return self.home / small_course.COURSE / f"{small_course.UNIT}.ipynb"

    def draft(self) -> dict[str, Any]:
        return dict(self.portal.get(f"{ADDRESS}/draft")["answers"])

    def on_the_page(self, **answers: Any) -> None:
        """Answer by the other door."""
        draft = self.portal.get(f"{ADDRESS}/draft")
        body = {"answers": {**draft["answers"], **answers}, "version": draft["version"], "door": "page"}
        self.portal.put(f"{ADDRESS}/draft", body)

    def marked(self, attempt: str) -> dict[str, Any]:
        """An attempt once it is marked."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            found: dict[str, Any] = self.portal.get(f"attempts/{attempt}")
            if found["outcome"]:
                return found
            time.sleep(0.05)
        raise AssertionError(f"attempt {attempt} was not marked: {found}")


@pytest.fixture
def learner(
    portal: RunningPortal, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Learner:
    """Each test has a learner of its own."""
    account = "l" + hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:12]
    for name in ("COUNCIL_VIEWER_TOKEN", "COUNCIL_TOKEN", "COUNCIL_URL"):
        monkeypatch.delenv(name, raising=False)
    for name, value in portal.environment(account).items():
        monkeypatch.setenv(name, value)
    home = tmp_path / "home"
    home.mkdir()
    return Learner(account, home, portal.as_(account), portal)


refused = pytest.mark.filterwarnings("ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning")
"""httpx leaves the socket of a refused connection to the garbage collector."""


class Away:
    """Take the portal away for a while."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    @contextlib.contextmanager
    def __call__(self) -> Iterator[None]:
        with self._monkeypatch.context() as nowhere:
            nowhere.setenv("COUNCIL_PORTAL_SOCKET", "/nowhere.sock")
            yield
        gc.collect()


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> Away:
    return Away(monkeypatch)
