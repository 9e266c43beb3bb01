"""Identity: who is asking, as the hub says it this minute."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from digital_council.people import Organisation, Person
from digital_council.portal.rights.tokens import Viewer


@dataclass(frozen=True)
class Identity:
    """An account with the roles its hub groups give it; `via` is how it proved who it is."""

    account: str
    name: str
    roles: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()
    directorates: frozenset[str] = frozenset()
    person: Person | None = None
    via: Literal["token", "session", "viewer"] = "token"
    session: str = ""
    viewer: Viewer | None = field(default=None, repr=False)
    service: bool = False

    def has(self, *roles: str) -> bool:
        return not self.roles.isdisjoint(roles)

    @property
    def main_role(self) -> str:
        """The part this person plays beyond learning: it decides what their front page shows first."""
        order = ("operator", "author", "analyst", "leader", "partner", "learner")
        return next((role for role in order if role in self.roles), "learner")


def from_hub(
    model: Mapping[str, Any], organisation: Organisation, via: Literal["token", "session"], session: str = ""
) -> Identity:
    """Read a hub user model; its groups alone say which roles and teams the account has."""
    if model.get("kind") == "service":
        return Identity(model["name"], model["name"], via=via, service=True)
    account = model["name"]
    person = organisation.person(account)
    groups = model.get("groups") or []
    return Identity(
        account=account,
        name=person.name if person else account,
        roles=_named(groups, "role-"),
        teams=_named(groups, "team-"),
        directorates=_named(groups, "directorate-"),
        person=person,
        via=via,
        session=session,
    )


def from_viewer(viewer: Viewer, groups: Iterable[str], organisation: Organisation) -> Identity:
    """A viewer through an app: reads as that person, with the roles they hold now, not when it was signed."""
    model = {"name": viewer.account, "groups": list(groups)}
    return replace(from_hub(model, organisation, "token"), via="viewer", viewer=viewer)


def _named(groups: Iterable[str], prefix: str) -> frozenset[str]:
    return frozenset(group.removeprefix(prefix) for group in groups if group.startswith(prefix))
