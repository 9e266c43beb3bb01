"""A submitted notebook as the grader will run it: read from untrusted bytes, with the author's marks put back.

What nbgrader's ClearOutput, DeduplicateIds, OverwriteKernelspec and OverwriteCells do, in one pass, and with all of a
marked cell's metadata taken from the gradebook rather than from the submission.
"""

import json
import re
import uuid
from typing import Any, NoReturn

import nbformat
from nbformat import NotebookNode

from digital_council.errors import LearnerError

from .record import Cell, Hidden, Notebook

KINDS = ("code", "markdown", "raw")
MOST_CELLS = 2000
IDENTIFIER = re.compile(r"[a-zA-Z0-9_-]{1,64}")
KEPT = ("cell_type", "metadata", "source", "attachments", "id")
SHOWN = ("collapsed", "scrolled")
TEXTS = ("image/svg+xml", "application/javascript")


def parse(content: bytes, name: str, *, outputs: bool = False) -> Any:
    """A notebook of format 4, without outputs unless it is ours; raises LearnerError, saying what is wrong with it."""
    try:
        raw = json.loads(content, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise LearnerError(f"{name}: not a notebook: {str(error)[:200]}") from None
    if type(raw) is not dict or type(raw.get("nbformat")) is not int:
        raise LearnerError(f"{name}: not a notebook: it does not say which format it has")
    if raw["nbformat"] != 4:
        raw = _converted(raw, name)
    if type(raw.get("cells")) is not list:
        raise LearnerError(f"{name}: not a notebook: it has no cells")
    if len(raw["cells"]) > MOST_CELLS:
        many = f"{len(raw['cells']):,} cells, and {MOST_CELLS:,} are allowed"
        raise LearnerError(f"{name}: it has {many}: take out those that are not needed")
    minor = raw.get("nbformat_minor")
    minor = minor if type(minor) is int and 0 <= minor <= 5 else 5
    metadata = raw.get("metadata")
    cells = [_cell(cell, f"{name}: cell {number}") for number, cell in enumerate(raw["cells"], 1)]
    if outputs:
        for cell, written in zip(cells, raw["cells"], strict=True):
            cell.update({"outputs": [_joined(o) for o in written["outputs"]]} if "outputs" in written else {})
    _name(cells, minor)
    metadata = dict(metadata) if type(metadata) is dict else {}
    if type(metadata.get("language_info", {})) is not dict:
        del metadata["language_info"]
    found = {"cells": cells, "metadata": metadata, "nbformat": 4}
    return node(found | {"nbformat_minor": minor})


def node(value: Any) -> Any:
    """JSON's values as a notebook's nodes; nbformat's own does the same at four times the cost."""
    if type(value) is dict:
        made = NotebookNode()
        dict.update(made, {key: node(each) for key, each in value.items()})
        return made
    return [node(each) for each in value] if type(value) is list else value


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is not allowed")


def _converted(raw: dict[str, Any], name: str) -> Any:
    """An older notebook in today's format."""
    try:
        return json.loads(json.dumps(nbformat.convert(nbformat.from_dict(raw), 4)))
    except Exception as error:
        raise LearnerError(f"{name}: not a notebook that can be read: {type(error).__name__}") from None


def _cell(raw: Any, where: str) -> dict[str, Any]:
    if type(raw) is not dict or raw.get("cell_type") not in KINDS:
        raise LearnerError(f"{where} is not a cell")
    source = raw.get("source", "")
    if type(source) is list and all(type(line) is str for line in source):
        source = "".join(source)
    if type(source) is not str:
        raise LearnerError(f"{where} has no text")
    cell = {key: raw[key] for key in KEPT if key in raw}
    metadata = raw.get("metadata")
    cell["metadata"] = {k: v for k, v in metadata.items() if k not in SHOWN} if type(metadata) is dict else {}
    attachments = cell.pop("attachments", None)
    if type(attachments) is dict and all(type(a) is dict for a in attachments.values()):
        cell["attachments"] = attachments
    cell["source"] = source.encode("utf-8", "replace").decode()
    return cell | ({"outputs": [], "execution_count": None} if raw["cell_type"] == "code" else {})


def _joined(output: dict[str, Any]) -> dict[str, Any]:
    """An output as it was before it was written line by line."""
    data = {k: "".join(v) if type(v) is list else v for k, v in output.get("data", {}).items()}
    text = output.get("text", "")
    return output | {"data": data, "text": "".join(text) if type(text) is list else text}


def _name(cells: list[dict[str, Any]], minor: int) -> None:
    """Give every cell an id of its own, where the format has ids."""
    seen: set[str] = set()
    for cell in cells:
        name = cell.pop("id", None)
        if minor < 5:
            continue
        if type(name) is not str or name in seen or not IDENTIFIER.fullmatch(name):
            name = uuid.uuid4().hex[:8]
        seen.add(name)
        cell["id"] = name


def mend(notebook: Any, author: Notebook, hidden: Hidden, *, add_missing: bool) -> list[str]:
    """Put the author's marks and locked cells back, in place; what had to be repaired."""
    repairs = []
    seen: set[str] = set()
    for cell in reversed(notebook.cells):  # of copies the last one counts, as with nbgrader
        marks = cell.metadata.pop("nbgrader", None)
        name = marks.get("grade_id") if isinstance(marks, dict) else None
        known = author.cells.get(name) if type(name) is str else None
        if known is None or known.name in seen:
            if known is not None:
                repairs.append(f"{author.name}/{known.name}: a copy is no longer marked")
            continue
        seen.add(known.name)
        repairs += [f"{author.name}/{known.name}: {what}" for what in overwrite(cell, known, marks, hidden)]
    missing = [cell for cell in author.cells.values() if cell.test and cell.name not in seen]
    for known in missing if add_missing else []:
        put_back(notebook, author, known)
        repairs.append(f"{author.name}/{known.name}: a missing test is put back")
    if author.kernelspec and author.kernelspec != "{}":
        notebook.metadata["kernelspec"] = node(json.loads(author.kernelspec))
    return repairs


def overwrite(cell: Any, known: Cell, marks: dict[str, Any], hidden: Hidden) -> list[str]:
    """Make a cell what its author released; what was not so."""
    changed = []
    if cell.cell_type != known.cell_type:
        changed.append("its kind is put back")
        cell.cell_type = known.cell_type
        for key in ("outputs", "execution_count"):
            cell.pop(key, None)
        cell.update({"outputs": [], "execution_count": None} if known.cell_type == "code" else {})
    theirs = {key: marks.get(key) for key in ("grade", "solution", "task")}
    ours = {"grade": known.grade, "solution": known.solution, "task": known.task}
    if {k: bool(v) for k, v in theirs.items()} != ours or (known.points is not None and not _same(marks, known)):
        changed.append("its marks are put back")
    cell.metadata["nbgrader"] = node(restored(known, marks))
    if known.locked and cell.source != known.source:
        if cell.source.strip() != hidden.split(known.source)[0].strip():
            changed.append("its text is put back")
        cell.source = known.source
    return changed


def _same(marks: dict[str, Any], known: Cell) -> bool:
    points = marks.get("points")
    return isinstance(points, int | float) and float(points) == known.points


def restored(known: Cell, marks: dict[str, Any]) -> dict[str, Any]:
    """The metadata of a marked cell: the author's, but for a `locked` that says the same in other words."""
    locked = marks.get("locked") is True if known.grade and not known.solution else known.locked
    found: dict[str, Any] = {
        "grade": known.grade,
        "grade_id": known.name,
        "locked": locked,
        "schema_version": 3,
        "solution": known.solution,
        "task": known.task,
        "checksum": known.checksum,
    }
    return found | ({"points": known.points} if known.points is not None else {})


def put_back(notebook: Any, author: Notebook, known: Cell) -> None:
    """Insert a test that is missing, after the author's cell before it."""
    names = list(author.cells)
    before = set(names[: names.index(known.name)])
    places = [i for i, c in enumerate(notebook.cells) if c.metadata.get("nbgrader", {}).get("grade_id") in before]
    cell: dict[str, Any] = {"cell_type": "code", "source": known.source, "outputs": [], "execution_count": None}
    cell["metadata"] = {"nbgrader": restored(known, {"locked": True})}
    if notebook.nbformat_minor >= 5:
        cell["id"] = uuid.uuid4().hex[:8]
    notebook.cells.insert(places[-1] + 1 if places else 0, node(cell))


def text_of(notebook: Any) -> bytes:
    """A notebook as a file, a cell a line: the encoder that indents costs more than anything else around here."""
    whole = {key: value for key, value in notebook.items() if key != "cells"}
    cells = ",\n".join(_encoded(_lines(cell)) for cell in notebook.cells)
    return f'{{"cells": [\n{cells}\n],\n{_encoded(whole)[1:]}\n'.encode("utf-8", "replace")


def _encoded(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _lines(cell: Any) -> dict[str, Any]:
    written = dict(cell) | {"source": cell.source.splitlines(keepends=True)}
    if cell.cell_type == "code":
        written["outputs"] = [_output(output) for output in cell.outputs]
    return written


def _output(output: Any) -> dict[str, Any]:
    written = dict(output)
    if type(written.get("text")) is str:
        written["text"] = written["text"].splitlines(keepends=True)
    if isinstance(written.get("data"), dict):
        data = written["data"].items()
        written["data"] = {
            k: v.splitlines(keepends=True) if type(v) is str and (k.startswith("text/") or k in TEXTS) else v
            for k, v in data
        }
    return written
