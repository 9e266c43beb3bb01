"""Parking: spaces, stays, income and penalties by month and place."""

from __future__ import annotations

from datetime import date
from random import Random

from digital_council.datasets.generate.borough import WARD_NAMES, WARDS, dice
from digital_council.datasets.generate.writing import BLANK, UNAVAILABLE, Made, column

MONTHS = tuple(date(2025 + (month > 12), (month - 1) % 12 + 1, 1) for month in range(4, 16))
SHUT = ("CP03", (date(2025, 8, 1), date(2025, 9, 1)))
"""A car park closed for repair for two months: nought, and truly so."""

COLUMNS = (
    column("month", "date", "First day of the month"),
    column("site_id", "string", "The car park or zone"),
    column("site_name", "string", "Its name (invented)"),
    column("ward_name", "string", "The ward it is in, as in `wards`", enum=WARD_NAMES),
    column("kind", "string", "On the street or off it", enum=("on-street", "off-street")),
    column("spaces", "integer", "Marked spaces", minimum=0),
    column("stays", "integer", "Paid stays; [x] where the machine kept no record", required=False, minimum=0),
    column("income", "number", "Pounds taken for parking", minimum=0),
    column("penalties", "integer", "Penalty charge notices issued", minimum=0),
    column("penalty_income", "number", "Pounds paid for penalties in the month", minimum=0),
)


def make() -> Made:
    random = dice("parking")
    sites = [_site(number, random) for number in range(1, 25)]
    rows = [_month(month, site, random) for month in MONTHS for site in sites]
    return Made(
        id="parking",
        title="Parking by month, 2025-26",
        row_is="one car park or zone in one month",
        key=("month", "site_id"),
        description="How many stayed, what was taken and how many penalties were issued, by month: what the "
        "parking account of the Transparency Code is made of.",
        owner="Parking",
        columns=COLUMNS,
        rows=rows,
        refresh="monthly; this copy ends with March 2026",
        source="Ticket machines and penalty system (generated).",
        keywords=("parking", "income", "transparency", "wards"),
        missing=(BLANK, UNAVAILABLE),
        quality="A closed car park has 0 stays; a broken machine has [x].",
    )


def _site(number: int, random: Random) -> list[str]:
    off = number <= 9
    ward = WARDS[(number * 5) % len(WARDS)].name
    spaces = random.randint(30, 240) if off else random.randint(120, 900)
    return [
        f"{'CP' if off else 'Z'}{number:02}",
        f"{ward} {'car park' if off else 'zone'}",
        ward,
        "off-street" if off else "on-street",
        str(spaces),
    ]


def _month(month: date, site: list[str], random: Random) -> list[str]:
    shut = site[0] == SHUT[0] and month in SHUT[1]
    busy = 0.8 if month.month in (8, 1) else 1.15 if month.month == 12 else 1.0
    stays = 0 if shut else round(int(site[4]) * random.uniform(9, 16) * busy * (1 if site[3] == "off-street" else 0.35))
    penalties = 0 if shut else round(int(site[4]) * random.uniform(0.1, 0.3))
    recorded = "[x]" if not shut and random.random() < 0.02 else str(stays)
    income = stays * random.uniform(2.1, 2.9)
    return [
        month.isoformat(),
        *site,
        recorded,
        f"{income:.2f}",
        str(penalties),
        f"{penalties * random.uniform(38, 52):.2f}",
    ]
