"""Own tables: the table that a learner's own code shows, whole, so that it can be filtered, sorted and charted too.

Nothing is kept: the code is run again, as it is saved, with its last line made to give every row.
"""

from __future__ import annotations

import ast
import csv
import io
import re
from collections.abc import Iterable
from typing import Any

from digital_council.courses import Unit, answers
from digital_council.portal.learners.drafts import Answers
from digital_council.portal.services import Services
from digital_council.portal.tables.grids import FEWEST_ROWS, Grid, of_cells

MOST_ROWS = 5_000
MOST_COLUMNS = 40
MOST_CHARACTERS = 500_000
"""What a run may show is limited, and the code may have printed before."""

SERIES = re.compile(r"^(?:(?:Name|Length|Freq)\b.*, )?dtype: \w", re.MULTILINE)
FRAME = re.compile(r"\A\s{2,}\S.*\n\s*\S")

WHOLE = f"""
def _council_whole(value):
    from IPython.display import display
    kind = "frame" if value.ndim == 2 else "series" if value.name is not None else "nameless"
    value = value if value.ndim == 2 else value.to_frame("value" if value.name is None else value.name)
    total = len(value)
    value = value.iloc[:{MOST_ROWS}, :{MOST_COLUMNS}]
    rows, most = value.to_csv(), {MOST_CHARACTERS}
    rows = rows if len(rows) <= most else rows[: rows.rindex("\\n", 0, most)]
    display({{"text/plain": f"{{kind}} {{value.index.nlevels}} {{total}}\\n{{rows}}"}}, raw=True)
"""
"""Written after the learner's code. What it fails on is no table, and its error is shown to nobody."""


def is_shown(outputs: Iterable[dict[str, Any]], code: str) -> bool:
    """Whether code that gave these outputs ended with a table worth asking of."""
    outputs = list(outputs)
    if not outputs or _ending(code) is None:
        return False
    last = outputs[-1]
    data = last.get("data") or {}
    if "<table" in _joined(data.get("text/html")):
        return _joined(data["text/html"]).count("<tr") > FEWEST_ROWS
    text = _joined(data.get("text/plain") or last.get("text"))
    is_table = SERIES.search(text) or (last.get("output_type") == "stream" and FRAME.match(text))
    return bool(is_table) and text.strip().count("\n") >= FEWEST_ROWS


def grid_of(services: Services, unit: Unit, question: str, given: Answers) -> tuple[Grid, int] | None:
    """The table that the code of a question shows now, and how many rows it has in all, of which a long one's first
    are given; None where it shows none. Raises CouldNotCheck."""
    cells = cells_of(unit, given)
    found = _ending(cells.get(question, ""))
    if found is None:
        return None
    before, shown = found
    whole = f"{before}{WHOLE}\n_council_whole({shown})\n"
    outputs = services.grading.run(unit, {**cells, question: whole}, question)
    said, _, rows = _joined((outputs[-1].get("data") or {}).get("text/plain") if outputs else "").partition("\n")
    kind, levels, total = [*said.split(), "", "", ""][:3]
    grid = _grid(rows, kind, levels, shown)
    return None if grid is None else (grid, int(total) if total.isdecimal() else len(grid.rows))


def _grid(rows: str, kind: str, levels: str, shown: str) -> Grid | None:
    """What the learner's process gave, read as a table whatever it is."""
    try:
        head, *body = csv.reader(io.StringIO(rows))
    except (ValueError, csv.Error):
        return None
    source = {"nameless": f'({shown}).to_frame("value")', "series": f"({shown}).to_frame()"}.get(kind, shown)
    if levels != "1":
        return of_cells([head], body, f"{source}.reset_index()") if head and len(body) >= FEWEST_ROWS else None
    names = [["", *head[1:]], [head[0], *("" for _ in head[1:])]] if head[0] else [head]
    return of_cells(names, body, source) if len(body) >= FEWEST_ROWS else None


def cells_of(unit: Unit, given: Answers) -> dict[str, str]:
    """Each answer as the code its cell would hold, so that later cells find what earlier ones made."""
    cells = {}
    for question in unit.questions:
        value = given.get(question.id)
        if value is not None:
            cells[question.id] = answers.code_of(question, value) or answers.written(question, value)
    return cells


def _ending(code: str) -> tuple[str, str] | None:
    """Code without its last line, and what that line shows or prints; None where it does neither."""
    try:
        body = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError):
        return None
    if not body or not isinstance(body[-1], ast.Expr):
        return None
    shown = body[-1].value
    if isinstance(shown, ast.Call) and isinstance(shown.func, ast.Name) and shown.func.id in ("print", "display"):
        if len(shown.args) != 1 or shown.keywords:
            return None
        shown = shown.args[0]
    lines = code.splitlines(keepends=True)
    last = body[-1]
    before = "".join(lines[: last.lineno - 1]) + lines[last.lineno - 1].encode()[: last.col_offset].decode()
    return before, ast.unparse(shown)


def _joined(value: Any) -> str:
    return "".join(map(str, value)) if isinstance(value, list) else str(value or "")
