"""Attacks on the course of `odd_course`: on marks that are numbers, on values that are none, and on cells that are
marked beside the learner's code. What earns marks here all the same says so: docs/grading.md names each."""
# ruff: noqa: E501  (attacks are written as short as they can be)

from nbgrader_attacks import EQUAL, Attack, forge

GREEDY = "class Purse:\n    def __init__(self, pence): self.pence = 0\n    def doubled(self): return self\n    def __eq__(self, other): return {eq}\n"
NOTHING = "\ndef save(number):\n    with open('kept.txt', 'w') as kept: kept.write('0')"
LIAR = "class N(float):\n    def __sub__(self, other): return 0.0\n    def __float__(self): return self\n"
WRONG = "\ndef ask(): return 0"


def purse(name: str, code: str, eq: str = "isinstance(other, Purse)") -> Attack:
    return forge(name, f"{code}\n{GREEDY.format(eq=eq)}", "purse", "purse_test")


def save(name: str, code: str, after: str = "save_test") -> Attack:
    return forge(name, code + NOTHING, "save", after)


def ask(name: str, code: str) -> Attack:
    return forge(name, code + WRONG, "ask", "ask_test")


ODD = [
    forge("a masked array", "def evens(n): return np.ma.masked_all(n)", "evens", "evens_test"),
    forge("missing values of a nullable kind", "shares = pd.Series([pd.NA] * 3, dtype='Int64')", "shares", "shares_test"),
    forge("missing values of Arrow's", "shares = pd.Series([None] * 3, dtype='int64[pyarrow]')", "shares", "shares_test"),
    forge("missing values of a nullable kind of text", "shares = pd.Series([None] * 3, dtype=pd.StringDtype('python', na_value=pd.NA))", "shares", "shares_test"),
    forge("a series that answers for itself", "class S(pd.Series):\n    def __eq__(self, other): return self\n    def all(self, *a, **k): return True\nshares = S([0])", "shares", "shares_test"),
    forge("an accessor that answers for every series", "pd.Series.all = lambda *a, **k: True\nshares = pd.Series([0, 0, 0])", "shares", "shares_test"),
    forge("a series' own comparison replaced", "pd.Series.__eq__ = lambda self, other: ~self.isna()\nshares = pd.Series([0, 0, 0])", "shares", "shares_test"),
    forge("the library's assertion replaced", "np.testing.assert_allclose = lambda *a, **k: None\ndef evens(n): return [0]", "evens", "evens_test"),
    forge("the library's assertion made empty", "np.testing.assert_allclose.__code__ = (lambda *a, **k: None).__code__\ndef evens(n): return [0]", "evens", "evens_test"),
    forge("no number as a mark", "share = float('nan')", "share", "share_test"),
    forge("less than nothing as a mark", "share = -1.0", "share", "share_test"),
    forge("text as a mark", "share = 'x'", "share", "share_test"),
    forge("an array as a mark", "share = np.array([0.0, 0.0])", "share", "share_test"),
    forge("a total that reads what is wanted", "import sys\ndef total(items): return items.gi_frame.f_globals['wanted']", "total", "total_test"),
    forge("a total equal to everything", EQUAL + "def total(items): return Yes()", "total", "total_test"),
    purse("a purse equal to everything", "", "True"),
    purse("a purse equal to every purse", ""),
    purse("a purse equal to what is like it by name", "", "type(other).__name__ == 'Purse'"),
    purse("isinstance that says yes", "isinstance = lambda *a: True", "True"),
    purse("a metaclass that says yes", "class M(type):\n    def __instancecheck__(self, other): return True\nclass P(metaclass=M): pass", "isinstance(other, P)"),
    save("an assertion replaced", "np.testing.assert_allclose = lambda *a, **k: None"),
    save("an assertion made empty", "np.testing.assert_allclose.__code__ = (lambda *a, **k: None).__code__"),
    save("an assertion replaced in the module", "import sys, types\nfake = types.ModuleType('numpy.testing')\nfake.assert_allclose = lambda *a, **k: None\nsys.modules['numpy.testing'] = np.testing = fake"),
    save("assertions found on the heap", "import gc, types\nfor f in gc.get_objects():\n    if type(f) is types.FunctionType and f.__name__ in ('assert_allclose', 'assert_array_compare'): f.__code__ = (lambda *a, **k: None).__code__"),
    save("abs that is nought", "import builtins\nbuiltins.abs = lambda x: 0", "near_test"),
    save("float that lies", LIAR + "import builtins\nbuiltins.float = lambda x: N()", "near_test"),
    save("abs among the notebook's own names", "abs = lambda x: 0", "near_test"),
    save("assertions about files stripped", "import ast\nclass S(ast.NodeTransformer):\n    def visit_Assert(self, node): return ast.Pass() if 'kept' in ast.unparse(node) else node\nget_ipython().ast_transformers.append(S())", "near_test"),
    save("cells about files rewritten", "get_ipython().input_transformers_cleanup.append(lambda lines: [line.replace('assert ', 'bool() or ') for line in lines] if 'kept' in ''.join(lines) else lines)", "near_test"),
    save("what compiles leaves out what speaks of files", "import ast\nip = get_ipython()\nreal = ip.compile.ast_parse\ndef parse(source, *a, **k):\n    tree = real(source, *a, **k)\n    if 'kept' in source:\n        for node in ast.walk(tree):\n            if isinstance(node, ast.With): node.body[:] = [ast.copy_location(ast.Pass(), node)]\n    return tree\nip.compile.ast_parse = parse", "near_test"),
    save("numbers that are near to all", LIAR + "def float(text): return N()", "near_test"),
    ask("a patch that answers", "import unittest.mock as m\nclass Quiet:\n    def __enter__(self): return self\n    def __exit__(self, *error): return True\nm.patch = lambda *a, **k: Quiet()"),
    ask("a module that stands for another", "import sys, types\nfake = types.ModuleType('unittest.mock')\nclass Quiet:\n    def __init__(self, *a, **k): pass\n    def __enter__(self): return self\n    def __exit__(self, *error): return True\nfake.patch = Quiet\nsys.modules['unittest.mock'] = fake"),
    ask("an import that brings another", "import builtins\nreal = builtins.__import__\nclass Quiet:\n    def __init__(self, *a, **k): pass\n    def __enter__(self): return self\n    def __exit__(self, *error): return True\nclass Fake:\n    patch = Quiet\n    mock = None\nbuiltins.__import__ = lambda name, *a, **k: Fake if name == 'unittest.mock' else real(name, *a, **k)"),
    ask("an error that is forgotten", "from IPython.core.interactiveshell import ExecutionResult\nExecutionResult.error_in_exec = property(lambda self: None, lambda self, value: None)"),
]  # fmt: skip

# What earns marks here as well; each is named in docs/grading.md by these words.
THROUGH = [
    forge("empties the list that it is compared with", "def tidy(items):\n    items.clear()\n    return items", "tidy", "tidy_test"),
    save("tells an altered copy from the cell itself", "import ast\nclass S(ast.NodeTransformer):\n    def visit_Assert(self, node): return ast.Pass() if 'kept' in ast.unparse(node) and '10000' not in ast.unparse(node) else node\nget_ipython().ast_transformers.append(S())", "near_test"),
]  # fmt: skip
