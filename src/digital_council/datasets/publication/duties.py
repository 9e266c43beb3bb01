"""The Transparency Code's sixteen duties: what is published, what is due and what is late.

Which dataset answers which duty is written in datasets/transparency.toml; until when it reaches is read from its rows.
"""

from __future__ import annotations

import calendar
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from digital_council.datasets import scanning, store
from digital_council.datasets.description import Description
from digital_council.errors import AuthorError
from digital_council.settings import Closed, read

FILE = "transparency.toml"
Every = Literal["quarterly", "yearly", "once"]
Status = Literal["published", "late", "part", "not-published"]


class Duty(Closed):
    """One duty, as the file says it."""

    number: int = Field(ge=1, le=99)
    title: str
    content: str
    every: Every
    dataset: str = ""
    through: str = ""
    """The column of dates of which the latest says until when the dataset reaches."""
    covers: date | None = None
    """Until when it reaches, where no column says it."""
    missing: str = ""
    """What the duty asks for that the dataset does not have."""


class _File(Closed):
    duty: tuple[Duty, ...]


@dataclass(frozen=True)
class Standing:
    """How a duty stands on a day."""

    duty: Duty
    dataset: Description | None
    covers: date | None
    due: date | None
    """The last day by which something was to be published."""
    following: date | None
    """The next such day."""
    status: Status

    @property
    def said(self) -> str:
        if self.status == "late":
            return f"Late since {_day(self.late_since)}" if self.dataset else "Late: nothing published"
        return {"published": "Published", "part": "Published in part", "not-published": "Not published"}[self.status]

    @property
    def late_since(self) -> date:
        """The day after the first date that was missed."""
        since = _first_missed(self.duty.every, self.covers) if self.covers else None
        return (since or self.due or date.min) + timedelta(days=1)


def load(root: Path | None = None) -> tuple[Duty, ...]:
    """The duties in order; raises AuthorError naming the file and what is wrong in it."""
    path = (root or store.root()) / FILE
    if not path.is_file():
        return ()
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise AuthorError(f"{path}: not valid TOML: {error}") from None
    return tuple(sorted(read(_File, said, where=str(path)).duty, key=lambda duty: duty.number))


def standings(published: Mapping[str, Description], today: date, root: Path | None = None) -> list[Standing]:
    """How every duty stands; a dataset that is not published answers none."""
    return [_standing(duty, published.get(duty.dataset), today) for duty in load(root)]


def due(every: Every, end: date) -> date:
    """By when what reaches to `end` is to be published: a month after the quarter or the year."""
    month, year = (end.month % 12) + 1, end.year + end.month // 12
    return date(year, month, calendar.monthrange(year, month)[1])


def last_end(every: Every, today: date) -> date:
    """The end of the last quarter, or of the last financial year, for which the month is over."""
    months = (3,) if every == "yearly" else (3, 6, 9, 12)
    years = range(today.year - 2, today.year + 1)
    ends = [date(year, month, calendar.monthrange(year, month)[1]) for year in years for month in months]
    return max(end for end in ends if due(every, end) < today)


def _standing(duty: Duty, dataset: Description | None, today: date) -> Standing:
    covers = _covers(duty, dataset) if dataset else None
    if duty.every == "once":
        status: Status = "not-published" if dataset is None else "part" if duty.missing else "published"
        return Standing(duty, dataset, covers, None, None, status)
    end = last_end(duty.every, today)
    following = due(duty.every, _next_end(duty.every, end))
    is_late = dataset is None or covers is None or covers < end
    status = "late" if is_late else "part" if duty.missing else "published"
    return Standing(duty, dataset, covers, due(duty.every, end), following, status)


def _next_end(every: Every, end: date) -> date:
    if every == "yearly":
        return date(end.year + 1, 3, 31)
    month, year = (end.month + 2) % 12 + 1, end.year + (end.month + 3 > 12)
    return date(year, month, calendar.monthrange(year, month)[1])


def _first_missed(every: Every, covers: date) -> date:
    """By when the first period that is not wholly covered was to be published."""
    end = date(covers.year - 1, 3, 31)
    while end <= covers:
        end = _next_end(every, end)
    return due(every, end)


def _covers(duty: Duty, dataset: Description) -> date | None:
    if duty.covers or not duty.through:
        return duty.covers
    latest = _latest(dataset.folder, dataset.fingerprint, duty.through)
    if latest is None:
        return None
    # Payments of the 31st may not exist: a period that reaches its last week is whole.
    end = date(latest.year, latest.month, calendar.monthrange(latest.year, latest.month)[1])
    return end if latest.day == 1 or latest >= end - timedelta(days=7) else latest


@lru_cache(maxsize=64)
def _latest(folder: Path, fingerprint: str, column: str) -> date | None:
    from digital_council.datasets import reading

    described = reading.read(folder)
    if column not in {each.name for each in described.columns}:
        raise AuthorError(f"{FILE}: {described.id} has no column {column!r}; name one of dates")
    found = scanning.scan(described).max(f'"{column}"').fetchone()
    return found[0] if found and isinstance(found[0], date) else None


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
