"""The one invented borough that every generated dataset describes.

Real: the 24 ward names, the seven towns, the borough's GSS code, and the Census 2021 totals the wards add up to.
Invented: every ward identifier, how the totals are split between wards, every person, supplier, street and amount.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

SEED = 20260401
BOROUGH_GSS = "E09000009"
POPULATION = 367_100
HOUSEHOLDS = 133_700
HECTARES = 5_550
YEAR_START, YEAR_END = date(2025, 4, 1), date(2026, 3, 31)

DIRECTORATES = {"adults-and-communities": "Adults and Communities", "place": "Place", "resources": "Resources"}
TEAMS = {
    "adult-social-care": ("Adult Social Care", "adults-and-communities"),
    "community-safety": ("Community Safety", "adults-and-communities"),
    "housing-advice": ("Housing Advice", "adults-and-communities"),
    "libraries": ("Libraries", "adults-and-communities"),
    "parking": ("Parking", "place"),
    "parks": ("Parks", "place"),
    "planning": ("Planning", "place"),
    "street-services": ("Street Services", "place"),
    "customer-contact": ("Customer Contact", "resources"),
    "finance": ("Finance", "resources"),
    "human-resources": ("Human Resources", "resources"),
    "information-governance": ("Information Governance", "resources"),
}
TEAM_NAMES = tuple(name for name, _ in TEAMS.values())


def directorate_of(team: str) -> str:
    """The directorate, by its title, of a team given by its title."""
    return next(DIRECTORATES[directorate] for name, directorate in TEAMS.values() if name == team)


@dataclass(frozen=True)
class Ward:
    """A ward; `size`, `condition` and `voice` are the hidden causes behind many of the datasets."""

    id: str
    name: str
    town: str
    tile: tuple[int, int]
    size: float
    condition: float
    """How many street defects there really are for each resident; 1 is the borough's average."""
    voice: float
    """How ready residents are to report one; 1 is the borough's average."""


_WARDS = """
Central Greenford|Greenford|1,2|1.00|1.05|0.80
Dormers Wells|Southall|2,2|0.98|1.20|0.50
Ealing Broadway|Ealing|3,4|1.08|0.95|1.50
Ealing Common|Ealing|2,5|1.02|0.80|1.70
East Acton|Acton|2,6|1.12|1.10|1.00
Greenford Broadway|Greenford|1,1|1.08|1.15|0.75
Hanger Hill|Ealing|1,4|1.06|0.65|1.30
Hanwell Broadway|Hanwell|3,2|0.97|1.00|1.20
Lady Margaret|Southall|2,1|0.95|1.25|0.50
North Acton|Acton|1,5|1.10|1.10|0.85
North Greenford|Greenford|0,2|0.99|0.85|0.90
North Hanwell|Hanwell|2,3|0.96|0.95|1.10
Northfield|Ealing|4,3|0.94|0.75|2.00
Northolt Mandeville|Northolt|0,1|1.00|1.20|0.60
Northolt West End|Northolt|1,0|1.03|1.30|0.55
Norwood Green|Southall|4,1|0.98|1.10|0.60
Perivale|Perivale|1,3|1.04|0.90|0.85
Pitshanger|Ealing|2,4|0.95|0.60|2.40
South Acton|Acton|3,5|1.09|1.20|0.95
Southall Broadway|Southall|3,1|1.05|1.45|0.45
Southall Green|Southall|4,0|1.07|1.40|0.45
Southall West|Southall|3,0|0.72|1.30|0.50
Southfield|Ealing|4,5|0.96|0.75|1.80
Walpole|Ealing|3,3|0.97|0.70|2.10
"""


def _ward(number: int, line: str) -> Ward:
    name, town, tile, size, condition, voice = line.split("|")
    row, column = tile.split(",")
    return Ward(f"EAL-W{number:02}", name, town, (int(row), int(column)), float(size), float(condition), float(voice))


WARDS = tuple(_ward(number, line) for number, line in enumerate(_WARDS.strip().splitlines(), 1))
WARD_NAMES = tuple(ward.name for ward in WARDS)
TOWNS = tuple(sorted({ward.town for ward in WARDS}))


def dice(name: str) -> Random:
    """The dataset's own random numbers; Python's generator, whose sequence does not change with library versions."""
    return Random(f"{SEED}:{name}")


def postcode(random: Random) -> str:
    """A postcode of the right shape in area EA, which does not exist."""
    outward = f"EA{random.randint(1, 9)}"
    return f"{outward} {random.randint(1, 9)}{random.choice('ABDEFGHJLN')}{random.choice('PQRSTUWXYZ')}"


def shared_out(total: int, weights: list[float]) -> list[int]:
    """Whole numbers in proportion to the weights that add up to the total exactly."""
    exact = [total * weight / sum(weights) for weight in weights]
    parts = [int(value) for value in exact]
    by_remainder = sorted(range(len(weights)), key=lambda i: (parts[i] - exact[i], i))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return parts


def populations() -> dict[str, int]:
    """Residents by ward id, adding up to the Census 2021 total."""
    return dict(zip((w.id for w in WARDS), shared_out(POPULATION, [w.size for w in WARDS]), strict=True))


def days(start: date, end: date) -> list[date]:
    """Each day from start to end, both included."""
    return [start + timedelta(n) for n in range((end - start).days + 1)]


EASTER = {2024: date(2024, 3, 31), 2025: date(2025, 4, 20), 2026: date(2026, 4, 5)}
HOLIDAYS = frozenset({
    *(easter + timedelta(n) for easter in EASTER.values() for n in (-2, 1)),
    date(2024, 1, 1), date(2024, 5, 6), date(2024, 5, 27), date(2024, 8, 26), date(2024, 12, 25), date(2024, 12, 26),
    date(2025, 1, 1), date(2025, 5, 5), date(2025, 5, 26), date(2025, 8, 25), date(2025, 12, 25), date(2025, 12, 26),
    date(2026, 1, 1), date(2026, 5, 4), date(2026, 5, 25), date(2026, 8, 31), date(2026, 12, 25), date(2026, 12, 28),
})  # fmt: skip
"""Bank holidays in England."""


def working(day: date) -> bool:
    return day.weekday() < 5 and day not in HOLIDAYS


def working_days_after(day: date, count: int) -> date:
    """The count-th working day after a day, which is itself not counted."""
    while count:
        day += timedelta(1)
        count -= working(day)
    return day
