"""Proving: a unit on its way to a reviewer is proved first, one unit at a time, while its author does something else.

What is being proved stands in the ledger: after a sudden end it is proved again at the next start.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import tomllib
from concurrent.futures import Future, ThreadPoolExecutor

from digital_council.courses import releases
from digital_council.ledger import Ledger, Review
from digital_council.ledger.reviews import PROVING
from digital_council.portal.lesson.examples import Examples
from digital_council.portal.library import Library
from digital_council.portal.problems import Problem
from digital_council.settings import State

log = logging.getLogger(__name__)
PROVING_SECONDS = 180
"""A unit is proved in about ten; a check that never ends must not hold up its author for ever."""

REPLACED = "The unit was sent again meanwhile; what was sent last is proved in its place."


class Proving:
    """The units that are being proved. One author's proof does not take both processors from learners."""

    def __init__(self, ledger: Ledger, library: Library, state: State, examples: Examples) -> None:
        self._ledger, self._library, self._state, self._examples = ledger, library, state, examples
        self._pool = ThreadPoolExecutor(1, "proofs")
        self._running: subprocess.Popen[str] | None = None
        self._ends = False

    def begin(self, begun: Review) -> Future[Review]:
        """Prove it in the background; the result is the review that was sent, or a problem."""
        return self._pool.submit(self._work, begun)

    def resume(self) -> list[Future[Review]]:
        """Prove again what was being proved when the portal ended."""
        return [self.begin(begun) for begun in self._ledger.reviews(PROVING, limit=200)]

    def close(self) -> None:
        """Leave what is being proved to the next start."""
        self._ends = True
        self._pool.shutdown(wait=False, cancel_futures=True)
        if self._running:
            self._running.terminate()
        self._pool.shutdown(wait=True)

    def _work(self, begun: Review) -> Review:
        try:
            return self._prove_and_send(begun)
        except Problem as problem:
            self._refuse(begun, problem)
            raise
        except Exception:
            log.exception("proving %s/%s failed", begun.course, begun.unit)
            ours = Problem(500, "Something went wrong on our side, and nothing was sent; please send it again.")
            self._refuse(begun, ours)
            raise ours from None

    def _refuse(self, begun: Review, problem: Problem) -> None:
        if not self._ends:
            self._ledger.unproved(begun.id, problem.detail, problem.members.get("problems", []))

    def _prove_and_send(self, begun: Review) -> Review:
        place = f"{begun.course}/{begun.unit}"
        if self._ledger.review(begun.id) is None:
            raise Problem(409, REPLACED)
        self._prove(place)
        found = releases.candidate(self._library.root, self._state, begun.course, begun.unit)
        if found.release != begun.release:
            raise Problem(409, "The unit was changed while it was being proved; send it again when it is finished.")
        self._examples.prepare([found])
        sent = self._ledger.proved(begun.id, {"attempts": self._attempts(place)})
        if sent is None:
            raise Problem(409, REPLACED)
        return sent

    def _prove(self, place: str) -> None:
        """Have `council courses check` prove a unit of courses/; raises a problem with all that is to be mended."""
        reports = json.loads(said) if (said := self._checked(place)) else None
        if not reports:
            raise Problem(503, f"{place} could not be proved; run `council courses check {place}` to see why.")
        if problems := [each for report in reports for each in report["problems"]]:
            count = "1 thing is" if len(problems) == 1 else f"{len(problems)} things are"
            first = problems[0]
            line = f"{first['file']}:{first['line']}: {first['field']}: found {first['found']}; {first['allowed']}"
            raise Problem(409, f"Nothing was sent, for {count} to be mended first: {line}", problems=problems)

    def _checked(self, place: str) -> str:
        """What the command says as JSON; nothing when it has not come to its end."""
        root = str(self._library.root)
        words = [sys.executable, "-m", "digital_council", "courses", "check", place, "--json", "--courses", root]
        with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
            self._running = process
            if self._ends:  # the portal closed between two proofs
                process.terminate()
            try:
                said, _ = process.communicate(timeout=PROVING_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                return ""
            finally:
                self._running = None
        return said if process.returncode in (0, 1) else ""

    def _attempts(self, place: str) -> list[dict[str, str]]:
        """What each attempt beside the unit shows: the mistakes that are named, and the other routes that pass."""
        found = []
        for path in sorted((self._library.root / place / "attempts").glob("*.toml")):
            said = tomllib.loads(path.read_text(encoding="utf-8"))
            found.append({"about": str(said.get("about", path.stem)), "outcome": str(said.get("outcome", ""))})
        return found
