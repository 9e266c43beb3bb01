"""Attacks on nbgrader courses: what each puts into which answer, and the test cell whose mark it is after.

`bites` says where the attack is shown to bite: it earns marks in a "shared" process with nothing that protects; or it
"harms" whoever is marked after it by a grader that marks everybody in its own process. Or it is "line": aimed at our own
line between the processes, which neither has.
"""
# ruff: noqa: E501  (attacks are written as short as they can be)

from dataclasses import dataclass

EQUAL = "class Yes:\n    def __eq__(self, other): return True\n    def __ne__(self, other): return False\n    def __sub__(self, other): return 0\n    __hash__ = None\n"
LINE = "import digital_council.grading.nbgrader_course.line as m\n"


@dataclass(frozen=True)
class Attack:
    """One hostile submission."""

    name: str
    answers: dict[str, str]
    after: str = "double_test"
    bites: str = "shared"


def forge(name: str, code: str, cell: str = "double", after: str = "double_test", **more: str) -> Attack:
    return Attack(name, {cell: code} | more, after)


def harm(name: str, code: str, cell: str = "double", after: str = "double_test") -> Attack:
    return Attack(name, {cell: code}, after, "harms")


def line(name: str, code: str) -> Attack:
    return Attack(name, {"double": LINE + code + "\ndef double(x): return 0"}, bites="line")


def sent(name: str, code: str) -> Attack:
    return Attack(name, {"double": code}, bites="line")


