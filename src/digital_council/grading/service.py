"""The grading service: takes attempts from the ledger's queue, has them graded, records each mark once.

Its duties, whatever ends whenever:
1. An attempt is graded once it is in the ledger, without being asked a second time.
2. A mark is recorded once; recording again changes nothing.
3. What cannot be graded after three tries is could-not-check: it costs the learner nothing and alerts the operator.
4. While nothing at all can be checked, attempts wait: an outage is no property of theirs. The service says it is ill.
5. Answers being checked or run for somebody who waits go before attempts that do not.
"""

from __future__ import annotations

import fcntl
import hashlib
import itertools
import logging
import threading
import uuid
from concurrent.futures import Future
from typing import IO, Any

from digital_council.courses import releases
from digital_council.courses.findings import COULD_NOT_CHECK, CouldNotCheck, Verdict
from digital_council.courses.units import Unit
from digital_council.errors import OperatorError
from digital_council.grading import hand, kernels, policy, submissions, workers
from digital_council.grading.pool import Crashed, Pool
from digital_council.grading.workers import Setup, UnitRef
from digital_council.ledger import Job, Ledger
from digital_council.settings import Settings, State

log = logging.getLogger(__name__)

GRADER = "digital_council.grading.kernels:grade"
OPENER = "digital_council.grading.kernels:sessions"
# Seconds before the second try and before the third, the last: time for a kernel to be started anew.
PAUSES = (1.0, 5.0)
MOST_PROBED = 3  # other units that are tried before everything is taken to be ill


