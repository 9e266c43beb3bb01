"""One rule: a condition in SQL that a value breaks, what that means, and what a safe repair makes of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """Breaks when `when` holds. An empty code means the value is as it should be."""

    code: str
    when: str
    what: str = ""
    mend: str = ""
    repair: str = ""


@dataclass(frozen=True)
class Style:
    """What a column's own values say of how its dates are written."""

    american: bool = False
    """Some date can only be month first, so no date with slashes is sure."""
    mixed: bool = False
    """More than one style, so a repair writes them all as ISO 8601."""


def full(pattern: str) -> str:
    return f"regexp_full_match(v, {quoted(pattern)})"


def has(pattern: str, flags: str = "i") -> str:
    return f"regexp_matches(v, {quoted(pattern)}, '{flags}')"


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
