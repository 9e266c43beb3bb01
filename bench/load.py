"""How many learners the page door carries: full views a second, 80 at work, and the number at which it breaks.

`python bench/load.py [--seconds 60] [--learners 80] [--most 640] [--flood 10] [--json]`. A real product on a state of
its own; learners of the organisation signed in as browsers do; everything through the proxy. Each learner looks at
their lesson every 20 s, runs code every 40 s and submits every 5 minutes, with the fields that the page's own script
would send. Then there are half as many again, until the 95th percentile passes one second.

The load comes from the machine that serves, so the tool's own share of the processor is printed beside the product's.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import gzip
import heapq
import json
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.start import PARTS, family
from digital_council import courses, settings
from digital_council.courses import Unit
from tests.conftest import PREFIX, Loopback, Product, sign_in, start

EVERY = {"view": 20.0, "run": 40.0, "submit": 300.0}
AIM_SECONDS, AIM_VIEWS, AIM_MB = 1.0, 300, 2000
BROWSERS = 400
"""How many accounts can sign in; more learners than that share them, each with a connection of their own."""

SIGNING_IN = 4
MOVE = 1.5
AT_ONCE = 20
TOOL = "this tool"


# The product, with everybody of the organisation able to sign in.


@contextmanager
def product(folder: Path, accounts: int) -> Iterator[tuple[Product, list[str]]]:
    """A product on a copy of the project in which so many people have a password."""
    names = _project(folder / "project", accounts)
    os.environ["COUNCIL_PROJECT"] = str(folder / "project")
    running = start(folder / "state")
    try:
        _until_examples_are_run(running)
        yield running, names
    finally:
        running.stop()


def _project(folder: Path, accounts: int) -> list[str]:
    folder.mkdir()
    for path in settings.PROJECT.iterdir():
        if path.name not in ("hub_config", ".state"):
            (folder / path.name).symlink_to(path)
    (folder / "hub_config").mkdir()
    for path in (settings.PROJECT / "hub_config").iterdir():
        if path.name != "people.csv":
            (folder / "hub_config" / path.name).symlink_to(path)
    with (settings.PROJECT / "hub_config" / "people.csv").open(encoding="utf-8", newline="") as source:
        people = list(csv.DictReader(source))
    learners = [person for person in people if person["roles"] == "learner"][:accounts]
    for person in learners:
        person["demo"] = "true"
    with (folder / "hub_config" / "people.csv").open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, list(people[0]))
        writer.writeheader()
        writer.writerows(people)
    return [person["account"] for person in learners]


def _until_examples_are_run(running: Product) -> None:
    """They are run at a first start, and would be measured as well."""
    units, end = sum(len(course.units) for course in courses.load()), time.monotonic() + 120
    while len(list((running.state / "examples").rglob("*.json"))) < units and time.monotonic() < end:
        time.sleep(0.5)


# Learners, as their browsers.


class Fields(HTMLParser):
    """The fields of the lesson's form as a browser would send them, and what each choice may be."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = defaultdict(list)
        self.choices: dict[str, list[str]] = defaultdict(list)
        self._in_form = False
        self._text: str | None = None
        self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._in_form = given.get("id") == "lesson"
        if not self._in_form or "form" in given:
            return
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "input" and given.get("type") == "radio":
            self.choices[name].append(value)
        if tag == "input" and (given.get("type") not in ("radio", "checkbox") or "checked" in given):
            self.fields[name].append(value)
        elif tag == "textarea":
            self._text = name
            self.fields[name] = [""]
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in given or not self.fields[self._select]):
            self.fields[self._select] = [value]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._in_form = False
        elif tag == "textarea":
            self._text = None
        elif tag == "select":
            self._select = ""

    def handle_data(self, data: str) -> None:
        if self._text:
            self.fields[self._text] = [self.fields[self._text][0] + data.removeprefix("\n")]


