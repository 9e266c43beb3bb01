"""Slips: what Python says of an author's mistake, in words for people who hardly program."""

from __future__ import annotations

import dataclasses
import difflib
import importlib
import re
from collections.abc import Iterable
from pathlib import Path

UNKNOWN = re.compile(r"(\w+)\.__init__\(\) got an unexpected keyword argument '(\w+)'")
LACKING = re.compile(r"(\w+)\.__init__\(\) missing \d+ required positional arguments?: (.*)")
ABSENT = re.compile(r"cannot import name '(\w+)' from '([\w.]+)'")
PLACE = re.compile(r" \((?:<[^>]*>|[\w.-]+), line \d+\)$")
CURLY = re.compile(r"U\+201[89CD]\b")
QUESTIONS = "digital_council.courses.questions"


def in_words(error: BaseException) -> str:
    """An error as one sentence; what would be right stands after a semicolon where it is known."""
    text = str(error)
    if match := UNKNOWN.match(text):
        return f"{match[1]} has no {match[2]!r}; {meant(match[2], _known_of(match[1]))}"
    if match := LACKING.match(text):
        return f"{match[1]} lacks {match[2]}; write what is missing, or the comma before it"
    if match := ABSENT.match(text):
        return f"there is no {match[1]!r} in {match[2]}; {meant(match[1], _names_in(match[2]))}"
    return said(type(error).__name__, text)


def said(kind: str, text: str) -> str:
    """The kind of an error and its text, without the place that is said beside it."""
    text = PLACE.sub("", text)
    more = "there is no column or entry of that name" if kind == "KeyError" and " " not in text else ""
    if kind == "IndentationError":
        more = "lines that belong together begin at one place: look at the spaces before this line"
    if CURLY.search(text):
        more = "in Python, quotation marks are straight"
    return f"{kind}: {text}{f' ({more})' if more else ''}"


def place(error: BaseException, folder: Path) -> tuple[Path, int] | None:
    """The innermost line of a folder's own files at which an error came up."""
    found, trace = None, error.__traceback__
    while trace is not None:
        if (path := Path(trace.tb_frame.f_code.co_filename)).is_relative_to(folder):
            found = path, trace.tb_lineno
        trace = trace.tb_next
    return found


def meant(name: str, known: Iterable[str]) -> str:
    """What a misspelt name was meant to be, or all it could have been."""
    names = list(known)
    near = difflib.get_close_matches(name, names, 1)
    return f"did you mean {near[0]!r}?" if near else f"known: {', '.join(names)}"


def _known_of(kind: str) -> list[str]:
    made = getattr(importlib.import_module(QUESTIONS), kind, None)
    fields = dataclasses.fields(made) if made and dataclasses.is_dataclass(made) else ()
    return [each.name for each in fields if not each.name.startswith("_")]


def _names_in(module: str) -> list[str]:
    found = importlib.import_module(module)
    return [each for each in getattr(found, "__all__", None) or dir(found) if not each.startswith("_")]
