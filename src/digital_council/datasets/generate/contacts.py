"""Contacts: why and how residents get in touch, by week and as a sample of single contacts."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from digital_council.datasets.generate import borough
from digital_council.datasets.generate.borough import dice
from digital_council.datasets.generate.writing import BLANK, NOT_APPLICABLE, Made, column

SERVICES = {
    "Waste and recycling": 900,
    "Council tax": 780,
    "Housing": 620,
    "Parking": 540,
    "Adult social care": 360,
    "Planning": 210,
}
"""Service: usual contacts a week."""
CHANNELS = {"phone": 0.52, "web form": 0.27, "email": 0.15, "face to face": 0.06}
FIRST_WEEK = date(2024, 4, 1)
WEEKS = 104

NEW_ROUNDS = date(2025, 6, 30)
"""From this week new bin rounds make phone contacts about waste half as many again: a lasting shift."""
SPIKES = {
    (date(2025, 12, 29), "Waste and recycling"): 1.9,
    (date(2025, 1, 6), "Housing"): 1.7,
    (date(2024, 10, 14), "Parking"): 1.8,
}
"""Single weeks far outside the usual, on the phone."""

WEEKLY = (
    column("week_starting", "date", "The Monday the week begins with"),
    column("service", "string", "The service the contacts were about", enum=tuple(SERVICES)),
    column("channel", "string", "How people got in touch", enum=tuple(CHANNELS)),
    column("contacts", "integer", "Contacts in the week", minimum=0),
    column("answered", "integer", "Calls that were answered; [z] for other channels", required=False, minimum=0),
    column(
        "answered_in_5_minutes",
        "integer",
        "Calls answered within five minutes; [z] for other channels",
        required=False,
        minimum=0,
    ),
)

REASONS = (
    ("Waste and recycling", "wants a new recycling box", True),
    ("Waste and recycling", "wants a bulky item collected", True),
    ("Waste and recycling", "bin was missed and nobody came back", False),
    ("Waste and recycling", "does not understand the new collection days", False),
    ("Council tax", "has moved and wants to register", True),
    ("Council tax", "wants to pay by direct debit", True),
    ("Council tax", "has had no answer to an e-mail sent weeks ago", False),
    ("Council tax", "says the bill is wrong again", False),
    ("Housing", "wants to apply for the housing register", True),
    ("Housing", "reports a repair", True),
    ("Housing", "asks what happened to the repair reported before", False),
    ("Housing", "sends the same document for the second time", False),
    ("Parking", "wants a resident's permit", True),
    ("Parking", "wants to pay a penalty charge", True),
    ("Parking", "could not get the permit web page to work", False),
    ("Parking", "asks whether the permit has been sent", False),
    ("Adult social care", "asks for a needs assessment", True),
    ("Adult social care", "asks when the carer will come", False),
    ("Planning", "wants to comment on an application", True),
    ("Planning", "cannot find the application on the website", False),
)
"""Service, what was asked, and whether it is value demand (True) or failure demand: not done, or not done right."""
SAMPLE = 800
SAMPLE_COLUMNS = (
    column("contact_id", "string", "The contact's number", unique=True),
    column("contacted_on", "date", "The day of the contact"),
    column("service", "string", "The service it was about", enum=tuple(SERVICES)),
    column("channel", "string", "How the resident got in touch", enum=tuple(CHANNELS)),
    column("what_was_asked", "string", "What the resident wanted, in the adviser's words"),
    column("minutes", "integer", "Minutes an adviser spent on it", minimum=1),
    column(
        "group", "string", "Group in the pilot of clearer letters: A had the old letters, B the new", enum=("A", "B")
    ),
    column("rang_again", "boolean", "Whether the same person had to get in touch again within 14 days"),
)


def weekly() -> Made:
    random = dice("contacts")
    rows = [
        _week(FIRST_WEEK + timedelta(7 * week), service, channel, random)
        for week in range(WEEKS)
        for service in SERVICES
        for channel in CHANNELS
    ]
    return Made(
        id="contacts",
        title="Contacts by week",
        key=("week_starting", "service", "channel"),
        columns=WEEKLY,
        rows=rows,
        description="How many times residents got in touch, by week, service and channel, for two years, with "
        "how many calls were answered and how fast.",
        row_is="one service and channel in one week",
        owner="Customer Contact",
        refresh="weekly; this copy ends with the week of 23 March 2026",
        source="Telephony and customer systems (generated).",
        keywords=("contacts", "calls", "channels", "performance", "customers"),
        missing=(BLANK, NOT_APPLICABLE),
        quality="Most weeks wobble by chance alone; a few do not.",
    )


def sample() -> Made:
    random = dice("contact_reasons")
    rows = [_contact(number, random) for number in range(1, SAMPLE + 1)]
    return Made(
        id="contact_reasons",
        title="Contacts: a sample with reasons",
        key=("contact_id",),
        columns=SAMPLE_COLUMNS,
        rows=rows,
        description="A random sample of contacts in early 2026 with what was asked, to tell demand for a "
        "service from demand caused by failing to give it. Half the residents were sent clearer letters as a pilot.",
        row_is="one contact by one resident",
        owner="Customer Contact",
        refresh="once; sampled from January to March 2026",
        source="Notes of advisers (generated).",
        keywords=("contacts", "failure demand", "pilot", "customers"),
    )


def _week(week: date, service: str, channel: str, random: Random) -> list[str]:
    expected = SERVICES[service] * CHANNELS[channel]
    if channel == "phone":
        expected *= SPIKES.get((week, service), 1.0)
        if service == "Waste and recycling" and week >= NEW_ROUNDS:
            expected *= 1.5
    if service == "Council tax" and week.month == 3:
        expected *= 1.35
    count = max(0, round(random.gauss(expected, expected**0.5 * 1.3)))
    if channel != "phone":
        return [week.isoformat(), service, channel, str(count), "[z]", "[z]"]
    answered = round(count * random.uniform(0.88, 0.96))
    soon = round(answered * random.uniform(0.66, 0.82) * (0.8 if count > 1.3 * SERVICES[service] * 0.52 else 1))
    return [week.isoformat(), service, channel, str(count), str(answered), str(soon)]


def _contact(number: int, random: Random) -> list[str]:
    service, asked, value = random.choices(REASONS, [6 if r[2] else 5 for r in REASONS])[0]
    day = date(2026, 1, 5) + timedelta(random.randrange(80))
    while not borough.working(day):
        day += timedelta(1)
    group = random.choice("AB")
    again = random.random() < (0.12 if value else 0.34) * (0.72 if group == "B" else 1)
    minutes = max(1, round(random.gauss(7 if value else 10, 3)))
    channel = random.choices(list(CHANNELS), list(CHANNELS.values()))[0]
    return [f"C{number:05}", day.isoformat(), service, channel, asked, str(minutes), group, str(again).lower()]
