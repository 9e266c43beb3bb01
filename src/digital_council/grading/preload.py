"""Imported by the warm parent of our own lessons before it forks: everything a session needs, ready made."""

import io

import matplotlib.pyplot  # noqa: F401
import numpy  # noqa: F401
import pandas
import pyarrow.pandas_compat  # noqa: F401

from digital_council.datasets import suppression, table  # noqa: F401

from . import ready  # noqa: F401


def _tables_once() -> None:
    """Load what a lesson's tables need now: reading, typing, grouping, turning and showing one."""
    raw = pandas.read_csv(io.StringIO("a,b,c\n1,x,2026-01-31\n2,y,2026-02-28\n"), dtype="str", keep_default_na=False)
    raw = raw.mask(raw.isin([""]))
    frame = pandas.DataFrame(
        {
            "a": pandas.to_numeric(raw["a"]).astype("Int64"),
            "b": pandas.Categorical(raw["b"], categories=["x", "y"]),
            "c": pandas.to_datetime(raw["c"], format="%Y-%m-%d"),
        }
    )
    frame.groupby(frame["c"].dt.to_period("Q")).agg(count=("a", "count"), total=("a", "sum")).join(frame)
    frame.groupby("b", observed=True).size().sort_values()
    frame.pivot(index="c", columns="b", values="a").round(1).to_html()
    repr(frame[raw["b"].str.startswith("x")])


_tables_once()
