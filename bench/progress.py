"""How soon leaders' figures answer for 50,000 learners and 40 units, beside asking the ledger by plain SQL each time.

Run by `make bench`, or alone: `python bench/progress.py [LEARNERS] [UNITS]`. The ledger is generated, the same every
time. The batch is made once a day beside the portal's work; its time is printed, not promised. Exit status 1 when an
answer takes 0.3 s or more.
"""

from __future__ import annotations

import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from digital_council.ledger import Ledger
from digital_council.people import Organisation, Person, organise
from digital_council.progress import figures_for, figures_json
from digital_council.progress.lessons import Lesson
from digital_council.progress.publication import Publication
from digital_council.settings import Disclosure

PROMISED_SECONDS = 0.3
NOW = datetime(2026, 11, 20, tzinfo=UTC)
TEAM, TEAMS = 100, 50
"""People in a team, and teams in a directorate."""
SHARE, DAYS = 0.5, 60
DIRECTOR, CHIEF = "person-0", "person-1"

PLAIN = """
SELECT staff.team, first.course, first.unit, COUNT(first.completed_at), COUNT(first.passed_at) FROM (
    SELECT person_id, course, unit, MIN(CASE WHEN complete THEN submitted_at END) AS completed_at,
           MIN(CASE WHEN outcome = 'passed' THEN marked_at END) AS passed_at
    FROM attempt WHERE submitted_at < ? GROUP BY person_id, course, unit) AS first
JOIN identity ON identity.person_id = first.person_id JOIN staff ON staff.account = identity.account
WHERE staff.directorate = ? GROUP BY staff.team, first.course, first.unit
"""


def organisation(learners: int) -> Organisation:
    """An invented council: teams of a hundred, directorates of fifty teams; the first person directs the first."""
    return organise((_person(number) for number in range(learners)), "bench")


def _person(number: int) -> Person:
    team, account = number // TEAM, f"person-{number}"
    directorate = f"directorate-{team // TEAMS}"
    oversees = {DIRECTOR: {directorate}, CHIEF: {f"directorate-{place}" for place in range(TEAMS)}}.get(account, set())
    return Person(
        account, account, "council", directorate, f"team-{team}", "officer",
        frozenset({"learner", "leader"} if oversees else {"learner"}),
        oversees=frozenset(oversees),
    )  # fmt: skip


def lessons(units: int) -> list[Lesson]:
    return [
        Lesson(f"course-{n // 10}/unit-{n}", f"course-{n // 10}", f"Unit {n}", (f"dc:{n % 7}",)) for n in range(units)
    ]


def fill(path: Path, learners: int, units: int) -> int:
    """Writes attempts, and that units were begun, straight into the tables; gives the number of attempts."""
    chosen, made = Random(1), 0
    with sqlite3.connect(path) as connection:
        rows = [(f"p{number}", NOW - timedelta(days=400)) for number in range(learners)]
        connection.executemany("INSERT INTO person VALUES (?, ?)", ((id, _text(at)) for id, at in rows))
        named = ((f"p{n}", f"person-{n}", f"person-{n}") for n in range(learners))
        connection.executemany("INSERT INTO identity (person_id, account, name) VALUES (?, ?, ?)", named)
        for begun, tried in _histories(chosen, learners, units):
            connection.executemany(
                "INSERT INTO statement (at, actor, verb, object) VALUES (?, ?, 'initialized', ?)", begun
            )
            connection.executemany(ATTEMPT, tried)
            made += len(tried)
    return made


ATTEMPT = """
INSERT INTO attempt (id, person_id, course, unit, "release", variant, number, door, complete, submitted_at, fingerprint,
                     state, outcome, score, max, marked_at)
VALUES (?, ?, ?, ?, 'r', '', 1, 'page', 1, ?, '', 'done', ?, 1, 1, ?)
"""


def _histories(chosen: Random, learners: int, units: int) -> Iterator[tuple[list[Any], list[Any]]]:
    """What a thousand people at a time began and handed in."""
    begun: list[Any] = []
    tried: list[Any] = []
    for number in range(learners):
        for unit in range(units):
            if chosen.random() < SHARE:
                at = NOW - timedelta(days=chosen.random() * DAYS, minutes=30)
                done, course = _text(at + timedelta(minutes=20)), f"course-{unit // 10}"
                begun.append((_text(at), f"p{number}", f"{course}/unit-{unit}"))
                outcome = "passed" if chosen.random() < 0.8 else "not-yet"
                id = f"{number}-{unit}"
                tried.append((id, f"p{number}", course, f"unit-{unit}", done, outcome, done))
        if number % 1000 == 999 or number == learners - 1:
            yield begun, tried
            begun, tried = [], []


def _text(moment: datetime) -> str:
    """As SQLAlchemy keeps it in SQLite."""
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")


def plain(path: Path, council: Organisation) -> Callable[[], list[Any]]:
    """The rival: completed and passed of a directorate's teams from the attempts, with nothing hidden."""
    connection = sqlite3.connect(path)
    connection.execute("CREATE TEMP TABLE staff (account TEXT PRIMARY KEY, team TEXT, directorate TEXT)")
    rows = ((each.account, each.team, each.directorate) for each in council.people.values())
    connection.executemany("INSERT INTO staff VALUES (?, ?, ?)", rows)
    return lambda: connection.execute(PLAIN, (_text(NOW), "directorate-0")).fetchall()


def timed(what: Callable[[], Any], times: int) -> float:
    """The median of seconds by the clock."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        what()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def main(learners: int, units: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        path, council, taught = Path(folder) / "ledger.db", organisation(learners), lessons(units)
        ledger = Ledger(path)
        attempts = fill(path, learners, units)
        print(f"{learners:,} learners, {units} units, {attempts:,} attempts, {path.stat().st_size / 1e6:,.0f} MB")
        kept = Path(folder) / "figures.json.gz"
        publication = Publication(ledger, council, lambda: taught, {}, Disclosure(), kept)
        began = time.process_time()
        publication.ensure(NOW)
        print(
            f"the batch, once a day: {time.process_time() - began:.1f} s of processor time, {kept.stat().st_size:,} B"
        )
        rows = len(figures_for(publication, DIRECTOR)["figures"])
        answer = timed(lambda: figures_json(publication, DIRECTOR), 20)
        figures_json(publication, CHIEF)  # what is written once a batch, for everybody
        whole = timed(lambda: figures_json(publication, CHIEF), 20)
        every = len(figures_for(publication, CHIEF)["figures"])
        rival = timed(plain(path, council), 3)
        ledger.close()
    print(f"a director's answer, {rows:,} figures: median {answer * 1000:.1f} ms; promised: under {PROMISED_SECONDS} s")
    print(f"the whole council with every team, {every:,} figures: median {whole * 1000:.1f} ms; promised: the same")
    print(f"plain SQL for two of them by team and unit, nothing hidden: median {rival:.3f} s")
    return int(max(answer, whole) >= PROMISED_SECONDS)


if __name__ == "__main__":
    sys.exit(main(*(int(word) for word in sys.argv[1:3]), *(50_000, 40)[len(sys.argv[1:3]) :]))
