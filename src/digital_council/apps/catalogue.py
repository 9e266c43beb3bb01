"""The apps there are: one folder each, with a closed description and a notebook."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Literal

from digital_council.errors import AuthorError
from digital_council.settings import PROJECT, Closed, read

Role = Literal["learner", "leader", "analyst", "author", "operator", "partner"]


class Description(Closed):
    """What app.toml may say."""

    title: str
    summary: str
    owner: str
    audience: tuple[Role, ...]
    """The roles that may open the app; its data still depend on who the viewer is."""
    datasets: tuple[str, ...] = ()
    sensitivity: Literal["OFFICIAL", "OFFICIAL-SENSITIVE"] = "OFFICIAL"
    review_date: date


class App:
    """One app: its id (the folder's name), description and notebook."""

    def __init__(self, folder: Path, description: Description) -> None:
        self.folder = folder
        self.id = folder.name
        self.description = description

    @property
    def notebook(self) -> Path:
        return self.folder / "app.ipynb"

    def open_to(self, roles: frozenset[str]) -> bool:
        return not roles.isdisjoint(self.description.audience)


def load(root: Path | None = None) -> dict[str, App]:
    """Every app by id. Raises AuthorError naming the file and what is missing in it."""
    root = root or PROJECT / "notebooks" / "apps"
    folders = sorted(path.parent for path in root.glob("*/app.toml"))
    return {folder.name: _app(folder) for folder in folders}


def _app(folder: Path) -> App:
    path = folder / "app.toml"
    if not (folder / "app.ipynb").is_file():
        raise AuthorError(f"{folder}: app.ipynb is missing; an app is a folder with app.toml and app.ipynb")
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise AuthorError(f"{path}: not valid TOML: {error}") from None
    return App(folder, read(Description, table, where=str(path)))
