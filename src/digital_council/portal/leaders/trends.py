"""Trends: shares at the end of each month as lines, drawn here so that no script is needed to see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from digital_council.progress.view import HIDDEN

LINES = (("reached", "People reached"), ("completed", "Units completed"), ("first_try", "Passed at the first try"))
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Line:
    """One figure over time: its name, the path of its shown stretches and its points, in per cent of the chart."""

    figure: str
    name: str
    path: str
    points: tuple[str, ...]
    latest: str


@dataclass(frozen=True)
class Trend:
    """What to draw, the sentence that says it, and the table behind it."""

    lines: tuple[Line, ...]
    said: str
    months: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


def trend(rows: Sequence[Row], now: Mapping[str, Row], as_at: str) -> Trend:
    """The lines of a place, ending with the present batch."""
    months = sorted({row["month"] for row in rows})
    shares = {(row["figure"], row["month"]): row["share"] for row in rows}
    ends = (*months, None)
    named = (*map(_named, months), _day(as_at))
    lines, table = [], []
    for figure, name in LINES:
        series = [now.get(figure, {}).get("share") if month is None else shares.get((figure, month)) for month in ends]
        table.append((name, tuple(_percent(share) for share in series)))
        if any(_is_shown(share) for share in series):
            lines.append(_line(figure, name, series))
    return Trend(tuple(lines), _said(lines, named), named, tuple(table))


def _line(figure: str, name: str, series: Sequence[Any]) -> Line:
    step = 100 / max(1, len(series) - 1)
    path, points, is_down = [], [], False
    for place, share in enumerate(series):
        if _is_shown(share):
            at = f"{place * step:.1f} {100 - 100 * share:.1f}"
            path.append(f"{'L' if is_down else 'M'}{at}")
            points.append(f"M{at}h0")
        is_down = _is_shown(share)
    latest = next(share for share in reversed(series) if _is_shown(share))
    return Line(figure, name, "".join(path), tuple(points), _percent(latest))


def _said(lines: Sequence[Line], named: Sequence[str]) -> str:
    if not lines:
        return "Nothing may be shown yet: too few people have completed a unit."
    told = "; ".join(f"{line.name.lower()}: {line.latest}" for line in lines)
    return f"From {named[0]} to {named[-1]}. Latest: {told}."


def _is_shown(share: Any) -> bool:
    return share not in (HIDDEN, None)


def _percent(share: Any) -> str:
    return HIDDEN if share == HIDDEN else "–" if share is None else f"{100 * share:.0f}%"


def _named(month: str) -> str:
    return f"{date.fromisoformat(month + '-01'):%b %Y}"


def _day(moment: str) -> str:
    day = date.fromisoformat(moment[:10])
    return f"{day.day} {day:%b %Y}"
