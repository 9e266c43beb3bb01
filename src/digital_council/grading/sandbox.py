"""A sandbox: sessions of a warm kernel in which cells run, names are taken as values and functions are called.

Duties of a session, for whoever calls it:
1. `run` returns outputs and the learner's error as data, or raises `SessionEnded`, after which only `close` is left.
2. `take`, `call` and `put` move plain values only, within the policy's size.
3. No answer is awaited longer than the policy allows, however slowly it drips, and no more is read than it allows.
4. Whatever the child says, the only exceptions raised here are `SessionEnded`, `Missing`, `Refused` and `Raised`.
5. `close` may be called twice, and from a `with`; it leaves no process.
"""

import contextlib
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from digital_council import settings
from digital_council.kernel.mounts import runtime_mounts
from digital_council.kernel.warm import CHARTS, SHELL, TABLES, WarmKernel

from . import frames
from .clock import TooSlow, at_most
from .policy import Policy, kernel_limits
from .records import CellError, outputs_from_untrusted
from .values import Bounds, ValuesError, decode, encode_untrusted

ENTRY = "digital_council.grading.inside_untrusted:serve"
READY = "digital_council.grading.ready"
LIBRARIES: Mapping[str, tuple[str, ...]] = {
    "pandas": TABLES,
    "matplotlib": CHARTS,
    "digital_council": ("digital_council.datasets.table",),
}
DATASETS = "/srv/council/datasets"
START_SECONDS = 20
SMALL = 32 << 10  # bytes of a frame that are read in no time, whatever they are
Reason = Literal["time", "memory", "processes", "ended", "broken"]


