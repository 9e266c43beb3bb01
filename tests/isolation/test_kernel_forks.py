"""Forks of the warm kernel: what they are given, and how they end."""

import json
import os
import pickle
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from digital_council.errors import LearnerError, OperatorError
from digital_council.kernel import bubblewrap
from digital_council.kernel.fork import Fork
from digital_council.kernel.limits import Limits
from digital_council.kernel.mounts import Mounts
from digital_council.kernel.warm import WarmKernel
from digital_council.settings import PROJECT

pytestmark = pytest.mark.skipif(not bubblewrap.probe().ok, reason=bubblewrap.probe().message)
ACTS = Path(__file__).parent / "kernel_acts"
LIMITS = Limits(seconds_total=20, memory_mb=256, processes=16, file_mb=8, files=100)


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WarmKernel]:
    mounts = Mounts().read(ACTS, "/tmp/project/acts").setenv(PYTHONPATH="/tmp/project/acts")
    mask = os.umask(0o077)  # as the hub's services have it
    try:
        warm = WarmKernel(LIMITS, preload=("numpy.random", "acts"), mounts=mounts).start()
    finally:
        os.umask(mask)
    yield warm
    warm.stop()


def answer(fork: Fork, timeout: float = 120) -> Any:
    fork.socket.settimeout(timeout)
    with fork.socket.makefile("rb") as stream:
        line = stream.readline()
    return json.loads(line) if line else None


def act(kernel: WarmKernel, code: str, **options: Any) -> Any:
    with kernel.fork("acts:run", code.encode(), **options) as fork:
        return answer(fork)


def test_a_fork_calls_the_function_with_its_argument(kernel: WarmKernel) -> None:
    assert act(kernel, "result = 6 * 7") == {"result": 42}


def test_a_fork_ends_with_the_status_of_its_function(kernel: WarmKernel) -> None:
    with kernel.fork("acts:run", b"raise SystemExit(3)") as fork:
        assert fork.wait(10) == 0  # `run` reports what it catches
    with kernel.fork("acts:run", b"import os; os._exit(7)") as fork:
        assert fork.wait(10) == 7
    with kernel.fork("acts:run", b"import os, signal; os.kill(os.getpid(), signal.SIGKILL)") as fork:
        assert fork.wait(10) == 128 + signal.SIGKILL


def test_files_are_in_the_work_folder_before_the_function_starts(kernel: WarmKernel) -> None:
    code = "import os; result = [os.getcwd(), sorted(os.listdir()), open('data/a.csv').read()]"
    said = act(kernel, code, files={"data/a.csv": b"1,2", "b.txt": b""})
    assert said == {"result": ["/run/work", ["b.txt", "data"], "1,2"]}


@pytest.mark.parametrize("name", ["/etc/x", "../x", "a/../../x", "", "a//b", ".", "a\nb", "a\0b", "x" * 300])
def test_a_file_name_that_leads_elsewhere_is_refused_by_name(kernel: WarmKernel, name: str) -> None:
    with pytest.raises(LearnerError, match="refused"):
        kernel.fork("acts:run", files={name: b""})


def test_what_is_mounted_below_a_private_folder_stays_in_sight(kernel: WarmKernel) -> None:
    places = ["/tmp", "/tmp/project", "/tmp/project/acts"]
    code = f"import os; result = [os.listdir(place) for place in {places}]"
    temporary, *below = act(kernel, code)["result"]
    assert set(temporary) - set(PROJECT.relative_to("/").parts) == {"project"}  # and ourselves, if we are in /tmp
    assert below == [["acts"], ["acts.py"]]
    assert "Read-only" in act(kernel, "open('/tmp/project/acts/new', 'w')")["text"]


def test_an_entry_that_cannot_be_imported_is_told_to_the_operator(kernel: WarmKernel) -> None:
    with pytest.raises(OperatorError, match="No module named 'nowhere'"):
        kernel.fork("nowhere:run")


def test_killing_a_fork_ends_everything_it_started(kernel: WarmKernel) -> None:
    code = "import subprocess, time; subprocess.Popen(['sleep', '600'], start_new_session=True); result = 1; "
    with kernel.fork("acts:run", (code + "connection.send(b'{}\\n'); time.sleep(600)").encode()) as fork:
        answer(fork)
        from digital_council.kernel.processes import family

        members = family(fork.pid)
        assert len(members) == 3
        fork.kill()
        assert fork.wait(10) == 128 + signal.SIGKILL
    for pid in members:
        assert not Path(f"/proc/{pid}").exists()


def test_forks_of_many_threads_at_once_do_not_mix(kernel: WarmKernel) -> None:
    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(lambda n: act(kernel, f"result = {n}")["result"], range(40)))
    assert said == list(range(40))


def test_another_process_can_fork_through_the_address(kernel: WarmKernel) -> None:
    client = pickle.loads(pickle.dumps(WarmKernel.connect(kernel.address)))
    assert client.limits == LIMITS
    with client.fork("acts:run", b"result = 'here'") as fork:
        assert answer(fork) == {"result": "here"}
    with pytest.raises(TypeError, match="address"):
        pickle.dumps(kernel)


def test_only_the_owner_may_connect(kernel: WarmKernel) -> None:
    assert os.stat(kernel.address).st_mode & 0o777 == 0o600
    assert os.stat(kernel.folder).st_mode & 0o077 == 0