@dataclass
class Learner:
    """One browser: its connection, its session, its lesson and what stands in the lesson's form."""

    host: str
    port: int
    cookie: str
    unit: Unit
    page: str
    name: str
    form: Fields | None = None
    line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    dice: random.Random = field(default_factory=random.Random)

    async def view(self) -> None:
        """The whole lesson; raises RuntimeError when it is not this learner's."""
        status, body = await self._ask("GET")
        if self.form is None:
            page = gzip.decompress(body).decode()
            if self.name not in page:
                raise RuntimeError("the page is not this learner's")
            self.form = Fields(page)
        if status != 200 or len(body) < 10_000:
            raise RuntimeError(f"a view was answered with {status} and {len(body)} bytes")

    async def run(self) -> None:
        """One question's code, as it stands in the form."""
        asked = [question.id for question in self.unit.questions if question.runs_code or question.code]
        told = await self._do(f"run:{self.dice.choice(asked)}")
        if not any(name.startswith("outputs-") for name in told["parts"]):
            raise RuntimeError(f"a run showed nothing: {told['said']}")

    async def submit(self) -> None:
        """All answers, with another choice than last time: the same again would be taken for a repeat."""
        form = await self._form()
        for name, values in form.choices.items():
            form.fields[name] = [self.dice.choice(values)]
        told = await self._do("submit")
        while told["pending"]:
            await asyncio.sleep(0.7)
            told = await self._do(f"look:{told['pending']}")
        if "attempts" not in told["parts"]:
            raise RuntimeError(f"nothing was handed in: {told['parts'].get('summary', told['said'])[:300]}")

    async def _do(self, what: str) -> dict[str, Any]:
        form = await self._form()
        fields = {**form.fields, "do": [what]}
        status, body = await self._ask("POST", urlencode(fields, doseq=True).encode())
        if status != 200:
            raise RuntimeError(f"{what} was answered with {status}: {body[:200]!r}")
        told: dict[str, Any] = json.loads(body)
        form.fields["version"] = [str(told["version"])]
        return told

    async def _form(self) -> Fields:
        if self.form is None:
            await self.view()
        assert self.form is not None
        return self.form

    async def _ask(self, method: str, body: bytes = b"") -> tuple[int, bytes]:
        accept = "text/html\r\nAccept-Encoding: gzip" if method == "GET" else "application/json"
        head = f"{method} {self.page} HTTP/1.1\r\nHost: {self.host}\r\nCookie: {self.cookie}\r\nAccept: {accept}\r\n"
        if method == "POST":
            head += f"Origin: http://{self.host}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            head += f"Content-Length: {len(body)}\r\n"
        request = head.encode() + b"\r\n" + body
        try:
            return await self._exchange(request)
        except (ConnectionError, asyncio.IncompleteReadError):  # the proxy closes what was idle for five seconds
            self.line = None
            return await self._exchange(request)

    async def _exchange(self, request: bytes) -> tuple[int, bytes]:
        if self.line is None or self.line[0].at_eof():
            self.close()
            self.line = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 20)
        reader, writer = self.line
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        if "content-length:" in head:
            body = await reader.readexactly(int(head.partition("content-length:")[2].partition("\r")[0]))
        else:
            body = b""
            while size := int((await reader.readline()).strip() or b"0", 16):
                body += (await reader.readexactly(size + 2))[:size]
            await reader.readline()
        return int(head.split()[1]), body

    def close(self) -> None:
        if self.line is not None:
            self.line[1].close()
        self.line = None


