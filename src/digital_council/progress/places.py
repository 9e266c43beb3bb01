"""Places: teams, directorates and the council, as the rows of every table of figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from digital_council.people import Organisation

Array = npt.NDArray[Any]
COUNCIL = "council"


@dataclass(frozen=True, eq=False)
class Places:
    """Every place, teams first, then directorates, then the council; people of other organisations are in none."""

    ids: tuple[str, ...]
    kinds: tuple[str, ...]
    accounts: tuple[str, ...]
    """Everybody who works in a team, team by team."""
    team: Array
    """The team of each of them, as a place."""
    families: tuple[tuple[int, Array], ...]
    """Each place that has others in it, with those: the council first."""
    managed: tuple[frozenset[int], ...] = ()
    """The places of whoever manages more than one team: those teams, and directorates that have no others."""

    @cached_property
    def staff(self) -> Array:
        """How many people work in each place."""
        return self.sums(np.ones((len(self.accounts), 1), dtype=np.int64))[:, 0]

    @cached_property
    def position(self) -> dict[str, int]:
        return {account: number for number, account in enumerate(self.accounts)}

    def together(self, children: Array) -> tuple[Array, ...]:
        """Which of these places, by their position among them, one person manages several of."""
        found = (np.flatnonzero(np.isin(children, list(places))) for places in self.managed)
        return tuple(positions for positions in found if len(positions) > 1)

    def sums(self, people: Array) -> Array:
        """What a table of people (rows) adds up to in each place."""
        found = np.zeros((len(self.ids), people.shape[1]), dtype=np.int64)
        teams = self.kinds.count("team")
        starts = np.searchsorted(self.team, np.arange(teams))
        if len(people):
            found[:teams] = np.add.reduceat(people, starts, axis=0, dtype=np.int64)
        for parent, children in reversed(self.families):
            found[parent] = found[children].sum(axis=0)
        return found


def of(organisation: Organisation) -> Places:
    """The places of an organisation."""
    teams, directorates = list(organisation.teams), organisation.directorates
    number = {team: place for place, team in enumerate(teams)}
    staff = sorted((person for person in organisation.people.values() if person.team), key=lambda p: number[p.team])
    above = [directorates.index(organisation.teams[team]) for team in teams]
    families = [
        (len(teams) + place, np.array([team for team, parent in enumerate(above) if parent == place]))
        for place in range(len(directorates))
    ]
    council = (len(teams) + len(directorates), len(teams) + np.arange(len(directorates)))
    return Places(
        (*teams, *directorates, COUNCIL),
        ("team",) * len(teams) + ("directorate",) * len(directorates) + (COUNCIL,),
        tuple(person.account for person in staff),
        np.array([number[person.team] for person in staff], dtype=np.int64),
        (council, *families),
        tuple(_managed(organisation, number, families)),
    )


def _managed(
    organisation: Organisation, number: dict[str, int], families: list[tuple[int, Array]]
) -> Iterator[frozenset[int]]:
    for person in organisation.people.values():
        teams = {number[team] for team in person.manages if team in number}
        if len(teams) > 1:
            yield frozenset(teams | {place for place, inside in families if teams.issuperset(inside.tolist())})
