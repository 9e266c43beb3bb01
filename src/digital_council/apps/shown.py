"""Shown: what a viewer meets when a notebook has run, piece by piece and cell by cell, widgets among it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from markdown_it import MarkdownIt

from digital_council.apps import markup
from digital_council.apps.markup import Found, Picture

WIDGET = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
PICTURES = ("image/png", "image/jpeg")
REFERENCE = "IPY_MODEL_"
UNLABELLED = frozenset({"ButtonModel", "HTMLModel", "HTMLMathModel", "LabelModel", "ValidModel", "PlayModel"})
"""Widgets whose own words are their label, or that are no control at all."""

_markdown = MarkdownIt("commonmark", {"html": True}).enable("table")


@dataclass(frozen=True)
class Piece:
    """One thing in one cell, counted from 1: HTML, plain text, a picture or a control."""

    cell: int
    kind: Literal["html", "text", "picture", "control"]
    content: str = ""
    picture: Picture | None = None
    is_output: bool = True
    model: str = ""
    """Of a control: its widget's id."""

    @cached_property
    def found(self) -> Found:
        """What stands in it."""
        if self.kind == "html":
            return markup.read(self.content)
        pictures = [self.picture] if self.picture else []
        return Found(lines=self.content.splitlines() if self.kind == "text" else [], pictures=pictures)


def pieces(notebook: Any) -> list[Piece]:
    """Everything that an executed notebook shows, in order. Code is not shown."""
    state = widgets(notebook)
    found: list[Piece] = []
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type == "markdown":
            found.append(Piece(number, "html", _markdown.render(cell.source), is_output=False))
        elif cell.cell_type == "code":
            found += _Cell(number, state).outputs(cell.outputs)
    return found


def widgets(notebook: Any) -> Mapping[str, Any]:
    """The states of an executed notebook's widgets, by id."""
    found: Mapping[str, Any] = notebook.metadata.get("widgets", {}).get(STATE, {}).get("state", {})
    return found


class _Cell:
    """One cell's outputs, with the widgets in them."""

    def __init__(self, number: int, state: Mapping[str, Any]) -> None:
        self.number, self.state = number, state
        self.seen: set[str] = set()

    def outputs(self, outputs: Any) -> Iterator[Piece]:
        for output in outputs:
            if output["output_type"] == "stream":
                yield Piece(self.number, "text", _text(output["text"]))
            elif output["output_type"] in ("display_data", "execute_result"):
                yield from self._bundle(output["data"], output.get("metadata", {}))

    def _bundle(self, data: Mapping[str, Any], about: Mapping[str, Any]) -> Iterator[Piece]:
        picture = next((kind for kind in PICTURES if kind in data), None)
        if WIDGET in data:
            yield from self._widget(data[WIDGET].get("model_id", ""))
        elif "text/html" in data:
            yield Piece(self.number, "html", _text(data["text/html"]))
        elif "image/svg+xml" in data:
            yield Piece(self.number, "html", _text(data["image/svg+xml"]))
        elif picture:
            alt = (about.get(picture) or {}).get("alt") or about.get("alt")
            yield Piece(self.number, "picture", picture=Picture(alt or None, picture[6:], _bytes(data[picture])))
        elif "text/markdown" in data:
            yield Piece(self.number, "html", _markdown.render(_text(data["text/markdown"])))
        elif "text/plain" in data:
            yield Piece(self.number, "text", _text(data["text/plain"]))

    def _widget(self, model: str) -> Iterator[Piece]:
        model = model.removeprefix(REFERENCE)
        if model in self.seen or model not in self.state:
            return
        self.seen.add(model)
        name, said = self.state[model].get("model_name", ""), self.state[model].get("state", {})
        if name in ("HTMLModel", "HTMLMathModel"):
            yield Piece(self.number, "html", str(said.get("value", "")))
        elif name == "OutputModel":
            yield from self.outputs(said.get("outputs") or [])
        elif name == "ImageModel":
            yield Piece(self.number, "picture", picture=Picture(None))
        elif "description" in said and name not in UNLABELLED:
            yield Piece(self.number, "control", str(said.get("description") or said.get("tooltip") or ""), model=model)
        yield Piece(self.number, "text", "\n".join(_words(said)))
        for child in said.get("children") or []:
            yield from self._widget(str(child))


def _words(said: Mapping[str, Any]) -> Iterator[str]:
    """The words a widget shows of its own."""
    for name in ("description", "placeholder", "value"):
        if isinstance(said.get(name), str):
            yield said[name]
    for name in ("_options_labels", "titles", "_titles", "tags"):
        listed = said.get(name) or []
        yield from map(str, listed.values() if isinstance(listed, Mapping) else listed)


def _text(given: Any) -> str:
    return given if isinstance(given, str) else "".join(given)


def _bytes(given: Any) -> bytes:
    try:
        return base64.b64decode(_text(given))
    except (binascii.Error, ValueError):
        return b""
