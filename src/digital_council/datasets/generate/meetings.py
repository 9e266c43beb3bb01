"""Meetings: what committees decided and who was to do what by when."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from digital_council.datasets.generate.borough import TEAM_NAMES, dice
from digital_council.datasets.generate.writing import Made, column

COMMITTEES = ("Cabinet", "Audit", "Planning", "Licensing", "Health scrutiny", "Environment scrutiny")
ACTIONS = (
    "report back on {0}",
    "publish the figures on {0}",
    "write to partners about {0}",
    "review the policy on {0}",
    "arrange a site visit on {0}",
    "bring costed options for {0}",
)
TOPICS = (
    "fly-tipping",
    "library hours",
    "temporary accommodation",
    "cycle parking",
    "call waiting times",
    "air quality",
    "market stalls",
    "school places",
    "empty homes",
    "late payments",
    "tree planting",
    "street lighting",
)
AS_AT = date(2026, 3, 31)

COLUMNS = (
    column("action_id", "string", "The action's number", unique=True),
    column("committee", "string", "The committee that decided it", enum=COMMITTEES),
    column("meeting_on", "date", "The day of the meeting"),
    column("item", "integer", "Number of the item on the agenda", minimum=1),
    column("topic", "string", "What the item was about"),
    column("action", "string", "What was to be done"),
    column("team", "string", "The team that was to do it", enum=TEAM_NAMES),
    column("due_on", "date", "When it was to be done by; blank where none was set", required=False),
    column("done_on", "date", "When it was done; blank while open", required=False),
    column("status", "string", "Where it stood on 31 March 2026", enum=("open", "done")),
)


def make() -> Made:
    random = dice("meetings")
    made = [row for committee in COMMITTEES for month in range(12) for row in _meeting(committee, month, random)]
    made.sort(key=lambda row: (row[1], row))
    return Made(
        id="meetings",
        title="Actions from meetings, 2025-26",
        row_is="one action agreed at one meeting",
        key=("action_id",),
        description="What committees asked to be done, by whom and by when, taken from minutes so that "
        "decisions can be followed.",
        owner="Information Governance",
        columns=COLUMNS,
        rows=[[f"A{n:04}", *row] for n, row in enumerate(made, 1)],
        refresh="after each meeting; this copy is as at 31 March 2026",
        source="Minutes of committees (generated).",
        keywords=("meetings", "decisions", "actions", "committees", "councillors"),
    )


def _meeting(committee: str, month: int, random: Random) -> list[list[str]]:
    year, number = 2025 + (month + 3) // 12, (month + 3) % 12 + 1
    if number == 8 or (committee not in ("Cabinet", "Planning") and month % 2):
        return []
    held = date(year, number, random.randint(2, 26))
    return [
        _action(committee, held, item, random) for item in sorted(random.sample(range(3, 14), random.randint(2, 6)))
    ]


def _action(committee: str, held: date, item: int, random: Random) -> list[str]:
    topic = random.choice(TOPICS)
    due = held + timedelta(7 * random.randint(2, 16))
    done = held + timedelta(random.randint(7, 150))
    finished = done <= AS_AT and random.random() < 0.8
    return [
        committee,
        held.isoformat(),
        str(item),
        topic,
        random.choice(ACTIONS).format(topic).capitalize(),
        random.choice(TEAM_NAMES),
        due.isoformat() if random.random() < 0.92 else "",
        done.isoformat() if finished else "",
        "done" if finished else "open",
    ]