ATTACKS = [
    forge("strips assertions", "import ast\nclass S(ast.NodeTransformer):\n    def visit_Assert(self, node): return ast.Pass()\nget_ipython().ast_transformers.append(S())"),
    forge("turns cells into numbers", "import ast\nclass S(ast.NodeTransformer):\n    def visit_Module(self, node): return ast.parse('1')\nget_ipython().ast_transformers.append(S())"),
    forge("rewrites what runs next", "get_ipython().input_transformers_cleanup.append(lambda lines: ['pass\\n'])"),
    forge("rewrites it after parsing", "get_ipython().input_transformers_post.append(lambda lines: ['pass\\n'])"),
    forge("replaces the runner", "ip = get_ipython()\nreal = type(ip).run_cell\ntype(ip).run_cell = lambda self, code, *a, **k: real(self, 'pass', *a, **k)"),
    forge("replaces the compiler", "ip = get_ipython()\nreal = ip.compile.ast_parse\nip.compile.ast_parse = lambda source, *a, **k: real('pass', *a, **k)"),
    forge("replaces the runner of code", "async def run(*a, **k): return False\nget_ipython().run_code = run"),
    forge("replaces code before each cell", "ip = get_ipython()\ndef swap(info): ip.compile.ast_parse = lambda *a, **k: __import__('ast').parse('')\nip.events.register('pre_run_cell', swap)"),
    forge("equal to everything", EQUAL + "def double(x): return Yes()"),
    forge("a list equal to everything", "class L(list):\n    def __eq__(self, other): return True\ndef double(x): return L()"),
    forge("a metaclass that lies about types", "class M(type):\n    def __eq__(self, other): return True\n    def __hash__(self): return 1\nclass L(list, metaclass=M):\n    def __eq__(self, other): return True\ndef double(x): return L()"),
    forge("reads the history", "import re\ndef double(x):\n    seen = re.findall(r'double.{6} == .(\\d+)', str(get_ipython().user_ns.get('In')))\n    return [6, 2, 4] if x == [3, 1, 2] else [int(n) for n in seen]"),
    forge("reads the text of the running cell", "import linecache, re\ndef double(x):\n    text = ''.join(''.join(v[2]) for k, v in linecache.cache.items() if len(v) > 2)\n    seen = re.findall(r'double.{6} == .(\\d+)', text)\n    return [6, 2, 4] if x == [3, 1, 2] else [int(n) for n in seen[-1:]]"),
    forge("skips the caller's lines by tracing", "import sys\ndef double(x):\n    def jump(frame, event, arg):\n        raise SystemExit(0)\n    f = sys._getframe(1)\n    f.f_globals['double'] = type('E', (list,), {'__eq__': lambda s, o: True, '__call__': lambda s, x: s})()\n    return f.f_globals['double']"),
    forge("patches numpy", "np.floating = object\nheight = 1", "height", "inverse_test", inverse="np.allclose = lambda *a: True\ndef inverse(a): return a"),
    forge("patches numpy's own module", "import numpy\nnumpy.allclose = lambda *a, **k: True\ndef inverse(a): return a", "inverse", "inverse_test"),
    forge("patches a builtin", "import builtins\nbuiltins.abs = lambda x: 0\ndef area(f, a, b, n):\n    for i in range(10): f(i)\n    return 5", "area", "area_test"),
    forge("calls the callback to count, and lies", "def area(f, a, b, n):\n    f.__globals__['calls'] = [0] * 10\n    return 1.0", "area", "area_test"),
    forge("partial credit by an object", EQUAL + "part = Yes()", "part", "part_test"),
    forge("a number of its own as the result", "get_ipython().display_formatter.format = lambda *a, **k: ({'text/plain': '2'}, {})\npart = 0", "part", "part_test"),
    forge("a result of its own by the display hook", "import sys\nhook = type(sys.displayhook)\nhook.write_format_data = lambda self, data, md=None: get_ipython().outputs.display('execute_result', {'text/plain': '2'}, {}, 1)\npart = 0", "part", "part_test"),
    forge("forges outputs after each cell", "ip = get_ipython()\ndef forge(*a):\n    for r in ip.outputs.records: r.clear()\n    ip.outputs.records[:] = [{'output_type': 'execute_result', 'data': {'text/plain': '1'}, 'metadata': {}, 'execution_count': 1}]\nip.events.register('post_run_cell', forge)\npart = 0", "part", "part_test"),
    forge("subclasses of floats", "class F(float):\n    def __eq__(self, other): return True\nheight = type('float64', (np.float64,), {'__eq__': lambda s, o: True})(1)\nnp.float64 = type(height)", "height", "height_test"),
    forge("an object that counts whatever is wanted", EQUAL + "class Forest:\n    def __init__(self, trees): pass\n    def count(self): return Yes()\n    trees = [Yes()]", "forest", "forest_test"),
    forge("a background thread that mends names", "import threading, time\nclass L(list):\n    def __eq__(self, other): return True\ndef swap():\n    while True:\n        globals()['double'] = lambda x: L()\n        time.sleep(0.0005)\nthreading.Thread(target=swap, daemon=True).start()\nimport time\ntime.sleep(0.01)"),
    forge("reads the caller's constants", "import sys\ndef double(x):\n    found = [c for c in sys._getframe(1).f_code.co_consts if type(c) is tuple or (type(c) is int and c > 41)]\n    return list(found[0]) if type(found[0]) is tuple else found"),
    forge("rewrites the caller's constants", "import ctypes, sys\ndef put(place, value): ctypes.c_void_p.from_address(place).value = id(value)\ndef double(x):\n    consts = sys._getframe(1).f_code.co_consts\n    for i, c in enumerate(consts):\n        if type(c) is tuple:\n            for j in range(len(c)): put(id(c) + 24 + 8 * j, 0)\n        elif type(c) is int and c > 41: put(id(consts) + 24 + 8 * i, 0)\n    return [0] * len(x)"),
    forge("an error whose text holds anything", EQUAL + "class Text(str):\n    def __contains__(self, other): return True\nclass Any(ValueError):\n    def __str__(self): return Text()\ndef root(x):\n    if x < 0: raise Any\n    return Yes()", "root", "root_test"),
    forge("replaces the library's types", "class H(float):\n    def __eq__(self, other): return True\n    __hash__ = None\nnp.floating = np.float64 = H\nheight = H(0)", "height", "height_test"),
    forge("answers the library's own questions", "class A:\n    def __array_function__(self, *words): return True\ndef inverse(a): return A()", "inverse", "inverse_test"),
    forge("replaces what runs cells in time", "ip = get_ipython()\nreal = type(ip).run_cell_async\nasync def quiet(self, code, *a, **k):\n    k.pop('transformed_cell', None)\n    return await real(self, 'pass', *a, transformed_cell='pass', **k)\ntype(ip).run_cell_async = quiet"),
    forge("replaces exec", "import builtins\nbuiltins.exec = lambda *words: None"),
    forge("replaces compile", "import ast, builtins\nreal = builtins.compile\ndef quiet(source, *a, **k):\n    if isinstance(source, ast.Module): source.body[:] = [n for n in source.body if not isinstance(n, ast.Assert)]\n    return real(source, *a, **k)\nbuiltins.compile = quiet"),
    line("forges the line", "m.Line.answer = lambda self, message: self.pack(('said', [6, 2, 4], ([3, 1, 2],), {}, None, []))"),
    line("junk on the line", "m.Line.answer = lambda self, message: b'junk'"),
    line("claims to be the judge's own", "m.Line.refer = lambda self, value: ['H', 1, '', 'back']"),
    line("claims the test has raised nothing", "m.Line.answer = lambda self, message: self.pack(('raised', {}, ()))"),
    line("asks the judge without end", "m.Line.answer = lambda self, message: self.pack(('ask', 'call', (1, (), {}, None)))"),
    line("asks the judge for its secrets", "m.Line.answer = lambda self, message: self.pack(('ask', 'read', (1, 'attribute', '__globals__')))"),
    harm("ends the process", "import os\nos._exit(0)"),
    harm("ends it when called", "import os\ndef double(x): os._exit(0)"),
    harm("kills what is above it", "import os, signal\ndef double(x):\n    os.kill(os.getppid(), signal.SIGKILL)\n    return 0"),
    harm("leaves by SystemExit", "def double(x): raise SystemExit(0)"),
    harm("an error that claims to be no error", "def root(x): raise KeyboardInterrupt", "root", "root_test"),
    sent("claims a handle", "class D:\n    def __call__(self, x): return 0\ndouble = D()"),
    harm("floods the output", "def double(x):\n    print('x' * 10**7)\n    return 0"),
    sent("sends too much", "def double(x): return bytes(10**8)"),
    sent("sends a web of lists", "def double(x):\n    v = []\n    for _ in range(60): v = [v, v]\n    return v"),
    sent("sends depth without end", "def double(x):\n    v = []\n    for _ in range(10**5): v = [v]\n    return v"),
    harm("fills its disk", "def double(x):\n    open('full', 'wb').truncate(1)\n    with open('full', 'wb') as f:\n        for _ in range(10): f.write(bytes(10**6))\n    return 0"),
    harm("does not return", "def double(x):\n    while True: pass"),
]  # fmt: skip
