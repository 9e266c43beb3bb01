"""The organisation: who works in which team, who manages it, and which roles they hold."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from digital_council.errors import OperatorError
from digital_council.settings import PROJECT

ROLES = ("learner", "leader", "analyst", "author", "operator", "partner")
COLUMNS = (
    "account", "name", "organisation", "directorate", "team", "job", "roles", "manages", "oversees", "demo",
)  # fmt: skip


@dataclass(frozen=True)
class Person:
    """One row of people.csv. `manages` are teams, `oversees` are directorates."""

    account: str
    name: str
    organisation: str
    directorate: str
    team: str
    job: str
    roles: frozenset[str]
    manages: frozenset[str] = frozenset()
    oversees: frozenset[str] = frozenset()
    demo: bool = False

    @property
    def groups(self) -> list[str]:
        """The hub groups this person belongs to."""
        groups = [f"role-{role}" for role in sorted(self.roles)] + [f"org-{self.organisation}"]
        if self.team:
            groups += [f"team-{self.team}", f"directorate-{self.directorate}"]
        return groups


@dataclass(frozen=True)
class Organisation:
    """Everybody, by account."""

    people: dict[str, Person] = field(default_factory=dict)

    def person(self, account: str) -> Person | None:
        return self.people.get(account)

    def team(self, team: str) -> list[Person]:
        return [person for person in self.people.values() if person.team == team]

    def directorate(self, directorate: str) -> list[Person]:
        return [person for person in self.people.values() if person.directorate == directorate]

    @cached_property
    def teams(self) -> dict[str, str]:
        """Each team's directorate, in the order of the file."""
        return {person.team: person.directorate for person in self.people.values() if person.team}

    @cached_property
    def directorates(self) -> list[str]:
        return list(dict.fromkeys(self.teams.values()))

    @cached_property
    def demo_accounts(self) -> list[Person]:
        return [person for person in self.people.values() if person.demo]


def load(path: Path | None = None) -> Organisation:
    """Read people.csv. Raises OperatorError with the file, the row and what is allowed."""
    path = path or PROJECT / "hub_config" / "people.csv"
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if tuple(rows.fieldnames or ()) != COLUMNS:
                raise OperatorError(f"{path}: the columns must be {','.join(COLUMNS)}")
            return organise((_person(row, f"{path}, row {rows.line_num}") for row in rows), str(path))
    except FileNotFoundError:
        raise OperatorError(f"{path}: not found; it lists who may sign in") from None


def organise(people: Iterable[Person], where: str) -> Organisation:
    """Index people by account; raises OperatorError when an account stands twice."""
    found: dict[str, Person] = {}
    for person in people:
        if person.account in found:
            raise OperatorError(f"{where}: the account {person.account!r} stands twice; accounts are unique")
        found[person.account] = person
    return Organisation(found)


def _person(row: dict[str, str], where: str) -> Person:
    roles = _list(row["roles"])
    unknown = sorted(roles.difference(ROLES))
    if unknown:
        raise OperatorError(f"{where}: unknown role {unknown[0]!r}; allowed: {', '.join(ROLES)}")
    if not row["account"]:
        raise OperatorError(f"{where}: the account is empty")
    return Person(
        **{key: row[key] for key in ("account", "name", "organisation", "directorate", "team", "job")},
        roles=roles,
        manages=_list(row["manages"]),
        oversees=_list(row["oversees"]),
        demo=row["demo"] == "true",
    )


def _list(cell: str) -> frozenset[str]:
    return frozenset(part.strip() for part in cell.split(";") if part.strip())
