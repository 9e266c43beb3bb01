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
    sure: bool = True
    """Whether the repair is all that is needed; else somebody must still look."""


UNSEEN = r"[\x00-\x08\x0e-\x1f\x7f\x{AD}\x{200B}\x{200E}\x{200F}\x{202A}-\x{202E}\x{2060}-\x{2064}\x{FEFF}]"
"""Characters that show nothing: control characters, widthless spaces, marks of direction, stray byte order marks."""
FORMULA = (
    "^(?:[=@\t\r＝＠]|[+\\-＋－]+(?:[A-Za-z(@=]|[0-9.][0-9., ]*[+\\-*/^&|!(<>=:])|[+\\-＋－] +(?:.*[|!]|[A-Za-z.]+[(]))"
)
"""What a spreadsheet would run; a number with its sign, a telephone number and a dash before words are none."""


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


def trimmed(value: str) -> str:
    """A value without the spaces and line ends round it, of which plain text is spared the longer look."""
    return (
        f"CASE WHEN strlen({value}) = length({value}) THEN trim({value}, ' \n\t\r')"
        f" ELSE trim(trim({value}), ' \n\t\r\u00a0') END"
    )
