"""Cells as Python's own code, run with less ado than IPython makes of each; an author's are compiled once for all
judges, before they are forked."""

import ast
import functools
import linecache
from types import CodeType
from typing import Any, NamedTuple

from IPython.core.inputtransformer2 import TransformerManager


class Cell(NamedTuple):
    """One cell: its text as Python, what is run of it, and its last line if that is shown."""

    text: str
    body: CodeType
    last: CodeType | None


def read(source: str, name: str) -> Cell | None:
    """The cell of this source; None for what only IPython itself can run, or say what is wrong with."""
    file = f"<cell {name}>"
    try:
        text = TransformerManager().transform_cell(source)
        lines = ast.parse(text, file).body
        shown = lines[-1:] if lines and isinstance(lines[-1], ast.Expr) else []
        body = compile(ast.Module(lines[: len(lines) - len(shown)], []), file, "exec")
        last = compile(ast.Interactive(shown), file, "single") if shown else None
    except (SyntaxError, ValueError, RecursionError, OverflowError):  # `await` at the top is a syntax error here
        return None
    return Cell(text, body, last)


of = functools.lru_cache(maxsize=2048)(read)


def run(shell: Any, cell: Cell) -> BaseException | None:
    """Run a cell as the shell does; the error that ended it."""
    text, file = cell.text, cell.body.co_filename
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    shell.history_manager.input_hist_parsed.append(text)  # where a semicolon at the end is looked for
    shell.history_manager.input_hist_raw.append(text)
    try:
        with shell.builtin_trap, shell.display_trap:
            exec(cell.body, shell.user_ns)  # noqa: S102  (in a sandbox)
            if cell.last is not None:
                exec(cell.last, shell.user_ns)  # noqa: S102
    except BaseException as error:
        return error
    finally:
        shell.execution_count += 1
        shell.events.trigger("post_execute")
    return None
