"""The projection: what awaits a mark in the ledger, laid out as nbgrader's gradebook and folders.

The ledger owns every mark. Everything in a course's folder here can be thrown away and is made again; what is typed
in formgrader and has not been sent yet is the one thing a new projection leaves alone.
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import warnings
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_markdown_cell, new_notebook
from nbgrader.api import Gradebook, MissingEntry
from sqlalchemy.exc import SAWarning

GRADEBOOK, ATTEMPTS, AUTOGRADED = "gradebook.db", "attempts.json", "autograded"
SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,100}")


def project(folder: Path, course: str, awaiting: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Lay out the attempts that await a mark, by unit; may run twice."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    known = attempts(folder)
    with warnings.catch_warnings(), Gradebook(f"sqlite:///{folder / GRADEBOOK}", course) as book:
        warnings.simplefilter("ignore", SAWarning)  # nbgrader's own relationships, on SQLAlchemy 2
        for unit, waiting in awaiting.items():
            for attempt in waiting:
                if attempt["account"] and SAFE.fullmatch(attempt["account"]) and attempt["questions"]:
                    _lay_out(folder, book, unit, attempt, known)
    (folder / ATTEMPTS).write_text(json.dumps(known, indent=1), encoding="utf-8")


def attempts(folder: Path) -> dict[str, str]:
    """The attempt that stands in formgrader for a unit and account, by `unit/account`."""
    try:
        found: dict[str, str] = json.loads((folder / ATTEMPTS).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return found


def forget(folder: Path, account: str) -> None:
    """Take a person who is being erased out of a course's gradebook and folders; may run twice."""
    with warnings.catch_warnings(), Gradebook(f"sqlite:///{folder / GRADEBOOK}") as book:
        warnings.simplefilter("ignore", SAWarning)
        with contextlib.suppress(MissingEntry):
            book.remove_student(account)
    if SAFE.fullmatch(account):
        shutil.rmtree(folder / AUTOGRADED / account, ignore_errors=True)
    left = {place: id for place, id in attempts(folder).items() if place.partition("/")[2] != account}
    (folder / ATTEMPTS).write_text(json.dumps(left, indent=1), encoding="utf-8")


def _lay_out(folder: Path, book: Gradebook, unit: str, attempt: Mapping[str, Any], known: dict[str, str]) -> None:
    account = str(attempt["account"])
    is_new = known.get(f"{unit}/{account}") != attempt["id"]
    first, _, last = str(attempt["name"]).rpartition(" ")
    book.update_or_create_student(account, first_name=first or last, last_name=last if first else "")
    book.update_or_create_assignment(unit)
    book.update_or_create_notebook(unit, unit)
    for each in attempt["questions"]:
        named = (each["question"], unit, unit)
        book.update_or_create_grade_cell(*named, max_score=each["max"], cell_type="markdown")
        book.update_or_create_solution_cell(*named)
        book.update_or_create_source_cell(*named, cell_type="markdown")
    if is_new:
        _forget(book, unit, account)
    moment = datetime.fromisoformat(attempt["submitted_at"]).replace(tzinfo=None)
    book.update_or_create_submission(unit, account, timestamp=moment)
    for each in attempt["questions"]:
        _grade(book, unit, account, each)
    book.db.commit()
    target = folder / AUTOGRADED / account / unit / f"{unit}.ipynb"
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    nbformat.write(notebook(attempt), target)
    known[f"{unit}/{account}"] = str(attempt["id"])


def _forget(book: Gradebook, unit: str, account: str) -> None:
    """An earlier attempt leaves formgrader when a later one comes; its marks are in the ledger."""
    try:
        book.remove_submission(unit, account)
    except MissingEntry:
        return


def _grade(book: Gradebook, unit: str, account: str, question: Mapping[str, Any]) -> None:
    grade = book.find_grade(question["question"], unit, unit, account)
    if question["points"] is not None:
        grade.manual_score = question["points"]
    grade.needs_manual_grade = grade.manual_score is None
    if question["comment"]:
        book.find_comment(question["question"], unit, unit, account).manual_comment = question["comment"]


def notebook(attempt: Mapping[str, Any]) -> Any:
    """The questions a person marks, each with the learner's words as text that nothing will read as markup."""
    cells = []
    for each in attempt["questions"]:
        cells.append(new_markdown_cell(each["prompt"]))
        cell = new_markdown_cell(fenced(each["answer"] or "No answer was given."))
        cell.metadata["nbgrader"] = {
            "grade": True, "solution": True, "locked": False, "task": False, "schema_version": 3,
            "grade_id": each["question"], "points": each["max"], "cell_type": "markdown",
        }  # fmt: skip
        cells.append(cell)
    made = new_notebook(cells=cells)
    made.metadata["council"] = {"attempt": attempt["id"]}
    return made


def fenced(text: str) -> str:
    """The text as a block of code in Markdown, with a fence longer than any it holds."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"
