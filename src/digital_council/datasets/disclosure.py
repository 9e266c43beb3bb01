"""The disclosure check: what in a table could point at a person, looked for before the table becomes public.

It looks for what the ICO's anonymisation guidance (28 March 2025) calls singling out and linking: numbers that belong
to one person, names, addresses, dates of birth, small counts, text that a person wrote. It finds signs, not certainty:
an owner who has looked and sees no person writes that down in the description, and the finding is answered:

    "publication": {"public": true, "accepted": [{"column": "postcode", "kind": "address",
                    "reason": "of schools, not of people", "owner": "Head of Information Governance"}]}
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from digital_council.datasets.description import Column, Description

if TYPE_CHECKING:
    import pandas as pd

THRESHOLD = 10
SHOWN = 5
LONGEST = 5_000
"""Characters of a cell that are looked at: what points at a person stands early, and patterns stay quick."""

PEOPLE = re.compile(
    r"\b(?:people|persons?|residents?|staff|pupils?|children|members?|employees?|patients?|victims?|carers?|tenants?"
    r"|learners?|users?|applicants?|referrals?|headcount|households?|customers?|claimants?)\b"
)
NAMED = re.compile(
    r"\b(?:given|first|last|family|middle|full|maiden) names?\b|\b(?:fore|sur)names?\b"
    r"|\b(?:officer|employee|resident|tenant|applicant|contact)(?:'s)? name\b"
)
BIRTH = re.compile(r"\b(?:birth|dob|born)\b")
QUASI = re.compile(
    r"\b(?:age|gender|sex|ethnic\w*|ward|religion|disab\w*|birth|marital|nationality|postcode|language)\b"
)

_INSURANCE = re.compile(
    r"(?<![A-Za-z0-9])(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]"
    r"(?![A-Za-z0-9])", re.IGNORECASE,
)  # fmt: skip
_CARD = re.compile(r"(?<![\dA-Za-z])(?:\d[ -]?){12,18}\d(?![\dA-Za-z])")
_HEALTH = re.compile(r"(?<![\dA-Za-z])\d{3}[ -]?\d{3}[ -]?\d{4}(?![\dA-Za-z])")
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_PHONE = re.compile(r"(?<![\dA-Za-z])(?:\+44 ?(?:\(0\) ?)?|0)(?:\d[ -]?){9,10}(?!\d)")
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b")
_STREET = re.compile(
    r"\b\d{1,4}[A-Za-z]?,? (?:[A-Z][a-z]+ ){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Close|Drive|Gardens|Court|Way"
    r"|Terrace|Grove|Crescent|Place|Mews)\b"
)
_TITLED = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Cllr|Councillor)\.? [A-Z][a-z]?")
_COMMON = """
aaron adam ahmed aisha alan alex alice ali amanda amina amy andrea andrew angela anita ann anna anne anthony
barbara ben benjamin brian carol caroline catherine charles charlotte chloe chris christine christopher claire
colin daniel david dawn deborah denise derek diane donna dorothy edward elizabeth ella emily emma eric fatima
fiona frank gary george geoffrey gillian grace graham hannah harry hassan heather helen henry hussain ian imran
isabella jack jacob jacqueline james jane janet jason jean jennifer jessica joan joanna john jonathan joseph
joshua joyce julia julie karen kate katherine keith kelly kenneth kevin khalid laura leah lee linda lisa louise
lucy luke margaret maria marie mark martin mary matthew megan michael michelle mohamed mohammad mohammed
muhammad nadia natalie neil nicholas nicola nigel olivia oliver pamela patricia patrick paul paula peter philip
priya rachel raj raymond rebecca richard robert roger ronald rosemary ruth ryan sally samantha samuel sandra
sara sarah sean sharon shaun sheila simon sophie stephanie stephen steven stuart susan suzanne tariq teresa
thomas timothy tony tracey valerie victoria wendy william yusuf yvonne zainab zoe
"""
_GIVEN = frozenset(_COMMON.split())
_PAIR = re.compile(r"(?:^|[\s,;(])([A-Z][a-z]+) [A-Z][a-z]{2,}(?:-[A-Z][a-z]+)?\b")


@dataclass(frozen=True)
class Finding:
    """One sign in one column: of what kind, in how many rows, and which rows come first."""

    column: str
    kind: str
    count: int
    rows: tuple[int, ...]
    what: str
    mend: str

    def __str__(self) -> str:
        where = (
            f" (rows {', '.join(map(str, self.rows))}{' …' if self.count > len(self.rows) else ''})"
            if self.rows
            else ""
        )
        return f"column {self.column}: {self.count:,} {self.what}{where}; {self.mend}"


def check(frame: pd.DataFrame, description: Description, threshold: int = THRESHOLD) -> list[Finding]:
    """Every sign of a person in a table that is about to be public; values themselves are never repeated."""
    known = {column.name: column for column in description.columns}
    found: list[Finding] = []
    for name in map(str, frame.columns):
        column = known.get(name, Column(name, "string", ""))
        found += _column(frame[name], column, description, threshold)
    found += _singled_out(frame, description, threshold)
    return found


def luhn(number: str) -> bool:
    """Whether the digits end with the check digit that payment cards have."""
    digits = [int(digit) for digit in reversed(number) if digit.isdigit()]
    return sum(sum(divmod(digit * (1 + place % 2), 10)) for place, digit in enumerate(digits)) % 10 == 0


def _column(cells: pd.Series, column: Column, described: Description, threshold: int) -> Iterator[Finding]:
    import pandas as pd

    told = _words(f"{column.name} {column.title} {column.meaning}")
    if NAMED.search(_words(f"{column.name} {column.title}")):
        yield _whole(cells, column, "name", "names of people", "leave the column out")
    if BIRTH.search(told):
        yield _whole(cells, column, "birth", "dates of birth", "give an age band")
    if pd.api.types.is_numeric_dtype(cells) and not pd.api.types.is_bool_dtype(cells):
        yield from _small(cells, column, told, described, threshold)
        yield from _patterns(cells.dropna().astype("string"), column, {"card": _has_card, "health": _has_health})
    elif not pd.api.types.is_datetime64_any_dtype(cells) and not pd.api.types.is_bool_dtype(cells):
        texts = cells.dropna().astype("string").str.slice(0, LONGEST)
        yield from _patterns(texts, column, TESTS)
        yield from _free_text(texts, column)


def _words(text: str) -> str:
    return re.sub(r"[_\W]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)).casefold()


def _whole(cells: pd.Series, column: Column, kind: str, what: str, mend: str) -> Finding:
    given = cells.notna()
    return _finding(given, column, kind, what, mend)


def _finding(mask: Any, column: Column, kind: str, what: str, mend: str) -> Finding:
    places = [place for place, is_so in enumerate(mask.tolist()) if is_so is True][:SHOWN]
    return Finding(column.name, kind, int(mask.sum()), tuple(place + 2 for place in places), what, mend)


def _small(cells: pd.Series, column: Column, told: str, described: Description, threshold: int) -> Iterator[Finding]:
    """Counts of people under the threshold; where a row is one person, its numbers are no counts."""
    if not PEOPLE.search(told) or PEOPLE.search(_words(described.row_is)) or column.name in described.key:
        return
    small = ((cells > 0) & (cells < threshold)).fillna(False).astype(bool)
    if small.any():
        yield _finding(small, column, "small-count", f"counts of people from 1 to {threshold - 1}",
                       "hide them with datasets.suppression, so that no total gives them back")  # fmt: skip


def _has_card(text: str) -> bool:
    return any(number[0] in "3456" and luhn(number) for number in _CARD.findall(text))


def _has_health(text: str) -> bool:
    return any(_modulus(re.sub(r"\D", "", number)) for number in _HEALTH.findall(text))


def _modulus(digits: str) -> bool:
    check = 11 - sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)) % 11
    return len(set(digits)) > 1 and (0 if check == 11 else check) == int(digits[9])


def _has_name(text: str) -> bool:
    return bool(_TITLED.search(text)) or any(first.casefold() in _GIVEN for first in _PAIR.findall(text))


def _has_address(text: str) -> bool:
    return bool(_POSTCODE.search(text) or _STREET.search(text))


TESTS: dict[str, Callable[[str], bool]] = {
    "insurance": lambda text: bool(_INSURANCE.search(text)),
    "card": _has_card,
    "health": _has_health,
    "email": lambda text: bool(_EMAIL.search(text)),
    "phone": lambda text: bool(_PHONE.search(text)),
    "address": _has_address,
    "name": _has_name,
}
SAID = {
    "insurance": ("National Insurance numbers", "take them out"),
    "card": ("numbers of payment cards", "take them out, and tell whoever keeps the cards' data"),
    "health": ("NHS numbers", "take them out"),
    "email": ("email addresses", "take out those of people"),
    "phone": ("telephone numbers", "take out those of people"),
    "address": ("postcodes or street addresses", "give the ward, unless they are of public places"),
    "name": ("names that may be of people", "redact them as REDACTED PERSONAL DATA"),
}


def _patterns(texts: pd.Series, column: Column, tests: dict[str, Callable[[str], bool]]) -> Iterator[Finding]:
    values = [str(value) for value in texts.unique()]
    for kind, test in tests.items():
        hits = {value for value in values if test(value)}
        if hits and not (kind == "name" and NAMED.search(_words(column.name))):
            what, mend = SAID[kind]
            where = texts.isin(hits)
            rows = tuple(int(place) + 2 for place in texts.index[where][:SHOWN])
            yield Finding(column.name, kind, int(where.sum()), rows, what, mend)


def _free_text(texts: pd.Series, column: Column) -> Iterator[Finding]:
    """Sentences, mostly different ones: nobody knows what people wrote until somebody reads it."""
    if column.categories or len(texts) < 5:
        return
    words = texts.str.count(r"\S+")
    if float(words.mean()) >= 7 and texts.nunique() > len(texts) / 2:
        yield Finding(column.name, "free-text", len(texts), (), "cells of free text", "have a person read them all")


def _singled_out(frame: pd.DataFrame, described: Description, threshold: int) -> Iterator[Finding]:
    """Where a row is a person, combinations of what others may know of them that fit few people."""
    columns = [c.name for c in described.columns if c.name in frame and QUASI.search(_words(c.name))]
    if len(columns) < 2 or not PEOPLE.search(_words(described.row_is)):
        return
    sizes = frame.groupby(columns, observed=True, dropna=False)[columns[0]].transform("size")
    few = sizes < threshold
    if few.any():
        yield _finding(few, Column(" + ".join(columns), "", ""), "singled-out",
                       f"people share this combination with fewer than {threshold - 1} others",
                       "publish counts instead, or wider groups")  # fmt: skip
