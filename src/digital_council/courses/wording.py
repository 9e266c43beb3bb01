"""How a lesson reads: headings, pictures, tables, time and age of reading, sources of figures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from digital_council.courses.cells import Cell
from digital_council.courses.problems import Problem, problem
from digital_council.courses.units import Unit

WORDS_A_MINUTE = 180
MINUTES = {"predict": 0.5, "diagnostic": 1.0, "task": 3.0, "confidence": 0.3, "action": 1.0}
MOST_AGE = 14.5  # measured on plain council prose: 11 to 13; legal prose: 17 and more
SHORTEST_ALT = 30
RULE = re.compile(r"\s*\|?(\s*:?-{2,}:?\s*\|)+\s*(:?-{2,}:?)?\s*")  # under the headers of a Markdown table
TITLE = re.compile(r"(?i)(a |the )?(bar |line |pie )?(chart|graph|picture|image|figure|plot|table)( of| showing|:)")
PLACES = re.compile(
    r"\b(Ealing|Acton|Greenford|Hanwell|Northolt|Perivale|Southall|Northfield|Southfield|Pitshanger|Walpole|Harrow|"
    r"Brent|Hounslow|Hillingdon|Hammersmith|Lambeth|Bromley|London|England|Wales|Scotland|Britain|UK)\b"
)
FIGURE = re.compile(r"(?<![\w-])(£?\d[\d,]*\.?\d*\s*%?)(?!\w)")
DRAWS = re.compile(r"\.plot\b|\bplt\.|\.hist\(|\.imshow\(")


def problems(unit: Unit) -> Iterator[Problem]:
    """Everything about a unit's words that an author should mend."""
    yield from _headings(unit)
    yield from _pictures(unit)
    yield from _tables(unit)
    yield from _sources(unit)
    yield from _unfinished(unit)
    yield from _reading(unit)


def _prose(unit: Unit) -> list[Cell]:
    return [cell for cell in unit.cells if cell.kind == "markdown"]


def _headings(unit: Unit) -> Iterator[Problem]:
    path, last, tops = unit.folder / "lesson.py", 0, 0
    for cell in _prose(unit):
        for place, row in enumerate(_without_fences(cell.source)):
            if not (match := re.match(r"(#{1,6})\s+\S", row)):
                continue
            level = len(match[1])
            tops += level == 1
            if level > last + 1:
                yield problem(
                    path,
                    cell.line + place + 1,
                    "heading",
                    row,
                    f"after level {last} comes level {last + 1} at most, so that a screen reader can follow",
                )
            last = level
    if tops != 1:
        yield problem(path, 1, "heading", f"{tops} titles", "a lesson has one title, a line that starts with '# '")


def _without_fences(source: str) -> list[str]:
    rows, fenced = [], False
    for row in source.split("\n"):
        fenced ^= row.startswith("```")
        rows.append("" if fenced else row)
    return rows


def _pictures(unit: Unit) -> Iterator[Problem]:
    path = unit.folder / "lesson.py"
    for cell in unit.cells:
        if cell.kind == "markdown":
            for alt in re.findall(r"!\[([^\]]*)\]\(", cell.source):
                yield from _alt(unit, cell, alt)
            continue
        if cell.kind == "code" and DRAWS.search(cell.source) and not cell.picture:
            yield problem(
                path,
                cell.line,
                "tags",
                "a cell that draws, without the tag picture",
                'start the cell with: # %% tags=["picture"] alt="what the picture shows"',
            )
        if cell.picture:
            yield from _alt(unit, cell, cell.metadata.get("alt", ""))


def _alt(unit: Unit, cell: Cell, alt: Any) -> Iterator[Problem]:
    path, text = unit.folder / "lesson.py", str(alt).strip()
    if len(text) < SHORTEST_ALT:
        yield problem(
            path,
            cell.line,
            "alt",
            repr(text),
            f"alt text states the finding in a sentence of at least {SHORTEST_ALT} characters",
        )
    elif TITLE.match(text):
        yield problem(path, cell.line, "alt", repr(text), "alt text states the finding, not the sort of picture")


