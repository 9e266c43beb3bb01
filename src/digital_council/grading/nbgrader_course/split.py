"""Running one nbgrader notebook in two sandboxes: the learner's cells in one, the author's test cells in the other.

The judge's side asks, this side carries frames across unread, and the clock runs here. A judge that does not answer,
or a learner's side that has gone, is an error in that cell: silence is never a pass.
"""

import contextlib
import secrets
import time
from collections.abc import Mapping
from typing import Any

from nbformat import NotebookNode

from .. import frames
from ..records import CellError, outputs_from_untrusted
from ..sandbox import Sandbox, Session, SessionEnded
from ..values import Bounds, ValuesError, decode, encode_untrusted
from .cells import Names, Plan, kind_of, names_of
from .court import Court
from .judge_inside import QUESTION, RESULT

CALLED = "digital_council.grading.nbgrader_course.called_untrusted:serve"
JUDGE = "digital_council.grading.nbgrader_course.judge_inside:serve"
LATE = 3  # cells that may use up their time: a notebook of endless ones would hold a worker for hours
GRACE = 3.0  # seconds past a cell's own alarm before its process is ended from outside
PROLOGUE = "imports"
TRIPWIRE = "assert {nonce!r} == 0, {nonce!r}"


class Split:
    """One run of one notebook."""

    def __init__(
        self,
        sandbox: Sandbox,
        plan: Plan,
        files: Mapping[str, bytes],
        seconds: float,
        sources: Mapping[str, bytes] | None = None,
        court: Court | None = None,
    ) -> None:
        self.court = court
        # The judge sees the author's files alone: a learner's could shadow what a test imports or reads.
        self.files = {"learner": files, "judge": files if sources is None else sources}
        self.sandbox, self.plan, self.seconds = sandbox, plan, seconds
        self.learner: Session | None = None
        self.judge: Session | None = None
        self.replay: dict[str, list[str]] = {"learner": [], "judge": []}
        self.wide = Bounds(max_bytes=4 * sandbox.policy.bounds.max_bytes)
        self.starts = self.late = 0
        self.set: set[str] = set()  # names the judge's cells have set or deleted so far
        self.needs: dict[str, frozenset[str]] = {}  # and what the cell that set one reads
        self.met_handles: dict[str, bool] = {}

    def __enter__(self) -> "Split":
        return self

    def __exit__(self, *error: object) -> None:
        self.end("learner")
        self.end("judge")

    def end(self, side: str) -> None:
        session: Session | None = getattr(self, side)
        if session is not None:
            session.close()
            setattr(self, side, None)

    def start(self, side: str) -> Session:
        """The session of a side, started anew, with what ran there before, when it has gone."""
        session: Session | None = getattr(self, side)
        while session is None:
            self.starts += 1
            if self.starts > 2 + self.sandbox.policy.session.restarts:
                raise SessionEnded("time")
            if side == "judge" and self.court is not None:
                session = self.court.session()
            else:
                entry = CALLED if side == "learner" else JUDGE
                session = self.sandbox.session(self.files[side], entry, self.seconds)
            session.ends = time.monotonic() + 3600
            if side == "learner":  # its replies to us hold outputs alone; values pass by unread, to the judge
                session.message = Bounds(max_bytes=(self.sandbox.policy.limits.output_kb << 11) + (1 << 20))
            setattr(self, side, session)
            if side == "judge":
                self.tell_judge(self.plan.prologue)
            for code in list(self.replay[side]):
                try:
                    if side == "judge":
                        self.tell_judge(code)
                    else:
                        self.ask(side, code, "again", quiet=True)
                except SessionEnded:
                    self.replay[side].remove(code)
                    session = None
                    break
        return session

    # One cell

    def run(self, cell: NotebookNode, name: str, drawn: list[NotebookNode] | None = None) -> None:
        """Run one cell and give it its outputs, or those `drawn` before, if it ends without an error again."""
        kind = kind_of(cell)
        if kind == "text":
            return
        judged = kind == "test" and self.plan.judged.get(name, False)
        try:
            if judged:
                reply = self.judged(cell.source, name)
            else:
                if kind == "test":
                    reply = self.self_reported(cell, name)
                else:
                    reply = self.ask("learner", cell.source, name, quiet=drawn is not None)
                self.replay["learner"].append(cell.source)
                if kind == "read-only":
                    self.judged(cell.source, name, keep=True)
        except SessionEnded as end:
            reply = {"outputs": [], "error": {"type": "CellEndedError", "message": ENDED.get(end.reason, end.reason)}}
        if drawn is not None and reply.get("error") is None:
            cell.outputs = drawn
        else:
            cell.outputs = nodes(reply, self.sandbox.policy.limits.output_kb << 10, hidden_lines(cell.source))

    def self_reported(self, cell: NotebookNode, name: str) -> dict[str, Any]:
        """A test beside the learner's code, if a check that must fail still fails there."""
        nonce = secrets.token_hex(8)
        error = self.ask("learner", TRIPWIRE.format(nonce=nonce), "tripwire", quiet=True).get("error")
        if type(error) is not dict or error.get("type") != "AssertionError" or error.get("message") != nonce:
            return {"outputs": [], "error": {"type": "TamperedError", "message": "checks do not work in this notebook"}}
        return self.ask("learner", cell.source, name)

    def ask(self, side: str, code: str, name: str, quiet: bool = False) -> dict[str, Any]:
        if self.late >= LATE:
            raise SessionEnded("time")
        session: Session = getattr(self, side) or self.start(side)
        began = time.monotonic()
        try:
            return session._ask({"op": "run", "code": code, "cell": name, "quiet": quiet}, self.seconds + GRACE)
        except SessionEnded:
            setattr(self, side, None)
            raise
        finally:
            self.late += time.monotonic() - began >= self.seconds

    def judged(self, code: str, name: str, keep: bool = False) -> dict[str, Any]:
        """Run a cell in the judge's sandbox; `keep` for cells that a new judge would have to run again."""
        names = names_of(code)
        needed = self.needed(names)
        for statement in names.mirrored:
            with contextlib.suppress(SessionEnded):
                self.ask("learner", statement, "mirror", quiet=True)
        watch = (self.set & (self.plan.owned | self.plan.reads)) | (needed & self.plan.owned & self.plan.reads)
        request = {
            "op": "run",
            "code": code,
            "cell": name,
            "fetch": sorted(needed & self.plan.owned),
            "watch": sorted(watch),
            "handles": self.plan.handles.get(name, True),
            "random": "random" in code,
            "quiet": keep,  # the learner's side has shown what it shows
        }
        reply = self.conduct(request)
        self.met_handles[name] = reply.get("met_handles") is True
        if keep:
            self.replay["judge"].append(code)
        return reply

    def needed(self, names: Names) -> set[str]:
        """The names a cell reads, and those read by what earlier cells have left for it."""
        self.set |= names.bound | names.deleted
        self.needs |= dict.fromkeys(names.bound, names.read)
        found: set[str] = set()
        fresh = set(names.read | names.deleted)
        while fresh:
            found |= fresh
            fresh = {n for name in fresh for n in self.needs.get(name, frozenset())} - found
        return found

    def tell_judge(self, code: str) -> None:
        if code:
            request = {"op": "run", "code": code, "cell": PROLOGUE, "quiet": True}
            self.conduct(request | {"fetch": [], "watch": [], "handles": True, "random": False})

    def conduct(self, request: dict[str, Any]) -> dict[str, Any]:
        """Put a request to the judge and carry its questions to the learner's side until it has its result."""
        judge = self.judge or self.start("judge")
        deadline = time.monotonic() + 2 * (self.seconds + GRACE)  # the judge's own time, and a last call's
        asked = False
        try:
            frames.send(judge.sock, encode_untrusted(request, judge.message), deadline)
            message = self.heard(judge, deadline)
            while message[:1] == QUESTION:
                answer = self.carry(message[1:], asked, deadline)
                asked = True
                frames.send(judge.sock, answer, deadline)
                message = self.heard(judge, deadline)
            if asked and self.learner is not None:
                self.hang_up(self.learner, deadline)
            reply = decode(message[1:], judge.message) if message[:1] == RESULT else None
            if type(reply) is dict:
                return reply
        except (frames.Late, frames.Closed, ValuesError):
            pass
        self.end("judge")
        if self.court is not None:
            self.court.discard()
        if asked:
            self.end("learner")
        raise SessionEnded("time")

    def heard(self, session: Session, deadline: float) -> bytes:
        most = 2 * self.sandbox.policy.bounds.max_bytes + (2 << 20)
        return frames.receive(session.sock, most, deadline)

    def carry(self, frame: bytes, asked: bool, deadline: float) -> bytes:
        """Take one question to the learner's side; an empty answer says that it has gone."""
        try:
            learner = self.learner or self.start("learner")
            sent = frame if asked else encode_untrusted({"op": "line", "first": frame}, self.wide)
            frames.send(learner.sock, sent, deadline)
            return self.heard(learner, min(deadline, time.monotonic() + self.seconds + GRACE))
        except (frames.Late, frames.Closed, SessionEnded):
            self.end("learner")
            return b""

    def hang_up(self, learner: Session, deadline: float) -> None:
        try:
            frames.send(learner.sock, b"", deadline)
            self.heard(learner, deadline)
        except (frames.Late, frames.Closed):
            self.end("learner")


