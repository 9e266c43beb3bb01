"""The warm parent: imports everything once, then forks for whoever of its own user asks. One thread, always.

Started by `warm` as `python -m digital_council.kernel.parent`, with a listening socket, a lifeline to its owner and its
orders on inherited descriptors. It never reads an untrusted byte.
"""

import contextlib
import gc
import importlib
import json
import os
import selectors
import shutil
import signal
import socket
import struct
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NoReturn

from digital_council.kernel import child_untrusted, confine, namespaces, packages, wire
from digital_council.kernel.confine import Rules
from digital_council.kernel.limits import Limits
from digital_council.kernel.processes import end_family, number_of, resident

_CREDENTIALS = struct.Struct("3i")
_PATIENCE = 5.0  # seconds for a trusted peer to finish its request


class Parent:
    """Forks on request; each request's connection lives as long as its fork, and closing it kills the fork."""

    def __init__(self, listener: socket.socket, lifeline: socket.socket, orders: dict[str, Any]) -> None:
        self.listener, self.lifeline = listener, lifeline
        self.rules = Rules.of_this_machine() if orders["sandbox"] else None
        self.first_uid, self.uids, self.next_uid = orders["first_uid"], orders["uids"], 0
        self.live: dict[int, tuple[socket.socket, int, str | None]] = {}  # pidfd: connection, uid, folder
        self.kept, self.retired = tuple(orders["kept"]), False
        self.selector = selectors.DefaultSelector()
        self.packages = packages.Watch()
        self.inherited = resident(os.getpid())

    def run(self) -> None:
        """Until the owner goes away, or until it is retired and its last fork has ended."""
        self.selector.register(self.lifeline, selectors.EVENT_READ, self._leave)
        self.selector.register(self.listener, selectors.EVENT_READ, self._accept)
        while self.live or not self.retired:
            for key, _ in self.selector.select():
                key.data(key.fileobj)

    def _leave(self, _lifeline: socket.socket) -> None:
        raise SystemExit(0)

    def _accept(self, listener: socket.socket) -> None:
        try:
            connection, _ = listener.accept()
        except BlockingIOError:  # a younger parent on the same socket was quicker
            return
        connection.settimeout(_PATIENCE)
        size = _CREDENTIALS.size
        _, uid, _ = _CREDENTIALS.unpack(connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
        try:
            if uid != os.getuid():
                raise PermissionError("only the user of the warm kernel may ask it for forks")
            request, _ = wire.receive(connection)
            if self.packages.changed():
                self._retire(connection)
            else:
                self._fork(connection, request)
        except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
            with contextlib.suppress(OSError):
                wire.send(connection, {"error": f"{type(error).__name__}: {error}"})
            connection.close()

    def _retire(self, connection: socket.socket) -> None:
        """Leave the listener to a successor with the packages of today; forks already made live on."""
        self.retired = True
        self.selector.unregister(self.listener)
        self.listener.close()
        wire.send(self.lifeline, {"stale": True})
        wire.send(connection, {"again": True})
        connection.close()

    def _fork(self, connection: socket.socket, request: dict[str, Any]) -> None:
        uid = self.unused_uid()
        folder = None if self.rules else tempfile.mkdtemp(prefix="council-fork-")
        order = child_untrusted.Order(
            request["entry"], Limits(**request["limits"]), uid, request["shared"], self.kept, folder
        )
        host_end, own_end = socket.socketpair()
        with host_end, own_end:
            pid, pidfd = namespaces.clone(self.flags())
            if pid == 0:
                child_untrusted.run_init(order, self.rules, own_end.fileno())
            try:
                wire.send(
                    connection,
                    {"uid": uid, "bare": self.rules is None, "inherited": self.inherited},
                    (host_end.fileno(), pidfd),
                )
            except OSError:
                signal.pidfd_send_signal(pidfd, signal.SIGKILL)
        self.live[pidfd] = (connection, uid, folder)
        self.selector.register(connection, selectors.EVENT_READ, lambda _: self._kill(connection, pidfd))
        self.selector.register(pidfd, selectors.EVENT_READ, self._bury)

    def flags(self) -> int:
        """Which namespaces a fork gets new."""
        if self.rules is None:
            return 0
        return namespaces.ALL if self.rules.own_users else namespaces.WITH_USER

    def unused_uid(self) -> int:
        """A user no live fork has; without the privilege to give one, our own."""
        if self.rules is None or not self.rules.own_users:
            return os.getuid()
        taken = {uid for _, uid, _ in self.live.values()}
        for _ in range(self.uids):
            uid: int = self.first_uid + self.next_uid
            self.next_uid = (self.next_uid + 1) % self.uids
            if uid not in taken:
                return uid
        raise OSError("every user number for forks is in use")

    def _kill(self, connection: socket.socket, pidfd: int) -> None:
        """Its asker has closed the connection (or said something, which it never should): end the fork."""
        if pidfd not in self.live or self.live[pidfd][0] is not connection:
            return  # buried a moment ago, in the same round of events
        self.selector.unregister(connection)
        if self.rules is None:
            end_family(number_of(pidfd))
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(pidfd, signal.SIGKILL)

    def _bury(self, pidfd: int) -> None:
        """Collect the fork's init and tell its asker how it ended."""
        result = os.waitid(os.P_PIDFD, pidfd, os.WEXITED)
        connection, _, folder = self.live.pop(pidfd)
        self.selector.unregister(pidfd)
        with contextlib.suppress(KeyError):
            self.selector.unregister(connection)
        exited = result is not None and result.si_code == os.CLD_EXITED
        status = result.si_status if result is not None else 1
        with contextlib.suppress(OSError):
            wire.send(connection, {"status": status if exited else 128 + status})
        connection.close()
        os.close(pidfd)
        if folder:
            shutil.rmtree(folder, ignore_errors=True)


def preload(modules: list[str]) -> None:
    """Import these, and settle what importing leaves unsettled; raises what an import raises."""
    for name in modules:
        importlib.import_module(name)
    if "matplotlib.font_manager" in sys.modules:
        sys.modules["matplotlib.font_manager"].findfont("DejaVu Sans")
    if "matplotlib.backends.registry" in sys.modules:
        sys.modules["matplotlib.backends.registry"].backend_registry.list_all()  # reads every package's entry points
    gc.collect()
    gc.freeze()  # the collector would write to, and so copy, every page of what forks share


def trial(parent: Parent) -> str:
    """Make one fork and end it: why this machine allows none, or the empty string."""
    host_end, own_end = socket.socketpair()
    with host_end, own_end:
        order = child_untrusted.Order("os:getpid", Limits(), parent.unused_uid(), None, parent.kept, None)
        try:
            pid, pidfd = namespaces.clone(parent.flags())
        except OSError as error:
            return str(error)
        if pid == 0:
            child_untrusted.run_init(order, parent.rules, own_end.fileno())
        own_end.close()
        said = host_end.recv(2000)
        signal.pidfd_send_signal(pidfd, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(pidfd)
    return "" if said.startswith(child_untrusted.READY) else said.decode(errors="replace")[1:] or "it ended at once"


def threads() -> int:
    """How many threads this process has, whoever started them."""
    return len(list(Path("/proc/self/task").iterdir()))


def leave_low_numbers() -> None:
    """Continue in a child. Forks are process 2 of their namespace, and libraries that tell a fork by its number
    (random generators of OpenSSL among them) would take a fork of a parent numbered 2 for the parent."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def main() -> NoReturn:
    """`LISTENER LIFELINE ORDERS`: two descriptors and a JSON record."""
    leave_low_numbers()
    listener, lifeline = (socket.socket(fileno=int(number)) for number in sys.argv[1:3])
    orders = json.loads(sys.argv[3])
    started = time.monotonic()
    try:
        preload(orders["preload"])
        if threads() != 1:
            raise RuntimeError(f"importing {', '.join(orders['preload'])} started a thread")
        confine.reset_signals()  # whatever an import has made of them
        parent = Parent(listener, lifeline, orders)
        refused = trial(parent) if parent.rules else ""
    except Exception as error:
        wire.send(lifeline, {"error": f"{type(error).__name__}: {error}"})
        os._exit(1)  # no waiting for a thread that an import may have started
    if refused:
        wire.send(lifeline, {"cold": refused})
        os._exit(0)
    facts = {"ready": time.monotonic() - started, "sandbox": parent.rules is not None}
    if parent.rules:
        facts |= {"own_users": parent.rules.own_users, "landlock": parent.rules.landlock}
        facts["seccomp"] = bool(parent.rules.filter_program)
    with contextlib.suppress(SystemExit, ConnectionError):  # its owner has gone, perhaps before it was warm
        wire.send(lifeline, facts)
        parent.run()
    os._exit(0)


if __name__ == "__main__":
    main()