def _tables(unit: Unit) -> Iterator[Problem]:
    for cell in _prose(unit):
        rows = cell.source.split("\n")
        for place, row in enumerate(rows[1:], 1):
            if RULE.fullmatch(row) and "|" in rows[place - 1]:
                heads = [head.strip() for head in rows[place - 1].strip().strip("|").split("|")]
                if not all(heads):
                    yield problem(
                        unit.folder / "lesson.py",
                        cell.line + place,
                        "table",
                        "a column without a header",
                        "every column of a table has a header",
                    )


def _sources(unit: Unit) -> Iterator[Problem]:
    for cell in _prose(unit):
        for paragraph in re.split(r"\n\s*\n", cell.source):
            place, figure = PLACES.search(paragraph), FIGURE.search(paragraph)
            if place and figure and "source:" not in cell.source.lower():
                yield problem(
                    unit.folder / "lesson.py",
                    cell.line,
                    "source",
                    f"{figure[1]} beside {place[1]}",
                    "a figure about a real place needs a line 'Source: …' in the same cell (for invented "
                    "data: 'Source: invented data, made for this lesson')",
                )


def _unfinished(unit: Unit) -> Iterator[Problem]:
    for path in sorted(unit.folder.rglob("*")):
        if path.suffix in (".py", ".toml", ".md") and path.is_file():
            yield from unfinished(path)


def unfinished(path: Path) -> Iterator[Problem]:
    """The lines of a file that its author has still to write."""
    for place, row in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        if "TODO" in row:
            yield problem(path, place, "TODO", row.strip(), "write this part, then take the word TODO out")


def text_of(unit: Unit) -> str:
    """The words a learner reads, without code and tables."""
    parts = [re.sub(r"```.*?```", "", cell.source, flags=re.S) for cell in _prose(unit)]
    parts = [re.sub(r"(?m)^\s*\|.*$", "", part) for part in parts]
    return "\n\n".join([*parts, *(question.prompt for question in unit.questions)])


def minutes(unit: Unit) -> float:
    """How long the unit takes: reading, and thinking about each question."""
    asked = sum(MINUTES.get(question.role, 1.0) for question in unit.questions)
    code = sum(cell.source.count("\n") + 1 for cell in unit.cells if cell.kind == "code") / 10
    return len(re.findall(r"\w+", text_of(unit))) / WORDS_A_MINUTE + asked + code


def age(text: str) -> float:
    """The reading age of a text: the Flesch-Kincaid grade and five years."""
    plain_text = re.sub(r"[#*_`>]|https?://\S+|\]\([^)]*\)", " ", text)
    parts = re.split(r"[.!?:]\s|\n\s*\n|\n\s*[-*\d]", plain_text)
    sentences = [part for part in parts if re.search(r"[A-Za-z]", part)]
    words = re.findall(r"[A-Za-z']+", plain_text)
    if not words:
        return 0.0
    syllables = sum(_syllables(word) for word in words)
    return 0.39 * len(words) / max(1, len(sentences)) + 11.8 * syllables / len(words) - 15.59 + 5


def _syllables(word: str) -> int:
    body = re.sub(r"(?:[^laeiouy]es|[^td]ed|[^l]e)$", lambda match: match[0][0], word.lower())
    return max(1, len(re.findall(r"[aeiouy]+", body)))


def _reading(unit: Unit) -> Iterator[Problem]:
    path = unit.folder / "unit.toml"
    if not 15 <= unit.minutes <= 25:
        yield problem(path, _line(unit, "minutes"), "minutes", unit.minutes, "15 to 25 is allowed")
    begun = any(True for _ in _unfinished(unit))  # a unit just begun is too short, and says so by its TODOs
    found = minutes(unit)
    if not begun and not 0.6 * unit.minutes <= found <= 1.25 * unit.minutes:
        yield problem(
            path,
            _line(unit, "minutes"),
            "minutes",
            f"{unit.minutes}, while reading and answering take about {found:.0f}",
            "state the time it takes, or write more or less",
        )
    if (reading := age(text_of(unit))) > MOST_AGE:
        yield problem(
            unit.folder / "lesson.py",
            1,
            "reading age",
            f"{reading:.1f} years",
            f"{MOST_AGE} at most: shorter sentences, shorter words",
        )


def _line(unit: Unit, key: str) -> int:
    rows = (unit.folder / "unit.toml").read_text(encoding="utf-8").splitlines()
    return next((place for place, row in enumerate(rows, 1) if row.startswith(key)), 1)
