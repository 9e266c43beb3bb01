"""The learner's end of the line: cells of a nbgrader notebook, whose names and functions a judge elsewhere asks for."""

import contextlib
import json
import os
import signal
import socket
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Any

from .. import frames
from .. import inside_untrusted as inside
from ..errors_untrusted import error_record_untrusted
from ..values import Bounds
from . import compiled
from .line import Line, raised

EVENTS = "pre_execute", "pre_run_cell", "post_run_cell"


class CellTimeoutError(BaseException):
    """The cell has had its time; not an Exception, so that a learner's own `except` does not eat it."""


def serve(sock: socket.socket, argument: bytes) -> None:
    """As inside_untrusted.serve, with a line to the judge."""
    try:
        inside.warm()
        CalledServer(sock, inside._WARM[0], json.loads(argument)).loop()
    except BaseException:
        os._exit(70)
    os._exit(0)


@contextlib.contextmanager
def alarm_held() -> Iterator[None]:
    """Let the alarm wait while a question is open: an answer that nobody reads would be taken for the next one's."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})


def _too_late(number: int, frame: FrameType | None) -> None:
    raise CellTimeoutError("the cell ran for too long")


class CalledServer(inside.Server):
    """One learner's notebook."""

    near = False

    def __init__(self, sock: socket.socket, shell: Any, options: dict[str, Any]) -> None:
        super().__init__(sock, shell, options)
        os.environ["NBGRADER_EXECUTION"] = "autograde"  # as nbgrader says to the code it grades
        # Last, so that a course's own helpers are found and nothing a submission brings shadows a library.
        sys.path.append(os.getcwd())
        self.seconds = float(options["seconds"])
        wide = Bounds(max_bytes=self.bounds.max_bytes, max_depth=150, max_int_bits=4_000_000)
        self.line = CalledLine(self.exchange, wide, _stand_in)
        self.unhooked = self.hooks()
        self.line.names = shell.user_ns
        self.line.outputs = shell.outputs
        signal.signal(signal.SIGALRM, _too_late)

    def ran_untrusted(self, code: str, cell: str) -> BaseException | None:
        """As IPython runs it, in half the time; a notebook that has hooked into IPython is left to IPython."""
        if "__future__" in code or self.hooks() != self.unhooked:
            self.unhooked = None
        found = compiled.read(code, cell) if self.unhooked is not None else None
        return super().ran_untrusted(code, cell) if found is None else compiled.run(self.shell, found)

    def hooks(self) -> list[int] | None:
        """How many there are at each place where a notebook may put some."""
        called = self.shell.events.callbacks
        places = (self.shell.ast_transformers, self.shell.input_transformers_cleanup,
                  self.shell.input_transformers_post, self.shell.custom_exceptions)  # fmt: skip
        return [len(place) for place in places] + [len(called[name]) for name in EVENTS]

    def exchange(self, frame: bytes) -> bytes:
        with alarm_held():
            frames.send(self.sock, frame)
            return frames.receive(self.sock, 4 * self.message.max_bytes)

    def run_untrusted(self, request: dict[str, Any]) -> dict[str, Any]:
        signal.setitimer(signal.ITIMER_REAL, self.seconds)
        try:
            return super().run_untrusted(request)
        except CellTimeoutError as late:
            return {"error": error_record_untrusted(late), "values": {}, "outputs": self.shell.outputs.take()}
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def line_untrusted(self, request: dict[str, Any]) -> dict[str, Any]:
        """Answer the judge's requests until it hangs up, with an empty frame."""
        frame = request["first"]
        while frame:
            signal.setitimer(signal.ITIMER_REAL, self.seconds)
            try:
                reply = self.line.answer(self.line.open(frame))
            except CellTimeoutError:
                reply = self.line.pack(("raised", {"type": "TimeoutError", "bases": ["Exception"], "message": ""}, ()))
            except BaseException as stop:  # SystemExit and its like end nothing here
                reply = self.line.pack(raised(stop))
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
            frame = self.exchange(reply)
        return {}


class CalledLine(Line):
    """What the judge may ask of the learner's end, beside calling and reading: names."""

    names: dict[str, Any]
    outputs: Any

    def do_names(self, names: list[str]) -> Any:
        """The values of those names that exist."""
        return ({name: self.names[name] for name in names if name in self.names},)

    def do_bind(self, values: dict[str, Any], deleted: list[str]) -> Any:
        """Set names as a test cell has set them, and delete what it has deleted."""
        self.names.update(values)
        for name in deleted:
            self.names.pop(name, None)
        return ()

    def do_call(self, number: int, args: Any, kwargs: Any, state: Any) -> Any:
        self.outputs.begin(quiet=False)
        said = super().do_call(number, args, kwargs, state)
        printed = [(o["name"], o["text"]) for o in self.outputs.take() if o["output_type"] == "stream"]
        return (*said, printed)


class Items:
    """An iterator of the test's, which goes on where the test is."""

    def __init__(self, line: Line, number: int) -> None:
        self.line, self.council_number = line, number

    def __iter__(self) -> "Items":
        return self

    def __next__(self) -> Any:
        message = self.line.ask("read", self.council_number, "next", None)
        if message[0] == "raised":
            over = message[1].get("type") == "StopIteration"
            raise StopIteration if over else RuntimeError(str(message[1].get("message", "")))
        return message[1]


def _stand_in(line: Line, met: Any) -> Any:
    """A function of the test's, run where the test runs; or its iterator."""
    number, type_name, kind = met
    if kind == "iterator":
        return Items(line, number)

    def callback(*args: Any, **kwargs: Any) -> Any:
        message = line.ask("call", number, args, kwargs, None)
        if message[0] == "raised":
            raise RuntimeError(str(message[1].get("message", "")))
        return message[1]

    callback.council_number = number  # type: ignore[attr-defined]
    callback.__name__ = type_name or "callback"
    return callback
