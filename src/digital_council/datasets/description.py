"""The description of a dataset: what its datapackage.json says, as frozen records that show themselves readably."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

FILE = "datapackage.json"
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
