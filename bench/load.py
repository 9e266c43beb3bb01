"""How many learners the page door carries: full views a second, 80 at work, and the number at which it breaks.

`python bench/load.py [--seconds 60] [--learners 80] [--most 1280] [--flood 10] [--json]`. A real product on a state of
its own; learners of the organisation signed in as browsers do; everything through the proxy. Each learner looks at
their lesson every 20 s, runs code every 40 s and submits every 5 minutes, with the fields that the page's own script
would send. Then there are twice as many, and again, until the 95th percentile passes one second; then half-way back.

The load comes from the machine that serves, so the tool's own share of the processor is printed beside the product's.
"""

from __future__ import annotations

import argparse
import asyncio
import heapq
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.door.learners import Class, Learner, product
from bench.start import PARTS, family
from tests.conftest import Product

EVERY = {"view": 20.0, "run": 40.0, "submit": 300.0}
AIM_SECONDS, AIM_VIEWS, AIM_MB = 1.0, 300, 2000
BROWSERS = 160
"""How many accounts sign in; more learners than that share them, at other lessons, on connections of their own."""

AT_ONCE = 20
TOOL = "this tool"


# What is measured.


@dataclass
class Phase:
    """What so many seconds of load gave: seconds of each answer by kind, failures, and what it cost."""

    taken: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failures: list[str] = field(default_factory=list)
    processor: dict[str, float] = field(default_factory=dict)
    machine: float = 0.0
    most_mb: float = 0.0
    seconds: float = 0.0

    @property
    def all(self) -> list[float]:
        return [seconds for each in self.taken.values() for seconds in each]

    async def timed(self, learner: Learner, kind: str) -> None:
        began = time.perf_counter()
        try:
            await getattr(learner, kind)()
        except Exception as error:
            learner.close()
            self.failures.append(f"{kind}: {error!r}")
        else:
            self.taken[kind].append(time.perf_counter() - began)


@contextmanager
def measured(running: Product) -> Iterator[Phase]:
    """Processor seconds of every part and the most memory the product held meanwhile."""
    phase, over = Phase(), threading.Event()
    watching = threading.Thread(target=_watch, args=(running, phase, over))
    before, busy, began = processor(running), _busy(), time.perf_counter()
    watching.start()
    try:
        yield phase
    finally:
        over.set()
        phase.seconds = time.perf_counter() - began
        after, phase.machine = processor(running), _busy() - busy
        phase.processor = {part: after[part] - before.get(part, 0.0) for part in after}
        watching.join()


def _watch(running: Product, phase: Phase, over: threading.Event) -> None:
    while True:
        total = 0.0
        for process in family(running):
            with suppress(psutil.Error):
                total += process.memory_full_info().pss / 1e6
        phase.most_mb = max(phase.most_mb, total)
        if over.wait(5):
            return


def _busy() -> float:
    """Processor seconds of the whole machine so far."""
    now = psutil.cpu_times()
    return float(sum(now) - now.idle - now.iowait)


def processor(running: Product) -> dict[str, float]:
    """Processor seconds so far by part, of what has ended too; a sandbox that is ended takes its count with it."""
    found: dict[str, float] = defaultdict(float, {TOOL: time.process_time()})
    for process in family(running):
        with suppress(psutil.Error):
            words = " ".join(process.cmdline())
            part = next((name for name, word in PARTS.items() if word in words), "the rest")
            found[part] += sum(process.cpu_times()[:4])
    return found


async def at_work(learners: list[Learner], seconds: float, phase: Phase) -> None:
    """Each learner does one thing after the other, each kind in its own time, from a moment of its own."""
    end = time.perf_counter() + seconds

    async def work(learner: Learner) -> None:
        now = time.perf_counter()
        due = [(now + learner.dice.uniform(0, every), kind) for kind, every in EVERY.items()]
        heapq.heapify(due)
        while due[0][0] < end:
            at, kind = due[0]
            await asyncio.sleep(max(0.0, at - time.perf_counter()))
            await phase.timed(learner, kind)
            heapq.heapreplace(due, (at + EVERY[kind], kind))

    await asyncio.gather(*map(work, learners))


async def flood(learners: list[Learner], seconds: float, phase: Phase) -> None:
    """Full views as fast as they come: so many at once, each time by the learner who has waited longest."""
    waiting: asyncio.Queue[Learner] = asyncio.Queue()
    for learner in learners:
        await learner.view()
        waiting.put_nowait(learner)
    end = time.perf_counter() + seconds

    async def look() -> None:
        while time.perf_counter() < end:
            learner = await waiting.get()
            await phase.timed(learner, "view")
            waiting.put_nowait(learner)

    await asyncio.gather(*(look() for _ in range(AT_ONCE)))


def p95(taken: list[float]) -> float:
    return statistics.quantiles(taken, n=20)[-1] if len(taken) > 1 else sum(taken)


