"""Test cells with one check altered, so that no answer which meets the check as it stands can meet it altered as well.

An answer equal to everything, a comparison that was replaced, a check that was switched off: each lets through both.
A check is altered only where the two contradict each other; of any other a cell has no such copy.
"""

import ast
import copy
from collections.abc import Iterator
from typing import Any, TypeGuard

FAR = 1_000_003  # far from whatever an honest answer is
NEARER = 1_003  # for what a class is made with, which may be how large to make it
MOST = 4
ODD = "type('K', (), {})()"  # equal to nothing
CLOSE = frozenset({"allclose", "isclose", "array_equal", "array_equiv", "equals", "array_almost_equal"})
SECOND = {"isinstance": "type('K', (), {})", "issubclass": "type('K', (), {})", "hasattr": "'k1000003'"}
ENDS = frozenset({"startswith", "endswith"})
UNSAFE = ("raises", "warns", "not", "is_none", "true", "false", "less", "greater")  # no second value to alter


def altered(source: str) -> list[str]:
    """Copies of a test cell, each with one of its checks altered; none for a cell that only IPython can read."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return []
    count = len(list(checks(tree.body)))
    step = max(1, -(-count // MOST))
    return [text for place in range(0, count, step) if (text := _altered(tree, place))]


def _altered(tree: ast.Module, place: int) -> str:
    own = copy.deepcopy(tree)
    found = list(checks(own.body))[place]
    if isinstance(found, ast.Assert):
        new = condition(found.test)
        found.test = new or found.test
    else:
        new = call(found.value)
        found.value = new or found.value
    return ast.unparse(ast.fix_missing_locations(own)) if new else ""


def checks(body: list[ast.stmt]) -> Iterator[Any]:
    """The checks that run exactly once, whatever an answer is: none in a loop, a condition or a `try`."""
    for line in body:
        if isinstance(line, ast.Assert):
            if condition(copy.deepcopy(line.test)):
                yield line
        elif isinstance(line, ast.Expr):
            if call(copy.deepcopy(line.value)):
                yield line
        elif isinstance(line, ast.With | ast.ClassDef) or _tests(line):
            yield from checks(line.body)


def _tests(line: ast.stmt) -> TypeGuard[ast.FunctionDef]:
    return isinstance(line, ast.FunctionDef) and line.name.startswith("test")


def condition(test: ast.expr) -> ast.expr | None:
    """The altered form of what is asserted; None where there is none."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        for place, part in enumerate(test.values):
            if new := condition(part):
                test.values[place] = new
                return test
        return None
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        return _comparison(test, test.ops[0])
    return call(test) if isinstance(test, ast.Call) else None


def _comparison(test: ast.Compare, operator: ast.cmpop) -> ast.expr | None:
    left, right = test.left, test.comparators[0]
    if isinstance(operator, ast.Eq | ast.Is):
        if isinstance(operator, ast.Eq) and _literal(left) and not _literal(right):
            test.left = far(left)
        else:
            test.comparators = [far(right) if isinstance(operator, ast.Eq) else odd()]
    elif isinstance(operator, ast.In):
        test.left = odd()
    elif isinstance(operator, ast.Lt | ast.LtE) and _called(left) in ("abs", "fabs", "absolute") and _args(left):
        _args(left)[0] = _further(_args(left)[0])
    elif isinstance(operator, ast.Lt | ast.LtE | ast.Gt | ast.GtE):
        sign = "-inf" if isinstance(operator, ast.Lt | ast.LtE) else "inf"
        test.ops = [ast.Lt() if isinstance(operator, ast.Lt | ast.LtE) else ast.Gt()]
        test.comparators = [_expression(f"float({sign!r})")]
    else:
        return None
    return test


def _further(gap: ast.expr) -> ast.expr:
    """A difference that is to be small, with another number on one of its sides."""
    if isinstance(gap, ast.BinOp) and isinstance(gap.op, ast.Sub) and _literal(gap.right):
        return ast.BinOp(gap.left, gap.op, far(gap.right))
    if isinstance(gap, ast.BinOp) and isinstance(gap.op, ast.Sub) and _literal(gap.left):
        return ast.BinOp(far(gap.left), gap.op, gap.right)
    return ast.BinOp(gap, ast.Add(), ast.Constant(FAR + 0.5))


def call(made: ast.expr) -> ast.expr | None:
    """The altered form of a call that checks: a comparison's second value is another one."""
    if not isinstance(made, ast.Call):
        return None
    name, args = _called(made), made.args
    if name in SECOND and len(args) == 2:
        args[1] = _expression(SECOND[name])
    elif name in ENDS and len(args) == 1:
        args[0] = ast.Constant("k1000003")
    elif name in CLOSE and len(args) >= (1 if name == "equals" else 2):
        args[0 if name == "equals" else 1] = odd()
    elif name.startswith("assert") and len(args) >= 2 and not any(word in name.lower() for word in UNSAFE):
        place = 0 if name.lower().endswith("in") else 1
        args[place] = far(args[place])
    else:
        return None
    return made


def far(node: ast.expr) -> ast.expr:
    """Another value than this one: of the same kind where it is written out, else one equal to nothing."""
    if isinstance(node, ast.Call) and _called(node)[:1].isupper() and any(map(_literal, node.args)):
        made = [ast.Constant(_far(a.value, NEARER)) if isinstance(a, ast.Constant) else a for a in node.args]
        return ast.Call(node.func, made, node.keywords)
    if not _literal(node):
        return odd()
    return ast.Constant(_far(ast.literal_eval(node))) if isinstance(node, ast.Constant | ast.UnaryOp) else _first(node)


def _first(node: ast.expr) -> ast.expr:
    new = copy.deepcopy(node)
    if isinstance(new, ast.Dict):
        new.keys.append(ast.Constant(FAR))
        new.values.append(ast.Constant(FAR))
    elif isinstance(new, ast.List | ast.Tuple | ast.Set):
        new.elts = [far(new.elts[0]), *new.elts[1:]] if new.elts else [ast.Constant(FAR)]
    return new


def _far(value: Any, by: int = FAR) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float | complex):
        return value * 7 + by
    return value + "kq" if isinstance(value, str) else value + b"kq" if isinstance(value, bytes) else FAR


def _literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def _called(node: ast.expr) -> str:
    """The name of what a call calls, without what it belongs to."""
    function = node.func if isinstance(node, ast.Call) else None
    return (
        function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""
    )


def _args(node: ast.expr) -> list[ast.expr]:
    return node.args if isinstance(node, ast.Call) else []


def odd() -> ast.expr:
    """Something equal to nothing."""
    return _expression(ODD)


def _expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body
