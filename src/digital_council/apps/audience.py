"""Audiences: whom an app is shared with, as the groups the hub knows, and who that lets in."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from digital_council.errors import UsageError
from digital_council.people import ROLES, Organisation, Person

EVERYONE = "everyone"
KINDS = ("person", "team", "directorate", "role", "org")
OUTSIDE = "role-partner"
"""The group of those who work elsewhere: only what is shared with them, by name or by organisation, lets them in."""


def lets_in(audience: Iterable[str], account: str, groups: Collection[str]) -> bool:
    """Whether somebody with these hub groups is one of those the app is shared with."""
    return any(_is_one(target, account, groups) for target in audience)


def _is_one(target: str, account: str, groups: Collection[str]) -> bool:
    if target.startswith("person-"):
        return target == f"person-{account}"
    if target.startswith("org-"):
        return target in groups
    if target == OUTSIDE:  # of an app that ships; no published one is shared with all partners at once
        return OUTSIDE in groups
    return OUTSIDE not in groups and bool(groups) and (target == EVERYONE or target in groups)


def people_of(target: str, organisation: Organisation) -> list[Person]:
    """Everybody whom a target lets in now."""
    return [person for person in organisation.people.values() if _is_one(target, person.account, person.groups)]


def resolve(name: str, organisation: Organisation, kinds: Iterable[str] = KINDS) -> str:
    """The target that a name means: `everyone`, `team-street-services`, or a plain name tried as each kind in turn.

    Raises UsageError for a name nobody bears, and for partners as a whole: they are named, or their organisation is.
    """
    name = name.strip().replace(":", "-", 1)
    if name.lower() == EVERYONE:
        return EVERYONE
    known = _known(organisation)
    for target in (name, *(f"{kind}-{name}" for kind in kinds), f"role-{name.removesuffix('s')}"):
        if target == OUTSIDE:
            raise UsageError("partners are not shared with as a whole; name the person or their organisation")
        if target in known:
            return target
    named = [person.account for person in organisation.people.values() if person.name.casefold() == name.casefold()]
    if len(named) == 1:
        return f"person-{named[0]}"
    if named:
        raise UsageError(f"{len(named)} people are called {name}; name one by account: {', '.join(named[:5])}")
    raise UsageError(
        f"nobody is called {name[:80]!r} here; name a person or their account, or say everyone, or one of"
        f" {', '.join(f'{kind}-…' for kind in KINDS[1:])}"
    )


def _known(organisation: Organisation) -> set[str]:
    people = organisation.people.values()
    return (
        {f"role-{role}" for role in ROLES}
        | {group for person in people for group in person.groups}
        | {f"person-{person.account}" for person in people}
    )


def words(target: str, organisation: Organisation) -> str:
    """A target as people say it."""
    kind, _, name = target.partition("-")
    plain = name.replace("-", " ")
    if target == EVERYONE:
        return "everyone in the council"
    if kind == "person":
        person = organisation.person(name)
        return person.name if person else name
    if kind == "org":
        return "everyone in the council" if _is_home(name, organisation) else f"people of {plain.title()}"
    return {"team": f"the {plain} team", "directorate": f"the {plain} directorate"}.get(kind, _people(plain))


def _people(role: str) -> str:
    return re.sub(r"$", "s", role)


def _is_home(name: str, organisation: Organisation) -> bool:
    """Whether it is the council itself, where whoever belongs to a team works."""
    return any(person.organisation == name and person.team for person in organisation.people.values())


def told(audience: Iterable[str], organisation: Organisation) -> str:
    """An audience in one line: who they are, with `and` before the last."""
    said = list(dict.fromkeys(words(target, organisation) for target in audience))
    return " and ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said) or "nobody yet"
