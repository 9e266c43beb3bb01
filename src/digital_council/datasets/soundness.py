"""Soundness: a description's values are of the kinds that everything which reads it counts on."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from digital_council.datasets.description import Column, Description
from digital_council.datasets.errors import DescriptionError

TEXTS = {"id": "name", "title": "title", "description": "description", "version": "version", "owner": "owner",
         "licence": "licenses[0].name", "row_is": "rowIs", "refresh": "refresh", "source": "sources[0].title",
         "synthetic": "syntheticNote", "fingerprint": "resources[0].hash"}  # fmt: skip
"""The parts that are text, with what they are called in the file."""


def sound(described: Description, where: str) -> Description:
    """The description; raises DescriptionError naming the first part that is of another kind than it must be."""
    for part, name in TEXTS.items():
        _text(getattr(described, part), name, where)
    for part in ("reason", "owner", "review"):
        _text(getattr(described.publication, part), f"publication.{part}", where)
    for number, name in ((described.rows, "rowCount"), (described.size, "bytes")):
        if isinstance(number, bool) or not isinstance(number, int) or number < 0:
            raise DescriptionError(f"{where}: `resources[0].{name}` is {number!r}; it must be a whole number from 0 up")
    for each in described.keywords:
        _text(each, "keywords", where)
    for mark, label in described.missing:
        _text(mark, "missingValues", where)
        _text(label, "missingValues", where)
    for path in (described.file, *described.raw):
        _inside(path.relative_to(described.folder).as_posix() if path.is_relative_to(described.folder) else "/", where)
    _columns(described.columns, described.key, where)
    return described


def _columns(columns: tuple[Column, ...], key: tuple[str, ...], where: str) -> None:
    if not columns:
        raise DescriptionError(f"{where}: `schema.fields` is empty; describe every column")
    for column in columns:
        for part in (column.name, column.type, column.meaning, column.title):
            _text(part, "schema.fields", where)
        for category in column.categories:
            _text(category, f"schema.fields, {column.name}, enum", where)
    names = [column.name for column in columns]
    for name in (name for name in names if names.count(name) > 1 or not name):
        raise DescriptionError(
            f"{where}: `schema.fields` has the name {name!r} {names.count(name)} times; names differ"
        )
    for name in key:
        if name not in names:
            raise DescriptionError(f"{where}: `primaryKey` names {name!r}, which is no column")


def _text(value: Any, name: str, where: str) -> None:
    if not isinstance(value, str):
        raise DescriptionError(f"{where}: `{name}` is {value!r}; it must be text")


def _inside(path: str, where: str) -> None:
    """A dataset's files lie in its own folder, so that no description opens another file."""
    if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
        raise DescriptionError(f"{where}: a `path` leads out of the dataset's folder; files lie beside the description")
