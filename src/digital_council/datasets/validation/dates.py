"""Rules for dates: the government's ISO 8601 and the LGA's dd/mm/yyyy are right; others can often be read."""

from __future__ import annotations

from digital_council.datasets.validation.rule import Rule, Style, full, has
from digital_council.datasets.validation.standards import Field

MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_ISO = r"(?:19|20)\d\d-\d\d-\d\d"
_SLASHED = r"\d\d/\d\d/(?:19|20)\d\d"
_TIME = r"[T ]\d\d?:\d\d(?::\d\d(?:\.\d+)?)?(?: ?[ap]m)?Z?"
_WEEKDAY = r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? "
_NTH = r"(?:st|nd|rd|th)?"
_NAMED = rf"\d{{1,2}}{_NTH}(?: of)?[ /.-]*(?:{MONTHS})[a-z]*\.?[ ,/.-]*"


def _date(format_: str, value: str) -> str:
    return f"strftime(TRY_STRPTIME({value}, '{format_}'), '%Y-%m-%d')"


_DAY = f"regexp_replace(v, '(?i)^{_WEEKDAY}|{_TIME}$', '', 'g')"
"""The value without a weekday before it and a time of day after it."""
_SHORT = f"regexp_replace({_DAY}, '[.-]', '/', 'g')"
_FIRST = rf"regexp_replace({_DAY}, '(?i)(\d){_NTH}(?: of)?[ ,/.-]*([a-z]{{3}})[a-z]*', '\1 \2')"
_TURNED = rf"regexp_replace({_FIRST}, '(?i)^([a-z]{{3}})[a-z]*\.? +(\d+){_NTH}', '\2 \1')"
_WORDS = f"regexp_replace({_TURNED}, '[ ,/.-]+', ' ', 'g')"
"""Day, month and year in that order with single spaces between, the month as its first three letters."""

FORMS = (
    (r"\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)\d\d", _date("%d/%m/%Y", _SHORT)),
    (r"\d{1,2}[/.-]\d{1,2}[/.-]\d\d", _date("%d/%m/%y", _SHORT)),
    (r"(?:19|20)\d\d[/.-]\d{1,2}[/.-]\d{1,2}", _date("%Y/%m/%d", _SHORT)),
    (_NAMED + r"(?:19|20)\d\d", _date("%d %b %Y", _WORDS)),
    (_NAMED + r"\d\d", _date("%d %b %y", _WORDS)),
    (rf"(?:{MONTHS})[a-z]*\.? +\d{{1,2}}{_NTH},? +(?:19|20)\d\d", _date("%d %b %Y", _WORDS)),
    (r"(?:19|20)\d{6}", _date("%Y%m%d", "v")),
)
"""Other styles that can only mean one day once it is known whether the day or the month comes first."""

_SERIAL = "strftime(DATE '1899-12-30' + CAST(floor(TRY_CAST(v AS DOUBLE)) AS INTEGER), '%Y-%m-%d')"


def good(field: Field, style: Style, typed: bool) -> list[Rule]:
    good = [Rule("", f"{full(_ISO)} AND TRY_CAST(v AS DATE) IS NOT NULL")]
    slashed = f"{full(_SLASHED)} AND TRY_STRPTIME(v, '%d/%m/%Y') IS NOT NULL"
    if style.american:
        return good
    if style.mixed:
        return [*good, Rule("mixed-dates", slashed, "is in another style than other dates of the column",
                            "write every date of a file in one style; programs read 2026-03-31 best",
                            _date("%d/%m/%Y", "v"))]  # fmt: skip
    return [*good, Rule("", slashed)]


def others(field: Field, style: Style, typed: bool) -> list[Rule]:
    how = "write 2026-03-31 or 31/03/2026"
    american = [
        Rule("date-order", full(rf"(?i)\d{{1,2}}[/.-]\d{{1,2}}[/.-]\d{{2,4}}(?:{_TIME})?"),
             "may be day first or month first: some dates of the column can only be month first",
             "export the dates again, as 2026-03-31")
    ]  # fmt: skip
    return [
        *(american if style.american else []),
        Rule("lost-date", full(r"\d\d?:\d\d(?::\d\d)?"), "is a time; the date has been lost", "export it again"),
        Rule("date-style", full(r"(?:[34]\d{4}|5[0-4]\d{3})(?:\.\d+)?"), "is a date in another style", how, _SERIAL),
        *(_read(form, made, how) for form, made in FORMS),
        Rule("impossible-date",
             full(rf"(?i)(?:{_WEEKDAY})?(?:\d{{1,4}}[/.-]\d{{1,2}}[/.-]\d{{1,4}}|{_NAMED}\d{{2,4}})(?:{_TIME})?"),
             "is a day that does not exist", "look it up at its source"),
        Rule("no-day", full(rf"(?i)(?:{MONTHS})[a-z]*\.?[ /.-]*\d{{2,4}}|\d{{4}}-\d\d|q[1-4]\W*\d{{2,4}}.*"),
             "is a month or a quarter without a day", "give the day"),
        Rule("no-date", "true", "is no date", how),
    ]  # fmt: skip


def _read(form: str, made: str, how: str) -> Rule:
    """The rule of one style, with a time after it or its own weekday before it."""
    own = f"(NOT {has(f'^{_WEEKDAY}')} OR lower(v[1:3]) = lower(strftime(CAST({made} AS DATE), '%a')))"
    pattern = full(rf"(?i)(?:{_WEEKDAY})?{form}(?:{_TIME})?")
    return Rule("date-style", f"{pattern} AND {made} IS NOT NULL AND {own}", "is a date in another style", how, made)
