"""Versions: a published notebook as it is kept, without outputs, in a folder that appears whole and never changes."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat

from digital_council.apps import catalogue
from digital_council.errors import LearnerError
from digital_council.settings import State

KEPT = ("kernelspec", "language_info")
MOST_CELLS = 500


def notebook_of(content: bytes) -> Any:
    """The notebook, without outputs and whatever else running it left there. Raises LearnerError in one line."""
    try:
        notebook = nbformat.reads(content.decode("utf-8"), as_version=4)
        nbformat.validate(notebook)
    except (ValueError, UnicodeDecodeError, AttributeError, KeyError, TypeError, nbformat.ValidationError) as error:
        said = str(error).strip().splitlines() or [type(error).__name__]
        raise LearnerError(f"this is not a notebook ({said[0][:120]}); send an .ipynb file") from None
    if not any(cell.cell_type == "code" and cell.source.strip() for cell in notebook.cells):
        raise LearnerError("the notebook has no code to run; an app shows what its cells show")
    if len(notebook.cells) > MOST_CELLS:
        raise LearnerError(f"the notebook has {len(notebook.cells)} cells; at most {MOST_CELLS} are taken")
    notebook.metadata = nbformat.from_dict(
        {name: notebook.metadata[name] for name in KEPT if name in notebook.metadata}
    )
    for number, cell in enumerate(notebook.cells, 1):
        cell.id = f"cell-{number}"  # made anew by some editors at every save, which would make two of the same content
        cell.metadata = nbformat.from_dict({"tags": cell.metadata["tags"]} if cell.metadata.get("tags") else {})
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def write(state: State, app: str, number: int, files: Mapping[str, bytes]) -> Path:
    """Writes a version's folder aside and gives it its name once it is whole on disk.

    What stands under the name already was left by a publication that never reached the ledger, and is replaced.
    """
    folder = catalogue.folder_of(state, app, number)
    aside = state.apps / "published" / f".{secrets.token_hex(8)}"
    aside.mkdir(parents=True)
    try:
        for name, content in files.items():
            with (aside / name).open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        folder.parent.mkdir(exist_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
        aside.rename(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return folder


def described(said: Mapping[str, Any]) -> bytes:
    """A version's app.toml. JSON's strings and lists of them are TOML's too."""
    names = ("title", "description", "datasets", "sensitivity")
    lines = [f"{name} = {json.dumps(said[name], ensure_ascii=False)}" for name in names]
    return "\n".join([*lines, f"review_date = {said['review']}", ""]).encode()


def sweep(state: State) -> None:
    """Removes what an interrupted publication left aside."""
    for left in (state.apps / "published").glob(".*"):
        shutil.rmtree(left, ignore_errors=True)
