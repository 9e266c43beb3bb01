"""Fetching: what stands for rows or values that are still to be had, made into them beside the learner's code."""

from itertools import islice
from types import GeneratorType
from typing import Any

MOST = 200_000  # values of an endless one that are asked for
LAZY = (map, filter, zip, enumerate, reversed, GeneratorType)


def fetched_untrusted(value: Any) -> Any:
    """The table that a query in SQL or an Arrow table holds; anything else as it is."""
    if type(value).__name__ == "DuckDBPyRelation":
        return value.df()
    if type(value).__module__ == "pyarrow.lib":
        read = getattr(value, "read_pandas", None) or getattr(value, "to_pandas", None)
        return read() if read else value
    return value


def listed_untrusted(value: Any) -> Any:
    """The values of what a function gives one at a time, which runs its code."""
    return list(islice(value, MOST)) if type(value) in LAZY else value
