"""Markup: what a reader meets in a piece of HTML: words, headings, pictures, tables and files to take away."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from urllib.parse import unquote_to_bytes

_BREAKS = (
    "p div li ul ol dl dt dd tr td th table caption h1 h2 h3 h4 h5 h6 br hr section article header footer figure pre"
    " figcaption blockquote option label button summary details main nav text title"
)
BREAKS = frozenset(_BREAKS.split())
SILENT = frozenset({"script", "style"})
DECORATION = "decoration"
_DRAWING = re.compile(r"<svg\b.*?</svg\s*>", re.DOTALL | re.IGNORECASE)
LONGEST_FILE = 2_000_000


@dataclass
class Table:
    """A table's cells as text, row by row, and which of them are headers."""

    caption: str = ""
    rows: list[list[str]] = field(default_factory=list)
    headers: int = 0
    """How many header cells there are that say something."""


@dataclass(frozen=True)
class Picture:
    """A picture: its alternative text, None where there is none, and its bytes where they stand in the page."""

    alt: str | None
    kind: str = ""
    content: bytes = b""


@dataclass
class Found:
    """Everything met."""

    lines: list[str] = field(default_factory=list)
    headings: list[tuple[int, str]] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    files: list[bytes] = field(default_factory=list)
    empty_links: int = 0


def read(html: str) -> Found:
    """What stands in the HTML; broken markup is read as far as it goes, never refused."""
    reader = _Reader(_DRAWING.findall(html))
    reader.feed(html)
    reader.close()
    reader.end_line()
    return reader.found


class _Reader(HTMLParser):
    def __init__(self, drawings: list[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.found = Found()
        self._drawings = iter(drawings)
        self._words: list[str] = []
        self._silent = 0
        self._heading: int | None = None
        self._heading_words: list[str] = []
        self._tables: list[Table] = []
        self._cell: list[str] | None = None
        self._is_header = self._in_caption = False
        self._link: list[str] | None = None
        self._drawing: Picture | None = None
        self._title: list[str] | None = None
        self._name: str | None = None
        self._named: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self._begin_named(tag, said)
        if tag == "svg" and self._drawing is None:
            self._drawing = Picture(
                _alternative(said, "aria-label") or self._name, "svg", next(self._drawings, "").encode()
            )
        elif tag == "title" and self._drawing is not None:
            self._title = []
        if tag in SILENT:
            self._silent += 1
        if tag in BREAKS:
            self.end_line()
        if tag[0] == "h" and tag[1:].isdigit():
            self._heading, self._heading_words = int(tag[1:]), []
        elif tag == "img":
            self._image(said)
        elif tag == "a":
            self._link = [said.get("aria-label", "")]
            self._file(said.get("href", ""))
        else:
            self._table_part(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in ("img", "br", "hr", "input"):
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._drawing is not None:
            self._end_drawing(tag)
        if self._named and tag == self._named[0]:
            self._named.pop()
            self._name = self._name if self._named else None
        if tag in SILENT:
            self._silent = max(0, self._silent - 1)
        if tag in BREAKS:
            self.end_line()
        if self._heading is not None and tag == f"h{self._heading}":
            self.found.headings.append((self._heading, " ".join(" ".join(self._heading_words).split())))
            self._heading = None
        elif tag == "a" and self._link is not None:
            self.found.empty_links += not "".join(self._link).strip()
            self._link = None
        elif tag in ("td", "th"):
            self._end_cell()
        elif tag == "caption":
            self._in_caption = False
        elif tag == "table" and self._tables:
            self.found.tables.append(self._tables.pop())

    def handle_data(self, data: str) -> None:
        if self._title is not None:
            self._title.append(data)
        if self._silent:
            return
        self._words.append(data)
        if self._heading is not None:
            self._heading_words.append(data)
        if self._link is not None:
            self._link.append(data)
        if self._cell is not None:
            self._cell.append(data)
        elif self._in_caption and self._tables:
            self._tables[-1].caption += data

    def end_line(self) -> None:
        """What was met so far is a line of its own."""
        line = " ".join("".join(self._words).split())
        if line:
            self.found.lines.append(line)
        self._words = []

    def _table_part(self, tag: str) -> None:
        if tag == "table":
            self._tables.append(Table())
        elif tag == "caption":
            self._in_caption = True
        elif tag == "tr" and self._tables:
            self._end_cell()
            self._tables[-1].rows.append([])
        elif tag in ("td", "th") and self._tables:
            self._end_cell()
            self._cell, self._is_header = [], tag == "th"

    def _end_cell(self) -> None:
        if self._cell is None or not self._tables:
            return
        text = " ".join("".join(self._cell).split())
        table = self._tables[-1]
        if not table.rows:
            table.rows.append([])
        table.rows[-1].append(text)
        table.headers += self._is_header and bool(text)
        self._cell = None

    def _begin_named(self, tag: str, said: dict[str, str]) -> None:
        """An element that is one picture as a whole: its words stand for every drawing inside it."""
        if self._named and tag == self._named[0]:
            self._named.append(tag)
        elif not self._named and said.get("role") == "img" and tag not in ("svg", "img"):
            self._name, self._named = _alternative(said, "aria-label"), [tag]
            if not self._name:
                self.found.pictures.append(Picture(None))

    def _image(self, said: dict[str, str]) -> None:
        alt = _alternative(said, "alt") or self._name
        if self._link is not None and alt:
            self._link.append(alt)
        kind, content = data_of(said.get("src", ""))
        self.found.pictures.append(Picture(alt, kind, content))

    def _end_drawing(self, tag: str) -> None:
        drawing = self._drawing
        assert drawing is not None  # noqa: S101  (the caller looked)
        if tag == "title" and self._title is not None:
            self._drawing = replace(drawing, alt=drawing.alt or "".join(self._title).strip() or None)
            self._title = None
        elif tag == "svg":
            self.found.pictures.append(drawing)
            self._drawing = None

    def _file(self, address: str) -> None:
        kind, content = data_of(address)
        if content and kind in ("csv", "plain", "json", "html", "markdown"):
            self.found.files.append(content)


def _alternative(said: dict[str, str], name: str) -> str | None:
    """The words that stand for a picture; None where there are none, DECORATION where it says that none are needed."""
    if said.get("role") in ("presentation", "none") or said.get("aria-hidden") == "true":
        return DECORATION
    return said.get(name, "").strip() or None


def data_of(address: str) -> tuple[str, bytes]:
    """The kind and content of a `data:` address; empty for any other, and for one that cannot be read."""
    head, comma, rest = address.partition(",")
    if not head.startswith("data:") or not comma or len(rest) > LONGEST_FILE:
        return "", b""
    kind = head.removeprefix("data:").split(";")[0].rpartition("/")[2].partition("+")[0]
    try:
        return kind, base64.b64decode(rest) if ";base64" in head else unquote_to_bytes(rest)
    except (binascii.Error, ValueError):
        return "", b""
