"""Street reports and street inspections: what residents tell the council, beside what is really there."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from digital_council.datasets.generate import borough
from digital_council.datasets.generate.borough import WARD_NAMES, WARDS, Ward, dice
from digital_council.datasets.generate.writing import BLANK, UNAVAILABLE, Made, column

CATEGORIES = (
    "Missed bin",
    "Fly-tipping",
    "Pothole",
    "Street lighting",
    "Graffiti",
    "Overflowing litter bin",
    "Tree or hedge",
    "Abandoned vehicle",
)
CHANNELS = ("app", "website", "phone", "email", "councillor")
STATUSES = ("open", "fixed", "no action needed")
NO_VEHICLES = ("Hanger Hill", "Perivale")
"""Wards with no report of an abandoned vehicle all year: zero, and not missing."""

HEAVY = (
    ("Pitshanger", 412),
    ("Walpole", 297),
    ("Northfield", 231),
    ("Pitshanger", 188),
    ("Southfield", 154),
    ("Northfield", 121),
    ("Ealing Common", 96),
    ("Walpole", 83),
    ("Hanwell Broadway", 61),
    ("East Acton", 47),
)
"""Ten people who report a great deal, nearly all by the app: where they live, and how often in the year."""

ORDINARY_USERS = 3_100

REPORT_COLUMNS = (
    column("report_id", "string", "The report's number, in order of date", unique=True),
    column("reported_on", "date", "The day the report reached the council"),
    column("ward_id", "string", "The ward the problem is in, as in `wards`"),
    column("ward_name", "string", "The ward's name, as in `wards`", enum=WARD_NAMES),
    column("category", "string", "What the resident said the problem was", enum=CATEGORIES),
    column("channel", "string", "How the report came in", enum=CHANNELS),
    column("user_id", "string", "Who reported it: a pseudonym, the same for all reports by one person"),
    column("status", "string", "Where the report stood on 31 March 2026", enum=STATUSES),
    column("closed_on", "date", "The day it was closed; blank while open", required=False),
)
INSPECTION_COLUMNS = (
    column("ward_id", "string", "The ward inspected, as in `wards`"),
    column("ward_name", "string", "The ward's name, as in `wards`", enum=WARD_NAMES),
    column("quarter_start", "date", "First day of the quarter of the inspection"),
    column("street_km", "number", "Kilometres of street walked, chosen at random in the ward", minimum=0),
    column("defects", "integer", "Defects the inspectors found, reported by residents or not", minimum=0),
)


def reports() -> Made:
    random = dice("street_reports")
    found = [report for user in _users(random) for report in _reports_of(user, random)]
    found.sort(key=lambda r: (r[0], r[1].id, r[2], r[3], r[4]))
    rows = [
        [f"SR-{n:05}", day.isoformat(), ward.id, ward.name, category, channel, user, *_ending(day, channel, random)]
        for n, (day, ward, category, channel, user) in enumerate(found, 1)
    ]
    return Made(
        id="street_reports",
        title="Street reports",
        key=("report_id",),
        columns=REPORT_COLUMNS,
        rows=rows,
        description="Problems in the street reported by residents, April 2025 to March 2026. They count "
        "reporting: how many reports a ward has depends on who lives there and which channel they use, not only "
        "on its streets.",
        row_is="one report by one person; several may be about the same problem",
        owner="Street Services",
        refresh="weekly; this copy is complete to 31 March 2026",
        source="The council's customer system (generated).",
        keywords=("streets", "reports", "fly-tipping", "potholes", "channels", "wards"),
        missing=(BLANK, UNAVAILABLE),
        quality="Blank closing dates are reports still open; [x] marks reports closed with no date recorded.",
    )


def inspections() -> Made:
    random = dice("street_inspections")
    quarters = (date(2025, 4, 1), date(2025, 7, 1), date(2025, 10, 1), date(2026, 1, 1))
    rows = []
    for ward in WARDS:
        for quarter in quarters:
            walked = round(random.uniform(6, 10), 1)
            rows.append(
                [
                    ward.id,
                    ward.name,
                    quarter.isoformat(),
                    f"{walked:.1f}",
                    str(round(walked * 4.2 * ward.condition * random.uniform(0.88, 1.12))),
                ]
            )
    return Made(
        id="street_inspections",
        title="Street inspections",
        key=("ward_id", "quarter_start"),
        columns=INSPECTION_COLUMNS,
        description="What inspectors found on streets chosen at random: a measure of the streets that does not "
        "depend on anybody reporting.",
        row_is="one ward in one quarter",
        rows=rows,
        owner="Street Services",
        refresh="quarterly",
        source="Inspectors' tablets (generated).",
        keywords=("streets", "inspections", "wards", "quality"),
    )


def _users(random: Random) -> list[tuple[str, Ward, int, dict[str, float]]]:
    """Everybody who reported: a pseudonym, where they live, how many reports, and how they like to report."""
    by_name = {ward.name: ward for ward in WARDS}
    made = [(by_name[name], count, {"app": 0.94, "website": 0.06}) for name, count in HEAVY]
    people = borough.populations()
    for ward in random.choices(WARDS, [people[w.id] * w.voice * w.condition**0.3 for w in WARDS], k=ORDINARY_USERS):
        keen = min(ward.voice / 2.4, 1.0)
        likes = {
            "app": 0.10 + 0.45 * keen,
            "website": 0.25,
            "phone": 0.50 - 0.40 * keen,
            "email": 0.10,
            "councillor": 0.05,
        }
        made.append((ward, 1 + int(random.expovariate(1 / (0.25 + 0.75 * keen))), likes))
    numbers = random.sample(range(10_000, 99_999), len(made))
    return [(f"U{number}", *user) for number, user in zip(numbers, made, strict=True)]


def _reports_of(
    user: tuple[str, Ward, int, dict[str, float]], random: Random
) -> list[tuple[date, Ward, str, str, str]]:
    name, home, count, likes = user
    weights = (26, 22, 16, 10, 8, 9, 6, 3)
    found = []
    for _ in range(count):
        ward = home if random.random() < 0.9 else random.choice(WARDS)
        category = random.choices(CATEGORIES, weights)[0]
        if ward.name in NO_VEHICLES and category == "Abandoned vehicle":
            category = "Fly-tipping"
        day = borough.YEAR_START + timedelta(random.randrange(365))
        found.append((day, ward, category, random.choices(list(likes), list(likes.values()))[0], name))
    return found


def _ending(day: date, channel: str, random: Random) -> tuple[str, str]:
    closed = day + timedelta(1 + int(random.expovariate(1 / 9)))
    if closed > borough.YEAR_END or random.random() < 0.02:
        return "open", ""
    status = "fixed" if random.random() < 0.85 else "no action needed"
    unrecorded = random.random() < (0.06 if channel in ("phone", "councillor") else 0.01)
    return status, "[x]" if unrecorded else closed.isoformat()
