"""Length-prefixed frames on a socket, against a clock: what a stranger sends can end a session and nothing else."""

import socket
import struct
import time

LENGTH = struct.Struct(">I")
AT_ONCE = 64 << 10


class Closed(Exception):
    """The other side has gone, or has sent what is not a frame."""


class Late(Exception):
    """The other side did not answer in time."""


def _remaining(sock: socket.socket, deadline: float | None) -> None:
    if deadline is None:
        if sock.gettimeout() is not None:
            sock.settimeout(None)
        return
    left = deadline - time.monotonic()
    if left <= 0:
        raise Late
    sock.settimeout(left)


def send(sock: socket.socket, payload: bytes, deadline: float | None = None) -> None:
    """Send one frame; raises Late or Closed."""
    try:
        _remaining(sock, deadline)
        sock.sendall(LENGTH.pack(len(payload)) + payload)
    except TimeoutError as error:
        raise Late from error
    except OSError as error:
        raise Closed("the connection is gone") from error


def receive(sock: socket.socket, limit: int, deadline: float | None = None) -> bytes:
    """Receive one frame of at most `limit` bytes; the deadline holds for all of it, however slowly it drips.

    Each side answers before it is asked again, so that more than one frame is a stranger's doing; raises Closed, Late.
    """
    data = _some(sock, AT_ONCE, deadline)
    while len(data) < LENGTH.size:
        data += _some(sock, AT_ONCE, deadline)
    (size,) = LENGTH.unpack_from(data)
    missing = LENGTH.size + size - len(data)
    if size > limit or missing < 0:
        raise Closed("a frame is larger than allowed, or more than one")
    return data[LENGTH.size :] if not missing else data[LENGTH.size :] + _exactly(sock, missing, deadline)


def _some(sock: socket.socket, most: int, deadline: float | None) -> bytes:
    try:
        _remaining(sock, deadline)
        part = sock.recv(most)
    except TimeoutError as error:
        raise Late from error
    except OSError as error:
        raise Closed("the connection is gone") from error
    if not part:
        raise Closed("the connection is gone")
    return part


def _exactly(sock: socket.socket, size: int, deadline: float | None) -> bytes:
    parts = []
    while size:
        parts.append(_some(sock, min(size, 1 << 20), deadline))
        size -= len(parts[-1])
    return b"".join(parts)
