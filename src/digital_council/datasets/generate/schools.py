"""Schools, with known failures of quality planted in an otherwise sound list.

The rules a sound row keeps are stated in the description, so that anybody can test for them:
complete (nothing that is required is blank), valid (values a school can have), timely (confirmed within a year).
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from digital_council.datasets.generate import borough
from digital_council.datasets.generate.borough import WARDS, dice
from digital_council.datasets.generate.writing import BLANK, NOT_APPLICABLE, Made, column

AS_AT = date(2026, 1, 31)
OLDEST = date(2025, 1, 31)
COUNT = 96
PHASES = ("Nursery", "Primary", "Secondary", "Special")
TYPES = ("Community", "Academy", "Voluntary aided", "Foundation")

PLANTED = {
    7: ("missing", "pupils_on_roll", ""), 23: ("missing", "ward_name", ""), 41: ("missing", "pupils_on_roll", ""),
    58: ("missing", "phase", ""), 77: ("missing", "capacity", ""), 90: ("missing", "postcode", ""),
    12: ("invalid", "pupils_on_roll", "-31"), 19: ("invalid", "postcode", "EA1 ABC"),
    34: ("invalid", "phase", "Primry"), 46: ("invalid", "ward_name", "Elthorne"),
    63: ("invalid", "last_confirmed", "2026-13-04"), 72: ("invalid", "capacity", "0"),
    85: ("invalid", "pupils_on_roll", "4200"), 93: ("invalid", "last_confirmed", "2027-01-12"),
    5: ("stale", "last_confirmed", "2019-09-30"), 28: ("stale", "last_confirmed", "2024-10-03"),
    51: ("stale", "last_confirmed", "2024-01-18"), 69: ("stale", "last_confirmed", "2022-05-20"),
    88: ("stale", "last_confirmed", "2025-01-30"),
}  # fmt: skip
"""Row number: kind of failure, column, what stands there. Tidy-looking rows among them."""

COLUMNS = (
    column("row_id", "integer", "The number of the row: use it to say which rows fail", unique=True, minimum=1),
    column("school_code", "string", "The school's identifier here: invented, not a URN", unique=True),
    column("school_name", "string", "The school's name (invented)"),
    column("phase", "string", f"Should be one of: {', '.join(PHASES)}", required=False),
    column("school_type", "string", "Who runs it", enum=TYPES),
    column("ward_name", "string", "Should be the name of a ward in `wards`", required=False),
    column(
        "postcode",
        "string",
        "Should be an area and district, a space, then digit, letter, letter (area EA is invented)",
        required=False,
    ),
    column(
        "pupils_on_roll",
        "integer",
        "Pupils at the January 2026 census; should be 1 or more and no more than 1.25 times the capacity",
        required=False,
    ),
    column("capacity", "integer", "Places; should be 1 or more", required=False),
    column(
        "nursery_places",
        "integer",
        "Places for under-fives; [z] where the school has no nursery",
        required=False,
        minimum=0,
    ),
    column(
        "last_confirmed",
        "string",
        "The day the school last confirmed its entry, as it was typed; should be a date "
        "from 31 January 2025 to 31 January 2026",
    ),
)

_FIRST = (
    "Alder",
    "Beacon",
    "Cedar",
    "Drayford",
    "Elmhurst",
    "Fernhill",
    "Grangewood",
    "Hollybank",
    "Ivybridge",
    "Juniper",
    "Kestrel",
    "Larkfield",
    "Meadowbrook",
    "Northgate",
    "Oakhanger",
    "Parkside",
    "Quince",
    "Rosedene",
    "Stonebridge",
    "Thornhill",
    "Uplands",
    "Vale",
    "Willowbrook",
    "Yewtree",
)
_KIND = {"Nursery": "Nursery School", "Primary": "Primary School", "Secondary": "High School", "Special": "School"}
_ROLL = {"Nursery": (60, 120), "Primary": (210, 690), "Secondary": (720, 1500), "Special": (80, 180)}
SAME_NAME = {31: "Cedar Primary School", 80: "Cedar Primary School"}
"""Schools that really do share a name, with the one in row 3: not a failure."""


def make() -> Made:
    random = dice("schools")
    rows = [_plant(number, _sound(number, random)) for number in range(1, COUNT + 1)]
    names = [c["name"] for c in COLUMNS]
    return Made(
        id="schools",
        title="Schools",
        row_is="one school",
        key=("row_id",),
        owner="Information Governance",
        description="The borough's schools with places and pupils, as they were collected: some rows are incomplete, "
        "invalid or out of date, so test it before trusting it.",
        columns=COLUMNS,
        rows=[[row[name] for name in names] for row in rows],
        missing=(BLANK, NOT_APPLICABLE),
        refresh="yearly, after the January census; this copy is as at 31 January 2026",
        source="Returns from schools (generated).",
        keywords=("schools", "pupils", "quality", "wards"),
        quality="A sound row has no blank, keeps what each column says it should be, and was confirmed from 31 January "
        "2025 to 31 January 2026. Some rows fail on purpose. [z] is not a failure, and three schools share a name.",
    )


def _sound(number: int, random: Random) -> dict[str, str]:
    phase = random.choices(PHASES, (8, 66, 20, 6))[0]
    low, high = _ROLL[phase]
    capacity = random.randrange(low, high, 15)
    pupils = round(capacity * random.uniform(0.78, 1.04))
    round_, first = divmod(number - 1, len(_FIRST))
    name = f"{_FIRST[first]} {('', 'Lane ', 'Park ', 'Road ')[round_]}{_KIND[phase]}"
    if number in SAME_NAME:
        phase, name, capacity, pupils = "Primary", SAME_NAME[number], 420, 401 + number % 10
    nursery = phase == "Nursery" or (phase == "Primary" and random.random() < 0.6)
    return {
        "row_id": str(number),
        "school_code": f"SCH-{1000 + number * 7}",
        "school_name": name,
        "phase": phase,
        "school_type": random.choices(TYPES, (45, 30, 18, 7))[0],
        "ward_name": random.choice(WARDS).name,
        "postcode": borough.postcode(random),
        "pupils_on_roll": str(pupils),
        "capacity": str(capacity),
        "nursery_places": str(random.randrange(26, 79, 13)) if nursery else "[z]",
        "last_confirmed": (AS_AT - timedelta(random.randrange(0, 360))).isoformat(),
    }


def _plant(number: int, row: dict[str, str]) -> dict[str, str]:
    if number in PLANTED:
        _, name, value = PLANTED[number]
        row = {**row, name: value}
        if name == "capacity" and value == "0":
            row["nursery_places"] = "[z]"
    return row
