"""Leaders' figures: who may see which, named only for a line manager's own team, counted for everybody else."""

from __future__ import annotations

from collections.abc import Iterable, Set
from datetime import UTC, datetime
from typing import Any

from digital_council.ledger import Completion, Ledger
from digital_council.people import Organisation, Person
from digital_council.progress import batches, counts, scope
from digital_council.settings import Settings

DEFINITIONS = {
    "completed": "submitted every graded question of the unit, whatever the mark",
    "passed": "reached the pass mark in some attempt",
    "staff": "people whose team this is, from the council's list of people",
    "as at": "names: this moment; counts: the last batch, so that no single completion can be watched",
    "[c]": "hidden: a small count of people, or one that would give a small count away",
}


def for_viewer(
    ledger: Ledger, organisation: Organisation, account: str, settings: Settings, roles: Set[str] | None = None
) -> dict[str, Any]:
    """What this viewer may see: `people` by name, `counts` by place, and their `own` completions.

    `roles` are those the hub gives now; without them, those of people.csv.
    """
    now = datetime.now(UTC)
    before = batches.boundary(settings.disclosure.refresh, now)
    viewer = organisation.person(account)
    allowed = scope.Scope()
    if viewer:
        allowed = scope.of(viewer, viewer.roles if roles is None else roles, organisation)
    own = ledger.completions([account])
    return {
        "viewer": account,
        "as_at": {"named": now.isoformat(timespec="seconds"), "counts": before.isoformat(timespec="seconds")},
        "threshold": settings.disclosure.threshold,
        "definitions": DEFINITIONS,
        "own": [_completion(row) for row in own],
        "people": _named(ledger, organisation, allowed),
        "counts": _counted(ledger, organisation, allowed, before, settings.disclosure.threshold),
    }


def _named(ledger: Ledger, organisation: Organisation, allowed: scope.Scope) -> list[dict[str, Any]]:
    """Each person of the viewer's own teams with when they completed each unit. Never a mark."""
    people = [person for team in allowed.named for person in organisation.team(team)]
    done: dict[str, list[Completion]] = {}
    for row in ledger.completions(person.account for person in people):
        done.setdefault(row.account, []).append(row)
    return [_person(person, done.get(person.account, [])) for person in people]


def _person(person: Person, rows: Iterable[Completion]) -> dict[str, Any]:
    completed = {f"{row.course}/{row.unit}": row.completed_at.isoformat() for row in rows if row.completed_at}
    return {"account": person.account, "name": person.name, "team": person.team, "completed": completed}


def _counted(
    ledger: Ledger, organisation: Organisation, allowed: scope.Scope, before: datetime, threshold: int
) -> list[dict[str, object]]:
    if not (allowed.teams or allowed.directorates or allowed.council):
        return []
    rows = counts.table(organisation, ledger.completions(organisation.people), before, threshold)
    seen = {("team", name) for name in allowed.teams} | {("directorate", name) for name in allowed.directorates}
    if allowed.council:
        seen.add((counts.COUNCIL, counts.COUNCIL))
    return [row for row in rows if (row["level"], row["name"]) in seen]


def _completion(row: Completion) -> dict[str, Any]:
    moments = {"completed_at": row.completed_at, "passed_at": row.passed_at}
    return {
        "course": row.course,
        "unit": row.unit,
        **{key: moment.isoformat() if moment else None for key, moment in moments.items()},
    }
