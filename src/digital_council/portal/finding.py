"""Finding: the search index over what this portal has, kept up to date, asked with the rights of whoever asks."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from digital_council import settings
from digital_council.datasets import store
from digital_council.datasets.description import FILE
from digital_council.datasets.publication import gate
from digital_council.portal.learners.learning import page_of
from digital_council.portal.library import Library
from digital_council.portal.rights import visibility
from digital_council.portal.rights.identity import Identity
from digital_council.portal.rights.sessions import PREFIX
from digital_council.portal.services import Services
from digital_council.portal.sharing import gallery
from digital_council.search import documents
from digital_council.search.index import Hit, Index

LOOK_SECONDS = 5.0
"""How often it is looked whether something was added; until then the last index answers."""
DEEPEST = 1_000
"""Results that can be paged through; nobody reads on, and every page costs the ones before it."""


class Finder:
    """One portal's index; made anew when datasets, notebooks or apps have changed."""

    def __init__(self, services: Services) -> None:
        self._library, self._hub = services.library, services.auth.hub
        self._lock = threading.Lock()
        self._looked, self._seen = 0.0, ""
        self._index = Index(())

    def index(self, services: Services) -> Index:
        """The index as things stand."""
        with self._lock:
            if time.monotonic() - self._looked > LOOK_SECONDS:
                seen = _seen(apps := _apps(services)) + _released(self._library) + _published()
                if seen != self._seen:
                    self._index, self._seen = self._made(apps), seen
                self._looked = time.monotonic()
            return self._index

    def _made(self, apps: Sequence[dict[str, Any]]) -> Index:
        addresses = {
            "dataset": f"{PREFIX}datasets/{{id}}",
            "course": f"{PREFIX}courses/{{course}}",
            "unit": page_of("{course}", "{unit}"),
            "notebook": f"{self._hub}/hub/user-redirect/lab/tree/starters/{{id}}.ipynb",
        }
        return Index([
            *documents.of_courses(self._library.courses, addresses),
            *documents.of_datasets(store.catalogue(), addresses, gate.is_published),
            *documents.of_notebooks(settings.PROJECT / "notebooks" / "starters", addresses),
            *documents.of_apps(apps),
        ])  # fmt: skip


_finders: WeakKeyDictionary[Library, Finder] = WeakKeyDictionary()


def found(
    services: Services,
    who: Identity | None,
    words: str,
    kinds: Sequence[str] = (),
    limit: int = 20,
    start: int = 0,
) -> list[Hit]:
    """What somebody, or nobody in particular, may see of what begins with the words, best first."""
    finder = _finders.get(services.library)
    if finder is None:
        finder = _finders.setdefault(services.library, Finder(services))
    start, limit = min(start, DEEPEST), min(limit, max(0, DEEPEST + 1 - start))
    return finder.index(services).find(words, scopes_of(services, who), kinds=kinds, limit=limit, start=start)


def scopes_of(services: Services, who: Identity | None) -> set[str]:
    """What opens things to this person: being anybody, a member, their roles, and what they may see by name."""
    scopes = {documents.EVERYBODY}
    if who is None:
        return scopes
    scopes |= {documents.MEMBER, *(f"role:{role}" for role in who.roles)}
    scopes |= {f"dataset:{each.id}" for each in visibility.datasets_for(who)}
    return scopes | {f"app:{each['id']}" for each in gallery.apps_for(services, who)}


def _apps(services: Services) -> list[dict[str, Any]]:
    """Every app, whoever may open it; the scopes see to that."""
    return [gallery.described(services, app, 0) for app in gallery.live(services).values()]


def _released(library: Library) -> str:
    """Changes when a unit has been released."""
    return repr([unit.release for course in library.courses for unit in course.units])


def _published() -> str:
    """Changes when a dataset is published, or no longer is: its file has changed, or shows signs of people."""
    return repr([each.id for each in gate.published()])


def _seen(apps: Sequence[dict[str, Any]]) -> str:
    """Changes when something that can be found has changed."""
    room, starters = store.root(), settings.PROJECT / "notebooks" / "starters"
    files: list[Path] = [*(room / name / FILE for name in store.names()), *sorted(starters.rglob("*.ipynb"))]
    return repr([(str(file), file.stat().st_mtime_ns) for file in files if file.is_file()]) + repr(apps)
