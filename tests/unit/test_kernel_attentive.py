"""A reply that comes while a client speaks is heard."""

from __future__ import annotations

import asyncio
import select
import time
from pathlib import Path

import pytest
import zmq
import zmq.asyncio
from jupyter_client.channels import AsyncZMQSocketChannel
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.session import Session
from traitlets.config import Config

from digital_council.apps.__main__ import configuration
from digital_council.kernel.attentive import Channel, Client

LONGEST = 30
"""Seconds; only a failure takes so long."""


async def _reply_while_speaking(kind: type[AsyncZMQSocketChannel], address: str) -> bool:
    """Whether a reply is heard at once that comes between the last look of the event loop and a further message."""
    with zmq.Context() as context, zmq.asyncio.Context() as ours:
        kernel, client, session = context.socket(zmq.ROUTER), ours.socket(zmq.DEALER), Session(key=b"k")
        kernel.linger = client.linger = 0
        kernel.bind(address)
        client.connect(address)
        channel = kind(client, session)
        channel.send(session.msg("execute_request"))
        assert kernel.poll(LONGEST * 1000)
        names, asked = session.recv(kernel)
        heard = asyncio.create_task(channel.get_msg(timeout=LONGEST))
        await _turns()
        session.send(kernel, "execute_reply", parent=asked, ident=names)
        assert select.select([client.FD], [], [], LONGEST)[0], "the reply is there, and the loop has not looked"
        time.sleep(0.05)  # a socket that has only just looked does not look again as it sends
        channel.send(session.msg("comm_msg"))
        await _turns()
        is_heard = heard.done() and (await heard)["msg_type"] == "execute_reply"
        heard.cancel()
        kernel.close()
        client.close()
        return is_heard


async def _turns() -> None:
    """Let the event loop do all that it knows of."""
    for _ in range(100):
        await asyncio.sleep(0)


def test_a_reply_that_comes_while_the_client_speaks_is_heard(tmp_path: Path) -> None:
    assert asyncio.run(_reply_while_speaking(Channel, f"ipc://{tmp_path}/k"))


def test_kernels_of_apps_are_asked_by_such_a_client(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/services/apps/")
    manager = AsyncKernelManager(config=Config(configuration("127.0.0.1", 1)))
    assert isinstance(manager.client(), Client)
