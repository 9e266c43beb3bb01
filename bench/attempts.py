"""How long a learner waits for a mark, what a burst does, and whether a long ledger costs more than a short one.

`python bench/attempts.py [--burst 500] [--json]`. Through the real service, its pool and the warm kernel's sandboxes:
every unit's model answers on an idle service; a burst that arrives within a minute; the cost of one attempt with 10 and
with 10,000 attempts in the ledger. Memory is PSS: each process's fair share of what it shares with others.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from digital_council import settings
from digital_council.courses import Unit, releases
from digital_council.courses.findings import QuestionResult, Verdict
from digital_council.grading.intake import accept
from digital_council.grading.service import GradingService
from digital_council.ledger import Ledger, NewAttempt
from digital_council.settings import State

AIM_MEDIAN, AIM_P95, AIM_MB, AIM_AFTER = 0.5, 1.0, 1000, 120.0
TURNS = 12
MINUTE = 60.0


def handed_in(service: GradingService, unit: Unit, account: str) -> str:
    """An attempt with the author's own answers, acknowledged."""
    given = dict(unit.model)
    id = accept(service.ledger, service.state, account=account, unit=unit, door="page", answers=given)
    service.submit(id)
    return id


def waited(service: GradingService, unit: Unit, turns: int = TURNS) -> list[float]:
    """Seconds from handing in to the mark, one after another."""
    found = []
    for turn in range(turns):
        begun = time.perf_counter()
        service.wait(handed_in(service, unit, f"{unit.id}-{turn}-{begun}"), 60)
        found.append(time.perf_counter() - begun)
    return found


def p95(values: Sequence[float]) -> float:
    return sorted(values)[int(0.95 * (len(values) - 1) + 0.5)]


class Peak:
    """The most memory that this process and all below it hold, looked at a few times a second."""

    def __init__(self) -> None:
        self.mb, self._stop = 0.0, threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while not self._stop.wait(0.5):
            total = 0
            for process in (psutil.Process(), *psutil.Process().children(recursive=True)):
                with suppress(psutil.Error):
                    total += process.memory_full_info().pss
            self.mb = max(self.mb, total / 1e6)

    def stop(self) -> float:
        self._stop.set()
        return self.mb


def burst(service: GradingService, units: Sequence[Unit], count: int) -> dict[str, Any]:
    """So many attempts from as many people, spread over a minute."""
    peak, begun, ids = Peak(), time.monotonic(), []
    for turn in range(count):
        ids.append(handed_in(service, units[turn % len(units)], f"burst-{turn}"))
        ahead = begun + (turn + 1) * MINUTE / count - time.monotonic()
        if ahead > 0:
            time.sleep(ahead)
    arrived = time.monotonic() - begun
    while service.ledger.waiting() and time.monotonic() - begun < MINUTE + 10 * AIM_AFTER:
        time.sleep(0.2)
    after = time.monotonic() - begun - arrived
    outcomes = Counter(str(getattr(service.ledger.attempt(id), "outcome", "lost")) for id in ids)
    marks = Counter(len(service.ledger.marks(id)) for id in ids)
    return {
        "attempts": count,
        "arrived in": arrived,
        "all marked after": after,
        "outcomes": dict(outcomes),
        "marked once": marks[1] == count,
        "peak MB": peak.stop(),
    }


def filled(ledger: Ledger, unit: Unit, count: int) -> None:
    """Bring the ledger to so many attempts, marked, of 400 people on 40 units."""
    result = QuestionResult("any", "passed", 1, 1, ())
    for turn in range(count):
        new = NewAttempt(f"person{turn % 400}", "filling", f"unit{turn % 40}", unit.release, "page", str(turn))
        attempt, _ = ledger.add_attempt(new)
        ledger.record_mark(attempt.id, Verdict("passed", 1, 1, (result,), "bench"))


def processor() -> float:
    """Processor seconds of this process and of all below it."""
    total = 0.0
    for process in (psutil.Process(), *psutil.Process().children(recursive=True)):
        with suppress(psutil.Error):
            total += sum(process.cpu_times()[:4])
    return total


def cost(folder: Path, unit: Unit, state: State, count: int) -> dict[str, float]:
    """What one attempt takes with so many in the ledger: by the clock and by the processor, median and mean."""
    shutil.rmtree(state.ledger)
    state.ensure()
    ledger = Ledger(state.ledger / "ledger.db")
    filled(ledger, unit, count)
    service = GradingService(ledger, state)
    service.start()
    try:
        waited(service, unit, 3)
        before = processor()
        times = waited(service, unit, 20)
        return {"wall": statistics.median(times), "processor": (processor() - before) / len(times)}
    finally:
        service.stop()
        ledger.close()


def measured(count: int) -> dict[str, Any]:
    folder = Path(tempfile.mkdtemp(prefix="council-bench-"))
    try:
        state = State(folder).ensure()
        units = [unit for course in releases.ensure(settings.PROJECT / "courses", state) for unit in course.units]
        ledger = Ledger(state.ledger / "ledger.db")
        service = GradingService(ledger, state)
        service.start()
        try:
            waited(service, units[0], 3)
            times = {f"{unit.course}/{unit.id}": waited(service, unit) for unit in units}
            told = {name: {"median": statistics.median(each), "p95": p95(each)} for name, each in times.items()}
            crowd = burst(service, units, count) if count else {}
        finally:
            service.stop()
            ledger.close()
        runs_code = next((unit for unit in units if any(q.runs_code for q in unit.questions)), units[0])
        costs = {str(size): cost(folder, runs_code, state, size) for size in (10, 10_000)}
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return {"mark": told, "burst": crowd, "cost": costs, "load": os.getloadavg()[0]}


def within(found: dict[str, Any]) -> bool:
    """Whether every aim was met."""
    quick = all(each["median"] <= AIM_MEDIAN and each["p95"] <= AIM_P95 for each in found["mark"].values())
    crowd = found["burst"]
    calm = not crowd or (
        crowd["marked once"] and crowd["peak MB"] < AIM_MB and crowd["all marked after"] < AIM_AFTER
        and set(crowd["outcomes"]) == {"passed"}
    )  # fmt: skip
    return quick and bool(calm)


def shown(found: dict[str, Any]) -> None:
    print(f"mark on submit, seconds (aims: median {AIM_MEDIAN}, 95th percentile {AIM_P95})")
    for name, each in found["mark"].items():
        print(f"  {name:<55} median {each['median']:.2f}  p95 {each['p95']:.2f}")
    if crowd := found["burst"]:
        print(f"{crowd['attempts']} attempts arriving in {crowd['arrived in']:.0f} s: {crowd['outcomes']}, "
              f"each marked once: {crowd['marked once']}, the last {crowd['all marked after']:.0f} s after, "
              f"peak {crowd['peak MB']:.0f} MB (aims: {AIM_AFTER:.0f} s, {AIM_MB} MB)")  # fmt: skip
    for size, each in found["cost"].items():
        wall, used = each["wall"], each["processor"]
        print(f"one attempt with {size:>6} in the ledger: {wall:.2f} s by the clock, {used:.2f} s of processor")
    print(f"load of the machine at the end: {found['load']:.1f}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--burst", type=int, default=500, help="attempts within a minute; 0 leaves this out")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measured(options.burst)
    if options.json:
        print(json.dumps(found, indent=1))
    else:
        shown(found)
    return 0 if within(found) else 1


if __name__ == "__main__":
    sys.exit(main())
