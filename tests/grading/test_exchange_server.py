"""A learner's JupyterLab server with the extension: its addresses, who may call them, and the buttons."""

# ruff: noqa: F811
from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from jupyterlab_server.config import get_federated_extensions
from running_portal import Learner, RunningPortal, portal  # noqa: F401
from small_course import COURSE, RIGHT, UNIT

from digital_council.notebook import LABEXTENSIONS

PATH = f"{COURSE}/{UNIT}.ipynb"
TOKEN = {"Authorization": "token secret"}
OPTIONS = [
    "--ServerApp.jpserver_extensions={'digital_council.notebook': True}", "--IdentityProvider.token=secret",
    "--ServerApp.base_url=/user/me/", "--allow-root",
]  # fmt: skip


@pytest.fixture(scope="module")
def server(portal: RunningPortal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    home: Path = tmp_path_factory.mktemp("home")
    socket = home.parent / "jupyter.sock"
    environment = {**os.environ, **portal.environment("served"), "HOME": str(home), "JUPYTER_CONFIG_PATH": str(home)}
    options = [*OPTIONS, f"--ServerApp.sock={socket}", f"--ServerApp.root_dir={home}"]
    with (home / "log").open("wb") as log:
        command = [sys.executable, "-m", "jupyter_server", *options]
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=home)
    transport = httpx.HTTPTransport(uds=str(socket))
    try:
        with httpx.Client(transport=transport, base_url="http://localhost/user/me/", timeout=180) as client:
            _until_it_answers(client, socket, process)
            yield client
    finally:
        process.terminate()
        process.wait(15)


def _until_it_answers(client: httpx.Client, socket: Path, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None:
        if socket.exists():
            try:
                client.get("api", headers=TOKEN)
                return
            except httpx.TransportError:
                pass
        time.sleep(0.05)
    raise AssertionError("the server did not start")


@pytest.fixture
def served(portal: RunningPortal) -> Learner:
    return Learner("served", Path(), portal.as_("served"), portal)


def opened(server: httpx.Client) -> dict[str, Any]:
    model: dict[str, Any] = server.get(f"api/contents/{PATH}", headers=TOKEN).json()
    return model


def test_the_portals_link_copies_the_lesson_and_opens_it(server: httpx.Client) -> None:
    answer = server.get(f"council/open/{COURSE}/{UNIT}", headers=TOKEN)
    assert (answer.status_code, answer.headers["location"]) == (302, f"/user/me/lab/tree/{PATH}")
    assert opened(server)["content"]["metadata"]["council"]["unit"] == UNIT


def test_a_link_to_no_lesson_says_so(server: httpx.Client) -> None:
    answer = server.get("council/open/small-course/other", headers=TOKEN)
    assert answer.status_code == 404
    assert "there is no lesson other" in answer.text


def test_check_and_submit_answer_with_findings(server: httpx.Client, served: Learner) -> None:
    opened(server)
    served.on_the_page(**RIGHT)
    checked = server.post("council/api/check", headers=TOKEN, json={"path": PATH, "question": "which"}).json()
    assert checked["title"] == "Check of which"
    submitted = server.post("council/api/submit", headers=TOKEN, json={"path": PATH}).json()
    assert submitted["line"] == "Passed: 4 of 4 marks."
    assert [finding["question"] for finding in submitted["findings"]][:3] == ["which", "how_many", "doubled"]


def test_a_tab_that_is_behind_is_told(server: httpx.Client, served: Learner) -> None:
    model = opened(server)
    served.on_the_page(thoughts="Later")
    server.put(f"api/contents/{PATH}", headers=TOKEN, json={"type": "notebook", "content": model["content"]})
    status = server.get("council/api/status", params={"path": PATH}, headers=TOKEN).json()
    assert status["reload"]
    assert "thoughts" in status["message"]


@pytest.mark.parametrize("call", ["check", "submit"])
def test_a_browsers_request_needs_the_pages_own_token(server: httpx.Client, call: str) -> None:
    server.get("council/open/small-course/first-unit", params={"token": "secret"})
    server.get("lab/tree")
    cookies = dict(server.cookies)
    asked = {"path": PATH, "question": "nothing"}
    forged = server.post(f"council/api/{call}", json=asked)
    assert (forged.status_code, "_xsrf" in forged.text) == (403, True)
    elsewhere = server.post(f"council/api/{call}", json=asked, headers={"Origin": "http://elsewhere.example"})
    assert elsewhere.status_code == 404
    own = server.post(f"council/api/{call}", json={"path": "x"}, headers={"X-XSRFToken": cookies.get("_xsrf", "")})
    assert own.status_code == 404
    assert "No such file" in own.text


@pytest.mark.parametrize("call", ["check", "submit"])
def test_nobody_without_a_token_can_call(server: httpx.Client, call: str) -> None:
    server.cookies.clear()
    assert server.post(f"council/api/{call}", json={"path": PATH}).status_code == 403
    assert server.get("council/api/status", params={"path": PATH}).status_code == 403


@pytest.mark.parametrize(
    ("body", "status"),
    [({}, 400), ([], 400), ({"path": 3}, 400), ({"path": "../x.ipynb"}, 404), ({"path": "none.ipynb"}, 404)],
)
def test_a_request_that_names_no_lesson_is_refused(server: httpx.Client, body: Any, status: int) -> None:
    assert server.post("council/api/submit", headers=TOKEN, json=body).status_code == status


def test_jupyterlab_finds_the_buttons_where_it_will_ask_for_them() -> None:
    found = get_federated_extensions([str(LABEXTENSIONS)])
    ((name, about),) = found.items()
    assert (LABEXTENSIONS / name / about["jupyterlab"]["_build"]["load"]).is_file()
