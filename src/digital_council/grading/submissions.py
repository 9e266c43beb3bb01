"""Submissions: the learner's own bytes, read with suspicion, then kept unchanged under the attempt's id."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from digital_council.courses import notebook as notebooks
from digital_council.courses import releases
from digital_council.courses.units import Unit
from digital_council.errors import CouncilError, OperatorError
from digital_council.grading.refusals import Refused
from digital_council.settings import State

ANSWERS, NOTEBOOK = "answers.json", "notebook.ipynb"
MOST_CELLS = 2000


@dataclass(frozen=True)
class Content:
    """What was handed in: the bytes to keep, and the answers read from them."""

    unit: Unit
    answers: dict[str, Any]
    file: str
    data: bytes

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the bytes, by which a second copy and a changed one are known."""
        return hashlib.sha256(self.data).hexdigest()


def from_answers(answers: Any, unit: Unit) -> Content:
    """What the page hands in. Raises Refused when it is not answers by question."""
    if not isinstance(answers, dict):
        raise Refused('a submission holds answers by question: send {"answers": {question: value}}', 422)
    try:
        data = json.dumps(answers, sort_keys=True, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, TypeError, RecursionError, UnicodeEncodeError):
        raise Refused(
            "an answer holds something that cannot be kept: use text, numbers, lists or tables", 422
        ) from None
    return Content(unit, answers, ANSWERS, data)


def from_notebook(data: bytes, unit: Unit, state: State) -> Content:
    """What JupyterLab hands in. Raises Refused when it is no notebook, or one of another unit."""
    found = parse(data)
    unit = _its_release(found, unit, state)
    return Content(unit, notebooks.answers(found, unit), NOTEBOOK, data)


def parse(data: bytes) -> dict[str, Any]:
    """The notebook in these bytes, as far as this product relies on it. Raises Refused."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise Refused(
            "this file is not a notebook: save the lesson in JupyterLab and submit that .ipynb", 422
        ) from None
    if not isinstance(found, dict) or not isinstance(found.get("cells", found.get("worksheets")), list):
        raise Refused("this file is not a notebook: it has no cells; submit the lesson's own .ipynb", 422)
    if found.get("nbformat") != 4:
        raise Refused("this notebook is of an old kind: open it in JupyterLab, save it, and submit it again", 422)
    if len(found["cells"]) > MOST_CELLS:
        raise Refused(
            f"this notebook has {len(found['cells']):,} cells, and {MOST_CELLS:,} are allowed: "
            "take out those that are not needed and submit it again",
            422,
        )
    if not all(_is_cell(cell) for cell in found["cells"]):
        raise Refused("this notebook is damaged: open the lesson afresh and copy your answers into it", 422)
    if not isinstance(found.setdefault("metadata", {}), dict):
        raise Refused("this notebook is damaged: its metadata cannot be read; open the lesson afresh", 422)
    return found


def _is_cell(cell: Any) -> bool:
    if not isinstance(cell, dict) or not isinstance(cell.get("metadata"), dict):
        return False
    source = cell.get("source")
    lines = isinstance(source, list) and all(isinstance(line, str) for line in source)
    return isinstance(cell.get("cell_type"), str) and (lines or isinstance(source, str))


def _its_release(found: dict[str, Any], unit: Unit, state: State) -> Unit:
    """The unit at the release the notebook was made from. Raises Refused when it is another unit."""
    said = found["metadata"].get("council")
    said = said if isinstance(said, dict) else {}
    named = f"{said.get('course')}/{said.get('unit')}"
    if named != f"{unit.course}/{unit.id}":
        what = f"belongs to {named[:120]}" if said else "does not say which lesson it belongs to"
        raise Refused(f"this notebook {what}, not to {unit.course}/{unit.id}: submit the notebook of this lesson", 409)
    release = said.get("release")
    if release == unit.release or not isinstance(release, str) or not release.isalnum():
        return unit
    try:
        return releases.open(state, unit.course, unit.id, release)
    except (CouncilError, OSError):
        # A release nobody knows, perhaps of another installation: the present questions decide.
        return unit


def store(state: State, id: str, content: Content) -> Path:
    """Keeps the bytes for ever, whole or not at all, and returns only when they are on the disk."""
    folder, part = state.submissions / id, state.submissions / f".{id}.part"
    try:
        part.mkdir(mode=0o700)
        with (part / content.file).open("xb") as file:
            file.write(content.data)
            file.flush()
            os.fsync(file.fileno())
        (part / content.file).chmod(0o400)
        _sync(part)
        part.rename(folder)
        _sync(state.submissions)
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        raise OperatorError(
            f"{state.submissions}: a submission could not be kept ({error.strerror}), so it was not accepted: "
            "make room on the disk or mend the folder's owner"
        ) from None
    return folder


def remove(state: State, id: str) -> None:
    """Takes away what was stored for an attempt that was never acknowledged, or of a person being erased."""
    shutil.rmtree(state.submissions / id, ignore_errors=True)


def sweep(state: State, known: Callable[[Sequence[str]], set[str]]) -> list[str]:
    """Removes what a sudden end left between storing and recording; nobody was told it had been taken."""
    names = iter([path.name for path in state.submissions.iterdir()])
    left: list[str] = []
    while some := list(islice(names, 500)):
        left += sorted(set(some) - known(some))
    for name in left:
        remove(state, name)
    return left


def answers_of(folder: Path, unit: Unit) -> notebooks.Answers:
    """The answers in a stored submission, with findings about cells that could not be read."""
    if (folder / NOTEBOOK).exists():
        return notebooks.answers(parse((folder / NOTEBOOK).read_bytes()), unit)
    return notebooks.Answers(json.loads((folder / ANSWERS).read_bytes()))


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
