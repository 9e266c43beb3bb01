"""What can be wrong with a dataset; each error is one line that says what to do next."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from digital_council.errors import AuthorError, OperatorError, UsageError


class UnknownDatasetError(UsageError):
    """No dataset has this name, or no version of it bears this number."""


class DescriptionError(AuthorError):
    """A datapackage.json is missing something or says something that is not so."""


class ChangedFileError(OperatorError):
    """The data file is not the one its description was written for."""


class TableError(AuthorError):
    """A table cannot be read, joined or protected as asked."""


def nearest(word: str, choices: Iterable[str]) -> str:
    """A sentence naming the nearest of the choices, or all of them when none is near."""
    choices = sorted(choices)
    near = difflib.get_close_matches(word.lower(), [c.lower() for c in choices], n=3, cutoff=0.55)
    by_lower = {c.lower(): c for c in choices}
    if near:
        return f"did you mean {' or '.join(repr(by_lower[n]) for n in near)}?"
    return f"there are {', '.join(choices)}" if choices else "there are none"
