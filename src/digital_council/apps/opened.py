"""Datasets as an app opens them: by name, from the portal, with the rights of whoever is looking."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from digital_council.client import Portal
from digital_council.datasets import table
from digital_council.datasets.description import Column

if TYPE_CHECKING:
    import httpx
    import pandas as pd

SECONDS = 10.0
"""An app's kernel waits alone, so it may wait longer than a server that others wait for."""


@dataclass(frozen=True)
class Opened:
    """A dataset's rows with their types set, and what a reader of its figures must be told."""

    id: str
    title: str
    owner: str
    licence: str
    refresh: str
    row: str
    synthetic: str
    frame: pd.DataFrame
    meanings: dict[str, str]


def ask(path: str) -> Any:
    """What the portal answers to the viewer, such as `progress`; raises LearnerError that says why not."""
    return _answer(path).json()


def _answer(path: str) -> httpx.Response:
    return Portal.from_environment().send("GET", path, seconds=SECONDS)


def dataset(name: str) -> Opened:
    """Open a dataset; raises LearnerError that says why where the viewer, or this app, may not see it."""
    told = ask(f"datasets/{name}")
    text = _answer(f"datasets/{name}/data.csv").text
    raw = table.rows(io.StringIO(text), told["missing"])
    columns = [Column(**{**column, "categories": tuple(column["categories"])}) for column in told["columns"]]
    kept = {key: told[key] for key in ("id", "title", "owner", "licence", "refresh", "row", "synthetic")}
    meanings = {column.name: column.meaning for column in columns}
    return Opened(**kept, frame=table.converted(raw, columns, name), meanings=meanings)
