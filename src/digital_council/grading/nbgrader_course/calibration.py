"""Calibration: the author's own solution is run once, to find which test cells can be judged away from learner code.

A cell that gives the author's solution the same full mark in the judge's sandbox as beside the solution is *judged*;
any other is *self-reported*. The finding is kept with the course, by the fingerprint of the source, and a submission
has no part in it.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbgrader import utils

from ..sandbox import Sandbox
from . import examination, mending
from .cells import Plan, cell_name, kind_of
from .directory import Directory
from .record import Assignment

FOLDER = ".digital-council"
VERSION = 4
ROUNDS = 3


def soften(notebook: Any) -> list[str]:
    """Make warnings of test cells plain text, because a warning is no failure; the cells that were changed."""
    changed = []
    for place, cell in enumerate(notebook.cells):
        if kind_of(cell) != "test":
            continue
        for output in cell.outputs:
            if output.output_type == "stream" and output.name == "stderr":
                output.name = "stdout"
                changed.append(cell_name(cell, place))
    return list(dict.fromkeys(changed))


def scores(notebook: Any) -> dict[str, tuple[float | None, float]]:
    """What nbgrader gives each test cell for the outputs it has."""
    return {
        cell_name(cell, place): utils.determine_grade(cell)
        for place, cell in enumerate(notebook.cells)
        if kind_of(cell) == "test"
    }


def number_of(cell: Any) -> float | None:
    """The number that a test cell gives as its mark, if it gives one."""
    shown = [o["data"].get("text/plain", "") for o in cell.outputs if o.output_type == "execute_result"]
    try:
        return float(shown[0]) if shown else None
    except ValueError:
        return None


def is_mark(cell: Any, wanted: bool) -> bool:
    """Whether a result may be a mark: a number, if the author's solution gets one, and never less than nought."""
    number = number_of(cell)
    return not wanted if number is None else number >= 0


def fingerprint(source: Path, assignment: Assignment, kept: Sequence[str]) -> str:
    """Of everything that may change what an assignment's cells do: its source, and its cells in the gradebook."""
    digest = hashlib.sha256(f"{VERSION} {sorted(kept)}".encode())
    for path in sorted(p for p in source.rglob("*") if p.is_file() and ".ipynb_checkpoints" not in p.parts):
        digest.update(f"{path.relative_to(source)}\0".encode() + path.read_bytes() + b"\0")
    for notebook in assignment.notebooks.values():
        for cell in notebook.cells.values():
            digest.update(f"{notebook.name}\0{cell.name}\0{cell.checksum}\0{cell.source}\0".encode())
    return digest.hexdigest()[:16]


@dataclass
class Trial:
    """Runs of the author's own solution; the judge sees `sources`, the files that no learner may change."""

    sandbox: Sandbox
    files: Mapping[str, bytes]
    sources: Mapping[str, bytes]
    seconds: float

    def run(self, plan: Plan, notebook: Any) -> dict[str, bool]:
        """Run a notebook in place by a plan; which cells met a handle."""
        return examination.run(self.sandbox, plan, notebook, self.files, self.seconds, self.sources)

    def calibrate(self, notebook: Any) -> Plan:
        """The plan of one solved notebook."""
        plan = self.sorted(notebook)
        beside = [name for name, judged in plan.judged.items() if not judged]
        if beside:
            found = examination.examined(self.sandbox, plan, blank(notebook), self.files, self.seconds, beside)
            for name in beside:
                *copies, whole = found[name]
                stopped = [place for place, through in enumerate(copies) if through is False]
                plan.examined[name] = stopped if whole else stopped[:1]  # it runs once only: of the others nobody knows
        return plan

    def sorted(self, notebook: Any) -> Plan:
        """The plan of one solved notebook, as far as which cells are judged where."""
        plan = Plan.of(notebook)
        names = list(scores(blank(notebook)))
        if not names:
            return plan
        trial = blank(notebook)
        self.run(plan, trial)
        soften(trial)
        alone = scores(trial)
        plan.numbers = {name: number_of(cell) is not None for name, cell in examination.tests(trial)}
        plan.judged = dict.fromkeys(names, True)
        for _ in range(ROUNDS):
            trial = blank(notebook)
            met = self.run(plan, trial)
            soften(trial)
            apart = scores(trial)
            failed = [n for n in names if plan.judged[n] and not _full(apart[n], alone[n])]
            plan.handles = {n: met.get(n, False) for n in names if plan.judged[n]}
            if not failed:
                return plan
            for name in failed:
                plan.judged[name] = False
                plan.reasons[name] = _reason(trial, name)
        plan.judged = dict.fromkeys(names, False)
        return plan


def _full(apart: tuple[float | None, float], alone: tuple[float | None, float]) -> bool:
    return apart[0] is not None and apart[0] == apart[1] and apart == alone


def _reason(notebook: Any, name: str) -> str:
    for place, cell in enumerate(notebook.cells):
        if cell_name(cell, place) == name:
            errors = [o for o in cell.outputs if o.output_type == "error"]
            return f"{errors[0].ename}: {errors[0].evalue}"[:200] if errors else "another mark than beside the solution"
    return ""


def blank(notebook: Any) -> Any:
    """A copy without outputs."""
    copy = nbformat.from_dict(json.loads(json.dumps(notebook)))
    for cell in copy.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return copy


def files_of(folder: Path, most: int) -> dict[str, bytes]:
    """The files beside notebooks, for a sandbox's work folder; no links, and no more bytes than `most`."""
    found: dict[str, bytes] = {}
    for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
        if path.is_symlink() or not path.is_file() or path.suffix == ".ipynb" or path.name == "timestamp.txt":
            continue
        most -= path.stat().st_size
        if most >= 0:
            found[str(path.relative_to(folder))] = path.read_bytes()
    return found


def plans(sandbox: Sandbox, directory: Directory, assignment: Assignment) -> dict[str, Plan]:
    """The plans of an assignment's notebooks: read if the source is unchanged, else found and stored."""
    source = directory.path("source", ".", assignment.name)
    if not source.is_dir():
        return {}
    stored = directory.root / FOLDER / f"{assignment.name}.json"
    kept = directory.autograde.exclude_overwriting.get(assignment.name, [])
    mark = fingerprint(source, assignment, kept)
    notebooks = {p.stem: nbformat.read(p, as_version=4) for p in sorted(source.glob("*.ipynb"))}
    for name, author in assignment.notebooks.items():
        if name in notebooks:
            mending.mend(notebooks[name], author, directory.hidden, add_missing=False)
    found = {name: Plan.of(notebook) for name, notebook in notebooks.items()}
    record = _read(stored)
    if record.get("fingerprint") == mark:
        for name, plan in found.items():
            for key in KEYS:
                setattr(plan, key, record["notebooks"][name][key])
        return found
    files = files_of(source, sandbox.policy.limits.file_mb << 20)
    trial = Trial(sandbox, files, {n: c for n, c in files.items() if n not in kept}, directory.seconds)
    found = {name: trial.calibrate(notebook) for name, notebook in notebooks.items()}
    parts = {name: {key: getattr(plan, key) for key in KEYS} for name, plan in found.items()}
    stored.parent.mkdir(exist_ok=True)
    beside = stored.with_suffix(".tmp")
    beside.write_text(json.dumps({"fingerprint": mark, "notebooks": parts}, indent=1))
    beside.replace(stored)
    return found


KEYS = ("judged", "handles", "reasons", "examined", "numbers")


def _read(path: Path) -> dict[str, Any]:
    try:
        record = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}
