"""The description of a dataset: what its datapackage.json says, as frozen records that show themselves readably."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

from digital_council.datasets.errors import DescriptionError
from digital_council.datasets.soundness import sound

FILE = "datapackage.json"
REQUIRED = (
    "name",
    "title",
    "description",
    "version",
    "created",
    "owner",
    "licenses",
    "sensitivity",
    "publication",
    "rowIs",
    "refresh",
    "sources",
    "resources",
)
SENSITIVITIES = ("OFFICIAL", "OFFICIAL-SENSITIVE")
INSIDERS = frozenset({"analyst", "author", "operator"})
"""Roles that may see data which the council has not published. A partner or a learner may not."""


@dataclass(frozen=True)
class Column:
    """One column: its name, its type and what it means."""

    name: str
    type: str
    meaning: str
    title: str = ""
    required: bool = False
    categories: tuple[str, ...] = ()


@dataclass(frozen=True)
class Publication:
    """Whether everyone may have it; when not, why, who decided and when that is looked at again."""

    public: bool
    reason: str = ""
    owner: str = ""
    review: str = ""


@dataclass(frozen=True)
class Description:
    """Everything a person or a program needs to know before opening a dataset."""

    id: str
    title: str
    description: str
    version: str
    owner: str
    licence: str
    sensitivity: str
    publication: Publication
    row_is: str
    refresh: str
    source: str
    synthetic: str
    keywords: tuple[str, ...]
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    missing: tuple[tuple[str, str], ...]
    """Each marker that stands for an absent value, with what it means."""
    rows: int
    size: int
    fingerprint: str
    file: Path
    folder: Path
    raw_fingerprints: tuple[tuple[str, str], ...] = ()
    """The files as they were first published, by path in the folder, with their SHA-256."""

    @property
    def public(self) -> bool:
        return self.publication.public

    def visible_to(self, roles: Collection[str]) -> bool:
        """Whether somebody with these roles may see it: open data everybody, the rest by role."""
        return self.public or not INSIDERS.isdisjoint(roles)

    @property
    def raw(self) -> tuple[Path, ...]:
        """The files as they were first published, with their mess, when there are any."""
        return tuple(self.folder / path for path, _ in self.raw_fingerprints)

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "title": self.title,
            "description": self.description,
            "version": self.version,
            "owner": self.owner,
            "licence": self.licence,
            "sensitivity": self.sensitivity,
            "public": self.public,
            "publication": vars(self.publication),
            "row_is": self.row_is,
            "refresh": self.refresh,
            "source": self.source,
            "synthetic": self.synthetic,
            "keywords": list(self.keywords),
            "rows": self.rows,
            "bytes": self.size,
            "fingerprint": self.fingerprint,
            "key": list(self.key),
            "missing": dict(self.missing),
            "columns": [{**vars(c), "categories": list(c.categories)} for c in self.columns],
        }

    def _facts(self) -> list[tuple[str, str]]:
        who = (
            "everyone"
            if self.public
            else (
                f"not published: {self.publication.reason} ({self.publication.owner}, "
                f"to be reviewed by {self.publication.review})"
            )
        )
        facts = [
            ("One row is", self.row_is),
            ("Rows", f"{self.rows:,}"),
            ("Owner", self.owner),
            ("Refreshed", self.refresh),
            ("Source", self.source),
            ("Licence", self.licence),
            ("Sensitivity", self.sensitivity),
            ("Open to", who),
            ("Version", self.version),
        ]
        if self.missing:
            facts.append(("Missing values", "; ".join(f"{mark or 'blank'} = {label}" for mark, label in self.missing)))
        return [*facts, ("Note", self.synthetic)] if self.synthetic else facts

    def __repr__(self) -> str:
        wide = max(len(column.name) for column in self.columns)
        lines = [f"{self.title} ({self.id})", self.description, ""]
        lines += [f"{name}: {value}" for name, value in self._facts()]
        lines += ["", "Columns"]
        lines += [f"  {c.name:<{wide}}  {c.type:<8} {c.meaning}" for c in self.columns]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in self._facts())
        rows = "".join(
            f'<tr><th scope="row">{escape(c.name)}</th><td>{escape(c.type)}</td><td>{escape(c.meaning)}</td></tr>'
            for c in self.columns
        )
        head = "".join(f'<th scope="col">{name}</th>' for name in ("Column", "Type", "Meaning"))
        return (
            f"<section><p><strong>{escape(self.title)}</strong> (<code>{escape(self.id)}</code>)</p>"
            f"<p>{escape(self.description)}</p><dl>{facts}</dl><table><caption>Columns of {escape(self.id)}"
            f"</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></section>"
        )


def read(folder: Path) -> Description:
    """The description in a folder; raises DescriptionError naming the file and the field that is wrong."""
    path = folder / FILE
    try:
        found = path.stat()
        return _read(folder, (found.st_ino, found.st_mtime_ns, found.st_size))
    except OSError as error:
        raise DescriptionError(f"{path}: cannot be read ({error.strerror}); every dataset folder needs one") from error


@lru_cache(maxsize=500)
def _read(folder: Path, _stamp: tuple[int, int, int]) -> Description:
    """Read once while the file stays as it is: every lesson's page asks. Raises OSError, DescriptionError."""
    path = folder / FILE
    try:
        package = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DescriptionError(f"{path}: is not JSON ({error}); mend it and run `council datasets check`") from error
    return parse(package, folder)


