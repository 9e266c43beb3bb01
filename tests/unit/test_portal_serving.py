"""The portal's process: where it listens, how it ends, and what it asks of the hub."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from jupyterhub.services.auth import HubOAuth

from digital_council.errors import OperatorError
from digital_council.portal.problems import Problem
from digital_council.portal.rights.auth import BELIEVED_SECONDS, HubAuthenticator
from digital_council.portal.serving import tcp_listener, unix_listener

ACCESS = "access:services!service=council"


@dataclass
class Hub:
    """A stand-in for the hub's own interface: users by token, and how often it was asked."""

    url: str
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: int = 0


@pytest.fixture
def hub() -> Iterator[Hub]:
    app = FastAPI()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        found = Hub(f"http://127.0.0.1:{listener.getsockname()[1]}/hub/api")

        @app.get("/hub/api/user")
        def user(request: Request) -> Any:
            found.asked += 1
            model = found.users.get(request.headers.get("authorization", "").removeprefix("token "))
            return model or JSONResponse({"message": "Forbidden"}, 403)

        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield found
        server.should_exit = True
        thread.join(10)


def authenticator(hub: Hub) -> HubAuthenticator:
    client = HubOAuth(api_url=hub.url, api_token="secret", oauth_client_id="service-council", access_scopes={ACCESS})
    return HubAuthenticator(client)


async def _asked(auth: HubAuthenticator, *tokens: str) -> list[Any]:
    from jupyterhub.httpclient import JupyterHubHTTPClient

    try:
        return [await auth.user(token) for token in tokens]
    finally:
        await JupyterHubHTTPClient.loop_instance().close()


def test_a_token_without_the_portals_scope_is_nobody(hub):
    hub.users = {
        "good": {"kind": "user", "name": "learner", "groups": [], "scopes": [ACCESS]},
        "poor": {"kind": "user", "name": "learner", "groups": [], "scopes": ["read:users!user=learner"]},
    }
    good, poor, none = asyncio.run(_asked(authenticator(hub), "good", "poor", "unknown"))
    assert good["name"] == "learner"
    assert poor is None
    assert none is None


def test_the_hubs_answer_is_believed_for_under_a_minute(hub):
    hub.users = {"good": {"kind": "user", "name": "learner", "groups": ["role-leader"], "scopes": [ACCESS]}}
    assert BELIEVED_SECONDS < 60
    auth = authenticator(hub)
    asyncio.run(_asked(auth, "good", "good", "good"))
    assert hub.asked == 1
    auth._users.seconds = -1
    hub.users["good"]["groups"] = []
    assert asyncio.run(_asked(auth, "good"))[0]["groups"] == []


def test_a_refusal_is_not_remembered(hub):
    auth = authenticator(hub)
    assert asyncio.run(_asked(auth, "later")) == [None]
    hub.users = {"later": {"kind": "user", "name": "learner", "groups": [], "scopes": [ACCESS]}}
    assert asyncio.run(_asked(auth, "later"))[0]["name"] == "learner"


def test_a_hub_that_does_not_answer_is_our_fault_and_lets_nobody_in():
    away = Hub("http://127.0.0.1:1/hub/api")
    with pytest.raises(Problem) as refused:
        asyncio.run(_asked(authenticator(away), "good"))
    assert refused.value.status_code == 503


def test_a_second_portal_on_the_same_state_is_refused(tmp_path):
    with unix_listener(tmp_path / "portal.sock") as first:
        first.listen()
        with pytest.raises(OperatorError, match="another portal"):
            unix_listener(tmp_path / "portal.sock")


def test_a_socket_left_by_a_killed_portal_is_taken_over(tmp_path):
    unix_listener(tmp_path / "portal.sock").close()
    with unix_listener(tmp_path / "portal.sock"):
        assert (tmp_path / "portal.sock").stat().st_mode & 0o777 == 0o666


def test_a_port_that_is_taken_is_named():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(OperatorError, match=f"127.0.0.1:{port}"):
            tcp_listener("127.0.0.1", port)


def test_the_process_answers_on_its_socket_and_ends_when_told(tmp_path):
    state = tmp_path / "state"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "COUNCIL_STATE": str(state),
        "JUPYTERHUB_API_TOKEN": "secret",
        "JUPYTERHUB_CLIENT_ID": "service-council",
        "JUPYTERHUB_SERVICE_NAME": "council",
        "JUPYTERHUB_SERVICE_PREFIX": "/services/council/",
        "JUPYTERHUB_SERVICE_URL": f"http://127.0.0.1:{port}",
    }
    log = (tmp_path / "log").open("w")
    process = subprocess.Popen([sys.executable, "-m", "digital_council.portal"], env=environment, stderr=log)
    try:
        _until_answered(state / "run" / "sandbox" / "portal.sock", process, tmp_path / "log")
        with httpx.Client() as idle:  # as the proxy's connections are, which stay open
            assert idle.get(f"http://127.0.0.1:{port}/services/council/api/v1/health").status_code in (200, 503)
            told = time.monotonic()
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=10)
        assert time.monotonic() - told < 8, (tmp_path / "log").read_text()
    finally:
        process.kill()
        process.wait()
        log.close()


def _until_answered(path: Path, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text()
        with socket.socket(socket.AF_UNIX) as probe:
            if probe.connect_ex(str(path)) == 0:
                break
        time.sleep(0.05)
    else:
        raise AssertionError(log.read_text())
    with httpx.Client(transport=httpx.HTTPTransport(uds=str(path))) as client:
        assert client.get("http://portal/services/council/api/v1/health").status_code in (200, 503)
