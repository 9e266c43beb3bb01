"""The open-data store: every dataset by name, never by path.

    from digital_council import datasets
    datasets.open("spend")

gives a table with its types set. pandas, DuckDB and frictionless are imported when first needed, not before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from digital_council.datasets import finding, joining, scanning, store, table
from digital_council.datasets.description import Column, Description, Publication
from digital_council.datasets.errors import ChangedFileError, DescriptionError, TableError, UnknownDatasetError
from digital_council.datasets.joining import Joined
from digital_council.datasets.store import catalogue, describe, names, root

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb
    import pandas as pd

__all__ = [
    "ChangedFileError", "Column", "Description", "DescriptionError", "Joined", "Publication", "TableError",
    "UnknownDatasetError", "catalogue", "describe", "find", "join", "missing", "names", "open", "root", "scan",
]  # fmt: skip


def open(name: str, version: str | None = None) -> pd.DataFrame:
    """The dataset's table, types set; raises when the file is not the one that was described."""
    described = describe(name, version)
    store.ensure_unchanged(described)
    return table.typed(described)


def missing(name: str, version: str | None = None) -> pd.DataFrame:
    """Why each absent value is absent: a table of the same shape, with None where there is a value."""
    described = describe(name, version)
    store.ensure_unchanged(described)
    return table.missing(described)


def find(words: str) -> list[Description]:
    """The datasets whose description or columns hold every word, best first."""
    return finding.find(words, catalogue())


def scan(name: str, version: str | None = None) -> duckdb.DuckDBPyRelation:
    """The dataset as a DuckDB relation: filtered and grouped without loading it whole."""
    return scanning.scan(describe(name, version))


def join(left: pd.DataFrame | str, right: pd.DataFrame | str, on: str | Sequence[str]) -> Joined:
    """Joins two tables, or datasets by name, and accounts for every row: what matched, what did not and why.

    `on` is a column both have, a list of such columns, or a tuple of the left's name for it and the right's.
    """
    return joining.join(
        open(left) if isinstance(left, str) else left, open(right) if isinstance(right, str) else right, on
    )
