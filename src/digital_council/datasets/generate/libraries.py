"""Libraries: visits, loans and events by month, with four kinds of nothing kept apart."""

from __future__ import annotations

from random import Random

from digital_council.datasets.generate.borough import WARDS, dice
from digital_council.datasets.generate.parking import MONTHS
from digital_council.datasets.generate.writing import BLANK, NOT_APPLICABLE, SUPPRESSED, UNAVAILABLE, Made, column

LIBRARIES = 12
COLUMNS = (
    column("month", "date", "First day of the month"),
    column("library_id", "string", "The library's number"),
    column("library_name", "string", "The library's name (invented)"),
    column("ward_name", "string", "The ward it is in, as in `wards`"),
    column("visits", "integer", "People who came in; [x] where the counter was broken", required=False, minimum=0),
    column(
        "loans", "integer", "Items lent; blank where the library has yet to send its return", required=False, minimum=0
    ),
    column("events", "integer", "Events held", minimum=0),
    column(
        "people_at_events",
        "integer",
        "People at events; [c] from 1 to 9, [z] where there was no event",
        required=False,
        minimum=0,
    ),
    column("new_members_under_5", "integer", "New members aged under five; [c] from 1 to 9", required=False, minimum=0),
)


def make() -> Made:
    random = dice("libraries")
    shut = {("L07", month) for month in MONTHS[3:6]}
    rows = [
        _month(month.isoformat(), number, (f"L{number:02}", month) in shut, random)
        for month in MONTHS
        for number in range(1, LIBRARIES + 1)
    ]
    return Made(
        id="libraries",
        title="Libraries by month, 2025-26",
        row_is="one library in one month",
        key=("month", "library_id"),
        description="Visits, loans and events at each library. Where a number is not there, it says why.",
        owner="Libraries",
        columns=COLUMNS,
        rows=rows,
        refresh="monthly; this copy ends with March 2026",
        source="Door counters and library system (generated).",
        keywords=("libraries", "loans", "visits", "suppression"),
        missing=(BLANK, SUPPRESSED, UNAVAILABLE, NOT_APPLICABLE),
        quality="One library was closed from July to September 2025: its zeros are real.",
    )


def _month(month: str, number: int, shut: bool, random: Random) -> list[str]:
    ward = WARDS[number * 2 - 1].name
    visits = 0 if shut else random.randint(2200, 14_000)
    events = 0 if shut else random.randint(0, 9)
    crowd = sum(random.randint(2, 24) for _ in range(events))
    young = 0 if shut else random.randint(0, 34)
    return [
        month,
        f"L{number:02}",
        f"{ward} Library",
        ward,
        "[x]" if not shut and random.random() < 0.04 else str(visits),
        "" if not shut and random.random() < 0.03 else str(round(visits * random.uniform(0.5, 0.9))),
        str(events),
        _protected(crowd) if events else "[z]",
        _protected(young),
    ]


def _protected(count: int) -> str:
    return "[c]" if 0 < count < 10 else str(count)
