"""The cells of a lesson: percent-format text, as jupytext reads it, with the solved answers marked."""

from __future__ import annotations

import difflib
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from digital_council.courses.sources import written
from digital_council.errors import AuthorError

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
HEADER = re.compile(r"#\s*%%\s*(?P<title>[^\[{\"=]*?)\s*(?P<type>\[\w+\])?\s*(?P<options>(?:[\w.-]+=.*)?)$")
OPTION = re.compile(r"([\w.-]+)=(\"(?:[^\"\\]|\\.)*\"|\[[^\]]*\]|[^\s]+)")
OPTIONS = ("question", "tags", "alt")
# a small parser, because importing jupytext takes longer than building the whole course


@dataclass(frozen=True)
class Cell:
    """One cell of a lesson. `source` is solved; `line` is where it starts in lesson.py."""

    kind: Literal["markdown", "code", "question"]
    source: str
    question_id: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    line: int = 0

    @property
    def blank(self) -> str:
        """The source as the learner gets it: what stood between the solution markers is out."""
        return blanked(self.source)

    @property
    def solved(self) -> str:
        """The source without the markers."""
        return "\n".join(row for row in self.source.split("\n") if row.strip() not in (BEGIN, END))

    @property
    def picture(self) -> bool:
        """True for a code cell whose output the page shows."""
        return "picture" in self.metadata.get("tags", [])


def blanked(source: str) -> str:
    """The source with a note where each solution was; inside a function the note is followed by `...`."""
    rows: list[str] = []
    inside = False
    for row in source.split("\n"):
        if row.strip() == BEGIN:
            inside, margin = True, row[: len(row) - len(row.lstrip())]
            rows += [f"{margin}# Your code here", *([f"{margin}..."] if margin else [])]
        elif row.strip() == END:
            inside = False
        elif not inside:
            rows.append(row)
    return "\n".join(rows)


def read(path: Path) -> tuple[Cell, ...]:
    """The cells of a lesson file; raises AuthorError naming file and line."""
    rows = written(path).splitlines()
    starts = [place for place, row in enumerate(rows) if re.match(r"#\s*%%", row)]
    before = _after_header(rows[: starts[0] if starts else len(rows)])
    if not starts or any(row.strip() for row in before):
        raise AuthorError(f"{path}:1: a lesson starts with a cell: a line such as '# %% [markdown]'")
    return tuple(
        _cell(path, rows[start:end], start + 1) for start, end in zip(starts, [*starts[1:], len(rows)], strict=True)
    )


def _after_header(rows: list[str]) -> list[str]:
    """What stands before the first cell, without jupytext's own header between two lines of `# ---`."""
    fences = [place for place, row in enumerate(rows) if row.strip() == "# ---"]
    return rows[fences[1] + 1 :] if len(fences) >= 2 else rows


def _cell(path: Path, rows: list[str], line: int) -> Cell:
    match = HEADER.fullmatch(rows[0].rstrip())
    if not match:
        raise AuthorError(f"{path}:{line}: cannot read the cell's first line {rows[0]!r}")
    metadata = {name: _decoded(path, line, value) for name, value in OPTION.findall(match["options"])}
    for name in set(metadata) - set(OPTIONS):  # JupyterLab adds some of its own
        if near := difflib.get_close_matches(name, OPTIONS, 1, 0.75):
            raise AuthorError(f"{path}:{line}: a cell has no {name!r}; did you mean {near[0]!r}?")
    body = "\n".join(rows[1:]).strip("\n")
    if match["type"] in ("[markdown]", "[md]"):
        return Cell("markdown", _prose(path, body, line + 1), None, metadata, line)
    if match["type"] is not None:
        raise AuthorError(f"{path}:{line}: a cell is code or [markdown], not {match['type']}")
    _check_markers(path, rows, line)
    question = metadata.pop("question", None)
    if question is None and BEGIN in body:
        raise AuthorError(f'{path}:{line}: a solution stands in a cell that is no question; add question="…" to it')
    if question is not None and BEGIN not in body:
        raise AuthorError(
            f"{path}:{line}: question {question}: the solution is not marked; put {BEGIN!r} "
            f"before it and {END!r} after it"
        )
    return Cell("code" if question is None else "question", body, question, metadata, line)


def _decoded(path: Path, line: int, value: str) -> Any:
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        raise AuthorError(f"{path}:{line}: cannot read {value!r}; text goes in double quotation marks") from None


def _prose(path: Path, body: str, line: int) -> str:
    rows = body.split("\n") if body else []
    for place, row in enumerate(rows):
        if row and not row.startswith("#"):
            raise AuthorError(f"{path}:{line + place}: every line of a [markdown] cell starts with '# '")
    return "\n".join(re.sub(r"^# ?", "", row) for row in rows)


def _check_markers(path: Path, rows: list[str], line: int) -> None:
    inside = False
    for place, row in enumerate(rows):
        if row.strip() in (BEGIN, END):
            if inside == (row.strip() == BEGIN):
                raise AuthorError(f"{path}:{line + place}: {row.strip()!r} without its partner")
            inside = not inside
    if inside:
        raise AuthorError(f"{path}:{line}: {BEGIN!r} without {END!r}")
