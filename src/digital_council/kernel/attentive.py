"""A kernel's client that still hears what arrived while it was speaking.

A jupyter_client session sends past the event loop's socket. Sending takes the one signal by which the loop learns that
something has come, so a reply that comes in that moment is not read before the next message, if ever there is one.
"""

from __future__ import annotations

from typing import Any

import zmq
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from traitlets import Type


class Channel(AsyncZMQSocketChannel):  # type: ignore[misc]
    """Looks for what has come after everything it sends."""

    def send(self, msg: dict[str, Any]) -> None:
        super().send(msg)
        self.socket.get(zmq.EVENTS)  # type: ignore[attr-defined]  # by asking, the loop is told


class Client(AsyncKernelClient):  # type: ignore[misc]
    """As jupyter_client's own, with such channels where both sides speak."""

    shell_channel_class = Type(Channel)
    control_channel_class = Type(Channel)
    stdin_channel_class = Type(Channel)


NAME = f"{__name__}.Client"
