"""Pictures that the author's own cells draw, made twice and then shown again: drawing costs more than all else.

A given cell's picture is the same for everybody as long as nothing of the learner's has run before it, nothing that it
hangs on is the learner's, and nobody looks at what it has drawn on. All of that is read from the text, outside.
"""

import ast
import copy
import functools
import hashlib
import re
from typing import Any

from .cells import Plan, cell_name, is_given, kind_of, names_of

MOST = 200  # pictures one worker keeps
ASIDE = re.compile(
    r"\b(globals|locals|vars|dir|eval|exec|inspect|sys|get_ipython|__\w+)\b|^[ \t]*(?!%matplotlib)[%!]", re.M
)
"""Where a cell could come by a value without naming it."""
MAGIC = re.compile(r"^%matplotlib\b[^\n]*", re.M)  # which names nothing


class Pictures:
    """What one worker has seen drawn, by all that it hangs on."""

    def __init__(self) -> None:
        self.seen: dict[str, list[Any]] = {}
        self.agreed: set[str] = set()

    def drawn(self, key: str | None) -> list[Any] | None:
        """A cell's outputs, once two runs have agreed on them."""
        return copy.deepcopy(self.seen[key]) if key in self.agreed and key is not None else None

    def learn(self, key: str | None, outputs: list[Any]) -> None:
        """Note what a cell has drawn; outputs without a picture are not worth keeping, and errors are nobody else's."""
        if key is None or not any(_pictures(o) for o in outputs) or any(o.output_type == "error" for o in outputs):
            return
        if self.seen.get(key) == outputs:
            self.agreed.add(key)
        elif key not in self.seen and len(self.seen) < MOST:
            self.seen[key] = copy.deepcopy(outputs)


def _pictures(output: Any) -> list[str]:
    return [kind for kind in output.get("data", {}) if kind.startswith("image/")]


def keys(plan: Plan, notebook: Any) -> dict[int, str]:
    """For each given cell whose picture anybody's would be: all that it hangs on, by the cell's place."""
    found: dict[int, str] = {}
    text, answered, count = "", frozenset[str](), 0
    for place, cell in enumerate(notebook.cells):
        kind = kind_of(cell)
        count += kind != "text"
        if kind == "test":
            if not _leaves_alone(plan, cell.source, answered) or not plan.judged.get(cell_name(cell, place)):
                return found
        elif is_given(cell) and cell.source in plan.given:
            text += f"\0{count}\0{cell.source}"
            if answered and (ASIDE.search(cell.source) or answered & set(re.findall(r"\w+", text))):
                return found
            if not _looked_at(names_of(cell.source).bound, notebook.cells[place + 1 :]):
                found[place] = hashlib.sha256(text.encode()).hexdigest()
        elif kind != "text":
            names = constants(cell.source)
            if names is None or not names <= plan.owned:
                return found
            answered |= names
    return found


def _leaves_alone(plan: Plan, source: str, answered: frozenset[str]) -> bool:
    """Whether a test, which runs elsewhere, calls nothing and sets nothing on the learner's side."""
    names = names_of(source)
    return not (names.bound | names.deleted or names.mirrored) and names.read & plan.owned <= answered


def _looked_at(names: frozenset[str], later: list[Any]) -> bool:
    """Whether what these names stand for is used by a later cell, as far as they have not been given to others."""
    left = set(names)
    for lines in (_lines(cell.source) for cell in later if cell.cell_type == "code"):
        if lines is None:
            return True
        for used, given in lines:
            if used & left:
                return True
            left -= given
    return False


@functools.lru_cache(maxsize=2048)
def _lines(source: str) -> list[tuple[set[str], set[str]]] | None:
    """The names that each statement of a cell uses, and those it gives; None where only IPython could tell, which
    takes as long over a learner's text as the learner likes."""
    try:
        lines = ast.parse(MAGIC.sub("", source)).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return [(_names(line, ast.Load), _names(line, ast.Store, of=ast.Assign)) for line in lines]


def _names(line: ast.stmt, how: type[ast.expr_context], of: type[ast.stmt] = ast.stmt) -> set[str]:
    if not isinstance(line, of):
        return set()
    return {node.id for node in ast.walk(line) if isinstance(node, ast.Name) and isinstance(node.ctx, how)}


def constants(source: str) -> frozenset[str] | None:
    """The names that a cell gives to constants, if it does no more than that or is as it was released; else None."""
    try:
        lines = ast.parse(source).body  # as it stands: what only IPython can run is more than a constant
        return frozenset(name for line in lines for name in _named(line))
    except (SyntaxError, ValueError, RecursionError, TypeError, MemoryError):
        return None


def _named(line: ast.stmt) -> list[str]:
    """The names of one line; raises ValueError for anything but constants."""
    if ast.unparse(line) == "raise NotImplementedError()":
        return []
    if not isinstance(line, ast.Assign):
        raise ValueError
    ast.literal_eval(line.value)
    names = [target.id for target in line.targets if isinstance(target, ast.Name)]
    if len(names) < len(line.targets) or any(name.startswith("_") for name in names):
        raise ValueError
    return names
