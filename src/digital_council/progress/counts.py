"""Counts of people for teams, directorates and the council, with small ones hidden."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from digital_council.ledger import Completion
from digital_council.people import Organisation
from digital_council.progress import disclosure

COUNCIL = "council"
HIDDEN = "[c]"


@dataclass(frozen=True)
class Place:
    """A team, a directorate or the council, with what is in it."""

    level: str
    name: str
    staff: int
    children: tuple[Place, ...] = ()


def places(organisation: Organisation) -> Place:
    """The organisation as a tree of places; people of other organisations are not in it."""
    directorates = []
    for name in organisation.directorates:
        teams = tuple(
            Place("team", team, len(organisation.team(team)))
            for team, above in organisation.teams.items()
            if above == name
        )
        directorates.append(Place("directorate", name, sum(team.staff for team in teams), teams))
    return Place(COUNCIL, COUNCIL, sum(place.staff for place in directorates), tuple(directorates))


def table(
    organisation: Organisation, completions: Iterable[Completion], before: datetime, threshold: int
) -> list[dict[str, object]]:
    """One row for each place and unit with `staff`, `completed` and `passed`: a count, or `[c]`.

    Hidden once over the whole organisation, so that what two viewers see can never be set against each other.
    """
    tree = places(organisation)
    done, passed = _tally(organisation, completions, before)
    rows: list[dict[str, object]] = []
    for unit in sorted(done):
        shown = _shown(tree, done[unit], passed[unit], threshold)
        rows += [
            {
                "level": place.level,
                "name": place.name,
                "course": unit[0],
                "unit": unit[1],
                "staff": place.staff,
                **cells,
            }
            for place, cells in shown
        ]
    return rows


Tally = dict[tuple[str, str], dict[str, int]]


def _tally(organisation: Organisation, completions: Iterable[Completion], before: datetime) -> tuple[Tally, Tally]:
    done: Tally = {}
    passed: Tally = {}
    for row in completions:
        person = organisation.person(row.account)
        if person is None or not person.team:
            continue
        unit = (row.course, row.unit)
        for tally, moment in ((done, row.completed_at), (passed, row.passed_at)):
            teams = tally.setdefault(unit, {})
            if moment is not None and moment < before:
                teams[person.team] = teams.get(person.team, 0) + 1
    return done, passed


def _shown(
    tree: Place, done: dict[str, int], passed: dict[str, int], threshold: int
) -> list[tuple[Place, dict[str, object]]]:
    """Completed is hidden where it, or the rest of the staff, is small; passed where completed is, or the rest is."""
    staff = {place.name: place.staff for place in _walk(tree)}
    completed = _totals(tree, done)
    success = _totals(tree, passed)
    links = {place.name: [child.name for child in place.children] for place in _walk(tree) if place.children}
    unseen = disclosure.hide(links, completed, staff, threshold)
    unseen_passed = disclosure.hide(links, success, completed, threshold, already=unseen)
    return [
        (
            place,
            {
                "completed": HIDDEN if place.name in unseen else completed[place.name],
                "passed": HIDDEN if place.name in unseen_passed else success[place.name],
            },
        )
        for place in _walk(tree)
    ]


def _walk(place: Place) -> list[Place]:
    return [place, *(below for child in place.children for below in _walk(child))]


def _totals(place: Place, teams: dict[str, int]) -> dict[str, int]:
    if not place.children:
        return {place.name: teams.get(place.name, 0)}
    totals: dict[str, int] = {}
    for child in place.children:
        totals |= _totals(child, teams)
    return totals | {place.name: sum(totals[child.name] for child in place.children)}
