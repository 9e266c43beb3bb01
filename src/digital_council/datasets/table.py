"""The table of a dataset, typed by its description, with every kind of absence still told apart."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from digital_council.datasets.description import Column, Description
from digital_council.datasets.errors import TableError

if TYPE_CHECKING:
    import pandas as pd


def text(described: Description) -> pd.DataFrame:
    """Every cell as the text it is in the file; nothing is missing yet."""
    import pandas as pd

    if described.file.suffix == ".parquet":
        return pd.read_parquet(described.file).astype("string").fillna("")
    return _described(rows(described.file), described)


def rows(source: Path | TextIO, markers: Iterable[str] = ()) -> pd.DataFrame:
    """The cells of a CSV file as text; those that hold one of the markers are missing."""
    import pandas as pd

    return pd.read_csv(source, dtype="str", keep_default_na=False, na_values=list(markers), encoding="utf-8")


def _described(frame: pd.DataFrame, described: Description) -> pd.DataFrame:
    """The frame, if it has the columns that its description says; raises TableError."""
    expected = [column.name for column in described.columns]
    if list(frame.columns) != expected:
        raise TableError(
            f"{described.id}: {described.file.name} has columns {', '.join(frame.columns)}; "
            f"its description says {', '.join(expected)}"
        )
    return frame


def typed(described: Description) -> pd.DataFrame:
    """The table with dates as dates, whole numbers nullable, and fixed lists as categories."""
    import pandas as pd

    if described.file.suffix == ".parquet":
        return pd.read_parquet(described.file)
    raw = _described(rows(described.file, (mark for mark, _ in described.missing)), described)
    frame = converted(raw, described.columns, described.id)
    frame.attrs["dataset"], frame.attrs["version"] = described.id, described.version
    return frame


def converted(raw: pd.DataFrame, columns: Iterable[Column], name: str) -> pd.DataFrame:
    """A table of text with its types set; `name` is the dataset's, for what may be wrong with it."""
    import pandas as pd

    return pd.DataFrame({column.name: _convert(raw[column.name], column, name) for column in columns})


def missing(described: Description) -> pd.DataFrame:
    """The same shape, holding why each absent value is absent ("suppressed", "not available"), empty elsewhere."""
    labels = dict(described.missing)
    return text(described).map(lambda cell: labels.get(cell))


def _convert(cells: pd.Series, column: Column, name: str) -> pd.Series:
    import pandas as pd

    try:
        if column.type == "integer":
            numbers = pd.to_numeric(cells).astype("Int64")
            return numbers.astype("int64") if column.required else numbers
        if column.type == "number":
            return pd.to_numeric(cells).astype("float64")
        if column.type == "date":
            return pd.to_datetime(cells, format="%Y-%m-%d")
        if column.type == "datetime":
            return pd.to_datetime(cells, format="%Y-%m-%dT%H:%M:%S")
        if column.type == "boolean":
            flags = cells.map({"true": True, "false": False}, na_action="ignore").astype("boolean")
            return flags.astype("bool") if column.required else flags
    except (ValueError, TypeError) as error:
        raise TableError(
            f"{name}: column {column.name} holds something that is no {column.type} ({error}); "
            "edit the description or the file"
        ) from error
    if column.categories:
        return pd.Series(pd.Categorical(cells, categories=list(column.categories)), index=cells.index)
    return cells
