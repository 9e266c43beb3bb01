"""A session in this process, for authors' own solutions and nothing else: it protects from nothing."""

from __future__ import annotations

import ast
import contextlib
import io
import linecache
import os
import sys
import warnings
from typing import Any

from digital_council.courses.findings import LearnerRaised
from digital_council.courses.marking import Ran


class TrustedSession:
    """Runs code with exec. Never give it anything a learner wrote."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = {"__name__": "__main__"}
        self.cells = 0
        os.environ.setdefault("MPLBACKEND", "Agg")  # a picture is drawn, and no window opened for it

    def run(self, code: str) -> Ran:
        """Runs a cell; the value of a last expression and printed text are its outputs."""
        self.cells += 1
        name = f"<cell {self.cells}>"
        linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
        printed = io.StringIO()
        try:
            tree = ast.parse(code, name)
            last = tree.body[-1] if tree.body else None
            shown = ast.Expression(last.value) if isinstance(last, ast.Expr) else None
            tree.body = tree.body[:-1] if shown else tree.body
            with contextlib.redirect_stdout(printed), warnings.catch_warnings():
                warnings.filterwarnings("ignore", "FigureCanvasAgg is non-interactive")
                exec(compile(tree, name, "exec"), self.names)  # noqa: S102  (authors' code alone)
                value = eval(compile(shown, name, "eval"), self.names) if shown else None
        except (Exception, SystemExit) as error:
            return Ran(_stream(printed), _raised(error, name))
        return Ran(_stream(printed) + _display(value))

    def take(self, name: str) -> Any:
        """The value of a name; raises LearnerRaised when there is none."""
        if name not in self.names:
            raise LearnerRaised("NameError", f"name '{name}' is not defined")
        return self.names[name]

    def call(self, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """What a function gives; raises LearnerRaised for its errors."""
        function = TrustedSession.take(self, name)
        if not callable(function):
            raise LearnerRaised("TypeError", f"{name} is not a function")
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                return function(*args, **kwargs)
        except Exception as error:
            raise _raised(error, f"<cell {self.cells}>") from None

    def close(self) -> None:
        """Forgets everything, the style that a lesson chose for its pictures too."""
        if pyplot := sys.modules.get("matplotlib.pyplot"):
            pyplot.close("all")
            pyplot.rcdefaults()
        self.names.clear()


def _stream(printed: io.StringIO) -> list[dict[str, Any]]:
    text = printed.getvalue()
    return [{"output_type": "stream", "name": "stdout", "text": text}] if text else []


def _display(value: Any) -> list[dict[str, Any]]:
    if value is None:
        return []
    data = {"text/plain": repr(value)[:5000]}
    if hasattr(value, "_repr_html_"):
        data["text/html"] = str(value._repr_html_())
    return [{"output_type": "execute_result", "execution_count": None, "metadata": {}, "data": data}]


def _raised(error: BaseException, name: str) -> LearnerRaised:
    line, trace = getattr(error, "lineno", None), error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == name:
            line = trace.tb_lineno
        trace = trace.tb_next
    return LearnerRaised(type(error).__name__, str(error)[:300], line)
