"""Running a notebook by its plan, and examining what was marked beside the learner's code.

What a self-reported cell says is the learner's word for it. So the notebook is run once more, in a sandbox of its own,
with each such cell's altered copies before it: where one of those goes through as well, the cell has checked nothing.
Which copies are of use is found at calibration: those that stop the author's own solution.
"""

from collections.abc import Mapping
from typing import Any

from ..records import CellError
from ..sandbox import Sandbox, SessionEnded
from .altered import altered
from .cells import Plan, cell_name, kind_of
from .court import Court
from .pictures import Pictures, keys
from .split import Split, error_node

FORGED = CellError("TamperedError", "this check lets through whatever it is given, and so it says nothing")
SECONDS = 10.0  # for one copy: an honest answer fails it at once


def run(
    sandbox: Sandbox,
    plan: Plan,
    notebook: Any,
    files: Mapping[str, bytes],
    seconds: float,
    sources: Mapping[str, bytes] | None = None,
    court: Court | None = None,
    pictures: Pictures | None = None,
) -> dict[str, bool]:
    """Run a notebook in place by its plan; which cells met a handle. `pictures` are those of the author's files."""
    pictures = pictures or Pictures()
    hung_on = keys(plan, notebook) if files == sources else {}
    with Split(sandbox, plan, files, seconds, sources, court) as split:
        for place, cell in enumerate(notebook.cells):
            key = hung_on.get(place)
            split.run(cell, cell_name(cell, place), pictures.drawn(key))
            if key is not None:
                pictures.learn(key, cell.outputs)
    doubted = {name: cell for name, cell in tests(notebook) if plan.examined.get(name) and not failed(cell)}
    found = examined(sandbox, plan, notebook, files, seconds, list(doubted)) if doubted else {}
    for name, cell in doubted.items():
        if any(found[name][place] for place in plan.examined[name]):
            cell.outputs = [error_node(FORGED, set())]
    return split.met_handles


def tests(notebook: Any) -> list[tuple[str, Any]]:
    """The test cells by name."""
    return [(cell_name(c, place), c) for place, c in enumerate(notebook.cells) if kind_of(c) == "test"]


def failed(cell: Any) -> bool:
    """Whether a cell ended in an error."""
    return any(output.output_type == "error" for output in cell.outputs)


def examined(
    sandbox: Sandbox, plan: Plan, notebook: Any, files: Mapping[str, bytes], seconds: float, names: list[str]
) -> dict[str, list[bool | None]]:
    """Run a notebook again: of these self-reported cells, which copies went through, and last the cell itself."""
    found: dict[str, list[bool | None]] = {}
    with Split(sandbox, plan, files, min(seconds, SECONDS)) as split:
        for place, cell in enumerate(notebook.cells):
            name, kind = cell_name(cell, place), kind_of(cell)
            if kind == "text" or (kind == "test" and plan.judged.get(name)):
                continue
            copies = altered(cell.source) if name in names else []
            found[name] = [_through(split, code, name) for code in (*copies, cell.source)]
    return found


def _through(split: Split, code: str, name: str) -> bool | None:
    """Whether a cell ends without an error; None where it does not end by itself, which tells nothing."""
    try:
        error = split.ask("learner", code, name, quiet=True).get("error", "")
    except SessionEnded:
        return None
    late = type(error) is dict and error.get("type") == "CellTimeoutError"
    return None if late else error is None
