"""The warm kernel's owner: deaths, changed packages, and running with no sandbox."""

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from digital_council.errors import OperatorError
from digital_council.kernel import bubblewrap
from digital_council.kernel.limits import Limits
from digital_council.kernel.mounts import Mounts
from digital_council.kernel.processes import family
from digital_council.kernel.warm import WarmKernel

needs_sandbox = pytest.mark.skipif(not bubblewrap.probe().ok, reason=bubblewrap.probe().message)
ACTS = Path(__file__).parent / "kernel_acts"
MOUNTS = Mounts().read(ACTS, "/srv/acts").setenv(PYTHONPATH="/srv/acts")


def run(kernel: Any, code: str, **options: Any) -> Any:
    with kernel.fork("acts:run", code.encode(), **options) as fork:
        fork.socket.settimeout(120)
        with fork.socket.makefile("rb") as stream:
            return json.loads(stream.readline())


def until(true: Callable[[], bool], seconds: float = 120) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        os.sched_yield()
    return true()


@needs_sandbox
def test_a_parent_that_dies_is_replaced_and_askers_wait_for_it() -> None:
    with WarmKernel(preload=("acts",), mounts=MOUNTS) as kernel:
        client = WarmKernel.connect(kernel.address)
        with kernel.fork("acts:run", b"import time; time.sleep(600)") as orphan:
            commands = {pid: Path(f"/proc/{pid}/cmdline").read_bytes() for pid in family(os.getpid())[1:]}
            os.kill(next(pid for pid, words in commands.items() if b"kernel.parent" in words), signal.SIGKILL)
            assert orphan.wait(20) == 137
        assert run(client, "result = 'well'") == {"result": "well"}
        assert kernel.parents_started == 2


@needs_sandbox
def test_a_parent_is_succeeded_when_packages_change_and_its_forks_live_on(tmp_path: Path) -> None:
    (tmp_path / "acts.py").write_text((ACTS / "acts.py").read_text())
    tmp_path.chmod(0o755)
    mounts = Mounts().read(tmp_path, "/srv/acts").setenv(PYTHONPATH="/srv/acts")
    with WarmKernel(preload=("acts",), mounts=mounts) as kernel, kernel.fork("acts:converse") as old:
        assert run(kernel, "result = 1") == {"result": 1}
        (tmp_path / "new-1.0.dist-info").mkdir()
        assert until(lambda: run(kernel, "result = 1") == {"result": 1} and kernel.parents_started == 2)
        old.socket.sendall(json.dumps("result = 'still here'").encode() + b"\n")
        assert old.socket.recv(100) == b'"still here"\n'


@needs_sandbox
def test_a_module_that_cannot_be_imported_is_told_at_the_start() -> None:
    with pytest.raises(OperatorError, match="No module named 'nowhere'"), WarmKernel(preload=("nowhere",)):
        pass


@needs_sandbox
def test_a_module_that_starts_a_thread_is_refused(tmp_path: Path) -> None:
    source = "import threading, time; threading.Thread(target=time.sleep, args=(60,)).start()"
    (tmp_path / "threaded.py").write_text(source)
    tmp_path.chmod(0o755)
    mounts = Mounts().read(tmp_path, "/srv/acts").setenv(PYTHONPATH="/srv/acts")
    with pytest.raises(OperatorError, match="thread"), WarmKernel(preload=("threaded",), mounts=mounts):
        pass


@needs_sandbox
def test_nothing_is_left_when_the_owner_stops() -> None:
    with WarmKernel(preload=("acts",), mounts=MOUNTS) as kernel:
        fork = kernel.fork("acts:run", b"import time; time.sleep(600)")
        ours = family(os.getpid())[1:]
        assert len(ours) >= 4
    assert until(lambda: not [pid for pid in ours if Path(f"/proc/{pid}").exists()])
    assert not kernel.folder.exists()
    fork.close()


def test_without_a_sandbox_forks_have_limits_and_leave_nothing(tmp_path: Path) -> None:
    mounts = Mounts().setenv(PYTHONPATH=str(ACTS))
    limits = Limits(seconds_total=30, memory_mb=256, processes=16, file_mb=8)
    with WarmKernel(limits, preload=("acts",), mounts=mounts, sandbox=False) as kernel:
        assert run(kernel, "import os; result = [os.getuid(), os.listdir()]", files={"a": b""}) == {
            "result": [os.getuid(), ["a"]]
        }
        assert run(kernel, "bytearray(300 << 20)")["error"] == "MemoryError"
        assert run(kernel, "open('big', 'wb').write(bytes(9 << 20))")["error"] == "OSError"
        assert run(kernel, "import os; result = 'PLANTED' in os.environ") == {"result": False}
        start = "import subprocess; subprocess.Popen(['sleep', '600'], start_new_session=True)\n"
        with kernel.fork("acts:run", (start + "connection.send(b'{}\\n'); connection.recv(1)").encode()) as fork:
            fork.socket.recv(1)
            members = family(fork.pid)
            assert len(members) == 3
        assert until(lambda: not [pid for pid in members if Path(f"/proc/{pid}/exe").exists()])


@needs_sandbox
def test_where_no_fork_is_possible_a_cold_start_does_the_same_in_the_same_sandbox() -> None:
    limits = Limits(seconds_total=30, memory_mb=256, processes=16, file_mb=8)
    with WarmKernel(limits, mounts=MOUNTS, forks=False) as kernel:
        for door in (kernel, WarmKernel.connect(kernel.address)):
            code = "import os; result = [os.getcwd(), os.listdir('.'), open('a').read()]"
            assert run(door, code, files={"a": b"x"}) == {"result": ["/run/work", ["a"], "x"]}
        assert run(kernel, "open('/etc/shadow')")["error"] == "FileNotFoundError"
        assert run(kernel, "import os; os.listdir('/proc/1/root')")["error"] == "PermissionError"
        assert "Address family" in run(kernel, "import socket; socket.socket()")["text"]
        assert run(kernel, "bytearray(300 << 20)")["error"] == "MemoryError"
        assert run(kernel, "open('/usr/planted', 'w')")["error"] in ("PermissionError", "OSError")
        assert run(kernel, "open('big', 'wb').write(bytes(9 << 20))")["error"] == "OSError"
        with kernel.fork("acts:run", b"import os; os._exit(7)") as fork:
            assert fork.wait(20) == 7
        with kernel.fork("acts:run", b"import time; time.sleep(60)", Limits(seconds_total=0.2)) as fork:
            assert (fork.wait(20), fork.reason) == (137, "time")
        with pytest.raises(OperatorError, match="No module named 'nowhere'"):
            kernel.fork("nowhere:run")
