"""Headers: the row of a file that names its columns, and which of the standard's columns each one is."""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from digital_council.datasets.validation.report import Finding
from digital_council.datasets.validation.rule import FORMULA
from digital_council.datasets.validation.standards import Field, Standard

NEAR = 0.82
"""How like a known name a header must be to be taken for it: one slip in a word, not another word."""

HEAD = 60
"""Records looked through for the header: reports put a title, a date and a few notes above it."""


@dataclass(frozen=True)
class Header:
    """Which column of the file holds which field, and what is wrong with the header row."""

    row: int
    names: tuple[str, ...]
    places: dict[str, int] = field(default_factory=dict)
    barred: frozenset[int] = frozenset()
    findings: tuple[Finding, ...] = ()


def find(records: Sequence[Sequence[str]], standards: Sequence[Standard]) -> tuple[Standard, Header] | None:
    """The standard that fits best and where its header is; None when no row looks like a header of any."""
    best: tuple[int, int, Standard, dict[str, int]] | None = None
    for standard in standards:
        for number, record in enumerate(records[:HEAD]):
            places = _places(standard, record)
            if places and (best is None or (len(places), -number) > (best[0], -best[1])):
                best = (len(places), number, standard, places)
    if best is None or best[0] < min(2, len(best[2].fields)):
        return None
    _, number, standard, places = best
    return standard, _header(standard, number, records[number], places)


def harmless(name: str) -> str:
    """A column's name with an apostrophe before it where a spreadsheet would run it."""
    return f"'{name}" if re.search(FORMULA, name) else name


@functools.lru_cache(maxsize=4096)
def words(text: str) -> str:
    """A header without case, spaces, punctuation or a bracketed note."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text.strip().removeprefix("﻿"))
    return re.sub(r"[^a-z0-9]+", " ", re.sub(r"\([^)]*\)", " ", spaced).casefold()).strip()


def _places(standard: Standard, record: Sequence[str]) -> dict[str, int]:
    """For each field the column that is it: by its own name, by one seen elsewhere, or by one slip away."""
    headers = [words(cell) for cell in record]
    found: dict[str, int] = {}
    for known in (_names, _alike):
        for each in standard.fields:
            if each.name not in found:
                place = known(each, headers, set(found.values()))
                if place is not None:
                    found[each.name] = place
    return found


def _names(each: Field, headers: Sequence[str], taken: set[int]) -> int | None:
    for name in (each.name, *each.aliases):
        for place, header in enumerate(headers):
            if place not in taken and header and header.replace(" ", "") == words(name).replace(" ", ""):
                return place
    return None


def _alike(each: Field, headers: Sequence[str], taken: set[int]) -> int | None:
    known = {words(name) for name in (each.name, *each.aliases)}
    free = {header for place, header in enumerate(headers) if place not in taken and len(header) > 4}
    scored = [(score, header) for header in free for name in known if (score := _score(name, header)) >= NEAR]
    return headers.index(max(scored)[1]) if scored else None


def _score(name: str, header: str) -> float:
    """How alike two headers are, from 0 to 1; 0 where a glance says that they are not."""
    matcher = difflib.SequenceMatcher(None, name, header)
    near = matcher.real_quick_ratio() >= NEAR and matcher.quick_ratio() >= NEAR
    return matcher.ratio() if near else 0.0


def _header(standard: Standard, number: int, record: Sequence[str], places: dict[str, int]) -> Header:
    names = tuple(cell.strip().removeprefix("﻿") for cell in record)
    barred = {
        place: reason
        for place, name in enumerate(names)
        for headers, reason in standard.barred
        if place not in places.values() and words(name) in headers
    }
    findings = [*_above(number), *_misspelt(standard, names, places), *_missing(standard, names, places)]
    findings += [
        Finding("barred-column", f"must not be published: {reason}", "leave the column out", names[place], safe=True)
        for place, reason in barred.items()
    ]
    findings += [
        Finding("formula", "would run as a formula in a spreadsheet", "name the column in words", name, safe=True)
        for place, name in enumerate(names)
        if place not in places.values() and harmless(name) != name
    ]
    findings += _repeated(names)
    return Header(number + 1, names, places, frozenset(barred), tuple(findings))


def _above(number: int) -> list[Finding]:
    if not number:
        return []
    rows = "row 1 stands" if number == 1 else f"rows 1 to {number} stand"
    return [Finding("preamble", f"{rows} above the header", "begin the file with the header row", safe=True)]


def _misspelt(standard: Standard, names: Sequence[str], places: dict[str, int]) -> list[Finding]:
    found = []
    for name, place in places.items():
        each = standard.field(name)
        known = {words(known).replace(" ", "") for known in (each.name, *each.aliases)}
        if words(names[place]).replace(" ", "") not in known:
            found.append(Finding("misspelt-header", f"is taken for {name}", f"call it {name}", names[place], safe=True))
        elif "gross" in words(names[place]):
            found.append(Finding("gross", "says gross", "publish amounts net of recoverable VAT", names[place]))
    return found


def _missing(standard: Standard, names: Sequence[str], places: dict[str, int]) -> list[Finding]:
    return [
        Finding(
            "missing-column",
            f"{standard.title} needs a column {each.name}, and the file has none",
            f"add it; the file's columns are {', '.join(name for name in names if name)[:300]}",
            each.name,
        )
        for each in standard.fields
        if each.required and each.name not in places
    ]


def _repeated(names: Sequence[str]) -> list[Finding]:
    seen: set[str] = set()
    found = []
    for place, name in enumerate(names):
        if not name:
            found.append(Finding("unnamed-column", f"column {place + 1} has no name", "name it or leave it out"))
        elif name.casefold() in seen:
            found.append(Finding("repeated-column", "stands in the header twice", "rename one of them", name))
        seen.add(name.casefold())
    return found
