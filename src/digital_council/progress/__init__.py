"""Leaders' figures: who may see which, named only for a line manager's own team, counted for everybody else."""

from __future__ import annotations

import json
from collections.abc import Iterable, Set
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from digital_council.errors import LearnerError
from digital_council.ledger import Completion, Ledger
from digital_council.people import Organisation, Person
from digital_council.progress import scope as scopes
from digital_council.progress.publication import Publication

if TYPE_CHECKING:
    from digital_council.progress.view import View

DEFINITIONS = {
    "completed": "submitted every graded question of the unit, whatever the mark",
    "passed": "reached the pass mark in some attempt, of those who completed the unit",
    "staff": "people whose team this is, from the council's list of people",
    "as at": "names: this moment; counts: the last batch, so that no single completion can be watched",
    "[c]": "hidden: a small count of people, or one that would give a small count away",
}


def for_viewer(
    publication: Publication, account: str, roles: Set[str] | None = None, now: datetime | None = None
) -> dict[str, Any]:
    """What this viewer may see: `people` by name, `counts` by place, and their `own` completions.

    `roles` are those the hub gives now; without them, those of people.csv.
    """
    organisation, ledger = publication.organisation, publication.ledger
    allowed, view = allowed_to(organisation, account, roles), publication.current(now)
    return {
        "viewer": account,
        "as_at": {"named": datetime.now(UTC).isoformat(timespec="seconds"), "counts": view.as_at},
        "threshold": publication.rules.threshold,
        "definitions": DEFINITIONS,
        "own": [_completion(row) for row in ledger.completions([account])],
        "people": _named(ledger, organisation, allowed),
        "counts": [row for place in places_of(view, allowed) for row in view.counts[place]],
    }


BY_PLACE = ("figures", "gaps", "drop_off")


def figures_for(
    publication: Publication, account: str, roles: Set[str] | None = None, scope: str | None = None
) -> dict[str, Any]:
    """Every figure this viewer may see, of the one set that is published; only those of `scope` if it is given.

    Raises UnseenError when the viewer may not see that place.
    """
    view, seen = _seen(publication, account, roles, scope)
    rows = {name: [row for place in seen for row in view.rows(name, place)] for name in BY_PLACE}
    return _about(publication, view, seen) | rows


def figures_json(
    publication: Publication, account: str, roles: Set[str] | None = None, scope: str | None = None
) -> bytes:
    """`figures_for` as JSON, put together from what is written once for everybody."""
    view, seen = _seen(publication, account, roles, scope)
    parts = [json.dumps(_about(publication, view, seen), ensure_ascii=False, allow_nan=False)[:-1]]
    for name in BY_PLACE:
        parts.append(f',"{name}":[{",".join(filter(None, (view.written(name, place) for place in seen)))}]')
    return "".join([*parts, "}"]).encode()


class UnseenError(LearnerError):
    """A place whose figures the viewer may not see, or that there is not."""


def _seen(publication: Publication, account: str, roles: Set[str] | None, scope: str | None) -> tuple[View, list[str]]:
    view = publication.current()
    seen = places_of(view, allowed_to(publication.organisation, account, roles))
    if scope is not None and scope not in seen:
        known = ", ".join(seen) or "none"
        raise UnseenError(f"You see no figures of {scope[:80]!r}; those you may see: {known}.")
    return view, seen if scope is None else [scope]


def _about(publication: Publication, view: View, seen: list[str]) -> dict[str, Any]:
    from digital_council.progress import definitions

    return {
        "as_at": view.as_at,
        "threshold": publication.rules.threshold,
        "refresh": publication.rules.refresh,
        "scopes": [view.scopes[place] for place in seen],
        "units": [{"id": each.id, "course": each.course, "title": each.title} for each in view.lessons],
        "definitions": definitions.to_json(),
        "misconceptions": view.misconceptions if seen else [],
    }


def named_for_manager(publication: Publication, account: str) -> dict[str, Any] | None:
    """The row of one person as whoever manages their team sees it; None for somebody in no team."""
    person = publication.organisation.person(account)
    if person is None or not person.team:
        return None
    return _person(person, publication.ledger.completions([account]))


def allowed_to(organisation: Organisation, account: str, roles: Set[str] | None = None) -> scopes.Scope:
    """What an account may see with these roles, or with those of people.csv."""
    viewer = organisation.person(account)
    return scopes.of(viewer, viewer.roles if roles is None else roles, organisation) if viewer else scopes.Scope()


def places_of(view: View, allowed: scopes.Scope) -> list[str]:
    """The places somebody may see, the council first."""
    seen = {*allowed.teams, *allowed.directorates}
    return [id for id, each in view.scopes.items() if id in seen or (each["kind"] == "council" and allowed.council)]


def _named(ledger: Ledger, organisation: Organisation, allowed: scopes.Scope) -> list[dict[str, Any]]:
    """Each person of the viewer's own teams with when they completed each unit. Never a mark."""
    people = [person for team in allowed.named for person in organisation.team(team)]
    done: dict[str, list[Completion]] = {}
    for row in ledger.completions(person.account for person in people):
        done.setdefault(row.account, []).append(row)
    return [_person(person, done.get(person.account, [])) for person in people]


def _person(person: Person, rows: Iterable[Completion]) -> dict[str, Any]:
    completed = {f"{row.course}/{row.unit}": row.completed_at.isoformat() for row in rows if row.completed_at}
    return {"account": person.account, "name": person.name, "team": person.team, "completed": completed}


def _completion(row: Completion) -> dict[str, Any]:
    moments = {"completed_at": row.completed_at, "passed_at": row.passed_at}
    return {
        "course": row.course,
        "unit": row.unit,
        **{key: moment.isoformat() if moment else None for key, moment in moments.items()},
    }
