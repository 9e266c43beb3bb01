"""The store: where datasets are, which there are, and that a file is the one its description was written for."""

from __future__ import annotations

import hashlib
import os
import re
from functools import lru_cache
from pathlib import Path

from digital_council.datasets import reading
from digital_council.datasets.description import FILE, Description
from digital_council.datasets.errors import ChangedFileError, DescriptionError, UnknownDatasetError, nearest

NAME = re.compile(r"[a-z][a-z0-9_]{1,63}")


def root() -> Path:
    """The folder of datasets: $COUNCIL_DATASETS, else the project's own."""
    chosen = os.environ.get("COUNCIL_DATASETS")
    if chosen:
        return Path(chosen)
    from digital_council import settings  # a learner's kernel has $COUNCIL_DATASETS and need not load settings

    return settings.PROJECT / "datasets"


def names() -> list[str]:
    """The datasets there are for whoever asks: what a role may not see is not in its folder."""
    folder = root()
    if not folder.is_dir():
        return []
    return sorted(d.name for d in folder.iterdir() if NAME.fullmatch(d.name) and (d / FILE).is_file())


def describe(name: str, version: str | None = None) -> Description:
    """What is known of a dataset; raises UnknownDatasetError with the nearest names."""
    if not isinstance(name, str) or not NAME.fullmatch(name) or not (root() / name / FILE).is_file():
        raise UnknownDatasetError(f"there is no dataset {str(name)!r} here: {nearest(str(name), names())}")
    folder = root() / name
    current = reading.read(folder)
    if version in (None, current.version):
        return current
    kept = folder / "versions" / str(version)
    if re.fullmatch(r"[0-9A-Za-z.+-]{1,40}", str(version)) and (kept / FILE).is_file():
        return reading.read(kept)
    older = [d.name for d in (folder / "versions").iterdir()] if (folder / "versions").is_dir() else []
    raise UnknownDatasetError(
        f"{name} has no version {str(version)!r}: {nearest(str(version), [current.version, *older])}"
    )


def catalogue() -> list[Description]:
    """Every dataset, described, in order of name; one whose description is broken takes no other with it."""
    return [described for name in names() if (described := _or_none(name)) is not None]


def broken() -> list[str]:
    """The datasets that are not in the catalogue, for their description cannot be read; `check` says why."""
    return [name for name in names() if _or_none(name) is None]


def _or_none(name: str) -> Description | None:
    try:
        return describe(name)
    except (DescriptionError, UnknownDatasetError):  # the latter when it was taken away meanwhile
        return None


def ensure_unchanged(described: Description) -> None:
    """Raises ChangedFileError unless the data file has the fingerprint its description states."""
    try:
        stat = described.file.stat()
        found = _fingerprint(described.file, stat.st_mtime_ns, stat.st_size)
    except OSError as error:
        raise ChangedFileError(
            f"{described.id}: {described.file.name} cannot be read ({error.strerror}); "
            "restore it, or run `council datasets build` for generated data"
        ) from error
    if found != described.fingerprint:
        raise ChangedFileError(
            f"{described.id}: {described.file.name} is not the file its description was written for "
            f"(sha256 {found[:12]}, described {described.fingerprint[:12]}); "
            "restore the file or describe the new one"
        )


def fingerprint(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@lru_cache(maxsize=256)
def _fingerprint(path: Path, modified: int, size: int) -> str:
    return fingerprint(path)