class SessionEnded(Exception):
    """The session is over; `reason` says why, and `broken` that it is our own doing."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class Missing(Exception):
    """There is no such name."""


class Refused(Exception):
    """The value is there and cannot cross; the text says why."""


class Raised(Exception):
    """A called function raised; `error` is the record."""

    def __init__(self, error: CellError) -> None:
        super().__init__(error.type_name)
        self.error = error


class Fork(Protocol):
    """What a session needs of a forked child."""

    socket: Any
    reason: str

    def close(self) -> None: ...


class Warm(Protocol):
    """What a sandbox needs of a warm kernel."""

    def fork(
        self, entry: str, argument: bytes = b"", limits: Any = None, files: Mapping[str, bytes] | None = None
    ) -> Fork: ...


@dataclass(frozen=True)
class Ran:
    """What running one cell gave; `values` holds what was taken in the same breath, still encoded."""

    outputs: list[dict[str, Any]]
    error: CellError | None
    values: Mapping[str, Any]


class Sandbox:
    """Opens sessions on a warm kernel."""

    def __init__(self, warm: Warm, policy: Policy) -> None:
        self.warm, self.policy = warm, policy

    def session(
        self, files: Mapping[str, bytes] | None = None, entry: str = ENTRY, seconds: float | None = None
    ) -> "Session":
        """A new session in a fork of its own; raises SessionEnded("broken") when none can be had."""
        limits = self.policy.limits
        argument = {"value_bytes": limits.value_mb << 20, "output_bytes": limits.output_kb << 10, "seconds": seconds}
        try:
            fork = self.warm.fork(entry, json.dumps(argument).encode(), kernel_limits(limits), files or {})
        except Exception as error:
            raise SessionEnded("broken") from error
        return Session(fork, self.policy)


@contextlib.contextmanager
def open_sandbox(
    policy: Policy, *, enforced: bool = True, libraries: Iterable[str] = tuple(LIBRARIES), ready: str = READY
) -> Iterator[Sandbox]:
    """A sandbox on a warm kernel of its own, with these libraries, and last the module `ready`, imported before any
    fork; others a cell may still import for itself, at their price. `enforced=False` is for `--no-sandbox` alone."""
    modules = (*SHELL, *(module for name in libraries for module in LIBRARIES[name]), ready)
    data = Path(os.environ.get("COUNCIL_DATASETS") or settings.PROJECT / "datasets")
    mounts = runtime_mounts().setenv(COUNCIL_DATASETS=DATASETS)
    mounts = mounts.read(data, DATASETS) if data.is_dir() else mounts
    with WarmKernel(kernel_limits(policy.limits), modules, mounts, sandbox=enforced) as warm:
        yield Sandbox(warm, policy)


class Session:
    """One learner's code, in one fork."""

    def __init__(self, fork: Fork, policy: Policy) -> None:
        self.fork, self.policy = fork, policy
        self.sock = fork.socket
        self.bounds = policy.bounds
        limits = policy.limits
        self.message = Bounds(max_bytes=(limits.value_mb << 21) + (limits.output_kb << 11))
        self.ends = time.monotonic() + limits.seconds_total
        self.over: Reason | None = None
        try:
            self._receive(time.monotonic() + START_SECONDS)
        except (frames.Closed, frames.Late, ValuesError) as error:
            self.close()
            self.over = "broken"
            raise SessionEnded("broken") from error

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """End the child and everything it started."""
        self.over = self.over or "ended"
        self.fork.close()

    def run(self, code: str, cell: str = "cell", *, take: Sequence[str] = (), quiet: bool = False) -> Ran:
        """Run one cell; a `quiet` one keeps no outputs and draws no charts."""
        request = {"op": "run", "code": code, "cell": cell, "take": list(take), "quiet": quiet}
        reply = self._ask(request, self.policy.limits.seconds_cell)
        error = reply.get("error")
        values = reply.get("values")
        return Ran(
            outputs_from_untrusted(reply.get("outputs"), self.policy.limits.output_kb << 10),
            None if error is None else CellError.from_untrusted(error),
            values if type(values) is dict else {},
        )

    def take(self, name: str) -> Any:
        """The plain value of a name; raises Missing or Refused."""
        reply = self._ask({"op": "take", "names": [name]}, self.policy.limits.seconds_cell)
        values = reply.get("values")
        return self.opened(values.get(name) if type(values) is dict else None)

    def opened(self, parcel: Any) -> Any:
        """The value in one parcel of a reply; raises Missing or Refused."""
        if type(parcel) is not dict or type(parcel.get("value")) is not bytes:
            if type(parcel) is dict and parcel.get("missing") is True:
                raise Missing
            raise Refused(str(parcel.get("refused", ""))[:200] if type(parcel) is dict else "")
        try:
            return self._read(parcel["value"], self.bounds)
        except ValuesError as error:
            raise Refused(str(error)) from error
        except TooSlow:
            raise Refused("it takes too long to read") from None

    def put(self, name: str, value: Any) -> None:
        """Set a name to a plain value of ours."""
        parcel = encode_untrusted(value, self.bounds)
        self._ask({"op": "put", "name": name, "value": parcel}, self.policy.limits.seconds_cell)

    def call(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any] | None = None) -> Any:
        """The result of a function for plain arguments; raises Raised, Missing or Refused."""
        parcel = encode_untrusted((tuple(args), dict(kwargs or {})), self.bounds)
        reply = self._ask({"op": "call", "name": name, "args": parcel}, self.policy.limits.seconds_cell)
        if "raised" in reply:
            raise Raised(CellError.from_untrusted(reply["raised"]))
        return self.opened(reply)

    def _ask(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        if self.over:
            raise SessionEnded(self.over)
        deadline = min(time.monotonic() + seconds, self.ends)
        try:
            frames.send(self.sock, encode_untrusted(request, self.message), deadline)
            return self._receive(deadline)
        except frames.Late:
            reason: Reason = "time"
        except (frames.Closed, ValuesError):
            reason = why(self.fork)
        self.over = reason
        self.close()
        raise SessionEnded(reason)

    def _receive(self, deadline: float) -> dict[str, Any]:
        frame = frames.receive(self.sock, 2 * self.message.max_bytes + (1 << 16), deadline)
        try:
            reply = self._read(frame, self.message)
        except TooSlow:
            raise frames.Late from None
        if type(reply) is not dict:
            raise ValuesError("a reply is not one")
        return reply

    def _read(self, frame: bytes, bounds: Bounds) -> Any:
        """The value of a frame; raises ValuesError, or TooSlow for one that takes longer than a cell may."""
        if len(frame) < SMALL:
            return decode(frame, bounds)
        with at_most(self.policy.limits.seconds_cell):
            return decode(frame, bounds)


def why(fork: Fork) -> Reason:
    """Why a child that no longer answers has ended, as far as its watchdog knows."""
    known: tuple[Reason, ...] = ("time", "memory", "processes")
    return next((k for k in known if k == fork.reason), "ended")


OpenSession = Callable[[], Session]
