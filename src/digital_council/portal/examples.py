"""Examples: what a lesson's own code shows, run once for each release and remembered."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable

from digital_council.courses import Unit
from digital_council.errors import CouncilError
from digital_council.grading.service import GradingService
from digital_council.portal import outputs

AGAIN_SECONDS = 30
"""Examples that could not be run are tried again when somebody looks, at most this often."""

log = logging.getLogger("digital_council.portal")


class Examples:
    """The outputs of worked code by unit and place, as safe HTML; filled in the background."""

    def __init__(self, grading: GradingService) -> None:
        self._grading = grading
        self._shown: dict[tuple[str, str, str], dict[int, str]] = {}
        self._again: dict[tuple[str, str, str], float] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()

    def of(self, unit: Unit) -> dict[int, str]:
        """What each worked cell shows, by its place in the lesson; empty while they have not been run."""
        shown = self._shown.get(_key(unit))
        if shown is None and time.monotonic() > self._again.get(_key(unit), 0):
            self._again[_key(unit)] = time.monotonic() + AGAIN_SECONDS
            self.prepare([unit])
        return shown or {}

    def prepare(self, units: Iterable[Unit]) -> threading.Thread:
        """Run the examples of these units in the background."""
        thread = threading.Thread(target=self._all, args=(list(units),), daemon=True)
        thread.start()
        return thread

    def stop(self) -> None:
        self._stopping.set()

    def ensure(self, unit: Unit) -> dict[int, str]:
        """Run a unit's examples unless that has been done."""
        with self._lock:
            if _key(unit) not in self._shown:
                self._shown[_key(unit)] = self._run(unit)
        return self._shown[_key(unit)]

    def _all(self, units: list[Unit]) -> None:
        for unit in units:
            if self._stopping.is_set():
                return
            try:
                self.ensure(unit)
            except Exception as error:  # a page without examples is better than none
                log.warning("the examples of %s/%s could not be run: %s", unit.course, unit.id, error)

    def _run(self, unit: Unit) -> dict[int, str]:
        shown = {}
        for place, cell in enumerate(unit.cells):
            if cell.kind == "code" and not self._stopping.is_set():
                shown[place] = self._one(unit, place, str(cell.metadata.get("alt", "")))
        return shown

    def _one(self, unit: Unit, place: int, alt: str) -> str:
        try:
            found = self._grading.run(unit, {}, str(place))
        except CouncilError as error:
            log.warning("the example at cell %d of %s/%s: %s", place, unit.course, unit.id, error)
            return ""
        # An example that needs the learner's own answer shows nothing until they run it themselves.
        failed = any(each.get("output_type") == "error" for each in found)
        return "" if failed else outputs.shown(found, alt)


def _key(unit: Unit) -> tuple[str, str, str]:
    return unit.course, unit.id, unit.release