class GradingService:
    """Grades in a pool of processes while its owner goes on serving. `start` it, then `submit` or ask."""

    def __init__(
        self,
        ledger: Ledger,
        state: State,
        settings: Settings | None = None,
        *,
        address: str | None = None,
        pool_size: int | None = None,
        grader: str = GRADER,
        opener: str = OPENER,
        lease_seconds: float = 60,
        most_seconds: float | None = None,
        pauses: tuple[float, ...] = PAUSES,
    ) -> None:
        self.ledger, self.state = ledger, state
        self.size = pool_size or (settings or Settings()).grading.workers
        self.worker = f"grading-{uuid.uuid4()}"
        self._lease_seconds, self._pauses = lease_seconds, pauses
        # The sandbox ends by itself long before; this is for a judge that does not.
        self._most_seconds = most_seconds or policy.load().limits.seconds_total + 60
        # Without the address of a warm kernel the service starts its own, and stops it.
        self._kernel = kernels.warm(state) if address is None else None
        setup = Setup(state.root, grader, opener, self._kernel.address if self._kernel else address or "")
        # One process more than there are attempts in work, so that somebody who waits never waits for those.
        self._pool = Pool(self.size + 1, setup)
        # What has broken a worker once is tried again where it can break nobody else's.
        self._aside = Pool(1, setup)
        self._alone = threading.Lock()
        self._bell = threading.Condition()
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._warm: list[Future[int]] = []
        self._lock: IO[str] | None = None
        self._in_work: set[str] = set()
        self._ill: UnitRef | None = None

    def start(self) -> None:
        """Takes up what an earlier run left and begins. Raises OperatorError when another already grades here."""
        self._lock = _locked(self.state)
        left = submissions.sweep(self.state, self.ledger.known_attempts)
        freed = self.ledger.release_expired(everybody=True)
        if left or freed:
            log.info("after a sudden end: %d attempts taken up again, %d never acknowledged", freed, len(left))
        try:
            self._warm = self._pool.warm()
            if self._kernel is not None:
                self._kernel.start()
        except BaseException:
            self.stop()
            raise
        targets = [self._hand] * self.size + [self._keeper]
        self._threads = [threading.Thread(target=target, daemon=True) for target in targets]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ends at once. Attempts being graded go back to the queue and are graded after the next start."""
        self._stopping.set()
        with self._bell:
            self._bell.notify_all()
        self._pool.stop()
        self._aside.stop()
        for thread in self._threads:
            thread.join(5)
        if self._kernel is not None:
            self._kernel.stop()
        if self._lock is not None:
            self._lock.close()

    def submit(self, attempt_id: str) -> None:
        """Says that an attempt has been added to the ledger; it is taken up without delay."""
        with self._bell:
            self._bell.notify_all()

    def wait(self, attempt_id: str, seconds: float) -> bool:
        """Waits until an attempt is no longer in the queue; False when `seconds` were not enough."""
        with self._bell:
            return self._bell.wait_for(lambda: self._graded(attempt_id), seconds)

    def check(self, unit: Unit, answers: dict[str, Any]) -> Verdict:
        """The visible checks on answers nobody has submitted. Raises CouldNotCheck."""
        seed = seed_of(repr(sorted(answers.items(), key=str)))
        verdict: Verdict = self._urgent(workers.check, UnitRef.of(unit), answers, seed)
        return verdict

    def run(self, unit: Unit, cells: dict[str, str], upto: str) -> list[dict[str, Any]]:
        """Runs the lesson up to the cell of a question and gives its outputs. Raises CouldNotCheck."""
        outputs: list[dict[str, Any]] = self._urgent(workers.run, UnitRef.of(unit), cells, upto)
        return outputs

    def regrade(self, course: str, unit: str, release: str | None = None) -> int:
        """Queues every attempt on a unit once more, judged by a mended `release` if given; tells how many.

        An attempt whose submission is not kept (the demo's past, a person erased) keeps its mark.
        """
        count, cursor = 0, None
        while True:
            page = self.ledger.attempts_on(course, unit, 200, cursor)
            kept = [attempt.id for attempt in page.items if (self.state.submissions / attempt.id).is_dir()]
            count += sum(self.ledger.queue_again(id, release) for id in kept)
            cursor = page.cursor
            if cursor is None:
                break
        self.submit("")
        return count

    def healthy(self) -> bool:
        """Whether every part is at work and the workers have answered."""
        alive = bool(self._threads) and all(thread.is_alive() for thread in self._threads)
        at_work = alive and not self._stopping.is_set() and self._ill is None
        return at_work and all(future.done() for future in self._warm)

    def _graded(self, attempt_id: str) -> bool:
        attempt = self.ledger.attempt(attempt_id)
        return attempt is None or attempt.state not in ("received", "running")

    def _urgent(self, work: Any, *args: Any) -> Any:
        try:
            return self._pool.call(self._most_seconds, work, *args)
        except Crashed:
            pass
        try:
            return self._by_itself(work, *args)
        except Crashed as error:
            raise CouldNotCheck(f"the answer could not be checked: {error}; try again in a moment") from None

    def _by_itself(self, work: Any, *args: Any) -> Any:
        # A pool that breaks fails what waits in it as well, so nothing may wait there.
        with self._alone:
            return self._aside.call(self._most_seconds, work, *args)

    # The threads: so many hands, each with one attempt at a time, and one keeper of their leases.

    def _hand(self) -> None:
        while not self._stopping.is_set():
            try:
                if self._ill is not None and not self._is_well(self._ill):
                    self._stopping.wait(self._pauses[-1])
                elif (job := self._next()) is not None:
                    self._work(job)
            except Exception:
                # A full disk, say. The lease runs out and the attempt is tried again; the hand must not end.
                log.exception("grading was interrupted; it is taken up again")
                self._stopping.wait(1)

    def _next(self) -> Job | None:
        # Asked while holding the bell: who submits in between rings after we listen, not before.
        with self._bell:
            job = self.ledger.lease(self.worker, self._lease_seconds)
            if job is None and not self._stopping.is_set():
                # What waits though nobody works at it is pausing before another try.
                pausing = self.ledger.waiting() > len(self._in_work)
                self._bell.wait(min(self._pauses) / 2 if pausing else None)
            return job

    def _keeper(self) -> None:
        while not self._stopping.wait(self._lease_seconds / 3):
            try:
                self.ledger.renew(tuple(self._in_work), self.worker, self._lease_seconds)
                if self.ledger.release_expired():
                    self.submit("")
            except Exception:
                log.exception("leases could not be renewed")

    def _work(self, job: Job) -> None:
        self._in_work.add(job.attempt.id)
        try:
            self._graded_or_returned(job)
        finally:
            self._in_work.discard(job.attempt.id)

    def _graded_or_returned(self, job: Job) -> None:
        try:
            verdict = self._verdict(job)
        except Exception as error:
            if self._stopping.is_set():
                self.ledger.release(job.attempt.id, self.worker, unused=True)
            else:
                self._failed(job, f"{type(error).__name__}: {error}")
            return
        if verdict.outcome != COULD_NOT_CHECK or not self._given_back(job, _reasons(verdict)):
            self._record(job, verdict)

    def _verdict(self, job: Job) -> Verdict:
        ref, attempt = UnitRef(job.attempt.course, job.attempt.unit, job.release), job.attempt.id
        if job.tries == 1:
            return self._pool.call(self._most_seconds, workers.grade, ref, attempt, seed_of(attempt))
        verdict: Verdict = self._by_itself(workers.grade, ref, attempt, seed_of(attempt))
        return verdict

    def _record(self, job: Job, verdict: Verdict) -> None:
        if any(map(hand.waits, verdict.results)):
            unit = releases.open(self.state, job.attempt.course, job.attempt.unit, job.release)
            verdict = hand.carried(self.ledger, unit, job.attempt.id, verdict)
        self.ledger.record_mark(job.attempt.id, verdict, any(map(hand.waits, verdict.results)))
        if verdict.outcome == COULD_NOT_CHECK:
            log.error("could not check attempt %s after %d tries: %s", job.attempt.id, job.tries, _reasons(verdict))
        with self._bell:
            self._bell.notify_all()

    def _failed(self, job: Job, reason: str) -> None:
        if not self._given_back(job, reason):
            self.ledger.could_not_check(job.attempt.id, reason[:500])
            log.error("could not check attempt %s after %d tries: %s", job.attempt.id, job.tries, reason)
        with self._bell:
            self._bell.notify_all()

    def _given_back(self, job: Job, reason: str) -> bool:
        """Whether a job that failed is tried again: it has tries left, or everybody's would fail now."""
        log.warning("attempt %s was not graded at try %d: %s", job.attempt.id, job.tries, reason)
        is_last = job.tries > len(self._pauses)
        if is_last and self._is_well(UnitRef(job.attempt.course, job.attempt.unit, job.release)):
            return False
        pause = self._pauses[-1 if is_last else job.tries - 1]
        self.ledger.release(job.attempt.id, self.worker, unused=is_last, after=pause)
        return True

    def _is_well(self, ref: UnitRef) -> bool:
        """Whether a sandbox runs one line of ours for this unit, or for another: then this release alone is broken."""
        failures = []
        for each in (ref, *self._others(ref)):
            try:
                self._by_itself(workers.probe, each)
            except Exception as error:
                failures.append(error)
            else:
                self._ill = None
                return True
        if self._ill is None and not self._stopping.is_set():
            log.error("nothing can be checked now, so attempts wait: %r", failures[0])
        self._ill = ref
        return False

    def _others(self, ref: UnitRef) -> list[UnitRef]:
        given = itertools.starmap(UnitRef, releases.given(self.state))
        return [each for each in given if each != ref][:MOST_PROBED]


def seed_of(text: str) -> int:
    """The seed of hidden inputs: the same for an attempt however often it is graded, another for the next."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4])


def _reasons(verdict: Verdict) -> str:
    ours = [finding for finding in verdict.findings if finding.outcome == COULD_NOT_CHECK]
    return "; ".join(f"{finding.question}: {finding.detail}" for finding in ours)[:500]


def _locked(state: State) -> IO[str]:
    lock = (state.ledger / "grading.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise OperatorError(
            f"{state.root}: another council is running on this state directory; stop it, or name another with --state"
        ) from None
    return lock
