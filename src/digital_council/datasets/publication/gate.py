"""The gate: a dataset is given to everybody when it is public, unchanged, and no sign of a person is unanswered."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from digital_council.datasets import disclosure, store, table
from digital_council.datasets.description import FILE, INSIDERS, Description
from digital_council.datasets.errors import ChangedFileError, DescriptionError, TableError, UnknownDatasetError


def published() -> list[Description]:
    """The datasets that everybody may have, in order of name."""
    return [described for described in store.catalogue() if is_published(described)]


def find(name: str) -> Description:
    """A published dataset; raises UnknownDatasetError for one that is not, as if there were none."""
    try:
        described = store.describe(name)
    except DescriptionError:
        raise UnknownDatasetError(f"there is no open dataset {name!r}") from None
    if not is_published(described):
        raise UnknownDatasetError(f"there is no open dataset {name!r}")
    return described


def is_published(described: Description) -> bool:
    if not described.public:
        return False
    try:
        store.ensure_unchanged(described)
        return not held_by(described)
    except (ChangedFileError, TableError):
        return False


def shown_to(described: Description, roles: Collection[str]) -> bool:
    """Whether people with these roles may see it: open data everybody, the rest, and what is held, by role."""
    if described.public and not is_published(described):  # signs of people in it that nobody has answered yet
        return not INSIDERS.isdisjoint(roles)
    return described.visible_to(roles)


def held_by(described: Description) -> list[disclosure.Finding]:
    """Signs of people that nobody has answered; none where every person is invented."""
    if described.synthetic:
        return []
    path = described.folder / FILE
    return list(_held(described.folder, path.stat().st_mtime_ns, described.fingerprint))


def package(described: Description) -> dict[str, Any]:
    """All that the description's file says."""
    return _package(described.folder, (described.folder / FILE).stat().st_mtime_ns)


def overdue(described: Description, today: date | None = None) -> str:
    """Since when it is overdue to look again at why a dataset is not public; empty when it is not."""
    try:
        due = date.fromisoformat(described.publication.review)
    except ValueError:
        return ""
    return due.isoformat() if not described.public and due < (today or date.today()) else ""


@lru_cache(maxsize=256)
def _package(folder: Path, modified: int) -> dict[str, Any]:
    said: dict[str, Any] = json.loads((folder / FILE).read_text(encoding="utf-8"))
    return said


@lru_cache(maxsize=256)
def _held(folder: Path, modified: int, fingerprint: str) -> tuple[disclosure.Finding, ...]:
    from digital_council.datasets import reading

    described = reading.read(folder)
    accepted = _package(folder, modified)["publication"].get("accepted") or []
    answered = {(each.get("column"), each.get("kind")) for each in accepted if each.get("reason") and each.get("owner")}
    found = disclosure.check(table.typed(described), described)
    return tuple(each for each in found if (each.column, each.kind) not in answered)
