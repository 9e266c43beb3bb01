"""The directory of services in the fields of Open Referral UK."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from digital_council.datasets.generate.borough import TOWNS, WARD_NAMES, WARDS, dice
from digital_council.datasets.generate.writing import BLANK, NOT_APPLICABLE, Made, column, csv_bytes

COUNT = 84
STATUSES = ("active", "inactive", "temporarily closed")
KINDS = (
    ("Advice centre", "Advice on money, benefits and housing", 18, None),
    ("Lunch club", "A hot meal in company", 60, None),
    ("Youth club", "Evenings of sport and games", 11, 18),
    ("Toy library", "Borrow toys and meet other parents", 0, 5),
    ("Carers' circle", "A monthly meeting for people who look after somebody", 18, None),
    ("English conversation group", "Practise English with volunteers", 18, None),
    ("Repair café", "Bring a broken thing and mend it together", None, None),
    ("Walking group", "Gentle walks in the parks", 18, None),
    ("Food bank", "Emergency food for households in need", None, None),
    ("Digital drop-in", "Help with phones and forms", 16, None),
)
HOURS = (
    "Mo-Fr 09:00-17:00",
    "Mo-Th 10:00-16:00",
    "Tu 10:00-12:00",
    "We,Fr 18:00-21:00",
    "Sa 10:00-13:00",
    "Mo,We 09:30-11:30",
    "Mo-Sa 08:30-18:30",
    "Th 14:00-16:30",
)
_DAYS = {"Mo": "Mon", "Tu": "Tues", "We": "Weds", "Th": "Thurs", "Fr": "Fri", "Sa": "Sat"}

COLUMNS = (
    column("service_id", "string", "The service's identifier (Open Referral: service.id)", unique=True),
    column("organisation_id", "string", "The identifier of who runs it (organization.id)"),
    column("organisation_name", "string", "Who runs it (invented)"),
    column("service_name", "string", "What it is called"),
    column("description", "string", "What it offers"),
    column("status", "string", "Whether it runs at present", enum=STATUSES),
    column("ward_id", "string", "The ward it is in, as in `wards`"),
    column("ward_name", "string", "The ward's name, as in `wards`", enum=WARD_NAMES),
    column("town", "string", "The town it is in", enum=TOWNS),
    column("opening_hours", "string", "When it is open: days, then times on the 24-hour clock"),
    column("minimum_age", "integer", "Youngest age; [z] for no limit", required=False, minimum=0),
    column("maximum_age", "integer", "Oldest age; [z] for no limit", required=False, minimum=0),
    column("free", "boolean", "Whether it costs nothing"),
    column("phone", "string", "Telephone, from numbers kept for drama; blank for none", required=False),
    column("website", "string", "Web page on a reserved domain; blank for none", required=False),
    column("last_reviewed", "date", "The day its entry was last confirmed"),
)


def make() -> Made:
    random = dice("services")
    rows = [_service(number, random) for number in range(1, COUNT + 1)]
    return Made(
        id="services",
        title="Directory of services",
        row_is="one service at one place",
        key=("service_id",),
        owner="Community Safety",
        description="Clubs, advice and help near residents, kept once in a shared standard so that "
        "every website can show the same list.",
        columns=COLUMNS,
        rows=rows,
        refresh="whenever a service changes; entries are confirmed yearly",
        source="Community organisations (generated).",
        keywords=("services", "directory", "community", "open referral", "wards"),
        missing=(BLANK, NOT_APPLICABLE),
        raw={"services-as-sent.csv": _raw(rows)},
        quality="raw/services-as-sent.csv has opening hours and wards as organisations typed them.",
    )


def _service(number: int, random: Random) -> list[str]:
    ward = WARDS[(number * 7) % len(WARDS)]
    kind, offer, youngest, oldest = KINDS[(number - 1) % len(KINDS)]
    organisation = random.randint(1, 30)
    reviewed = date(2026, 3, 31) - timedelta(
        random.choices((random.randrange(365), random.randrange(365, 1400)), (80, 20))[0]
    )
    return [
        f"SVC-{number:03}",
        f"ORG-{organisation:02}",
        f"{WARDS[organisation % 24].name} Neighbours {organisation}",
        f"{ward.name} {kind.lower()}",
        offer,
        random.choices(STATUSES, (88, 7, 5))[0],
        ward.id,
        ward.name,
        ward.town,
        random.choice(HOURS),
        "[z]" if youngest is None else str(youngest),
        "[z]" if oldest is None else str(oldest),
        random.choice(("true", "true", "false")),
        f"020 7946 {random.randint(0, 999):04}" if random.random() < 0.85 else "",
        f"https://svc{number:03}.example.org" if random.random() < 0.7 else "",
        reviewed.isoformat(),
    ]


def _typed(hours: str, random: Random) -> str:
    """Opening hours as people write them."""
    days, times = hours.split(" ")
    for short, long in _DAYS.items():
        days = days.replace(short, long)
    start, end = times.split("-")
    twelve = [
        f"{(int(t[:2]) - 1) % 12 + 1}{'' if t.endswith('00') else '.' + t[3:]}{'am' if int(t[:2]) < 12 else 'pm'}"
        for t in (start, end)
    ]
    return random.choice((hours, f"{days} {twelve[0]}-{twelve[1]}", f"{days.replace('-', ' to ')}, {start} to {end}"))


def _raw(rows: list[list[str]]) -> bytes:
    random = dice("services-raw")
    header = ["Service", "Run by", "Ward", "Opening times", "Tel", "Cost", "Checked"]
    made = []
    for row in rows:
        ward = random.choice((row[7], row[7], row[7].upper(), f"{row[7]} ward", row[7].replace("Broadway", "Bdwy")))
        checked = date.fromisoformat(row[15]).strftime(random.choice(("%d/%m/%Y", "%d %b %Y", "%m/%Y")))
        cost = "Free" if row[12] == "true" else random.choice(("£2", "small charge", "Donation"))
        made.append([row[3], row[2], ward, _typed(row[9], random), row[13].replace(" ", ""), cost, checked])
    return csv_bytes(header, made, "\r\n")
