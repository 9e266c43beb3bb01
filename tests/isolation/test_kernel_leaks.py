"""Nothing passes from one fork to the next: a state is set in one, where it shows, and looked for in another."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from digital_council.kernel import bubblewrap
from digital_council.kernel.limits import Limits
from digital_council.kernel.mounts import Mounts
from digital_council.kernel.warm import WarmKernel

pytestmark = pytest.mark.skipif(not bubblewrap.probe().ok, reason=bubblewrap.probe().message)
ACTS = Path(__file__).parent / "kernel_acts"


@pytest.fixture(scope="module")
def kernel() -> Iterator[WarmKernel]:
    mounts = Mounts().read(ACTS, "/srv/acts").setenv(PYTHONPATH="/srv/acts")
    with WarmKernel(Limits(seconds_total=30), preload=("pandas", "matplotlib.pyplot", "acts"), mounts=mounts) as warm:
        yield warm


def run(kernel: WarmKernel, code: str) -> Any:
    with kernel.fork("acts:run", code.encode()) as fork:
        fork.socket.settimeout(120)
        with fork.socket.makefile("rb") as stream:
            said = json.loads(stream.readline())
    assert "result" in said, said
    return said["result"]


STATES = {
    "options": ("import pandas; pandas.set_option('display.max_rows', 7)",
                "import pandas; result = pandas.get_option('display.max_rows') == 7"),
    "styles": ("import matplotlib; matplotlib.rcParams['figure.dpi'] = 7",
               "import matplotlib; result = matplotlib.rcParams['figure.dpi'] == 7"),
    "figures": ("import matplotlib.pyplot as plt; plt.figure()",
                "import matplotlib.pyplot as plt; result = bool(plt.get_fignums())"),
    "modules": ("import sys, types; sys.modules['planted'] = types.ModuleType('planted')",
                "import sys; result = 'planted' in sys.modules"),
    "patched library": ("import pandas; pandas.DataFrame.sum = None",
                        "import pandas; result = pandas.DataFrame.sum is None"),
    "builtins": ("import builtins; builtins.planted = 1", "import builtins; result = hasattr(builtins, 'planted')"),
    "environment": ("import os; os.environ['PLANTED'] = '1'", "import os; result = 'PLANTED' in os.environ"),
    "path": ("import sys; sys.path.insert(0, '/planted')", "import sys; result = '/planted' in sys.path"),
    "signals": ("import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)",
                "import signal; result = signal.getsignal(signal.SIGTERM) != signal.SIG_DFL"),
    "limits": ("import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (99, 99))",
               "import resource; result = resource.getrlimit(resource.RLIMIT_NOFILE)[0] == 99"),
    "folder": ("import os; os.chdir('/usr')", "import os; result = os.getcwd() == '/usr'"),
    "file mask": ("import os; os.umask(0)", "import os; was = os.umask(0); os.umask(was); result = was == 0"),
    "locale": ("import locale; locale.setlocale(locale.LC_NUMERIC, 'C.UTF-8')",
                  "import locale; result = locale.setlocale(locale.LC_NUMERIC) == 'C.UTF-8'"),
    "recursion": ("import sys; sys.setrecursionlimit(777)", "import sys; result = sys.getrecursionlimit() == 777"),
    "audit hooks": ("import sys; sys.addaudithook(lambda *_: None); sys.settrace(lambda *_: None)",
                    "import sys; result = sys.gettrace() is not None"),
    "processor time": ("import time\nwhile time.process_time() < 0.6: pass",
                       "import time; result = time.process_time() > 0.5"),
    "fork hooks": ("import os; os.register_at_fork(before=lambda: os.putenv('HOOKED', ''))\n"
                   "os.fork() or os._exit(0)",
                       "import os, subprocess; result = b'HOOKED' in subprocess.check_output(['env'])"),
}  # fmt: skip


@pytest.mark.parametrize("state", STATES)
def test_a_state_does_not_pass_to_the_next_fork(kernel: WarmKernel, state: str) -> None:
    change, look = STATES[state]
    assert run(kernel, f"{change}\n{look}") is True, "set here, it shows"
    assert run(kernel, look) is False, "in the next fork it does not"


@pytest.mark.parametrize(
    "draw",
    [
        "import random; result = random.random()",
        "import numpy; result = numpy.random.random()",
        "import numpy; result = numpy.random.default_rng().random()",
        "import tempfile; result = tempfile.mktemp()",
        "import uuid; result = str(uuid.uuid4())",
        "import secrets; result = secrets.token_hex()",
        "import ssl; result = ssl.RAND_bytes(16).hex()",
        "import os; result = str(os.getuid())",
    ],
)
def test_no_two_forks_draw_alike(kernel: WarmKernel, draw: str) -> None:
    assert len({run(kernel, draw) for _ in range(3)}) == 3 or ("getuid" in draw and not kernel.own_users)


def test_a_fork_starts_with_one_thread(kernel: WarmKernel) -> None:
    look = "result = [line for line in open('/proc/self/status') if line.startswith('Threads')]"
    assert run(kernel, look) == ["Threads:\t1\n"]


def test_the_parent_s_code_never_runs_on_after_the_function(kernel: WarmKernel) -> None:
    """What unwinds out of the function ends the process: it must not reach the parent's loop."""
    for leave in ("raise SystemExit", "raise KeyboardInterrupt", "raise GeneratorExit", "import sys; sys.exit('x')"):
        assert run(kernel, f"result = 1\ntry:\n    {leave}\nexcept BaseException: pass") == 1
        with kernel.fork("acts:converse") as fork:
            fork.socket.sendall(json.dumps(leave).encode() + b"\n")
            assert fork.wait(10) in (0, 1)
    assert run(kernel, "result = 'well'") == "well"
