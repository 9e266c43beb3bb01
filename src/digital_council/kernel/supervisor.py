"""Keeping one warm parent alive: started anew when it dies, succeeded when it says that packages have changed."""

import contextlib
import os
import selectors
import socket
import subprocess
import threading
from collections.abc import Callable
from typing import Any

from digital_council.kernel import wire

Spawned = tuple[socket.socket, subprocess.Popen[bytes]]
_TRIES = 3  # deaths in a row before being warm, after which there is no point
_GRACE = 5.0  # seconds for a parent to leave by itself


class Supervisor:
    """Runs in a thread of its own, which starts the parents: bubblewrap dies with the thread that started it."""

    def __init__(self, spawn: Callable[[], Spawned]) -> None:
        self.settled = threading.Event()  # warm, or given up
        self.failure = ""
        self.facts: dict[str, Any] = {}  # what the present parent said of itself
        self.started = 0  # how many parents there have been
        self._spawn = spawn
        self._parents: dict[socket.socket, subprocess.Popen[bytes]] = {}
        self._current: socket.socket | None = None
        self._selector = selectors.DefaultSelector()
        self._end, self._tell_end = os.pipe()
        self._selector.register(self._end, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._run, name="warm-kernel", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End every parent, and with them their forks; returns when they are gone."""
        os.close(self._tell_end)
        self._thread.join(4 * _GRACE)

    def _run(self) -> None:
        try:
            deaths = 0
            while True:
                if self._current is None and deaths < _TRIES and "cold" not in self.facts:
                    self._start()
                for key, _ in self._selector.select():
                    if key.fileobj == self._end:
                        return
                    if isinstance(key.fileobj, socket.socket):
                        deaths = 0 if self._listen_to(key.fileobj) else deaths + 1
                if deaths >= _TRIES:
                    self.settled.set()
        except OSError as error:
            self.failure = str(error)
            self.settled.set()
        finally:
            self._end_all()

    def _start(self) -> None:
        lifeline, process = self._spawn()
        self._parents[lifeline], self._current = process, lifeline
        self._selector.register(lifeline, selectors.EVENT_READ)
        self.started += 1

    def _listen_to(self, lifeline: socket.socket) -> bool:
        """Hear one message; whether all is well."""
        try:
            message, _ = wire.receive(lifeline)
        except (EOFError, ConnectionError):
            return self._bury(lifeline)
        if "ready" in message or "cold" in message:
            self.facts, self.failure = message, ""
            self.settled.set()
        elif "stale" in message:
            self._current = None
        elif "error" in message:
            self.failure = str(message["error"])
        return "error" not in message

    def _bury(self, lifeline: socket.socket) -> bool:
        """Collect a parent that has ended; whether it had been warm."""
        warm = bool(self.facts)
        self._selector.unregister(lifeline)
        process = self._parents.pop(lifeline)
        lifeline.close()
        status = _collect(process)
        if lifeline is self._current:
            self._current, self.facts = None, {name: value for name, value in self.facts.items() if name == "cold"}
            self.failure = self.failure or f"it ended with status {status}"
        return warm

    def _end_all(self) -> None:
        for lifeline, process in self._parents.items():
            lifeline.close()
            _collect(process)
        self._parents.clear()
        self._selector.close()
        os.close(self._end)


def _collect(process: subprocess.Popen[bytes]) -> int:
    """Wait for a parent whose lifeline is closed; kill it when it lingers."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        return process.wait(_GRACE)
    process.kill()
    return process.wait(_GRACE)
