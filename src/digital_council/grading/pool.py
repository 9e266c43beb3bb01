"""The pool: worker processes behind `concurrent.futures`, replaced when one of them breaks or hangs."""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any, ParamSpec, TypeVar

from digital_council.errors import CouncilError
from digital_council.grading import workers

log = logging.getLogger(__name__)

_LOOK = 0.25

Given = ParamSpec("Given")
Result = TypeVar("Result")


class Crashed(CouncilError):
    """A worker ended or hung in the middle of the work. The work may be done again: it left nothing behind."""


class Pool:
    """So many worker processes, started when first needed and once more after each crash."""

    def __init__(self, size: int, setup: workers.Setup) -> None:
        self._size, self._setup = size, setup
        self._lock = threading.Lock()
        self._executor: ProcessPoolExecutor | None = None
        self._stopped = False

    def call(self, seconds: float, work: Callable[Given, Result], *args: Given.args, **named: Given.kwargs) -> Result:
        """Does the work in a worker. Raises Crashed when the worker ends, or is not done after `seconds`."""
        executor = self._running()
        try:
            result: Result = _awaited(executor, self._submitted(executor, work, args, named), seconds)
            return result
        except BrokenProcessPool:
            self._replace(executor)
            raise Crashed("a grading worker ended in the middle of its work") from None
        except _Late:
            self._replace(executor)
            raise Crashed(f"a grading worker was not done after {seconds:g} seconds") from None

    def warm(self) -> list[Future[int]]:
        """Starts every worker now, so that the first learner does not wait for it."""
        executor = self._running()
        return [executor.submit(workers.process_id) for _ in range(self._size)]

    def stop(self) -> None:
        """Ends every worker at once; nothing is lost, for they hold nothing."""
        with self._lock:
            self._stopped = True
            executor, self._executor = self._executor, None
        if executor is not None:
            _end(executor)

    def _submitted(self, executor: ProcessPoolExecutor, work: Any, args: Any, named: Any) -> Future[Any]:
        try:
            return executor.submit(work, *args, **named)
        except RuntimeError as error:
            # Another thread has found the pool broken and ended it since we looked.
            raise BrokenProcessPool(str(error)) from None

    def _running(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._stopped:
                raise Crashed("the grading service has stopped")
            if self._executor is None:
                self._executor = _started(self._size, self._setup)
            return self._executor

    def _replace(self, broken: ProcessPoolExecutor) -> None:
        with self._lock:
            if self._executor is not broken:
                return
            self._executor = None
        log.warning("a grading worker broke down; its pool is replaced")
        _end(broken)


class _Late(Exception):
    """The work was not done in time; a TimeoutError may also be the work's own."""


def _awaited(executor: ProcessPoolExecutor, future: Future[Any], seconds: float) -> Any:
    """The result of the work. Raises BrokenProcessPool or _Late."""
    end = time.monotonic() + seconds
    while not wait([future], min(_LOOK, max(0.0, end - time.monotonic()))).done:
        if time.monotonic() >= end:
            raise _Late
        # The executor watches the processes it knew when it last woke up. One that it started since, and that ends
        # at once, it would not miss until something else happens; this is something.
        with contextlib.suppress(RuntimeError):
            executor.submit(workers.process_id)
    return future.result()


def _started(size: int, setup: workers.Setup) -> ProcessPoolExecutor:
    # A fork server has the libraries loaded once and forks workers that share them: a tenth of a second and a
    # fifth of the memory of fresh ones. The portal itself has threads and must never fork.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["digital_council.grading.workers", setup.grader.partition(":")[0]])
    return ProcessPoolExecutor(size, context, workers.begin, (setup,))


def _end(executor: ProcessPoolExecutor) -> None:
    # Python 3.14 offers kill_workers for this; shutdown alone would wait for a worker that hangs.
    processes = list((executor._processes or {}).values())
    executor.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.kill()
