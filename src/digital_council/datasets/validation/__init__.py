"""Validation: any CSV, Excel or Parquet file against a standard; findings by row and column, and a repaired copy.

    report = validation.check(Path("spend-q1.csv"), "spend", repair=Path("spend-q1-mended.csv"))

Rows are read by DuckDB from disk, so memory is bounded however large the file is.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from digital_council.datasets import store
from digital_council.datasets.errors import UnknownDatasetError, nearest
from digital_council.datasets.validation.report import Finding, Report, Total
from digital_council.datasets.validation.standards import STANDARDS, Standard, of_dataset
from digital_council.errors import UsageError

__all__ = ["STANDARDS", "Finding", "Report", "Total", "check", "standards_for"]


def standards_for(name: str) -> tuple[Standard, ...]:
    """A published standard, or the description of a dataset in the store; raises UsageError with the nearest names."""
    if name in STANDARDS:
        return STANDARDS[name]
    try:
        return (of_dataset(store.describe(name)),)
    except UnknownDatasetError:
        raise UsageError(f"there is no standard {name!r}: {nearest(name, {*STANDARDS, *store.names()})}") from None


def check(
    path: Path,
    standard: str,
    *,
    repair: Path | None = None,
    today: date | None = None,
    progress: Callable[[float], None] = lambda part: None,
) -> Report:
    """Checks a file; nothing is raised for what is wrong in it, only UsageError for a call that cannot be meant."""
    from digital_council.datasets.validation import cells, repairing
    from digital_council.datasets.validation.loading import Loader
    from digital_council.datasets.validation.report import UnreadableError

    chosen = standards_for(standard)
    _ensure_readable(path)
    if repair is not None:
        repairing.ensure_free(repair)
    report = Report(str(path), standard)
    with Loader(path, chosen, progress) as loader:
        try:
            loaded = loader.load()
        except UnreadableError as error:
            report.add(error.finding)
            return report
        report.rows = loaded.rows
        report.matched = {name: loaded.header.names[place] for name, place in loaded.header.places.items()}
        for finding in (*loaded.findings, *loaded.header.findings):
            report.add(finding, count=finding.count)
        for part in cells.check(loaded, report, today or date.today()):
            progress(0.65 + part * 0.3)
        report.finished = True
        if repair is not None and loaded.rows:
            repairing.write(loaded, repair)
        progress(1.0)
    return report


def _ensure_readable(path: Path) -> None:
    """Raises UsageError unless there is a file that may be read; a pipe could keep us waiting for ever."""
    try:
        if not path.exists():
            raise UsageError(f"{path}: there is no such file")
        if not path.is_file():
            raise UsageError(f"{path}: is a {'folder' if path.is_dir() else 'pipe or device'} and no file; name a file")
        path.open("rb").close()
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: cannot be read ({getattr(error, 'strerror', None) or error})") from None
