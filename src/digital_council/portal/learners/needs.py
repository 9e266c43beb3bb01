"""Needs: what is to come before a unit, and whether somebody may begin it without."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from digital_council.courses import Unit
from digital_council.portal.problems import Problem
from digital_council.portal.rights.identity import Identity
from digital_council.portal.rights.sessions import PREFIX
from digital_council.portal.services import Services


def completed(services: Services, account: str) -> set[str]:
    """The places, `course/unit`, of every unit this person has completed."""
    rows = services.ledger.completions([account])
    return {f"{row.course}/{row.unit}" for row in rows if row.completed_at or row.passed_at}


def of_unit(services: Services, unit: Unit, done: Collection[str]) -> list[dict[str, Any]]:
    """What should come before a unit, each with whether it is done and whether it must be."""
    need = services.paths.needs.get(f"{unit.course}/{unit.id}")
    found = []
    for place in need.first if need else ():
        course, _, first = place.partition("/")
        if any(each.id == first for known in services.library.courses if known.id == course for each in known.units):
            page = f"{PREFIX}courses/{course}/units/{first}"
            said = {"title": services.library.title(course, first), "page": page}
            found.append({"course": course, "unit": first, "enforced": need.enforced, "done": place in done, **said})  # type: ignore[union-attr]
    return found


def told(services: Services, who: Identity, unit: Unit) -> list[dict[str, Any]]:
    """The same for one person; most units have none, and then nothing is read."""
    has_any = f"{unit.course}/{unit.id}" in services.paths.needs
    return of_unit(services, unit, completed(services, who.account)) if has_any else []


def missing(services: Services, who: Identity, unit: Unit) -> list[dict[str, Any]]:
    """What keeps this person from beginning a unit: nothing where it is advice, for authors, or once it is begun."""
    need = services.paths.needs.get(f"{unit.course}/{unit.id}")
    if need is None or not need.enforced or who.has("author"):
        return []
    if services.drafts.release(who.account, unit.course, unit.id) is not None:
        return []
    done = completed(services, who.account)
    if f"{unit.course}/{unit.id}" in done:
        return []
    return [each for each in of_unit(services, unit, done) if not each["done"]]


def refuse_unready(services: Services, who: Identity, unit: Unit) -> None:
    """Raises a 409 problem that names what is to be completed first."""
    if first := missing(services, who, unit):
        titles = ", ".join(repr(each["title"]) for each in first)
        raise Problem(409, f"{unit.title!r} builds on {titles}: complete that first, then begin this one.", needs=first)
