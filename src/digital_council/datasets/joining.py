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
"""How alike two keys must be to be called near names; below it, suggestions were mostly wrong on ward and supplier names."""


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
        body = (
            f"<table><caption>Keys with no partner</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
            if rows
            else ""
        )
        return "".join(f"<p>{escape(line)}</p>" for line in self._lines()) + body


def join(left: pd.DataFrame, right: pd.DataFrame, on: str | Sequence[str]) -> Joined:
    """Joins on a column both have, or on a pair (left's, right's); keeps only rows with a partner in `.table`."""
    left_key, right_key = (on, on) if isinstance(on, str) else _pair(on)
    for side, frame, key in (("left", left, left_key), ("right", right, right_key)):
        if key not in frame.columns:
            raise TableError(f"the {side} table has no column {key!r}: {nearest(key, map(str, frame.columns))}")
    lefts, rights = left[left_key].astype("object"), right[right_key].astype("object")
    in_right, in_left = (
        lefts.notna() & lefts.isin(set(rights.dropna())),
        rights.notna() & rights.isin(set(lefts.dropna())),
    )
    plain_left, plain_right = left.assign(**{left_key: lefts})[in_right], right.assign(**{right_key: rights})[in_left]
    table = plain_left.merge(plain_right, left_on=left_key, right_on=right_key, suffixes=("", "_right"))
    reasons = (*_reasons("left", lefts[~in_right], rights), *_reasons("right", rights[~in_left], lefts))
    matched = int(in_right.sum())
    return Joined(table, matched, left[~in_right], right[~in_left], reasons, len(table) - matched)


def _pair(on: Sequence[str]) -> tuple[str, str]:
    if len(on) != 2:
        raise TableError(f"join on one column name or a pair (left's, right's), not on {len(on)} names")
    return on[0], on[1]


def _reasons(side: str, unmatched: pd.Series, others: pd.Series) -> list[Reason]:
    known = sorted({str(key) for key in others.dropna()})
    by_case = {key.casefold(): key for key in known}
    by_words = {_words(key): key for key in known}
    counts = unmatched.astype("object").where(unmatched.notna(), None).map(lambda k: k if k is None else str(k))
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
