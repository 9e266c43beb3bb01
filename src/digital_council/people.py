"""The organisation: who works in which team, who manages it, and which roles they hold."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from digital_council.errors import OperatorError
from digital_council.settings import PROJECT

ROLES = ("learner", "leader", "analyst", "author", "operator", "partner")
COLUMNS = (
    "account", "name", "organisation", "directorate", "team", "job", "roles", "manages", "oversees", "demo",
)  # fmt: skip


ACCOUNT = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")
"""What may name a person, their home and their part of an address."""


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

    def become(self, other: Organisation) -> None:
        """Say what another reading of the file says; who asks in that moment is told the one or the other."""
        vars(self).update({name: getattr(other, name) for name in ("people", "teams", "directorates", "demo_accounts")})

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


class Directory:
    """people.csv, read again when the file has changed. A broken file keeps the last good reading."""

    def __init__(self, path: Path = PROJECT / "hub_config" / "people.csv") -> None:
        self._path = path
        self._stamp = 0
        self._organisation = Organisation()

    def has_changed(self) -> bool:
        """Whether the file is another than the one last read."""
        return self._now() != self._stamp

    def read(self) -> Organisation:
        """The organisation as the file has it now; raises OperatorError or OSError."""
        now = self._now()
        if now != self._stamp:
            self._organisation, self._stamp = load(self._path), now
        return self._organisation

    def _now(self) -> int:
        try:
            return self._path.stat().st_mtime_ns
        except FileNotFoundError:
            return 0


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
    except UnicodeDecodeError:
        raise OperatorError(f"{path}: is not UTF-8 text; save it as CSV UTF-8") from None
    except csv.Error as error:
        raise OperatorError(f"{path}: is not CSV ({error}); save it as CSV UTF-8") from None


def organise(people: Iterable[Person], where: str) -> Organisation:
    """Index people by account; raises OperatorError when an account stands twice."""
    found: dict[str, Person] = {}
    for person in people:
        if person.account in found:
            raise OperatorError(f"{where}: the account {person.account!r} stands twice; accounts are unique")
        found[person.account] = person
    if not found:
        raise OperatorError(f"{where}: names nobody; it lists who may sign in")
    return Organisation(found)


def _person(row: dict[str, str], where: str) -> Person:
    if None in row or None in row.values():
        raise OperatorError(f"{where}: has {_count(row)} cells; each row has {len(COLUMNS)}, empty ones too")
    roles = _list(row["roles"])
    unknown = sorted(roles.difference(ROLES))
    if unknown:
        raise OperatorError(f"{where}: unknown role {unknown[0]!r}; allowed: {', '.join(ROLES)}")
    if not row["account"]:
        raise OperatorError(f"{where}: the account is empty")
    if not ACCOUNT.fullmatch(row["account"]) or ".." in row["account"]:
        raise OperatorError(f"{where}: the account {row['account']!r} must be of small letters, digits, . _ @ - alone")
    if row["demo"] not in ("true", "false", ""):
        raise OperatorError(f"{where}: demo is {row['demo']!r}; allowed: true, false")
    return Person(
        **{key: row[key] for key in ("account", "name", "organisation", "directorate", "team", "job")},
        roles=roles,
        manages=_list(row["manages"]),
        oversees=_list(row["oversees"]),
        demo=row["demo"] == "true",
    )


def _count(row: Mapping[str, str | list[str] | None]) -> int:
    """How many cells a row has; those beyond the columns are in a list."""
    return sum(len(cell) if isinstance(cell, list) else cell is not None for cell in row.values())


def _list(cell: str) -> frozenset[str]:
    return frozenset(part.strip() for part in cell.split(";") if part.strip())
