"""Reading an author's notebook: which cells are tests, whose each name is, and what must be mirrored.

Everything here is decided from the author's own source. A submission has no say in who owns a name.
"""

import ast
import functools
from dataclasses import dataclass, field
from typing import Any, Literal

from IPython.core.inputtransformer2 import TransformerManager

Kind = Literal["test", "read-only", "learner", "text"]


def kind_of(cell: Any) -> Kind:
    """What a cell is, by its (already verified) nbgrader metadata."""
    if cell.cell_type != "code":
        return "text"
    marks = cell.metadata.get("nbgrader", {})
    if marks.get("grade") and not marks.get("solution"):
        return "test"
    return "read-only" if marks.get("locked") and not marks.get("solution") else "learner"


def is_given(cell: Any) -> bool:
    """Whether a cell is code that nobody is asked to change."""
    return kind_of(cell) in ("read-only", "learner") and not cell.metadata.get("nbgrader", {}).get("solution")


def cell_name(cell: Any, place: int) -> str:
    """A cell's name: its grade_id, or its place."""
    return str(cell.metadata.get("nbgrader", {}).get("grade_id") or f"cell-{place}")


@dataclass(frozen=True)
class Names:
    """The names of one piece of code."""

    bound: frozenset[str] = frozenset()
    deleted: frozenset[str] = frozenset()
    read: frozenset[str] = frozenset()
    imports: tuple[str, ...] = ()
    mirrored: tuple[str, ...] = ()


@functools.lru_cache(maxsize=4096)
def names_of(source: str) -> Names:
    """The names a cell binds at its top level, deletes and reads anywhere; nothing for a cell that cannot be parsed."""
    try:
        tree = ast.parse(TransformerManager().transform_cell(source))
    except (SyntaxError, ValueError, RecursionError):
        return Names()
    finder = _Finder()
    finder.visit(tree)
    imports = tuple(ast.unparse(n) for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom))
    return Names(
        frozenset(finder.bound), frozenset(finder.deleted), frozenset(finder.read), imports, tuple(finder.mirrored)
    )


def only_names(source: str) -> bool:
    """Whether a cell does no more than give names to constants, as a header for the learner's name does."""
    try:
        lines = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError):
        return False
    return all(
        isinstance(line, ast.Assign)
        and isinstance(line.value, ast.Constant)
        and all(isinstance(target, ast.Name) for target in line.targets)
        for line in lines
    )


class _Finder(ast.NodeVisitor):
    """Collects names; inside functions only those declared global are bound."""

    def __init__(self) -> None:
        self.bound: set[str] = set()
        self.deleted: set[str] = set()
        self.read: set[str] = set()
        self.mirrored: list[str] = []
        self.inside = 0

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self.read.add(node.id)
        elif isinstance(node.ctx, ast.Del):
            self.deleted.add(node.id)
        elif not self.inside:
            self.bound.add(node.id)

    def visit_Global(self, node: ast.Global) -> None:
        self.bound.update(node.names)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self.read.add(node.target.id)
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        # `np.linalg.solve = None` forbids a function: the learner's process must lose it as well.
        target = node.targets[0]
        if isinstance(target, ast.Attribute) and isinstance(node.value, ast.Constant | ast.Name | ast.Attribute):
            self.mirrored.append(ast.unparse(node))
        self.generic_visit(node)

    def _scope(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        if not self.inside:
            self.bound.add(node.name)
        self.inside += 1
        self.generic_visit(node)
        self.inside -= 1

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._scope(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._scope(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._scope(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self.inside += 1
        self.generic_visit(node)
        self.inside -= 1


@dataclass
class Plan:
    """How one notebook is run, read from its author's solved source, and what calibration found."""

    owned: frozenset[str]  # names the author binds in cells that learners may change
    reads: frozenset[str]  # names those cells read
    imports: tuple[str, ...]
    judged: dict[str, bool] = field(default_factory=dict)  # cell id: judged outside
    handles: dict[str, bool] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    examined: dict[str, list[int]] = field(default_factory=dict)  # self-reported: altered copies that stop the solution
    numbers: dict[str, bool] = field(
        default_factory=dict
    )  # whether the solution's mark is a number that the cell gives
    given: frozenset[str] = frozenset()  # sources of cells that are neither answers nor tests

    @property
    def prologue(self) -> str:
        """What a new judge runs first: the author's imports, each as far as it can be done."""
        return "\n".join(f"try:\n    {line}\nexcept Exception:\n    pass" for line in self.imports)

    @classmethod
    def of(cls, notebook: Any) -> "Plan":
        """The plan of an author's solved notebook, before calibration."""
        learner = [names_of(c.source) for c in notebook.cells if kind_of(c) == "learner"]
        other = [names_of(c.source) for c in notebook.cells if kind_of(c) == "read-only"]
        return cls(
            frozenset().union(*(n.bound for n in learner)),
            frozenset().union(*(n.read for n in learner + other)),
            tuple(dict.fromkeys(i for n in learner for i in n.imports)),
            given=frozenset(c.source for c in notebook.cells if is_given(c)),
        )
