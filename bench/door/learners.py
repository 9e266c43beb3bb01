"""Learners at the page door, as their browsers: signed in, with a lesson open, each on a connection of their own."""

from __future__ import annotations

import asyncio
import csv
import gzip
import json
import os
import random
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx

from digital_council import courses, settings
from digital_council.courses import Unit
from digital_council.portal.rights.sessions import COOKIE
from tests.conftest import PREFIX, Loopback, Product, sign_in, start

SIGNING_IN = 4


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


@dataclass(frozen=True)
class Session:
    """A signed-in browser: what it sends, and how the product greets whoever sends it."""

    cookie: str
    name: str
    token: str


class Class:
    """Everybody who has signed in so far; more are signed in when they are needed."""

    def __init__(self, running: Product, names: list[str]) -> None:
        self.running, self.names = running, names
        self.units = [unit for course in courses.load() for unit in course.units if _takes_code(unit)]
        self.sessions: list[Session] = []
        self.url = httpx.URL(running.url)
        self.origin = running.url.split("/services/")[0]
        self.begun: set[tuple[int, int]] = set()

    def of(self, count: int) -> list[Learner]:
        """So many learners, over all lessons that take code, each with the author's own answers in their draft."""
        with ThreadPoolExecutor(SIGNING_IN) as pool:
            self.sessions += pool.map(self._signed_in, self.names[len(self.sessions) : count])
            return list(pool.map(self._learner, range(count)))

    def _learner(self, number: int) -> Learner:
        turn, who = divmod(number, len(self.sessions))
        which = (who + turn) % len(self.units)
        session, unit = self.sessions[who], self.units[which]
        if (who, which) not in self.begun:
            self._begin(session, unit)
            self.begun.add((who, which))
        page = f"{self.url.path}courses/{unit.course}/units/{unit.id}"
        host, port = self.url.netloc.decode(), self.url.port or 80
        return Learner(host, port, session.cookie, unit, page, session.name, dice=random.Random(number))

    def _signed_in(self, account: str) -> Session:
        with httpx.Client(transport=Loopback(), timeout=120, follow_redirects=True) as client:
            sign_in(client, self.running.hub, account, f"{PREFIX}-{account}")
            page = client.get(f"{self.running.url}learning", headers={"Accept": "text/html"}).raise_for_status()
            cookie = next(each for each in client.cookies.jar if each.name == COOKIE)
        token = page.text.partition('name="csrf" value="')[2].partition('"')[0]
        name = page.text.partition("<span>")[2].partition("</span>")[0]
        return Session(f"{COOKIE}={cookie.value}", name, token)

    def _begin(self, session: Session, unit: Unit) -> None:
        headers = {"Cookie": session.cookie, "X-CSRF-Token": session.token, "Origin": self.origin}
        with httpx.Client(transport=Loopback(), timeout=120, headers=headers) as client:
            address = f"{self.running.api}courses/{unit.course}/units/{unit.id}/draft"
            client.put(address, json={"answers": _answers(unit)}).raise_for_status()


def _answers(unit: Unit) -> dict[str, Any]:
    """The author's own answers, by code wherever a question takes it."""
    by_code = {each.id: {"code": unit.cell(each.id).solved} for each in unit.questions if each.code}
    return unit.model | {id: code for id, code in by_code.items() if not unit.question(id).runs_code}


def _takes_code(unit: Unit) -> bool:
    return any(question.runs_code or question.code for question in unit.questions)