def parse(package: Any, folder: Path) -> Description:
    """A description from the content of its file."""
    where = f"{folder.name}/{FILE}"
    if not isinstance(package, dict):
        raise DescriptionError(f"{where}: must be a JSON object")
    for key in REQUIRED:
        if package.get(key) in (None, "", [], {}):
            raise DescriptionError(f"{where}: `{key}` is missing or empty; write it down before the data is used")
    if package["sensitivity"] not in SENSITIVITIES:
        raise DescriptionError(
            f"{where}: `sensitivity` is {package['sensitivity']!r}; allowed: {', '.join(SENSITIVITIES)}"
        )
    try:
        datetime.fromisoformat(package["created"])
    except (TypeError, ValueError):
        found = package["created"]
        raise DescriptionError(
            f"{where}: `created` is {found!r}; write a moment such as 2026-03-31T00:00:00Z"
        ) from None
    try:
        return sound(_record(package, folder, _publication(package["publication"], where)), where)
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise DescriptionError(
            f"{where}: is not a Data Package with one table ({type(error).__name__}: {error})"
        ) from error


def _publication(said: Any, where: str) -> Publication:
    if not isinstance(said, dict) or not isinstance(said.get("public"), bool):
        raise DescriptionError(f"{where}: `publication.public` must be true or false")
    if not said["public"]:
        for key in ("reason", "owner", "review"):
            if not said.get(key):
                raise DescriptionError(
                    f"{where}: not public, so `publication.{key}` is needed: data is open unless a "
                    "reason, an owner and a review date are written down"
                )
    return Publication(said["public"], said.get("reason", ""), said.get("owner", ""), said.get("review", ""))


def _record(package: dict[str, Any], folder: Path, publication: Publication) -> Description:
    resource = package["resources"][0]
    schema = resource["schema"]
    key = schema.get("primaryKey", [])
    return Description(
        id=package["name"],
        title=package["title"],
        description=package["description"],
        version=package["version"],
        owner=package["owner"],
        licence=package["licenses"][0]["name"],
        sensitivity=package["sensitivity"],
        publication=publication,
        row_is=package["rowIs"],
        refresh=package["refresh"],
        source=package["sources"][0]["title"],
        synthetic=package.get("syntheticNote", ""),
        keywords=tuple(package.get("keywords", ())),
        columns=tuple(_column(field) for field in schema["fields"]),
        key=(key,) if isinstance(key, str) else tuple(key),
        missing=tuple(_marker(entry) for entry in schema.get("missingValues", [""])),
        rows=resource["rowCount"],
        size=resource["bytes"],
        fingerprint=resource["hash"].removeprefix("sha256:"),
        file=folder / resource["path"],
        folder=folder,
        raw_fingerprints=tuple((r["path"], r["hash"].removeprefix("sha256:")) for r in package.get("raw", ())),
    )


def _marker(entry: Any) -> tuple[str, str]:
    if isinstance(entry, str):
        return entry, "no value"
    return entry["value"], entry.get("label", "no value")


def _column(field: dict[str, Any]) -> Column:
    rules = field.get("constraints", {})
    return Column(
        field["name"],
        field.get("type", "string"),
        field.get("description", ""),
        field.get("title", ""),
        bool(rules.get("required")),
        tuple(rules.get("enum", field.get("categories", ()))),
    )