def phase_of(running: Product, learners: list[Learner], driving: Any, seconds: float) -> Phase:
    """One phase of load, with its connections closed at the end."""

    async def drive(phase: Phase) -> None:
        await driving(learners, seconds, phase)
        for learner in learners:
            learner.close()

    with measured(running) as phase:
        asyncio.run(drive(phase))
    return phase


def figures(phase: Phase, count: int) -> dict[str, Any]:
    """What a phase says, in seconds, MB and processor milliseconds for each answer."""
    done, tool = max(1, len(phase.all)), phase.processor.get(TOOL, 0.0)
    return {
        "learners": count,
        "answers": len(phase.all),
        "answers a second": len(phase.all) / phase.seconds,
        "median": statistics.median(phase.all or [0.0]),
        "95 %": p95(phase.all),
        "by kind": {
            kind: {"answers": len(taken), "median": statistics.median(taken), "95 %": p95(taken)}
            for kind, taken in sorted(phase.taken.items())
        },
        "failed": len(phase.failures),
        "first failures": phase.failures[:3],
        "most memory, MB": phase.most_mb,
        "processor, ms an answer": {
            part: 1000 * spent / done for part, spent in sorted(phase.processor.items(), key=lambda each: -each[1])
        },
        "cores busy": phase.machine / phase.seconds,
        "of which the product": (sum(phase.processor.values()) - tool) / phase.seconds,
        "of which the tool": tool / phase.seconds,
        "load average": os.getloadavg()[0],
    }


def carried(found: dict[str, Any]) -> bool:
    """Whether everybody was answered, and all but one in twenty within a second."""
    return bool(found["95 %"] < AIM_SECONDS and found["failed"] <= found["answers"] / 100)


def told(name: str, found: dict[str, Any], aim: str) -> None:
    print(f"{name}: {found['answers']} answers, {found['answers a second']:.1f} a second{aim}")
    print(f"  median {found['median']:.3f} s, 95 % {found['95 %']:.3f} s, {found['failed']} failed", end="")
    print(f", {found['most memory, MB']:.0f} MB, load of the machine {found['load average']:.1f}")
    for kind, each in found["by kind"].items():
        print(f"  {kind:<8}{each['answers']:6d}   median {each['median']:.3f} s   95 % {each['95 %']:.3f} s")
    costs = ", ".join(f"{part} {cost:.2f}" for part, cost in found["processor, ms an answer"].items() if cost >= 0.01)
    print(f"  cores busy: {found['cores busy']:.2f} of {os.cpu_count()} on the whole machine;", end="")
    print(f" {found['of which the product']:.2f} with the product outside its sandboxes,", end="")
    print(f" {found['of which the tool']:.2f} with this tool")
    print(f"  processor, ms an answer: {costs}")
    for failure in found["first failures"]:
        print(f"  failed: {failure[:200]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="of the learners at work; half of it for each more")
    parser.add_argument("--learners", type=int, default=80)
    parser.add_argument("--most", type=int, default=1280, help="where raising their number ends; 0 for not raising it")
    parser.add_argument(
        "--flood", type=float, default=10, help="seconds of full views as fast as they come; 0 for none"
    )
    parser.add_argument("--viewers", type=int, default=80, help="how many learners those views are of")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    results: dict[str, Any] = {}
    accounts = min(BROWSERS, max(arguments.learners, arguments.viewers, arguments.most))
    with tempfile.TemporaryDirectory() as folder, product(Path(folder), accounts) as (running, names):
        everybody = Class(running, names)
        say = (lambda *_: None) if arguments.json else told
        if arguments.flood:
            viewers = everybody.of(arguments.viewers)
            results["views"] = figures(phase_of(running, viewers, flood, arguments.flood), arguments.viewers)
            say("full views through the proxy", results["views"], f" (aim {AIM_VIEWS})")
        results["at work"] = []

        def work(count: int, seconds: float) -> bool:
            found = figures(phase_of(running, everybody.of(count), at_work, seconds), count)
            results["at work"].append(found)
            say(f"{count} learners at work", found, f" (aim: 95 % under {AIM_SECONDS:g} s, under {AIM_MB} MB)")
            return carried(found)

        good, bad = limits(work, arguments.learners, arguments.most, arguments.seconds)
        results |= {"carried": good, "not carried": bad}
    if arguments.json:
        print(json.dumps(results, indent=1))
    else:
        print(f"carried: {good} learners;", f"not carried: {bad}" if bad else "more were not tried")


def limits(work: Callable[[int, float], bool], first: int, most: int, seconds: float) -> tuple[int, int | None]:
    """The most learners that were carried and the fewest that were not, None when all were that were tried."""
    good, count = 0, first
    while work(count, seconds if count == first else seconds / 2):
        good, count = count, 2 * count
        if count > most:
            return good, None
    half = (good + count) // 2
    if good == 0:
        return good, count
    return (half, count) if work(half, seconds / 2) else (good, half)


if __name__ == "__main__":
    main()
