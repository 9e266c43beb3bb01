"""The chart of a published dataset: bars, the finding in words, and the table behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from digital_council.datasets import table
from digital_council.datasets.description import Description

if TYPE_CHECKING:
    import pandas as pd

MOST_BARS = 12


@dataclass(frozen=True)
class Bar:
    """One group: its name, its value as people write it, and its part of the longest bar."""

    name: str
    value: str
    share: str
    """Of all, in per cent."""
    length: float
    """Of the longest, in per cent."""


@dataclass(frozen=True)
class Chart:
    """What to draw, and the sentence that says what it shows."""

    title: str
    finding: str
    by: str
    unit: str
    bars: tuple[Bar, ...]
    note: str = ""


CHOSEN = {
    "contacts": ("channel", "contacts", "Contacts by channel", "contacts"),
    "contact_reasons": ("channel", "", "Contacts by channel", "contacts"),
    "contracts": ("organisational_unit", "annual_value", "Value of contracts a year, by team", ""),
    "docs": ("file_type", "", "Files by type", "files"),
    "foi_log": ("outcome", "", "Requests by outcome", "requests"),
    "libraries": ("library_name", "visits", "Visits by library", "visits"),
    "meetings": ("committee", "", "Actions by committee", "actions"),
    "parking": ("ward_name", "income", "Parking income by ward", ""),
    "pay": ("directorate", "", "Posts by directorate", "posts"),
    "schools": ("school_type", "", "Schools by type", "schools"),
    "services": ("town", "", "Services by town", "services"),
    "spend": ("expenditure_category", "net_amount", "Spending by category", ""),
    "street_inspections": ("ward_name", "defects", "Defects found, by ward", "defects"),
    "street_reports": ("category", "", "Reports by category", "reports"),
    "wards": ("ward_name", "population", "Residents by ward", "residents"),
}
"""What tells most of the datasets we know: the group, what is added up (or nothing: count rows), title, of what."""


def chart(described: Description) -> Chart | None:
    """The chart of a dataset, or None where no column makes groups worth counting."""
    return _chart(described.folder, described.fingerprint, (described.folder / "datapackage.json").stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _chart(folder: Path, fingerprint: str, modified: int) -> Chart | None:
    from digital_council.datasets import reading

    described = reading.read(folder)
    frame = table.typed(described)
    by, total, title, unit = CHOSEN.get(described.id) or _choice(described, frame)
    if by not in frame or (total and total not in frame):
        return None
    return draw(described, frame, by, total, title, unit)


def draw(described: Description, frame: pd.DataFrame, by: str, total: str, title: str, unit: str) -> Chart | None:
    """Bars of a frame: rows counted, or a column added up, by the values of another."""
    grouped = frame.groupby(by, observed=True)
    sums = (grouped[total].sum() if total else grouped.size()).sort_values(ascending=False, kind="stable")
    if len(sums) < 2 or not float(sums.abs().sum()):
        return None
    is_money = bool(total) and "pound" in described.column(total).meaning.casefold()
    values = [(str(name), float(value)) for name, value in sums.items()]
    shown = values[:MOST_BARS] if len(values) > MOST_BARS + 1 else values
    rest = values[len(shown) :]
    whole = sum(value for _, value in values)
    bars = [_bar(name, value, whole, shown[0][1], is_money) for name, value in shown]
    if rest:
        bars.append(_bar(f"The other {len(rest)}", sum(value for _, value in rest), whole, shown[0][1], is_money))
    what = unit or (total.replace("_", " ") if total else "rows")
    absent = int(frame[total].isna().sum()) if total else int(frame[by].isna().sum())
    note = f"{absent:,} rows have no {(total or by).replace('_', ' ')} and are not in the chart." if absent else ""
    return Chart(title, _finding(values, whole, is_money, what), by.replace("_", " "), what, tuple(bars), note)


def _bar(name: str, value: float, whole: float, longest: float, is_money: bool) -> Bar:
    share = f"{100 * value / whole:.0f}%" if whole else ""
    return Bar(name, _figure(value, is_money), share, round(min(100.0, max(0.0, 100 * value / longest)), 2))


def _finding(values: Sequence[tuple[str, float]], whole: float, is_money: bool, what: str) -> str:
    (most, top), (least, bottom) = values[0], values[-1]
    all_ = f"{_figure(whole, is_money)} {'in all' if is_money else what + ' in all'}"
    return (
        f"Most: {most}, with {_figure(top, is_money)}, which is {100 * top / whole:.0f}% of {all_}. "
        f"Least: {least}, with {_figure(bottom, is_money)}."
    )


def _figure(value: float, is_money: bool) -> str:
    return f"£{value:,.0f}" if is_money else f"{value:,.0f}"


def _choice(described: Description, frame: pd.DataFrame) -> tuple[str, str, str, str]:
    """The first column with two to twelve groups, its rows counted."""
    for column in described.columns:
        if column.type in ("string", "boolean") and column.name not in described.key:
            groups = frame[column.name].nunique()
            if 2 <= groups <= MOST_BARS and groups * 5 <= frame[column.name].notna().sum():
                return column.name, "", f"{described.title}: rows by {column.name.replace('_', ' ')}", "rows"
    return "", "", "", ""
