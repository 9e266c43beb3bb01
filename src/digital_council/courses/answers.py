"""An answer as it stands in a cell: a literal that is read and never run, or code that is kept as text."""

from __future__ import annotations

import ast
import json
from typing import Any

from digital_council.courses.cells import blanked
from digital_council.courses.questions import Question

MARKER = "# Question: "
LONGEST = 200_000


class NotAnAnswer(ValueError):
    """A cell that holds something other than the one value asked for; the text says what."""


def literal(source: str, name: str) -> Any:
    """The value assigned to a name, read and never run; raises NotAnAnswer."""
    if len(source) > LONGEST:
        raise NotAnAnswer("The cell is too long to read.")
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None)
        raise NotAnAnswer(
            f"The cell cannot be read{f' at line {line}' if line else ''}. Check the quotation marks and brackets."
        ) from None
    body = [each for each in tree.body if not _note(each)]
    if not body:
        return None
    assigned = body[0]
    if len(body) != 1 or not isinstance(assigned, ast.Assign) or not _names(assigned, name):
        raise NotAnAnswer(f"The cell should hold one line of the form {name} = your answer.")
    try:
        return plain(ast.literal_eval(assigned.value))
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        raise NotAnAnswer(f"After {name} = the cell should hold a plain value, not code.") from None


def _note(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _names(statement: ast.Assign, name: str) -> bool:
    target = statement.targets[0]
    return len(statement.targets) == 1 and isinstance(target, ast.Name) and target.id == name


def plain(value: Any) -> Any:
    """The value in words of JSON: sets and tuples become lists; raises ValueError for the rest."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (list, tuple, set, frozenset)):
        found = [plain(each) for each in value]
        return sorted(found, key=repr) if isinstance(value, (set, frozenset)) else found
    if isinstance(value, dict):
        return {key if isinstance(key, str) else str(key): plain(each) for key, each in value.items()}
    raise ValueError(type(value).__name__)


def is_code(value: Any) -> bool:
    """True for an answer given by the code route."""
    return isinstance(value, dict) and set(value) == {"code"} and isinstance(value["code"], str)


def code_of(question: Question, value: Any) -> str | None:
    """The learner's source for a question, or None where the answer is a value."""
    if is_code(value) and (question.code or question.runs_code):
        return str(value["code"])
    return value if question.runs_code and isinstance(value, str) else None


def stripped(source: str) -> str:
    """A cell's source as compared and kept: without the marker line, blank lines at its ends and trailing spaces."""
    rows = [row.rstrip() for row in source.replace("\r\n", "\n").split("\n")]
    return "\n".join(row for row in rows if not row.startswith(MARKER)).strip("\n")


def blank_cell(question: Question, source: str) -> str:
    """The cell a learner starts from: the marker, what is allowed, and a place for the answer."""
    if question.runs_code:
        body = blanked(source)
        if not any(f"{question.name} =" in row or f"def {question.name}" in row for row in body.split("\n")):
            body += f"\n{question.name} = None"
        return f"{MARKER}{question.id}\n{body}"
    return written(question, question.blank)


def written(question: Question, value: Any) -> str:
    """A question's cell holding an answer."""
    if (code := code_of(question, value)) is not None:
        return f"{MARKER}{question.id}\n{stripped(code)}"
    notes = [f"# {row}" for row in question.allowed()]
    if question.code:
        notes.append(f"# Or write code that ends by setting {question.name}.")
    return "\n".join([MARKER + question.id, *notes, f"{question.name} = {spelled(value)}"])


def spelled(value: Any) -> str:
    """A plain value as Python text, with double quotation marks, long lists and dictionaries a line an entry."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return _bracketed("[", [spelled(each) for each in value], "]")
    if isinstance(value, dict):
        return _bracketed("{", [f"{spelled(key)}: {spelled(each)}" for key, each in value.items()], "}")
    return repr(value)


def _bracketed(start: str, entries: list[str], end: str) -> str:
    line = start + ", ".join(entries) + end
    if len(line) <= 90:
        return line
    return "\n".join([start, *(f"    {entry}," for entry in entries), end])


def read(question: Question, source: str, blank: str = "") -> Any:
    """The answer in a cell, None where there is none; raises NotAnAnswer where it cannot be read."""
    body = stripped(source)
    if not body or body == stripped(blank):
        return None
    if question.runs_code:
        return body
    try:
        return literal(body, question.name)
    except NotAnAnswer:
        if question.code:
            return {"code": body}
        raise
