"""Feedback pages: a learner's graded notebook with scores and comments, without hidden tests, without live script."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nh3
from markupsafe import Markup

from . import mending
from .mathematics import markdown
from .page import PAGE
from .record import Cell, Hidden, Notebook

BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
LIVE = (".htm", ".html", ".xht", ".xhtml", ".shtml", ".mht", ".mhtml", ".svg", ".svgz", ".xml", ".xsl", ".js", ".mjs")
SHORTEST = 8  # characters of a hidden line that is looked for in outputs
NOTHING = Markup()
LEFT_OUT = "[An output that shows hidden tests was left out.]"


@dataclass
class Shown:
    """One cell as the page shows it."""

    code: bool
    source: str
    html: Markup = NOTHING
    name: str = ""
    title: str = ""
    score: float | None = None
    points: float | None = None
    comment: str = ""
    said: Markup = NOTHING
    outputs: list[dict[str, Any]] = field(default_factory=list)


def page(content: bytes, author: Notebook, marks: Mapping[str, Any], hidden: Hidden) -> bytes:
    """The page of one graded notebook; raises LearnerError when the notebook cannot be read."""
    graded = mending.parse(content, author.name, outputs=True)
    secrets = [line for cell in author.cells.values() for line in hidden.split(cell.source)[1]]
    secrets = [line for line in secrets if len(line) >= SHORTEST]
    cells = [shown(cell, author, marks, hidden, secrets) for cell in graded.cells]
    late = float(marks["late_penalty"])
    told: dict[str, Any] = {"name": author.name, "cells": cells}
    told |= {"score": sum(marks["scores"].values()) - late, "late_penalty": late}
    told["max"] = sum(cell.points or 0.0 for cell in author.cells.values())
    return PAGE.render(told).encode("utf-8", "replace")


def shown(cell: Any, author: Notebook, marks: Mapping[str, Any], hidden: Hidden, secrets: list[str]) -> Shown:
    """One cell with its marks."""
    text, secret = hidden.split(cell.source)
    code = cell.cell_type != "markdown"
    found = Shown(code, text, NOTHING if code else markdown(text))
    found.outputs = [output(o, bool(secret), secrets) for o in cell.get("outputs", [])]
    found.outputs = [o for o in found.outputs if o]
    known = author.cells.get(str(cell.metadata.get("nbgrader", {}).get("grade_id")))
    if known is not None and (known.grade or known.solution or known.task):
        found.name, found.title, found.points = known.name, title(known), known.points
        found.score = marks["scores"].get(author.graded.get(known.name, ""))
        found.comment = marks["comments"].get(author.answered.get(known.name, "")) or ""
        found.said = markdown(found.comment)
    return found


def title(cell: Cell) -> str:
    """What nbgrader calls such a cell."""
    if cell.task:
        return "Task"
    if not cell.grade:
        return "Student's answer"
    if not cell.solution:
        return "Test cell"
    return "Coding free-response" if cell.cell_type == "code" else "Written response"


def output(record: Any, tests_hidden: bool, secrets: list[str]) -> dict[str, Any]:
    """One output as the page shows it; of a cell with hidden tests only an error, in words already chosen."""
    kind = record.get("output_type")
    if kind == "error":
        return _text("error", ESCAPES.sub("", "\n".join(map(str, record.get("traceback", [])))), secrets)
    if tests_hidden:
        return {}
    if kind == "stream":
        return _text("stream", record.get("text", ""), secrets)
    data = record.get("data", {})
    for mime in ("image/png", "image/jpeg"):
        if BASE64.fullmatch(str(data.get(mime, "-"))):
            return {"image": mime, "body": data[mime].replace("\n", "")}
    for mime in ("text/latex", "text/markdown"):
        if mime in data and not _tells(data[mime], secrets):
            return {"html": markdown(data[mime])}
    if "text/html" in data and not _tells(data["text/html"], secrets):
        return {"html": Markup(nh3.clean(data["text/html"]))}
    return _text("result", data.get("text/plain", ""), secrets)


def _text(kind: str, text: str, secrets: list[str]) -> dict[str, Any]:
    return {"kind": kind, "text": LEFT_OUT if _tells(text, secrets) else text}


def _tells(text: str, secrets: list[str]) -> bool:
    return any(secret in text for secret in secrets)


def write(place: Path, pages: Mapping[str, bytes], files: Mapping[str, Path], mode: int) -> None:
    """Write pages, and the files beside the notebooks, into a learner's feedback folder; none that a browser runs."""
    place.mkdir(parents=True, exist_ok=True)
    inert = {name: path for name, path in files.items() if not name.lower().endswith(LIVE)}
    contents = {name: path.read_bytes() for name, path in inert.items()} | dict(pages)
    for name, content in contents.items():
        target = place / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        target.write_bytes(content)
        target.chmod(mode)
