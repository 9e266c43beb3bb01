"""The product ends every process it started, whatever is open, and starts again as it was."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psutil
import pytest
import websocket

if TYPE_CHECKING:
    from tests.conftest import Product

ENDS_WITHIN = 10.0
STUBBORN = "import os, signal, time; signal.signal(15, signal.SIG_IGN); open('stubborn', 'w'); time.sleep(600)"


def open_everything(product: Product) -> None:
    """A kernel, a terminal that knows `council`, and from it a process of its own session that ignores being ended."""
    client, base = product.open_lab("learner"), product.server("learner")
    token = {"Authorization": f"token {product.lab_token('learner')}"}
    assert client.post(f"{base}/api/kernels", headers=token, json={"name": "python3"}).status_code == 201
    terminal = client.post(f"{base}/api/terminals", headers=token).json()["name"]
    address = urlsplit(base)
    shell = websocket.create_connection(
        f"ws://127.0.0.1:{address.port}{address.path}/terminals/websocket/{terminal}",
        host=address.netloc,
        header=[f"Authorization: {token['Authorization']}"],
        timeout=180,
    )
    shell.send(json.dumps(["stdin", f'command -v council && setsid nohup python -c "{STUBBORN}" &\r']))
    until((product.state / "homes" / "learner" / "stubborn").exists)
    shell.close()


def until(true: Callable[[], bool], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def runs(process: psutil.Process, words: str) -> bool:
    try:
        return words in " ".join(process.cmdline()) and not process.cmdline()[0].endswith("bwrap")
    except psutil.Error:
        return False


@pytest.mark.parametrize("words", [[], ["--no-sandbox", "--single-origin"]], ids=["as usual", "without sandbox"])
def test_every_process_ends_in_time_and_a_second_start_finds_everything(
    serve: Callable[..., Product], tmp_path: Path, words: list[str]
) -> None:
    product = serve(tmp_path / "state", *words)
    open_everything(product)
    started = psutil.Process(product.process.pid).children(recursive=True)
    for part in ("digital_council.hub.application", "configurable-http-proxy", "digital_council.portal",
                 "digital_council.hub.singleuser", "ipykernel_launcher", "open('stubborn'"):  # fmt: skip
        assert any(runs(process, part) for process in started), part
    assert product.stop() < ENDS_WITHIN
    assert product.process.returncode == 0
    assert not [process for process in started if process.is_running()]

    again = serve(product.state, *words)
    assert again.login("learner")
    assert (again.state / "homes" / "learner" / "stubborn").exists()
    assert again.stop() < ENDS_WITHIN