ENDED = {
    "time": "the cell ran for too long",
    "memory": "the cell used too much memory",
    "processes": "the cell started too many processes",
    "ended": "the cell ended its process",
}


def hidden_lines(source: str) -> set[int]:
    """The numbers of the lines between the marks of hidden tests."""
    hidden, inside = set(), False
    for number, line in enumerate(source.splitlines(), 1):
        inside = inside or "### BEGIN HIDDEN TESTS" in line
        if inside:
            hidden.add(number)
        inside = inside and "### END HIDDEN TESTS" not in line
    return hidden


def nodes(reply: dict[str, Any], limit: int, hidden: set[int]) -> list[NotebookNode]:
    """A reply's outputs and its error as nbformat's nodes; of a hidden check only that it was not met."""
    found = [NotebookNode(o) for o in outputs_from_untrusted(reply.get("outputs"), limit)]
    for output in found:
        for part in ("data", "metadata"):
            if part in output:
                output[part] = NotebookNode(output[part])
    record = reply.get("error")
    if record is not None:
        found.append(error_node(CellError.from_untrusted(record), hidden))
    return found


def error_node(error: CellError, hidden: set[int]) -> NotebookNode:
    """An error as a notebook shows it, in the cell's own lines."""
    if hidden and (error.line is None or error.line in hidden or any(line in hidden for _, line, _ in error.trace)):
        title, lines = "A hidden check was not met.", []
    else:
        title = error.message
        lines = [f"{cell or 'cell'}, line {number}: {source}" for cell, number, source in error.trace]
    traceback = [*lines, f"{error.type_name}: {title}"]
    return NotebookNode(output_type="error", ename=error.type_name, evalue=title, traceback=traceback)
