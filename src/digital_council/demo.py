"""The demo's history: months of invented learning by the invented people of people.csv, every line saying so.

The same people, courses and day always give the same history. Attempts of the past have marks and findings as a
judge would give them, and no stored submission, so there is nothing to grade again.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from random import Random
from typing import Any

from sqlalchemy import Table, insert

from digital_council.courses import Course, Unit, marking
from digital_council.courses.findings import NOT_YET, PASSED, Finding, QuestionResult
from digital_council.courses.questions import Question
from digital_council.ledger import Ledger, tables
from digital_council.people import Organisation, Person

WEEKS, PLANNED_WEEKS = 30, 3
# Of all that could have been completed; enough to fill every screen, few enough to be there in a second or two.
MOST_UNITS = 4500
CONTEXT = {"demo": True}
LESS_SURE = 0.15
"""How much less sure people are before a unit than their skill would let them be."""

# Whoever tries the product as these finds something begun and something still to do.
BEGINNERS = ("learner", "learner2")
KEPT_FOR_BEGINNERS = 2

# Shares of the begun, of the failed, and of those asked.
NEVER_HANDED_IN, ANOTHER_DAY, GIVES_UP = 0.12, 0.6, 0.4
NOT_ANSWERED, TOLD_US = 0.5, 0.65
USES = {"decision": 18, "report": 17, "talk": 25, "not-yet": 25, "no-chance": 15}

Row = dict[str, Any]


def ensure_history(
    ledger: Ledger, organisation: Organisation, courses: Sequence[Course], now: datetime | None = None
) -> int:
    """Fills a ledger in which nothing has happened yet; gives the number of attempts, 0 when it held anything."""
    if ledger.statements(limit=1).items:
        return 0
    history = History(Random("digital council"), now or datetime.now(UTC))
    history.invent(organisation, courses)
    with ledger.writing() as connection:
        for table, rows in history.rows():
            if rows:
                connection.execute(insert(table), rows)
    return len(history.attempts)


def ensure_plan(ledger: Ledger, organisation: Organisation, today: date | None = None) -> int:
    """Each demo leader enrols the teams they manage in the path for everyone, as managers do; gives how many."""
    due = (today or date.today()) + timedelta(weeks=PLANNED_WEEKS)
    teams = [(person.account, team) for person in organisation.demo_accounts for team in sorted(person.manages)]
    for leader, team in teams:
        ledger.enrol("path/everyone", by=leader, place=f"team:{team}", due=due, context=CONTEXT)
    return len(teams)


@dataclass
class History:
    """Rows for the ledger, as they are being invented."""

    random: Random
    now: datetime
    people: list[Row] = field(default_factory=list)
    identities: list[Row] = field(default_factory=list)
    attempts: list[Row] = field(default_factory=list)
    marks: list[Row] = field(default_factory=list)
    statements: list[Row] = field(default_factory=list)

    def invent(self, organisation: Organisation, courses: Sequence[Course]) -> None:
        """What everybody did, course by course."""
        self.statements.append(_statement(self.now, None, "published", "demo/history", {"invented": True}))
        teams = {team: self.random.uniform(0.25, 0.95) for team in organisation.teams}
        staff = [person for person in organisation.people.values() if person.team]
        every = sum(len(course.units) for course in courses) * len(staff)
        share = min(1.0, MOST_UNITS / every) if every else 0
        lessons = {id(unit): Lesson(unit) for course in courses for unit in course.units}
        for person in staff:
            learner = self._person(person)
            for course in courses:
                units = [lessons[id(unit)] for unit in _open_to(person, course)]
                if person.account in BEGINNERS:
                    self._course(learner, units, share=1)
                elif self.random.random() < teams[person.team]:
                    self._course(learner, units, share)

    def rows(self) -> Iterator[tuple[Table, list[Row]]]:
        """Every row, by table, in an order that keys allow and oldest first."""
        yield tables.person, self.people
        yield tables.identity, self.identities
        yield tables.attempt, sorted(self.attempts, key=lambda row: row["submitted_at"])
        yield tables.mark, sorted(self.marks, key=lambda row: row["recorded_at"])
        yield tables.statement, sorted(self.statements, key=lambda row: row["at"])

    def _person(self, person: Person) -> str:
        id = self._id()
        self.people.append({"id": id, "created_at": self.now - timedelta(weeks=WEEKS + 1)})
        self.identities.append({"person_id": id, "account": person.account, "name": person.name})
        return id

    def _id(self) -> str:
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def _course(self, learner: str, units: Iterable[Lesson], share: float) -> None:
        """A course begun some day and followed until it is finished or something else comes up."""
        begun = self.now - timedelta(weeks=self.random.uniform(1, WEEKS))
        skill = self.random.uniform(0.45, 0.95)
        for place, lesson in enumerate(units):
            begun = self._working_hour(begun + timedelta(days=self.random.uniform(0.5, 9) * min(place, 1)))
            # The first unit is begun by many, each later one by fewer, as in life.
            if share < 1 and self.random.random() > min(1.0, 2 * share) * 0.85**place:
                return
            if begun > self.now - timedelta(hours=1):
                return
            completed = self._unit(learner, lesson, begun, max(skill, 0.9 if share == 1 else 0), is_sure=share == 1)
            if completed and share < 1:
                self._later(learner, lesson, completed, skill)

    def _working_hour(self, moment: datetime) -> datetime:
        moment += timedelta(days=max(0, moment.weekday() - 4) and 7 - moment.weekday())
        hour, minute = self.random.randrange(8, 17), self.random.randrange(60)
        return moment.replace(hour=hour, minute=minute, second=self.random.randrange(60), microsecond=0)

    def _unit(self, learner: str, lesson: Lesson, at: datetime, skill: float, *, is_sure: bool) -> datetime | None:
        """A unit begun, and its first completion. Some never hand it in, some only another day; some give up."""
        self._say(at, learner, "initialized", lesson)
        self._rate(at + timedelta(minutes=1), learner, lesson, lesson.ratings[:1], skill - LESS_SURE)
        if not is_sure and self.random.random() < NEVER_HANDED_IN:
            return None
        if not is_sure and self.random.random() < ANOTHER_DAY:
            at = self._working_hour(at + timedelta(days=self.random.expovariate(1 / 4) + 0.7))
        completed = None
        for number in range(1, 4):
            at = self._hints(at, learner, lesson, skill)
            at += timedelta(minutes=self.random.uniform(4, 25))
            if at > self.now:
                break
            is_passed, is_complete = self._attempt(learner, lesson, at, number, skill + 0.2 * (number - 1))
            completed = completed or (at if is_complete else None)
            if is_passed or (not is_sure and self.random.random() < GIVES_UP):
                break
        if at < self.now:
            self._rate(at + timedelta(minutes=1), learner, lesson, lesson.ratings[1:], skill + 0.2)
        return completed

    def _later(self, learner: str, lesson: Lesson, completed: datetime, skill: float) -> None:
        """Questions that come back, answered by about half, and what somebody says of using it at work."""
        for days, kept in ((2, 0.15), (9, 0.05), (30, -0.05)):
            at = self._working_hour(completed + timedelta(days=days + self.random.uniform(0, 3)))
            if at > self.now or self.random.random() < NOT_ANSWERED:
                continue
            for question in lesson.unit.retrieval:
                outcome = PASSED if self.random.random() < skill + kept else NOT_YET
                self._say(at, learner, "answered", lesson, {"question": question.id, "outcome": outcome, "day": days})
        at = self._working_hour(completed + timedelta(days=self.random.uniform(30, 40)))
        if at < self.now and self.random.random() < TOLD_US:
            use = self.random.choices(*zip(*USES.items(), strict=True))[0]
            self._say(at, learner, "applied", lesson, {"use": use})

    def _rate(self, at: datetime, learner: str, lesson: Lesson, ratings: Sequence[Question], skill: float) -> None:
        for question in ratings:
            options = [choice["id"] for choice in question.form()["choices"]]
            place = min(len(options) - 1, max(0, round(self.random.gauss(skill, 0.2) * (len(options) - 1))))
            self._say(at, learner, "rated", lesson, {"question": question.id, "value": options[place]})

    def _hints(self, at: datetime, learner: str, lesson: Lesson, skill: float) -> datetime:
        for question in lesson.graded:
            for number in range(1, len(question.hints) + 1):
                if self.random.random() < (skill + 1) / 2:
                    break
                at += timedelta(minutes=1)
                self._say(at, learner, "hinted", lesson, {"question": question.id, "number": number})
        return at

    def _attempt(self, learner: str, lesson: Lesson, at: datetime, number: int, skill: float) -> tuple[bool, bool]:
        """One attempt with its mark; whether it passed, and whether every question was answered."""
        results = [judged.draw(self.random, skill) for judged in lesson.judged]
        verdict = marking.verdict(lesson.unit, [drawn.result for drawn in results], lesson.version)
        standing = {"outcome": verdict.outcome, "score": verdict.score, "max": verdict.max}
        complete = all(drawn.answered for drawn in results)
        marked = at + timedelta(seconds=self.random.uniform(0.1, 0.6))
        door = self.random.choices(("page", "notebook"), (3, 1))[0]
        id = self._id()
        self.attempts.append(
            {
                "id": id,
                "person_id": learner,
                "course": lesson.unit.course,
                "unit": lesson.unit.id,
                "release": lesson.unit.release,
                "variant": "",
                "number": number,
                "door": door,
                "complete": complete,
                "submitted_at": at,
                "fingerprint": f"{self.random.getrandbits(256):064x}",
                "state": "done",
                "marked_at": marked,
                **standing,
            }
        )
        record = {**standing, "results": [drawn.record for drawn in results], "grader_version": lesson.version}
        mark = {"attempt_id": id, "grader_version": lesson.version, "verdict": record, "recorded_at": marked}
        self.marks.append({**mark, **standing})
        attempted = {"attempt": id, "number": number, "door": door, "complete": complete}
        self._say(at, learner, "attempted", lesson, attempted)
        if number == 1 and door == "page":
            self._say(at, learner, "timed", lesson, {"seconds": _pace(lesson, id)})
        if complete:
            self._say(at, learner, "completed", lesson, {"attempt": id})
        passed = verdict.outcome == PASSED
        self._say(marked, learner, "passed" if passed else "failed", lesson, {"attempt": id, **standing})
        return passed, complete

    def _say(self, at: datetime, learner: str, verb: str, lesson: Lesson, result: Any = None) -> None:
        self.statements.append(_statement(at, learner, verb, lesson.name, result))


def _pace(lesson: Lesson, attempt: str) -> dict[str, int]:
    """Seconds at each marked question, drawn apart so that the rest of the history stays as it is."""
    random = Random(attempt)
    return {each.id: 10 * max(1, round(random.lognormvariate(2.3, 0.6))) for each in lesson.graded}


def _statement(at: datetime, actor: str | None, verb: str, object: str, result: Any = None) -> Row:
    return {"at": at, "actor": actor, "verb": verb, "object": object, "result": result, "context": CONTEXT}


def _open_to(person: Person, course: Course) -> Sequence[Unit]:
    return course.units[:-KEPT_FOR_BEGINNERS] if person.account in BEGINNERS else course.units


@dataclass(frozen=True)
class Drawn:
    """A result as an object and as it is stored, made once for the many who get the same."""

    result: QuestionResult
    answered: bool

    @cached_property
    def record(self) -> Row:
        """The result in words of JSON."""
        return self.result.to_json()


class Judged:
    """The results a graded question may have: right, each known misconception, wrong, not answered."""

    def __init__(self, question: Question) -> None:
        self.right = Drawn(QuestionResult(question.id, PASSED, question.points, question.points), True)
        known = [(each.id, each.title, each.explanation, "misconception") for each in question.misconceptions]
        known = known or [("wrong-value", "The value is not the one expected.", "", "value")]
        self.wrong = [Drawn(_not_yet(question, *each), True) for each in known]
        missing = _not_yet(question, "no-answer", "There is no answer here yet.", "", "missing")
        self.missing = Drawn(missing, False)

    def draw(self, random: Random, skill: float) -> Drawn:
        """A result for somebody of that skill; the first misconception is the commonest."""
        chance = random.random()
        if chance < skill:
            return self.right
        if chance > 0.985:
            return self.missing
        return self.wrong[min(int(random.expovariate(1.2)), len(self.wrong) - 1)]


def _not_yet(question: Question, id: str, title: str, detail: str, kind: Any) -> QuestionResult:
    finding = Finding(question.id, NOT_YET, id, title, detail, kind)
    return QuestionResult(question.id, NOT_YET, 0.0, question.points, (finding,))


class Lesson:
    """A unit as it is learnt: what is rated, what is graded, and how it may turn out."""

    def __init__(self, unit: Unit) -> None:
        self.unit, self.name = unit, f"{unit.course}/{unit.id}"
        self.version = f"{marking.GRADER_VERSION}@{unit.release}"
        self.ratings = [question for question in unit.questions if question.role == "confidence"]
        self.graded = [question for question in unit.questions if question.points > 0]
        self.judged = [Judged(question) for question in self.graded]
