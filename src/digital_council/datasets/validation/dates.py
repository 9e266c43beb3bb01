"""Rules for dates: the government's ISO 8601 and the LGA's dd/mm/yyyy are right; others can often be read."""

from __future__ import annotations

from digital_council.datasets.validation.rule import Rule, Style, full, has
from digital_council.datasets.validation.standards import Field

MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_ISO = r"(?:19|20)\d\d-\d\d-\d\d"
_SLASHED = r"\d\d/\d\d/(?:19|20)\d\d"


def _date(format_: str, value: str = "v") -> str:
    return f"strftime(TRY_STRPTIME({value}, '{format_}'), '%Y-%m-%d')"


def good(field: Field, style: Style, typed: bool) -> list[Rule]:
    good = [Rule("", f"{full(_ISO)} AND TRY_CAST(v AS DATE) IS NOT NULL")]
    slashed = f"{full(_SLASHED)} AND TRY_STRPTIME(v, '%d/%m/%Y') IS NOT NULL"
    if style.american:
        return good
    if style.mixed:
        return [*good, Rule("mixed-dates", slashed, "is in another style than other dates of the column",
                            "write every date of a file in one style; programs read 2026-03-31 best",
                            _date("%d/%m/%Y"))]  # fmt: skip
    return [*good, Rule("", slashed)]


def others(field: Field, style: Style, typed: bool) -> list[Rule]:
    how = "write 2026-03-31 or 31/03/2026"
    american = [Rule("date-order", full(r"\d{1,2}/\d{1,2}/\d{2,4}"), "may be day first or month first: some dates of "
                     "the column can only be month first", "export the dates again, as 2026-03-31")]  # fmt: skip
    short = "regexp_replace(v, '[.-]', '/', 'g')"
    spaced = r"regexp_replace(regexp_replace(v, '(\d)(st|nd|rd|th)\b', '\1'), '[ ,/-]+', ' ', 'g')"
    forms = [
        (full(r"\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)\d\d"), _date("%d/%m/%Y", short)),
        (full(r"\d{1,2}[/.-]\d{1,2}[/.-]\d\d"), _date("%d/%m/%y", short)),
        (full(rf"(?i)\d{{1,2}}(?:st|nd|rd|th)?[ /-](?:{MONTHS})[a-z]*[ ,/-]+\d\d"), _date("%d %b %y", _month(spaced))),
        (full(rf"(?i)\d{{1,2}}(?:st|nd|rd|th)?[ /-](?:{MONTHS})[a-z]*[ ,/-]+(?:19|20)\d\d"),
         _date("%d %b %Y", _month(spaced))),
        (full(rf"{_ISO}[T ]\d\d:\d\d(?::\d\d(?:\.0+)?)?Z?"), _date("%Y-%m-%d", "v[1:10]")),
        (full(r"(?:19|20)\d{6}"), _date("%Y%m%d")),
        (full(r"[34]\d{4}|5[0-4]\d{3}"), "strftime(DATE '1899-12-30' + TRY_CAST(v AS INTEGER), '%Y-%m-%d')"),
    ]  # fmt: skip
    return [
        *(american if style.american else []),
        Rule("lost-date", full(r"\d\d?:\d\d(?::\d\d)?"), "is a time; the date has been lost", "export it again"),
        *(Rule("date-style", f"{form} AND {made} IS NOT NULL", "is a date in another style", how, made)
          for form, made in forms),
        Rule("impossible-date", has(r"^\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}$"), "is a day that does not exist",
             "look it up at its source"),
        Rule("no-date", "true", "is no date", how),
    ]  # fmt: skip


def _month(value: str) -> str:
    """A month's name cut to its first three letters, as strptime reads it."""
    return rf"regexp_replace({value}, '([A-Za-z]{{3}})[a-z]*', '\1')"