class Class:
    """Everybody who has signed in so far; more are signed in when they are needed."""

    def __init__(self, running: Product, names: list[str]) -> None:
        self.running, self.names = running, names
        self.units = [unit for course in courses.load() for unit in course.units if _takes_code(unit)]
        self.sessions: list[tuple[str, str]] = []

    def of(self, count: int) -> list[Learner]:
        """So many learners, over all lessons that take code."""
        wanted = self.names[len(self.sessions) : count]
        with ThreadPoolExecutor(SIGNING_IN) as pool:
            self.sessions += list(pool.map(self._signed_in, range(len(self.sessions), count), wanted))
        return [self._learner(number) for number in range(count)]

    def _learner(self, number: int) -> Learner:
        cookie, name = self.sessions[number % len(self.sessions)]
        url, unit = httpx.URL(self.running.url), self.units[number % len(self.sessions) % len(self.units)]
        page = f"{url.path}courses/{unit.course}/units/{unit.id}"
        return Learner(url.netloc.decode(), url.port or 80, cookie, unit, page, name, dice=random.Random(number))

    def _signed_in(self, number: int, account: str) -> tuple[str, str]:
        """A session, with the author's own answers already in the learner's draft."""
        unit = self.units[number % len(self.units)]
        with httpx.Client(transport=Loopback(), timeout=60, follow_redirects=True) as client:
            sign_in(client, self.running.hub, account, f"{PREFIX}-{account}")
            address = f"{self.running.url}courses/{unit.course}/units/{unit.id}"
            page = client.get(address, headers={"Accept": "text/html"}).raise_for_status()
            token = page.text.partition('name="csrf" value="')[2].partition('"')[0]
            origin = self.running.url.split("/services/")[0]
            client.put(
                f"{self.running.api}courses/{unit.course}/units/{unit.id}/draft",
                json={"answers": _answers(unit), "version": 0},
                headers={"X-CSRF-Token": token, "Origin": origin},
            ).raise_for_status()
            host = httpx.URL(self.running.url).host
            cookies = [each for each in client.cookies.jar if each.domain.lstrip(".") == host or host in each.domain]
            name = page.text.partition("<span>")[2].partition("</span>")[0]
        return "; ".join(f"{each.name}={each.value}" for each in cookies if each.name == "council-session"), name


def _answers(unit: Unit) -> dict[str, Any]:
    """The author's own answers, by code wherever a question takes it."""
    by_code = {each.id: {"code": unit.cell(each.id).solved} for each in unit.questions if each.code}
    return unit.model | {id: code for id, code in by_code.items() if not unit.question(id).runs_code}


def _takes_code(unit: Unit) -> bool:
    return any(question.runs_code or question.code for question in unit.questions)


# What is measured.


@dataclass
class Phase:
    """What so many seconds of load gave: seconds of each answer by kind, failures, and what it cost."""

    taken: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failures: list[str] = field(default_factory=list)
    processor: dict[str, float] = field(default_factory=dict)
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
    before, began = processor(running), time.perf_counter()
    watching.start()
    try:
        yield phase
    finally:
        over.set()
        phase.seconds = time.perf_counter() - began
        after = processor(running)
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


def processor(running: Product) -> dict[str, float]:
    """Processor seconds so far by part, of what has ended too; what a sandbox used counts where it was forked."""
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
    done = max(1, len(phase.all))
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
        "cores busy": sum(phase.processor.values()) / phase.seconds,
        "of which the tool": phase.processor.get(TOOL, 0.0) / phase.seconds,
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
    print(
        f"  {found['cores busy']:.2f} of {os.cpu_count()} cores busy, {found['of which the tool']:.2f} with the tool;"
    )
    print(f"  processor, ms an answer: {costs}")
    for failure in found["first failures"]:
        print(f"  failed: {failure[:200]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="of the learners at work; half of it for each more")
    parser.add_argument("--learners", type=int, default=80)
    parser.add_argument("--most", type=int, default=640, help="where raising their number ends; 0 for not raising it")
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
        count, seconds = arguments.learners, arguments.seconds
        results["at work"] = []
        while count:
            found = figures(phase_of(running, everybody.of(count), at_work, seconds), count)
            results["at work"].append(found)
            say(f"{count} learners at work", found, f" (aim: 95 % under {AIM_SECONDS:g} s, under {AIM_MB} MB)")
            more = int(count * MOVE)
            count, seconds = (more, arguments.seconds / 2) if carried(found) and more <= arguments.most else (0, 0)
    last = results["at work"][-1]
    results["breaks at"] = None if carried(last) else last["learners"]
    if arguments.json:
        print(json.dumps(results, indent=1))
    elif results["breaks at"]:
        print(f"the 95th percentile passes one second at {last['learners']} learners")
    else:
        print(f"{last['learners']} learners are carried; more were not tried")


if __name__ == "__main__":
    main()
