"""Judges from one sandbox: opened once, with the author's imports done, it forks a fresh judge for each notebook.

A sandbox costs several forks, a judge from here one. Nothing of a judge is left when the next one is lent: its
processes are ended, its files removed. A sandbox in which anything went amiss is given up whole.
"""

import contextlib
import json
import socket
import time
from collections.abc import Iterable, Mapping
from typing import Any

from ..policy import kernel_limits
from ..sandbox import Sandbox, Session, SessionEnded

ENTRY = "digital_council.grading.nbgrader_course.court_inside:serve"
OLDEST = 1200.0  # seconds; well within the whole sandbox's time, so that no judge is cut short


class Lent:
    """One judge, as a session holds it."""

    def __init__(self, house: Any, line: socket.socket) -> None:
        self.house, self.socket = house, line
        self.reason = ""

    def close(self) -> None:
        self.reason = str(self.house.reason)
        self.socket.close()


class Court:
    """One worker's judges, lent one at a time."""

    def __init__(self, sandbox: Sandbox, cells: Iterable[tuple[str, str]], imports: Iterable[str],
                 sources: Mapping[str, bytes], seconds: float) -> None:  # fmt: skip
        self.sandbox, self.sources = sandbox, sources
        limits = sandbox.policy.limits
        session = {"value_bytes": limits.value_mb << 20, "output_bytes": limits.output_kb << 10, "seconds": seconds}
        orders = {"imports": list(dict.fromkeys(imports)), "cells": list(cells), "session": session}
        self.argument = json.dumps(orders).encode()
        self.house: Any = None
        self.opened = 0.0

    @staticmethod
    def possible(sandbox: Sandbox) -> bool:
        """Whether there is a real sandbox: without one, removing a judge's files would remove everybody's."""
        warm: Any = sandbox.warm
        return getattr(warm, "sandbox", False) is True and getattr(warm, "cold", None) is None

    def session(self) -> Session:
        """A new judge; raises SessionEnded("broken") when none can be had."""
        if self.house is not None and time.monotonic() - self.opened < OLDEST:
            with contextlib.suppress(SessionEnded):
                return self._lend()
        self.discard()
        limits = kernel_limits(self.sandbox.policy.limits)
        try:
            self.house = self.sandbox.warm.fork(ENTRY, self.argument, limits, self.sources)
        except Exception as error:
            raise SessionEnded("broken") from error
        self.opened = time.monotonic()
        return self._lend()

    def _lend(self) -> Session:
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                socket.send_fds(self.house.socket, [b"."], [theirs.fileno()])
            except OSError as error:
                ours.close()
                raise SessionEnded("broken") from error
        return Session(Lent(self.house, ours), self.sandbox.policy)

    def discard(self) -> None:
        """End the sandbox and whatever is in it. Safe to repeat."""
        if self.house is not None:
            self.house.close()
            self.house = None
