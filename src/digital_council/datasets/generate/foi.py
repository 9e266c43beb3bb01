"""The log of requests for information: when each came, when an answer was due, and when it went."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from digital_council.datasets.generate.borough import TEAM_NAMES, dice, working, working_days_after
from digital_council.datasets.generate.writing import BLANK, NOT_APPLICABLE, Made, column

QUARTERS = (
    (date(2025, 4, 1), 217, 193),
    (date(2025, 7, 1), 300, 282),
    (date(2025, 10, 1), 251, 231),
    (date(2026, 1, 1), 264, 236),
)
"""First day, requests, answered on time. The first half year is 475 of 517, 91.9%; the mean of two rates is less."""
LIMIT = 20
OUTCOMES = ("Disclosed in full", "Disclosed in part", "Refused", "Not held")
REQUESTERS = ("Member of the public", "Journalist", "Business", "Researcher", "Not known")
EXEMPTIONS = ("s.12 cost", "s.21 published already", "s.40 personal data", "s.43 commercial interests")

_SUBJECTS = {
    "Adult Social Care": ("waiting times for assessments", "spending on home care", "carers' breaks"),
    "Community Safety": ("CCTV cameras", "noise complaints", "licences for scaffolding"),
    "Housing Advice": ("temporary accommodation", "empty homes", "homelessness applications"),
    "Libraries": ("library opening hours", "library stock", "computers in libraries"),
    "Parking": ("penalty charges by street", "disabled bays", "income from car parks"),
    "Parks": ("trees felled", "playground inspections", "use of weedkiller"),
    "Planning": ("enforcement notices", "applications decided late", "listed buildings"),
    "Street Services": ("potholes and claims", "fly-tipping fines", "missed bins", "street lighting"),
    "Customer Contact": ("call waiting times", "complaints", "web forms"),
    "Finance": ("invoices paid late", "business rates", "consultants", "contracts ending soon"),
    "Human Resources": ("agency staff", "sickness", "senior salaries", "apprentices"),
    "Information Governance": ("data breaches", "requests refused", "retention of records"),
}

COLUMNS = (
    column("reference", "string", "The request's number", unique=True),
    column("received_on", "date", "The day it was received"),
    column(
        "regime",
        "string",
        "The law it was answered under: Freedom of Information Act or Environmental Information Regulations",
        enum=("FOI", "EIR"),
    ),
    column("subject", "string", "What was asked for, in short; no personal data"),
    column("team", "string", "The team that held the information", enum=TEAM_NAMES),
    column("requester_type", "string", "Who asked, as far as they said", enum=REQUESTERS),
    column(
        "clarification_asked_on", "date", "The day the council asked what was meant; [z] if it did not", required=False
    ),
    column("clarified_on", "date", "The day the requester made it clear; [z] if not asked", required=False),
    column("due_on", "date", "The 20th working day after receipt, or after clarification"),
    column("answered_on", "date", "The day the answer went"),
    column("on_time", "boolean", "Whether it went by the day it was due"),
    column("outcome", "string", "What the answer was", enum=OUTCOMES),
    column("exemption", "string", "The main reason for holding back; [z] if nothing was", required=False),
)


def make() -> Made:
    random = dice("foi_log")
    requests = [request for quarter in QUARTERS for request in _quarter(*quarter, random)]
    rows = [[f"FOI-{n:05}", *request] for n, request in enumerate(sorted(requests), 1)]
    return Made(
        id="foi_log",
        title="Requests for information, 2025-26",
        row_is="one request for information",
        key=("reference",),
        description="Requests under the Freedom of Information Act and the Environmental Information "
        "Regulations received from April 2025 to March 2026, with when the answer was due and when it went.",
        owner="Information Governance",
        columns=COLUMNS,
        rows=rows,
        missing=(BLANK, NOT_APPLICABLE),
        refresh="quarterly; this copy has answers to 31 May 2026",
        source="Request tracking system (generated).",
        keywords=("foi", "freedom of information", "requests", "performance", "transparency"),
        quality="Working days leave out weekends and bank holidays in England. The day of receipt is not counted.",
    )


def _quarter(start: date, count: int, on_time: int, random: Random) -> list[list[str]]:
    days = [day for n in range(92) if working(day := start + timedelta(n)) and (day.month - start.month) % 12 < 3]
    punctual = [True] * on_time + [False] * (count - on_time)
    random.shuffle(punctual)
    return [_request(random.choice(days), in_time, random) for in_time in punctual]


def _request(received: date, in_time: bool, random: Random) -> list[str]:
    asked = clarified = None
    if random.random() < 0.08:
        asked = working_days_after(received, random.randint(1, 6))
        clarified = working_days_after(asked, random.randint(1, 15))
    start = clarified or received
    due = working_days_after(start, LIMIT)
    taken = (
        random.choices(range(2, LIMIT + 1), range(2, LIMIT + 1))[0]
        if in_time
        else LIMIT + 1 + int(random.expovariate(0.2))
    )
    answered = working_days_after(start, min(taken, LIMIT + 18))
    team = random.choice(TEAM_NAMES)
    outcome = random.choices(OUTCOMES, (62, 20, 8, 10))[0]
    exemption = random.choice(EXEMPTIONS) if outcome in ("Disclosed in part", "Refused") else "[z]"
    regime = "EIR" if team in ("Parks", "Planning", "Street Services") and random.random() < 0.4 else "FOI"
    return [
        received.isoformat(),
        regime,
        f"{random.choice(_SUBJECTS[team]).capitalize()}",
        team,
        random.choices(REQUESTERS, (48, 16, 20, 8, 8))[0],
        asked.isoformat() if asked else "[z]",
        clarified.isoformat() if clarified else "[z]",
        due.isoformat(),
        answered.isoformat(),
        str(answered <= due).lower(),
        outcome,
        exemption,
    ]
