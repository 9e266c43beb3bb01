"""Batches: counts are as at the last full hour, day or week, so that watching a figure move tells nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def boundary(refresh: str, now: datetime | None = None) -> datetime:
    """The moment, in UTC, up to which counts are made. `refresh` is hourly, daily or weekly (from Monday)."""
    now = (now or datetime.now(UTC)).astimezone(UTC)
    hour = now.replace(minute=0, second=0, microsecond=0)
    if refresh == "hourly":
        return hour
    day = hour.replace(hour=0)
    return day if refresh == "daily" else day - timedelta(days=day.weekday())
