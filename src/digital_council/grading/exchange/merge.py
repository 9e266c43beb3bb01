"""Answers changed in two places: what both doors should hold afterwards, question by question."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

Answers = dict[str, Any]


def digest(value: Any) -> str:
    """A short fingerprint of an answer; equal answers have equal fingerprints."""
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Merged:
    """`answers` is what stands now; `clashes` are questions that both sides had changed."""

    answers: Answers
    clashes: tuple[str, ...] = ()


def merge(
    mine: Mapping[str, Any],
    theirs: Mapping[str, Any],
    base: Mapping[str, str],
    *,
    mine_is_later: bool,
    unknown: Collection[str] = (),
) -> Merged:
    """Join the notebook's answers with the portal's; `base` has the fingerprint of each answer when both agreed.

    Of an `unknown` question the notebook's answer cannot be read: the portal's stands.
    """
    answers: Answers = {}
    clashes: list[str] = []
    for question in {**mine, **theirs}:
        here, there = mine.get(question), theirs.get(question)
        if question in unknown:
            here = there
        known = base.get(question, digest(None))
        if here != there and digest(here) != known and digest(there) != known:
            clashes.append(question)
            chosen = here if mine_is_later else there
        else:
            chosen = there if digest(here) == known else here
        if chosen is not None:
            answers[question] = chosen
    return Merged(answers, tuple(clashes))
