"""Fixtures for every test: the one running product of a session."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

PREFIX = "test"
READY_SECONDS = 120


class Loopback(httpx.HTTPTransport):
    """Sends names under localhost to loopback, as browsers do and the system's resolver may not."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        sent = request
        if request.url.host.endswith(".localhost"):
            sent = httpx.Request(
                request.method,
                request.url.copy_with(host="127.0.0.1"),
                headers=request.headers,
                stream=request.stream,
                extensions=request.extensions,
            )
        return super().handle_request(sent)


@dataclass
class Product:
    """The running product: where it is, how to be somebody in it, how to end it."""

    url: str
    state: Path
    process: subprocess.Popen[str]
    clients: dict[str, httpx.Client] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def hub(self) -> str:
        """The hub's own origin."""
        return re.sub(r"//council\.", "//", self.url).split("/services/")[0]

    @property
    def api(self) -> str:
        return f"{self.url}api/v1/"

    def server(self, account: str) -> str:
        """The address of an account's own JupyterLab."""
        return self.hub.replace("//hub.", f"//{account}.hub.") + f"/user/{account}"  # one origin: nothing to replace

    def password(self, account: str) -> str:
        return f"{PREFIX}-{account}"

    def client(self) -> httpx.Client:
        """Somebody who has not signed in."""
        return httpx.Client(transport=Loopback(), timeout=180, follow_redirects=True)

    def login(self, account: str) -> httpx.Client:
        """The account's browser, signed in; the same one at every call."""
        if account not in self.clients:
            client = self.clients[account] = self.client()
            answer = sign_in(client, self.hub, account, self.password(account))
            assert "jupyterhub-hub-login" in {cookie.name for cookie in client.cookies.jar}, answer.text
        return self.clients[account]

    def token(self, account: str) -> str:
        """A hub token of the account's own, as its token page would make."""
        if account not in self.tokens:
            client = self.login(account)
            answer = client.post(
                f"{self.hub}/hub/api/users/{account}/tokens",
                headers={"X-XSRFToken": xsrf(client, "/hub/"), "Referer": f"{self.hub}/hub/token"},
                json={"note": "tests", "expires_in": 7200},
            )
            assert answer.status_code == 201, answer.text
            self.tokens[account] = answer.json()["token"]
        return self.tokens[account]

    def stop(self) -> float:
        """End it; the seconds that took."""
        return stop(self)

    def lab_token(self, account: str) -> str:
        """The token that the account's JupyterLab page works with."""
        page = self.open_lab(account).get(f"{self.server(account)}/lab").text
        found: str = json.loads(page.split('type="application/json">')[1].split("</script>")[0])["token"]
        return found

    def open_lab(self, account: str) -> httpx.Client:
        """The account's browser with its JupyterLab running and its page opened."""
        client = self.login(account)
        client.get(f"{self.hub}/hub/spawn/{account}")
        deadline = time.monotonic() + 180
        while time.monotonic() < deadline:
            page = client.get(f"{self.server(account)}/lab")
            if page.status_code == 200 and "jupyter-config-data" in page.text:
                return client
            time.sleep(0.1)
        raise AssertionError(f"the JupyterLab of {account} did not open: {page.status_code} {page.url}")


def sign_in(client: httpx.Client, hub: str, account: str, password: str) -> httpx.Response:
    """Fill in the hub's form; the answer is not followed to the portal."""
    page = client.get(f"{hub}/hub/login")
    found = re.search(r'name="_xsrf" value="([^"]+)"', page.text)
    assert found, page.text
    form = {"username": account, "password": password, "_xsrf": found[1]}
    return client.post(f"{hub}/hub/login", data=form, follow_redirects=False)


def xsrf(client: httpx.Client, path: str) -> str:
    """The guard against forged requests that belongs to a path."""
    return next(cookie.value or "" for cookie in client.cookies.jar if cookie.name == "_xsrf" and cookie.path == path)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def start(state: Path, *words: str, port: int | None = None) -> Product:
    """`council serve` on a state directory of its own, waited for until it is ready."""
    port = port or free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "digital_council", "serve", "--port", str(port), "--state", str(state), *words],
        env={**os.environ, "COUNCIL_DEMO_PASSWORD": PREFIX},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if line.startswith("ready "):
            return Product(line.split()[1], state, process)
    process.stdout.close()
    raise AssertionError(f"council serve ended with {process.wait()}: {''.join(said)}")


def stop(product: Product) -> float:
    """End it as SIGTERM would, and insist that it ends; the seconds that took."""
    for client in product.clients.values():
        client.close()
    product.clients.clear()
    began = time.monotonic()
    product.process.send_signal(signal.SIGTERM)
    try:
        product.process.wait(timeout=60)
        return time.monotonic() - began
    finally:
        product.process.kill()
        assert product.process.stdout is not None
        product.process.stdout.close()


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The whole product, started once: hub, proxy, portal, grader and apps."""
    running = start(tmp_path_factory.mktemp("State"))
    yield running
    stop(running)


@pytest.fixture
def serve() -> Iterator[Callable[..., Product]]:
    """Starts a product of a test's own, with its words and on its state; what still runs is ended after the test."""
    running: list[Product] = []

    def begin(state: Path, *words: str, port: int | None = None) -> Product:
        running.append(start(state, *words, port=port))
        return running[-1]

    yield begin
    for each in running:
        if each.process.poll() is None:
            stop(each)
