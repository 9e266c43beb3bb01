"""Figures: how one is written, the letters that stand for one that is not there, and what must stand over it."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import date
from typing import Any

HIDDEN = "[c]"
ABSENT = "[x]"
SYMBOLS = {HIDDEN: "hidden, because a small count of people could point at somebody", ABSENT: "not available"}
"""The letters that stand for a figure that is not there (Government Analysis Function, 2022)."""


@dataclass(frozen=True)
class About:
    """What stands over every figure of a page, on the page and in each of its files."""

    title: str
    as_at: str
    owner: str
    sources: str = ""

    @property
    def name(self) -> str:
        """Of the page's files, before their ending."""
        return slug(self.title)


def slug(text: str) -> str:
    """Words as the name of a file."""
    return "-".join(re.findall(r"[a-z0-9]+", text.lower()))


def is_absent(value: object) -> bool:
    """Whether there is no value, in any of the ways that pandas says so."""
    return value is None or str(value) in ("nan", "<NA>", "NaT")


def shown(value: Any) -> str:
    """A value as people read it: thousands apart, one decimal at most, days as words."""
    if is_absent(value):
        return ABSENT
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return f"{value.day} {value:%B %Y}"
    if hasattr(value, "dtype"):
        value = value.item()
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.1f}" if isinstance(value, float) else str(value)


def escaped(value: object) -> str:
    return html.escape(shown(value), quote=True)
