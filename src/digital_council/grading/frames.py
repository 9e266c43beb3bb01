"""Length-prefixed frames on a socket, against a clock: what a stranger sends can end a session and nothing else."""

import socket
import struct
import time

LENGTH = struct.Struct(">I")


class Closed(Exception):
    """The other side has gone, or has sent what is not a frame."""


class Late(Exception):
    """The other side did not answer in time."""


def _remaining(sock: socket.socket, deadline: float | None) -> None:
    left = None if deadline is None else deadline - time.monotonic()
    if left is not None and left <= 0:
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
    """Receive one frame of at most `limit` bytes; the deadline holds for all of it, however slowly it drips."""
    (size,) = LENGTH.unpack(_exactly(sock, LENGTH.size, deadline))
    if size > limit:
        raise Closed("a frame is larger than allowed")
    return _exactly(sock, size, deadline)


def _exactly(sock: socket.socket, size: int, deadline: float | None) -> bytes:
    parts = []
    while size:
        try:
            _remaining(sock, deadline)
            part = sock.recv(min(size, 1 << 20))
        except TimeoutError as error:
            raise Late from error
        except OSError as error:
            raise Closed("the connection is gone") from error
        if not part:
            raise Closed("the connection is gone")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
