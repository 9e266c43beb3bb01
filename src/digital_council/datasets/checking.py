"""Checking the store: every description against its file, and findings that say what to mend."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from digital_council.datasets import reading, store
from digital_council.datasets.description import FILE, Description
from digital_council.datasets.errors import DescriptionError, TableError
from digital_council.datasets.publication import gate

MOST = 50
"""Findings shown for one file: after so many, the cause is nearly always the same."""


@dataclass(frozen=True)
class Finding:
    """Something to mend in a dataset: where, and what."""

    dataset: str
    what: str
    row: int | None = None
    column: str = ""

    def __str__(self) -> str:
        where = f", row {self.row}" if self.row else ""
        return f"{self.dataset}{where}{f', column {self.column}' if self.column else ''}: {self.what}"

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def check(name: str, today: date | None = None) -> list[Finding]:
    """What is wrong with a dataset; raises UnknownDatasetError, and nothing for what an owner can mend."""
    if name not in store.names():
        store.describe(name)  # raises, naming the nearest
    try:
        described = reading.read(store.root() / name)
    except DescriptionError as error:
        return [Finding(name, str(error))]
    return [*_naming(described, name), *_review(described, today or date.today()), *_file(described), *_raw(described),
            *_disclosure(described)]  # fmt: skip


def _disclosure(described: Description) -> Iterator[Finding]:
    """Signs of people in what says it is public; until they are answered it is not given out."""
    if not described.public:
        return
    try:
        held = gate.held_by(described)
    except (OSError, ValueError, TableError):
        return  # the file's own findings say it already
    for found in held:
        yield Finding(described.id, f"is held back from publication: {found.count:,} {found.what}; {found.mend}",
                      found.rows[0] if found.rows else None, found.column)  # fmt: skip


def _naming(described: Description, name: str) -> Iterator[Finding]:
    if described.id != name:
        yield Finding(name, f"the description calls it {described.id!r}; name and folder must be the same")
    for column in described.columns:
        if not column.meaning:
            yield Finding(name, "has no description; say what it means", column=column.name)
    if not described.key:
        yield Finding(name, "states no primaryKey; say which columns tell rows apart")


def _review(described: Description, today: date) -> Iterator[Finding]:
    if described.public:
        return
    try:
        due = date.fromisoformat(described.publication.review)
    except ValueError:
        yield Finding(
            described.id, f"publication.review is {described.publication.review!r}; write a date such as 2027-03-31"
        )
        return
    if due < today:
        yield Finding(described.id, f"is not public, and whether it may be was to be looked at by {due}: "
                                    f"{described.publication.owner} decides")  # fmt: skip


def _file(described: Description) -> Iterator[Finding]:
    if not described.file.is_file():
        yield Finding(described.id, f"{described.file.name} is not there; restore it, or run `council datasets build`")
        return
    if store.fingerprint(described.file) != described.fingerprint:
        yield Finding(described.id, f"{described.file.name} is not the file its description was written for: "
                                    "its fingerprint differs; restore the file or describe the new one")  # fmt: skip
    yield from _frictionless(described)


def _raw(described: Description) -> Iterator[Finding]:
    for path, expected in described.raw_fingerprints:
        file = described.folder / path
        if not file.is_file():
            yield Finding(described.id, f"{path} is not there")
        elif store.fingerprint(file) != expected:
            yield Finding(described.id, f"{path} has changed since it was described")


def _frictionless(described: Description) -> Iterator[Finding]:
    """What the Data Package standard's own validator says of description, rows and columns."""
    import frictionless

    report = frictionless.validate(str(Path(described.folder, FILE)), limit_errors=MOST)
    for error in report.flatten(["rowNumber", "fieldName", "type", "message"]):
        row, column, kind, message = error
        if kind not in ("hash-count", "byte-count"):  # said already, and better, by the fingerprint
            yield Finding(described.id, message, row, column or "")
    rows = report.tasks[0].stats.get("rows") if report.tasks else None
    if rows is not None and rows != described.rows:
        yield Finding(described.id, f"the file has {rows:,} rows, its description says {described.rows:,}")
