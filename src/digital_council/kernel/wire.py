"""Small messages between the warm parent and those who ask it for forks: length, JSON, descriptors.

Both ends are trusted. Nothing untrusted travels here: a fork's argument and files go to the fork itself.
"""

import array
import json
import socket
import struct
from collections.abc import Sequence
from typing import Any

_LENGTH = struct.Struct("!I")
_MOST = 1 << 20
_DESCRIPTORS = 4


def send(connection: socket.socket, message: dict[str, Any], descriptors: Sequence[int] = ()) -> None:
    """Send one message, with these descriptors beside it."""
    body = json.dumps(message).encode()
    data = _LENGTH.pack(len(body)) + body
    sent = socket.send_fds(connection, [data], list(descriptors)) if descriptors else connection.send(data)
    if sent < len(data):
        connection.sendall(data[sent:])


def receive_exactly(connection: socket.socket, size: int) -> bytes:
    """So many bytes; raises EOFError when the other end closes first."""
    parts = []
    while size:
        part = connection.recv(min(size, 1 << 20))
        if not part:
            raise EOFError("the connection was closed")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def receive(connection: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """One message and its descriptors, which are now ours to close; raises EOFError."""
    space = socket.CMSG_SPACE(4 * _DESCRIPTORS)
    data, ancillary, _, _ = connection.recvmsg(_LENGTH.size, space, socket.MSG_CMSG_CLOEXEC)
    descriptors = array.array("i")
    for level, kind, payload in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            descriptors.frombytes(payload[: len(payload) - len(payload) % descriptors.itemsize])
    if not data:
        raise EOFError("the connection was closed")
    data += receive_exactly(connection, _LENGTH.size - len(data))
    (size,) = _LENGTH.unpack(data)
    if size > _MOST:
        raise EOFError("a message was too long")
    message = json.loads(receive_exactly(connection, size))
    return message, list(descriptors)
