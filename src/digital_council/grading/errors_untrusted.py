"""What went wrong in a learner's cell, as data: the error, the learner's own lines, and names that are nearly right."""

import ast
import builtins
import difflib
import linecache
from collections.abc import Iterable
from types import FrameType
from typing import Any

LONGEST = 2000
PREFIX, SUFFIX = "<cell ", ">"


def error_record_untrusted(error: BaseException, near: bool = True) -> dict[str, Any]:
    """The record of an error; whatever the error object does when looked at, a record comes back."""
    record: dict[str, Any] = {"type": _name(error), "bases": [], "message": "", "cell": None, "line": None, "near": []}
    try:
        record["bases"] = [kind.__name__ for kind in type(error).__mro__ if issubclass(kind, BaseException)]
        record["message"] = str(error)[:LONGEST]
        record |= _place(error)
        record["near"] = _near(error) if near else []
    except BaseException:  # noqa: S110  (a learner's error object may raise anything when it is looked at)
        pass
    return record


def _name(error: BaseException) -> str:
    return str(type(error).__name__)[:80]


def _cell_of(filename: str) -> str | None:
    if filename.startswith(PREFIX) and filename.endswith(SUFFIX):
        return filename[len(PREFIX) : -len(SUFFIX)]
    return None


def _place(error: BaseException) -> dict[str, Any]:
    """The learner's innermost line, and a traceback of the learner's lines alone."""
    if isinstance(error, SyntaxError) and error.filename and _cell_of(error.filename):
        text = (error.text or "").strip("\n")
        return {"cell": _cell_of(error.filename), "line": error.lineno, "source": text[:200], "trace": []}
    lines = _lines(error)
    if not lines:
        return {}
    return {"cell": lines[-1][0], "line": lines[-1][1], "source": lines[-1][2], "trace": lines}


def _lines(error: BaseException) -> list[list[Any]]:
    """Cell, number and text of the learner's own lines; no other file is opened to read any."""
    found: list[list[Any]] = []
    step = error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        cell = _cell_of(code.co_filename)
        if cell:
            found.append([cell, step.tb_lineno, linecache.getline(code.co_filename, step.tb_lineno).strip()[:200]])
        step = step.tb_next
    return found[-8:]


def _learner_frame(error: BaseException) -> tuple[FrameType, int] | None:
    found = None
    step = error.__traceback__
    while step is not None:
        if _cell_of(step.tb_frame.f_code.co_filename):
            found = (step.tb_frame, step.tb_lineno)
        step = step.tb_next
    return found


def _near(error: BaseException) -> list[str]:
    """Names close to the one that was not found."""
    if isinstance(error, NameError) and error.name:
        place = _learner_frame(error)
        known = [*place[0].f_locals, *place[0].f_globals, *dir(builtins)] if place else []
        return _close(error.name, [n for n in known if not n.startswith("_")])
    if isinstance(error, AttributeError) and error.name:
        return _close(error.name, [n for n in dir(error.obj) if not n.startswith("_")])
    if isinstance(error, KeyError) and error.args:
        return _close(error.args[0], _keys_in_sight(error))
    return []


def _close(wanted: Any, known: Iterable[Any]) -> list[str]:
    texts = {str(k).lower(): str(k)[:80] for k in known}
    return [texts[m] for m in difflib.get_close_matches(str(wanted).lower(), list(texts), n=3, cutoff=0.6)]


def _keys_in_sight(error: BaseException) -> list[Any]:
    """Keys and column names of the things the failing line names."""
    place = _learner_frame(error)
    if place is None:
        return []
    frame, number = place
    line = linecache.getline(frame.f_code.co_filename, number).strip().rstrip(":")
    try:
        names = {n.id for n in ast.walk(ast.parse(line)) if isinstance(n, ast.Name)}
    except SyntaxError:
        return []
    keys: list[Any] = []
    for name in names:
        value: Any = frame.f_locals.get(name, frame.f_globals.get(name))
        if isinstance(value, dict) or hasattr(value, "columns"):
            keys += list(value)[:2000]
    return keys
