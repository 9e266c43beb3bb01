"""Frames: a table as pandas writes it, made into one for readers who have never met pandas."""

from __future__ import annotations

import re

TABLE = re.compile(r"<table.*?</table>", re.DOTALL)
ROW = re.compile(r"<tr>.*?</tr>", re.DOTALL)
EMPTY = re.compile(r"<tr>\s*<td></td>\s*(?=<th>)")
COUNT = re.compile(r"<tr>\s*<th>\d+</th>\s*")


def without_counts(markup: str) -> str:
    """Dressed HTML whose tables have lost a first column that only counts rows; one with a name says something."""
    return TABLE.sub(lambda found: _without_counts(found[0]), markup)


def _without_counts(table: str) -> str:
    head, *body = ROW.findall(table) or [""]
    if not EMPTY.match(head) or not body or not all(COUNT.match(row) for row in body):
        return table
    return COUNT.sub("<tr>", EMPTY.sub("<tr>", table))
