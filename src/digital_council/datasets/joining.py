"""Joining two tables so that every row is accounted for."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from digital_council.datasets.errors import TableError, nearest

if TYPE_CHECKING:
    import pandas as pd

NEAR = 0.82
"""How alike two keys must be to be called near names; below it, suggestions on ward names were mostly wrong."""


@dataclass(frozen=True)
class Reason:
    """Why a key found no partner, and the key it was probably meant to be."""

    side: str
    key: str
    rows: int
    reason: str
    suggestion: str = ""


@dataclass(frozen=True)
class Joined:
    """The rows that matched, the rows of either side that did not, and why."""

    table: pd.DataFrame
    matched: int
    """Rows of the left table that found a partner."""
    unmatched_left: pd.DataFrame
    unmatched_right: pd.DataFrame
    reasons: tuple[Reason, ...]
    repeats: int
    """Rows the join added because a key stands more than once on the right."""

    def _lines(self) -> list[str]:
        lines = [
            f"{self.matched:,} rows on the left matched, {len(self.unmatched_left):,} did not; "
            f"{len(self.unmatched_right):,} on the right were not used; the result has {len(self.table):,} rows"
        ]
        if self.repeats:
            lines.append(f"{self.repeats:,} rows were added because their key stands more than once on the right")
        return lines

    def __repr__(self) -> str:
        return "\n".join(
            [
                *self._lines(),
                *(
                    f"  {r.side}: {r.key!r} ({r.rows} rows): {r.reason}"
                    + (f" {r.suggestion!r}" if r.suggestion else "")
                    for r in self.reasons
                ),
            ]
        )

    def _repr_html_(self) -> str:
        heads = "".join(f'<th scope="col">{h}</th>' for h in ("Side", "Key", "Rows", "Why it did not match", "Nearest"))
        rows = "".join(
            f'<tr><td>{r.side}</td><th scope="row">{escape(r.key)}</th><td>{r.rows}</td><td>{escape(r.reason)}'
            f"</td><td>{escape(r.suggestion)}</td></tr>"
            for r in self.reasons
        )
        table = f"<caption>Keys with no partner</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody>"
        body = f"<table>{table}</table>" if rows else ""
        return "".join(f"<p>{escape(line)}</p>" for line in self._lines()) + body


def join(left: pd.DataFrame, right: pd.DataFrame, on: str | Sequence[str]) -> Joined:
    """Joins on a column both have, a list of such columns, or a tuple (left's, right's); `.table` has what matched."""
    left_on, right_on = ([on[0]], [on[1]]) if isinstance(on, tuple) and len(on) == 2 else (_list(on), _list(on))
    lefts, rights = _keys("left", left, left_on), _keys("right", right, right_on)
    in_right = lefts.notna() & lefts.isin(set(rights.dropna()))
    in_left = rights.notna() & rights.isin(set(lefts.dropna()))
    plain_left, plain_right = _plain(left, left_on)[in_right], _plain(right, right_on)[in_left]
    table = plain_left.merge(plain_right, left_on=left_on, right_on=right_on, suffixes=("", "_right"))
    reasons = (*_reasons("left", lefts[~in_right], rights), *_reasons("right", rights[~in_left], lefts))
    matched = int(in_right.sum())
    return Joined(table, matched, left[~in_right], right[~in_left], reasons, len(table) - matched)


def _list(on: str | Sequence[str]) -> list[str]:
    return [on] if isinstance(on, str) else list(on)


def _keys(side: str, frame: pd.DataFrame, names: list[str]) -> pd.Series:
    """The key of each row: a value, or several as one tuple; missing when any of them is."""
    import pandas as pd

    for name in names:
        if name not in frame.columns:
            raise TableError(f"the {side} table has no column {name!r}: {nearest(name, map(str, frame.columns))}")
    if len(names) == 1:
        return frame[names[0]].astype("object")
    whole = frame[names].notna().all(axis=1)
    keys = pd.Series(
        list(frame[names].astype("object").itertuples(index=False, name=None)), frame.index, dtype="object"
    )
    return keys.where(whole, None)


def _plain(frame: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """With keys as plain objects: categories of two tables are never the same type."""
    return frame.astype(dict.fromkeys(names, "object"))


def _said(key: Any) -> str:
    return " / ".join(map(str, key)) if isinstance(key, tuple) else str(key)


def _reasons(side: str, unmatched: pd.Series, others: pd.Series) -> list[Reason]:
    known = sorted({_said(key) for key in others.dropna()})
    by_case = {key.casefold(): key for key in known}
    by_words = {_words(key): key for key in known}
    counts = unmatched.astype("object").where(unmatched.notna(), None).map(lambda k: None if k is None else _said(k))
    rows = counts.value_counts(dropna=False, sort=False)
    types = {type(key) for key in unmatched.dropna()}.isdisjoint({type(key) for key in others.dropna()})
    return [Reason(side, *_why(key, int(count), known, by_case, by_words, types)) for key, count in rows.items()]


def _why(
    key: Any, count: int, known: list[str], by_case: dict[str, str], by_words: dict[str, str], other_type: bool
) -> tuple[str, int, str, str]:
    if not isinstance(key, str):
        return "(blank)", count, "the key is missing", ""
    if other_type and key in known:
        return key, count, "same value, but a number on one side and text on the other", key
    if key.casefold() in by_case:
        return key, count, "differs in case from", by_case[key.casefold()]
    if _words(key) in by_words:
        return key, count, "differs in spaces or punctuation from", by_words[_words(key)]
    near = difflib.get_close_matches(key, known, n=1, cutoff=NEAR)
    if near:
        return key, count, "is near the name", near[0]
    return key, count, "stands on this side only", ""


def _words(key: str) -> str:
    """The key without spaces, punctuation or case; & is and."""
    return "".join(c for c in key.casefold().replace("&", "and") if c.isalnum())
