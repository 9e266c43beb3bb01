"""Who may see whose progress: by name only a line manager's own team, by count the places they answer for."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from digital_council.people import Organisation, Person

COUNCIL_WIDE = frozenset({"leader", "author", "operator", "analyst"})
"""Roles that may see counts for directorates and the whole council."""


@dataclass(frozen=True)
class Scope:
    """What one viewer may see: teams by person, and teams, directorates and the council by count."""

    named: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    directorates: tuple[str, ...] = ()
    council: bool = False


def of(viewer: Person, roles: Set[str], organisation: Organisation) -> Scope:
    """What `viewer` may see with the roles they hold now, which may be fewer than people.csv says."""
    if COUNCIL_WIDE.isdisjoint(roles) or not viewer.team:
        return Scope()
    if "leader" not in roles:
        return Scope(directorates=tuple(organisation.directorates), council=True)
    named = tuple(team for team in organisation.teams if team in viewer.manages)
    teams = tuple(team for team, above in organisation.teams.items() if team in named or above in viewer.oversees)
    directorates = tuple(name for name in organisation.directorates if name in viewer.oversees)
    return Scope(named, teams, directorates, council=True)
