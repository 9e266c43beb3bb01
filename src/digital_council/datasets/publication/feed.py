"""The feed of changes: an Atom entry for every version of every published dataset, newest first."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

from digital_council.datasets.description import FILE, Description
from digital_council.datasets.publication import gate
from digital_council.datasets.publication.places import Places

ATOM = "http://www.w3.org/2005/Atom"
MOST = 100


@dataclass(frozen=True)
class Change:
    """One version of a dataset, from the day it was described."""

    dataset: str
    title: str
    version: str
    owner: str
    made: str
    rows: int
    is_new: bool

    @property
    def said(self) -> str:
        return f"{self.title}: {'first published' if self.is_new else f'version {self.version}'}, {self.rows:,} rows"


def changes(datasets: Sequence[Description]) -> list[Change]:
    """Every version, newest first."""
    found = [change for each in datasets for change in _of(each)]
    return sorted(found, key=lambda change: (change.made, change.dataset), reverse=True)


def atom(datasets: Sequence[Description], places: Places, publisher: str) -> bytes:
    """The feed as XML."""
    ElementTree.register_namespace("", ATOM)
    found = changes(datasets)[:MOST]
    feed = ElementTree.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": "en-GB"})
    _text(feed, "id", places.feed)
    _text(feed, "title", f"Open data of {publisher}: changes")
    _text(feed, "updated", max((each.made for each in found), default="2026-01-01T00:00:00Z"))
    _link(feed, "self", places.feed, "application/atom+xml")
    _link(feed, "alternate", places.base, "text/html")
    _text(ElementTree.SubElement(feed, f"{{{ATOM}}}author"), "name", publisher)
    for each in found:
        entry = ElementTree.SubElement(feed, f"{{{ATOM}}}entry")
        page = places.page(each.dataset)
        _text(entry, "id", f"{page}#version-{each.version}")
        _text(entry, "title", each.said)
        _text(entry, "updated", each.made)
        _text(entry, "summary", f"{each.title} ({each.dataset}), version {each.version}, by {each.owner}.")
        _text(ElementTree.SubElement(entry, f"{{{ATOM}}}author"), "name", each.owner)
        _link(entry, "alternate", page, "text/html")
    return bytes(ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True))


def _of(described: Description) -> Iterator[Change]:
    said = [gate.package(described)]
    for path in sorted((described.folder / "versions").glob(f"*/{FILE}")):
        try:
            said.append(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            continue  # `council datasets check` says so
    oldest = min(said, key=lambda each: str(each["created"]))
    for each in said:
        yield Change(described.id, str(each["title"]), str(each["version"]), str(each["owner"]), str(each["created"]),
                     int(each["resources"][0]["rowCount"]), each is oldest)  # fmt: skip


def _link(parent: ElementTree.Element, rel: str, href: str, kind: str) -> None:
    ElementTree.SubElement(parent, f"{{{ATOM}}}link", {"rel": rel, "href": href, "type": kind})


def _text(parent: ElementTree.Element, name: str, text: str) -> None:
    ElementTree.SubElement(parent, f"{{{ATOM}}}{name}").text = "".join(c for c in text if c >= " " or c in "\n\t")
