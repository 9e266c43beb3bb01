"""One fork as its owner holds it: a socket to the function, a way to end it, and how it ended."""

import contextlib
import os
import select
import signal
import socket
from typing import Self

from digital_council.kernel import wire
from digital_council.kernel.cgroups import Group
from digital_council.kernel.limits import Limits
from digital_council.kernel.processes import end_family, number_of


def _ended(descriptor: int) -> bool:
    """Whether a process has ended. Not by select: it refuses descriptors from 1,024 up, which a busy owner has."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))


class Fork:
    """A function running in a sandbox of its own. As a context manager it is ended on leaving."""

    def __init__(self, connection: socket.socket, data: socket.socket, pidfd: int, uid: int, limits: Limits) -> None:
        self.socket, self.uid, self.limits = data, uid, limits
        self.pid = number_of(pidfd)
        self.bare = False  # made without a sandbox: there is no namespace whose end is the end of all in it
        self.inherited = 0  # bytes it shares with the warm parent
        self.reason = ""  # why it was ended, when its limits were: "time", "memory" or "processes"
        self.group: Group | None = None  # the system's own limits on it, where there are any
        self._connection, self._pidfd, self._status = connection, pidfd, -1

    def kill(self, reason: str = "") -> None:
        """End the function and everything it started, at once. Safe to repeat."""
        if self._status < 0 and self._pidfd >= 0:
            self.reason = self.reason or reason
            if self.bare:
                end_family(self.pid)
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        """Its exit status, 128 and more for a signal; raises TimeoutError when it has not ended in time."""
        if self._status < 0:
            self._connection.settimeout(timeout)
            try:
                message, _ = wire.receive(self._connection)
                self._status = int(message["status"])
            except (EOFError, ConnectionError):  # the parent has died, and its forks with it
                self._status = 128 + signal.SIGKILL
            self.explain()
        return self._status

    def explain(self) -> None:
        """Note that the system ended it for its memory, if it did."""
        if not self.reason and self.group is not None and self.group.out_of_memory():
            self.reason = "memory"

    @property
    def alive(self) -> bool:
        """Whether its processes still run; asks the system, not the parent, and from any thread."""
        descriptor = self._pidfd
        try:
            return descriptor >= 0 and not _ended(descriptor)
        except OSError:
            return False

    def close(self) -> None:
        """End it and give back what it holds here. Safe to repeat."""
        self.kill()
        descriptor, self._pidfd = self._pidfd, -1
        if descriptor >= 0:
            os.close(descriptor)
        self.socket.close()
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
