"""What the ledger hands out: plain frozen records, never rows that write when touched."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class Attempt:
    """One submission of one unit by one person. `account` is None once the person has been erased."""

    seq: int
    id: str
    person_id: str
    account: str | None
    course: str
    unit: str
    release: str
    variant: str
    number: int
    door: str
    complete: bool
    submitted_at: datetime
    fingerprint: str
    idempotency_key: str | None
    state: str
    outcome: str | None
    score: float | None
    max: float | None
    marked_at: datetime | None


@dataclass(frozen=True)
class Mark:
    """One verdict on one attempt by one version of the grader; never changed, only followed by another."""

    id: int
    attempt_id: str
    grader_version: str
    outcome: str
    score: float
    max: float
    verdict: dict[str, Any]
    recorded_at: datetime


@dataclass(frozen=True)
class Job:
    """An attempt leased to a worker, and how often it has been tried, this time included.

    `release` is the one to judge by: the attempt's own, or a mended one on regrading.
    """

    attempt: Attempt
    release: str
    tries: int
    worker: str


@dataclass(frozen=True)
class Statement:
    """Who did what to what, with which result and when. `actor` is a person's id, None the council itself."""

    id: int
    at: datetime
    actor: str | None
    verb: str
    object: str
    result: Any
    context: Any


@dataclass(frozen=True)
class Completion:
    """When somebody first submitted every graded question of a unit, and first passed it."""

    account: str
    course: str
    unit: str
    completed_at: datetime | None
    passed_at: datetime | None


@dataclass(frozen=True)
class Allowance:
    """What one person may do on a unit beyond the course's own rules; None where those hold."""

    attempts: int | None
    closes: date | None


@dataclass(frozen=True)
class AppRecord:
    """A published app and its present version. `owner` and `publisher` are accounts, None once erased."""

    id: str
    owner: str | None
    publisher: str | None
    version: int
    retired_at: datetime | None


@dataclass(frozen=True)
class AppVersion:
    """One version of a published app, as it was described when it was published."""

    app: str
    number: int
    fingerprint: str
    publisher: str | None
    published_at: datetime
    described: dict[str, Any]


@dataclass(frozen=True)
class AppEvent:
    """Somebody did something with an app: published, shared, opened, rolled-back or retired it."""

    at: datetime
    account: str | None
    verb: str
    result: dict[str, Any]


@dataclass(frozen=True)
class Enrolment:
    """A path or course (`path/…`, `course/…`) for one person, or for whoever works at a place. `by` enrolled them."""

    id: str
    what: str
    account: str | None
    place: str | None
    due: date | None
    by: str | None
    at: datetime


@dataclass(frozen=True)
class Review:
    """A release that somebody is to look at, with what proves it. Accounts are None once erased."""

    id: str
    course: str
    unit: str
    release: str
    author: str | None
    reviewer: str | None
    note: str
    proof: dict[str, Any]
    sent_at: datetime
    state: str
    comment: str
    decided_at: datetime | None
