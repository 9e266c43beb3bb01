"""Imported last by the warm parent before it forks: a session's shell, and tables if they are imported by then."""

import io
import sys

from . import inside_untrusted, values


def tables_once() -> None:
    """Load what a notebook's tables need now: reading, typing, grouping, turning and showing one."""
    import pandas
    import pyarrow.pandas_compat  # noqa: F401

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


inside_untrusted.warm()
if "pandas" in sys.modules:
    values.learn_tables()
    tables_once()
