"""What runs in the judge's own sandbox for a nbgrader notebook: an author's test cells, on a line to the learner's.

The fork is disposable and has no way to the ledger or the gradebook: test cells are an author's arbitrary code, and
what a learner's function returns passes through them. Its word is taken only for its own cell's outcome.
"""

import json
import os
import signal
import socket
import sys
from typing import Any

from .. import frames
from .. import inside_untrusted as inside
from ..errors_untrusted import error_record_untrusted
from ..values import Bounds, ValuesError, encode_untrusted
from . import compiled
from .called_untrusted import CellTimeoutError, _too_late, alarm_held
from .remote import JudgeLine, Uncrossable, mutable, stand_in

QUESTION, RESULT = b"Q", b"R"


def serve(sock: socket.socket, argument: bytes) -> None:
    """Run test cells until the other side closes."""
    try:
        inside.warm()
        JudgeServer(sock, inside._WARM[0], json.loads(argument)).loop()
    except BaseException:
        os._exit(70)
    os._exit(0)


class JudgeServer(inside.Server):
    """One notebook's judge."""

    near = False

    def __init__(self, sock: socket.socket, shell: Any, options: dict[str, Any]) -> None:
        super().__init__(sock, shell, options)
        os.environ["NBGRADER_EXECUTION"] = "autograde"
        sys.path.append(os.getcwd())
        self.seconds = float(options["seconds"])
        wide = Bounds(max_bytes=self.bounds.max_bytes, max_depth=150, max_int_bits=4_000_000)
        self.line = JudgeLine(self.exchange, wide, stand_in)
        self.line.before_call = self.sync
        self.known: dict[str, tuple[Any, bytes]] = {}
        self.watch: list[str] = []
        signal.signal(signal.SIGALRM, _too_late)

    def send(self, reply: dict[str, Any]) -> None:
        frames.send(self.sock, RESULT + encode_untrusted(reply, self.message))

    def exchange(self, frame: bytes) -> bytes:
        with alarm_held():
            frames.send(self.sock, QUESTION + frame)
            answer = frames.receive(self.sock, 4 * self.message.max_bytes)
        if not answer:
            self.line.refuse("the learner's code ended before it answered")
        return answer

    def run_untrusted(self, request: dict[str, Any]) -> dict[str, Any]:
        """Run one cell with the learner's names fetched before and its own set names sent after."""
        self.line.handles, self.line.met_handles = request["handles"], False
        self.line.random, self.line.calls, self.line.refused = request["random"], 0, ""
        self.watch = request["watch"]
        signal.setitimer(signal.ITIMER_REAL, self.seconds)
        try:
            self.fetch(request["fetch"])
            reply = super().run_untrusted(request)
            self.sync()
            if self.line.refused and not reply["error"]:
                raise Uncrossable(self.line.refused)
        except (CellTimeoutError, Uncrossable) as stop:
            reply = {"error": error_record_untrusted(stop), "values": {}, "outputs": self.shell.outputs.take()}
        except Exception as error:
            reply = {"error": error_record_untrusted(error), "values": {}, "outputs": []}
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        return reply | {"met_handles": self.line.met_handles}

    def ran_untrusted(self, code: str, cell: str) -> BaseException | None:
        """As IPython runs it, but for what compiling has been done before this judge was forked."""
        found = compiled.of(code, cell)
        if found is None:
            return super().ran_untrusted(code, cell)
        return compiled.run(self.shell, found)

    def fetch(self, names: list[str]) -> None:
        """Bring the learner's present values of these names; a name they do not have is not here either."""
        if not names:
            return
        found = self.line.said("names", names)[0]
        for name in names:
            if name in found:
                self.shell.user_ns[name] = found[name]
                self.note(name, found[name])
            else:
                self.shell.user_ns.pop(name, None)
                self.known.pop(name, None)

    def note(self, name: str, value: Any) -> None:
        self.known[name] = (value, self.line.pack(value) if mutable(value) else b"")

    def sync(self) -> None:
        """Send what the cell has set, changed or deleted among the names the learner's side may read."""
        changed = {}
        for name in self.watch:
            if name in self.shell.user_ns and self.differs(name, self.shell.user_ns[name]):
                changed[name] = self.shell.user_ns[name]
        deleted = [name for name in self.watch if name not in self.shell.user_ns and name in self.known]
        for name in deleted:
            del self.known[name]
        if changed or deleted:
            self.line.said("bind", changed, deleted)
            for name, value in changed.items():
                self.note(name, value)

    def differs(self, name: str, value: Any) -> bool:
        if name not in self.known:
            return True
        before, packed = self.known[name]
        if before is not value:
            return True
        try:
            return mutable(value) and self.line.pack(value) != packed
        except ValuesError:
            return False
