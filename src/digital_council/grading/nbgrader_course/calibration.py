"""Calibration: the author's own solution is run once, to find which test cells can be judged away from learner code.

A cell that gives the author's solution the same full mark in the judge's sandbox as beside the solution is *judged*;
any other is *self-reported*. The finding is kept with the course, by the fingerprint of the source, and a submission
has no part in it.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbgrader import utils

from ..sandbox import Sandbox
from .cells import Plan, kind_of
from .split import Split

FOLDER = ".digital-council"
VERSION = 2
ROUNDS = 3


def cell_name(cell: Any, place: int) -> str:
    """A cell's name: its grade_id, or its place."""
    return str(cell.metadata.get("nbgrader", {}).get("grade_id") or f"cell-{place}")


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


def run(sandbox: Sandbox, plan: Plan, notebook: Any, files: Mapping[str, bytes], seconds: float) -> dict[str, bool]:
    """Run a notebook in place by a plan; which cells met a handle."""
    with Split(sandbox, plan, files, seconds) as split:
        for place, cell in enumerate(notebook.cells):
            split.run(cell, cell_name(cell, place))
        return split.met_handles


def fingerprint(source: Path) -> str:
    """Of everything in an assignment's source folder that may change what its cells do."""
    digest = hashlib.sha256(f"{VERSION}".encode())
    for path in sorted(p for p in source.rglob("*") if p.is_file() and ".ipynb_checkpoints" not in p.parts):
        digest.update(f"{path.relative_to(source)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def calibrate(sandbox: Sandbox, notebook: Any, files: Mapping[str, bytes], seconds: float) -> Plan:
    """The plan of one solved notebook."""
    plan = Plan.of(notebook)
    names = list(scores(blank(notebook)))
    alone = marks(sandbox, plan, notebook, files, seconds)
    plan.judged = dict.fromkeys(names, True)
    for _ in range(ROUNDS):
        trial = blank(notebook)
        met = run(sandbox, plan, trial, files, seconds)
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


def marks(sandbox: Sandbox, plan: Plan, notebook: Any, files: Mapping[str, bytes], seconds: float) -> dict[str, Any]:
    """What the author's solution earns with every cell in one process."""
    trial = blank(notebook)
    run(sandbox, plan, trial, files, seconds)
    soften(trial)
    return scores(trial)


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


def plans(sandbox: Sandbox, course: Path, source: Path, assignment: str, seconds: float) -> dict[str, Plan]:
    """The plans of an assignment's notebooks: read if the source is unchanged, else found and stored."""
    if not source.is_dir():
        return {}
    stored = course / FOLDER / f"{assignment}.json"
    mark = fingerprint(source)
    notebooks = {p.stem: nbformat.read(p, as_version=4) for p in sorted(source.glob("*.ipynb"))}
    found = {name: Plan.of(notebook) for name, notebook in notebooks.items()}
    record = _read(stored)
    if record.get("fingerprint") == mark:
        for name, plan in found.items():
            plan.judged, plan.handles, plan.reasons = (record["notebooks"][name][k] for k in KEYS)
        return found
    files = files_of(source, sandbox.policy.limits.file_mb << 20)
    found = {name: calibrate(sandbox, notebook, files, seconds) for name, notebook in notebooks.items()}
    parts = {name: dict(zip(KEYS, (p.judged, p.handles, p.reasons), strict=True)) for name, p in found.items()}
    stored.parent.mkdir(exist_ok=True)
    beside = stored.with_suffix(".tmp")
    beside.write_text(json.dumps({"fingerprint": mark, "notebooks": parts}, indent=1))
    beside.replace(stored)
    return found


KEYS = ("judged", "handles", "reasons")


def _read(path: Path) -> dict[str, Any]:
    try:
        record = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}
