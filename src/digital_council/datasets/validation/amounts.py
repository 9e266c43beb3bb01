"""Rules for amounts: pounds and pence alone are right, such as 1200.00 or -35.50; others can often be read."""

from __future__ import annotations

from digital_council.datasets.validation.rule import Rule, Style, full, has
from digital_council.datasets.validation.standards import Field

_GAPS = r"\s|\x{A0}|\x{2007}|\x{2009}|\x{202F}"
_PLAIN = rf"regexp_replace(translate(v, '−–', '--'), '(?i)(gbp|£|\x{{20AC}}|\$)|{_GAPS}|^\x{{27}}', '', 'g')"
_BARE = rf"regexp_replace({_PLAIN}, '^\((.*)\)$|^(.*)-$', '-\1\2')"
_DIGITS = f"replace({_BARE}, ',', '')"
_POUNDS = f"printf('%.2f', TRY_CAST({_DIGITS} AS DECIMAL(18,2)))"
_NUMBER = r"[+-]?(?:(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.(?:\d?|\d\d0*))?|\.\d\d?)"
_IS_MONEY = f"(regexp_full_match({_BARE}, '{_NUMBER}') AND {_POUNDS} IS NOT NULL)"
_DASH = has("^[−–]")
_LETTERS = full(r"(?i)\(?[cd]r\.?[\s£\d.,]+\)?|[\s£\d.,]+[cd]r\.?")


def good(field: Field, style: Style, typed: bool) -> list[Rule]:
    below = [_too_small(field)] if field.minimum is not None else []
    exact = r"-?(?:0|[1-9]\d*)(?:\.\d{1,2})?" if typed else r"-?(?:0|[1-9]\d*)\.\d\d"
    return [*below, Rule("", full(exact))]


def _too_small(field: Field) -> Rule:
    number = "TRY_CAST(v AS DOUBLE)"
    return Rule("too-small", f"{number} < {field.minimum}", f"is less than {field.minimum:g}", "check it at its source")


def others(field: Field, style: Style, typed: bool) -> list[Rule]:
    how = "write pounds and pence alone, such as 1200.00 or -35.50"
    ok = _IS_MONEY
    return [
        Rule("lost-digits", full(r"[+-]?\d+(?:\.\d+)?[eE][+-]?\d+"), "has been shortened by a spreadsheet",
             "export it again as a plain number"),
        Rule("not-sterling", has(r"[$\x{20AC}]"), "is not in pounds", "give pounds, or say which currency it is"),
        Rule("credit-letters", _LETTERS, "says credit or debit in letters",
             "write a credit with a leading minus, and the rest without one"),
        Rule("currency-sign", f"{ok} AND {has('£|gbp')}", "has a currency sign", how, _POUNDS),
        Rule("brackets", f"{ok} AND {full('[(].*[)]|.*[-−–]')}", "is a credit without a leading minus", how, _POUNDS),
        Rule("comma", f"{ok} AND contains(v, ',')", "has commas between thousands", how, _POUNDS),
        Rule("dash", f"{ok} AND {_DASH}", "has a dash for a minus sign", how, _POUNDS),
        Rule("leading-zero", f"{ok} AND {full('[+-]?0[0-9].*|[+].*')}", "has a leading zero or plus", how, _POUNDS),
        Rule("pence", ok, "is not in pounds and pence", how, _POUNDS),
        Rule("fraction", full(r"-?\d+\.\d{3,}"), "has parts of a penny", "round it at its source, where the total is"),
        Rule("no-amount", "true", "is no amount", how),
    ]  # fmt: skip
