"""The apps there are: those that ship with the product, a folder each, and those that were published from notebooks."""

from __future__ import annotations

import hashlib
import logging
import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from digital_council.apps import audience
from digital_council.errors import AuthorError
from digital_council.settings import PROJECT, Closed, State, read

if TYPE_CHECKING:  # the apps service reads this module and has no ledger
    from digital_council.ledger import Ledger
    from digital_council.ledger.records import AppRecord, AppVersion

log = logging.getLogger(__name__)
NOTEBOOK = "app.ipynb"
DESCRIPTION = "app.toml"
THUMBNAILS = ("thumbnail.png", "thumbnail.svg")
Role = Literal["learner", "leader", "analyst", "author", "operator", "partner"]
Sensitivity = Literal["OFFICIAL", "OFFICIAL-SENSITIVE"]


class Description(Closed):
    """What the app.toml of a shipped app may say."""

    title: str
    summary: str
    owner: str
    audience: tuple[Role, ...]
    """The roles that may open the app; its data still depend on who the viewer is."""
    datasets: tuple[str, ...] = ()
    sensitivity: Sensitivity = "OFFICIAL"
    review_date: date


@dataclass(frozen=True)
class App:
    """One app as it stands: its present version, where that is, and whom it is shared with."""

    id: str
    title: str
    description: str
    version: int
    fingerprint: str
    """Of the version's content: what was made of it (a snapshot, say) is good while this is the same."""
    folder: Path
    owner: str
    """In words, for whoever must ask."""
    audience: tuple[str, ...]
    """Targets, as `audience` reads them."""
    datasets: tuple[str, ...]
    review: date
    sensitivity: Sensitivity
    updated: datetime
    shipped: bool
    owner_account: str | None = None

    @property
    def notebook(self) -> Path:
        return self.folder / NOTEBOOK

    @property
    def thumbnail(self) -> Path | None:
        """Its picture, where it has one."""
        return next((path for name in THUMBNAILS if (path := self.folder / name).is_file()), None)

    def opens_to(self, account: str, groups: Collection[str]) -> bool:
        """Whether somebody with these hub groups may open it: shared with, or its owner."""
        return account == self.owner_account or audience.lets_in(self.audience, account, groups)


def shipped(root: Path | None = None) -> dict[str, App]:
    """The apps that ship, by id. Raises AuthorError naming the file and what is missing in it."""
    return {folder.name: _shipped(folder) for folder in _folders(root)}


def is_shipped(name: str) -> bool:
    """Whether an app of this name ships, sound or not: nobody else may have the name."""
    return any(folder.name == name for folder in _folders(None))


def live(ledger: Ledger, state: State, root: Path | None = None) -> list[App]:
    """Every app that can be opened by somebody, in order of title: shipped ones and published ones, not retired."""
    found = {app.id: app for folder in _folders(root) if (app := _sound(folder))}
    for record in ledger.published_apps():
        if record.retired_at is None and record.id not in found:
            version = ledger.app_version(record.id, record.version)
            assert version is not None  # noqa: S101  (a foreign key of the ledger's)
            found[record.id] = published(record, version, ledger.app_audience(record.id), state)
    return sorted(found.values(), key=lambda app: app.title.casefold())


def published(record: AppRecord, version: AppVersion, shared: Collection[str], state: State) -> App:
    """A published app at one of its versions."""
    said = version.described
    return App(
        id=record.id,
        title=said["title"],
        description=said["description"],
        version=version.number,
        fingerprint=version.fingerprint,
        folder=folder_of(state, record.id, version.number),
        owner=record.owner or "an account that has been erased; ask the operator",
        audience=tuple(shared),
        datasets=tuple(said["datasets"]),
        review=date.fromisoformat(said["review"]),
        sensitivity=said["sensitivity"],
        updated=version.published_at,
        shipped=False,
        owner_account=record.owner,
    )


def folder_of(state: State, app: str, version: int) -> Path:
    """Where a published version is kept."""
    return state.apps / "published" / app / str(version)


def fingerprint_of(folder: Path) -> str:
    """Of what a viewer runs: the notebook and its description."""
    digest = hashlib.sha256()
    for name in (NOTEBOOK, DESCRIPTION):
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()


def _folders(root: Path | None) -> list[Path]:
    root = root or PROJECT / "notebooks" / "apps"
    return sorted(path.parent for path in root.glob(f"*/{DESCRIPTION}"))


def _sound(folder: Path) -> App | None:
    """The shipped app, or None for one whose description does not stand: the others must go on being found."""
    try:
        return _shipped(folder)
    except AuthorError as error:
        log.error("an app that ships is left out: %s", error)
        return None


def _shipped(folder: Path) -> App:
    path, notebook = folder / DESCRIPTION, folder / NOTEBOOK
    if not notebook.is_file():
        raise AuthorError(f"{folder}: {NOTEBOOK} is missing; an app is a folder with {DESCRIPTION} and {NOTEBOOK}")
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise AuthorError(f"{path}: not valid TOML: {error}") from None
    said = read(Description, table, where=str(path))
    return App(
        id=folder.name,
        title=said.title,
        description=said.summary,
        version=1,
        fingerprint=fingerprint_of(folder),
        folder=folder,
        owner=said.owner,
        audience=tuple(f"role-{role}" for role in said.audience),
        datasets=said.datasets,
        review=said.review_date,
        sensitivity=said.sensitivity,
        updated=datetime.fromtimestamp(notebook.stat().st_mtime, UTC),
        shipped=True,
    )
