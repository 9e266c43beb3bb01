"""Examples: what a lesson's own code shows, run once for each release and kept on disk."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import tempfile
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from digital_council.courses import Unit
from digital_council.datasets import store
from digital_council.errors import CouncilError
from digital_council.grading.service import GradingService
from digital_council.portal.lesson import frames, outputs

AGAIN_SECONDS = 30
"""Examples that could not be run are tried again when somebody looks, at most this often."""

FIRST_VIEW_SECONDS = 6.0
"""How long the very first view of a release waits for its examples; every later one finds them on disk."""

Outputs = list[dict[str, Any]]
log = logging.getLogger("digital_council.portal")


class Examples:
    """The outputs of worked code by unit and place. The disk holds them as they came; they are made safe when shown."""

    def __init__(self, grading: GradingService) -> None:
        self._grading = grading
        self._folder = grading.state.root / "examples"
        self._kept: dict[str, dict[int, Outputs]] = {}
        self._shown: dict[str, dict[int, str]] = {}
        self._again: dict[str, float] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()
        self._stopping = threading.Event()

    def of(self, unit: Unit) -> dict[int, str]:
        """What each worked cell shows, as safe HTML by its place; empty only where it could not be run in time."""
        name = _name(unit)
        if name not in self._shown:
            if time.monotonic() < self._again.get(name, 0):
                return {}
            self._again[name] = time.monotonic() + AGAIN_SECONDS
            self.prepare([unit]).join(FIRST_VIEW_SECONDS)
        return self._shown.get(name, {})

    def are_ready(self, unit: Unit) -> bool:
        """Whether `of` has them and need not wait."""
        return _name(unit) in self._shown

    def raw(self, unit: Unit, place: int) -> Outputs:
        """What one worked cell showed, as it came from the sandbox; empty when it is not known."""
        self.of(unit)
        return self._kept.get(_name(unit), {}).get(place, [])

    def prepare(self, units: Iterable[Unit]) -> threading.Thread:
        """Have the examples of these units ready, in the background."""
        thread = threading.Thread(target=self._all, args=(list(units),), daemon=True)
        thread.start()
        return thread

    def stop(self) -> None:
        self._stopping.set()

    def ensure(self, unit: Unit) -> dict[int, str]:
        """Read a unit's examples from disk, or run them unless that has been done."""
        name = _name(unit)
        with self._guard:
            lock = self._locks.setdefault(name, threading.Lock())
        with lock:
            if name not in self._shown:
                kept = self._read(unit)
                if kept is None:
                    kept = self._run(unit)
                    self._write(unit, kept)
                self._kept[name] = kept
                self._shown[name] = {place: _safe(unit, place, found) for place, found in kept.items()}
        return self._shown[name]

    def _all(self, units: list[Unit]) -> None:
        for unit in units:
            if self._stopping.is_set():
                return
            try:
                self.ensure(unit)
            except Exception as error:  # a page without examples is better than none
                log.warning("the examples of %s/%s could not be run: %s", unit.course, unit.id, error)

    def _run(self, unit: Unit) -> dict[int, Outputs]:
        return {
            place: self._grading.run(unit, {}, str(place))
            for place, cell in enumerate(unit.cells)
            if cell.kind == "code" and not self._stopping.is_set()
        }

    def _path(self, unit: Unit) -> Path:
        return self._folder / unit.course / unit.id / f"{unit.release}.json"

    def _read(self, unit: Unit) -> dict[int, Outputs] | None:
        """What was kept, unless a dataset it shows has changed since."""
        try:
            record = json.loads(self._path(unit).read_text(encoding="utf-8"))
            if record["datasets"] != _datasets(unit):
                return None
            return {int(place): found for place, found in record["outputs"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def _write(self, unit: Unit, kept: dict[int, Outputs]) -> None:
        """Whole or not at all: what a sudden end leaves is a temporary file nobody reads."""
        if self._stopping.is_set():
            return
        path = self._path(unit)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=".making-", delete=False) as file:
            json.dump({"datasets": _datasets(unit), "outputs": kept}, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(file.name, path)


def _safe(unit: Unit, place: int, found: Outputs) -> str:
    # An example that needs the learner's own answer shows nothing until they run it themselves.
    failed = any(each.get("output_type") == "error" for each in found)
    shown = "" if failed else outputs.shown(found, str(unit.cells[place].metadata.get("alt", "")))
    return frames.without_counts(shown)


def _name(unit: Unit) -> str:
    return f"{unit.course}/{unit.id}/{unit.release}"


def _datasets(unit: Unit) -> str:
    """A fingerprint of the data the examples may show."""
    total = hashlib.sha256()
    for name in unit.datasets:
        try:
            total.update(store.describe(name).fingerprint.encode())
        except CouncilError:
            total.update(b"?")
    return total.hexdigest()[:16]
