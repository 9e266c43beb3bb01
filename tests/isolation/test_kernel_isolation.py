"""Forbidden acts, each done outside, where it works, and in a fork, where it must not."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from digital_council.kernel import bubblewrap
from digital_council.kernel.limits import Limits
from digital_council.kernel.mounts import PACKAGE_ROOT, Mounts
from digital_council.kernel.warm import WarmKernel

pytestmark = pytest.mark.skipif(not bubblewrap.probe().ok, reason=bubblewrap.probe().message)
ACTS = Path(__file__).parent / "kernel_acts"
LIMITS = Limits(seconds_total=30, memory_mb=256, processes=16, file_mb=8, files=100)
Inside = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="module")
def kernel() -> Iterator[WarmKernel]:
    os.environ["PLANTED_SECRET"] = "hush"
    mounts = Mounts().read(ACTS, "/srv/acts").setenv(PYTHONPATH="/srv/acts")
    with WarmKernel(LIMITS, preload=("numpy.random", "acts"), mounts=mounts) as warm:
        yield warm
    del os.environ["PLANTED_SECRET"]


@pytest.fixture
def inside(kernel: WarmKernel) -> Inside:
    def act(code: str) -> dict[str, Any]:
        with kernel.fork("acts:run", code.encode()) as fork:
            fork.socket.settimeout(120)
            with fork.socket.makefile("rb") as stream:
                line = stream.readline()
            return json.loads(line) if line else {"error": "Ended", "text": f"{fork.wait(10)} {fork.reason}"}

    return act


def outside(code: str) -> Any:
    script = "import json, sys; names = {}; exec(sys.argv[1], names); print(json.dumps(names.get('result')))"
    words = [sys.executable, "-c", script, code]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True)
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.txt"
    path.write_text("the secret")
    return path


LIBC = "import ctypes, os; libc = ctypes.CDLL(None, use_errno=True)\n"
CALL = f"""{LIBC}
def call(*words):
    if libc.syscall(*words) < 0: raise OSError(ctypes.get_errno(), 'refused')
    return True
"""


def test_a_planted_secret_cannot_be_read(inside: Inside, secret: Path) -> None:
    act = f"result = open({str(secret)!r}).read()"
    assert outside(act) == "the secret"
    assert inside(act)["error"] == "FileNotFoundError"


@pytest.mark.skipif(not os.access("/etc/shadow", os.R_OK), reason="outside too it cannot be read")
def test_the_password_file_cannot_be_read(inside: Inside) -> None:
    act = "result = len(open('/etc/shadow').read())"
    assert outside(act) > 0
    assert inside(act)["error"] == "FileNotFoundError"


def test_the_rooms_and_the_state_cannot_be_seen(inside: Inside) -> None:
    act = f"import os; result = os.listdir({str(PACKAGE_ROOT.parent)!r})"
    assert {"pyproject.toml", ".git"} <= set(outside(act))
    assert set(inside(act).get("result", [])) <= {"src", ".venv"}


def test_the_environment_holds_no_secret(inside: Inside, kernel: WarmKernel) -> None:
    act = "import os; result = 'hush' in os.environ.values()"
    assert outside(act) is True
    assert inside(act) == {"result": False}
    own = "result = open('/proc/self/environ', 'rb').read().count(b'hush')"
    assert outside(own) == 1
    assert inside(own) == {"result": 0}


def test_a_listener_on_loopback_cannot_be_reached(inside: Inside) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        act = f"import socket; socket.create_connection(('127.0.0.1', {listener.getsockname()[1]}), 5); result = True"
        assert outside(act) is True
        assert "Address family not supported" in inside(act)["text"]


def test_an_abstract_socket_of_the_host_cannot_be_reached(inside: Inside) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"\0council-test-{os.getpid()}")
        listener.listen()
        act = f"import socket; socket.socket(socket.AF_UNIX).connect('\\0council-test-{os.getpid()}'); result = True"
        assert outside(act) is True
        assert inside(act)["error"] in ("ConnectionRefusedError", "PermissionError")


@pytest.mark.parametrize("family", ["AF_INET6", "AF_NETLINK", "AF_VSOCK", "AF_ALG"])
def test_only_local_sockets_can_be_made(inside: Inside, family: str) -> None:
    act = f"import socket; socket.socket(socket.{family}, socket.SOCK_SEQPACKET * ({family!r} == 'AF_ALG') or "
    act += f"{'socket.SOCK_RAW' if family == 'AF_NETLINK' else 'socket.SOCK_STREAM'}); result = True"
    assert "Address family not supported" in inside(act)["text"]
    assert inside("import socket; socket.socketpair(); result = True") == {"result": True}


def test_a_host_process_cannot_be_signalled(inside: Inside) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as victim:
        act = f"import os; os.kill({victim.pid}, 0); result = True"
        assert outside(act) is True
        assert inside(act)["error"] == "ProcessLookupError"
        victim.communicate(b"\n")


def test_host_processes_are_not_seen(inside: Inside) -> None:
    act = "import os; result = sum(name.isdigit() for name in os.listdir('/proc'))"
    assert outside(act) > 3
    assert inside(act) == {"result": 2}


def test_the_init_of_the_sandbox_cannot_be_ended_or_read(inside: Inside) -> None:
    assert inside("import os, signal; os.kill(1, signal.SIGKILL)")["error"] == "PermissionError"
    for file in ("environ", "mem", "maps"):
        assert inside(f"result = open('/proc/1/{file}', 'rb').read(1)")["error"] == "PermissionError"
    assert inside("import os; result = os.listdir('/proc/1/root')")["error"] == "PermissionError"


def test_no_process_can_be_traced(inside: Inside) -> None:
    act = CALL + "result = call(101 if os.uname().machine == 'x86_64' else 117, 0, 0, 0, 0)"
    assert outside(act) is True
    assert inside(act)["text"] == "[Errno 1] refused"


def test_no_namespace_can_be_made_and_nothing_mounted(inside: Inside) -> None:
    unshare = LIBC + "result = libc.unshare(0x10000000 | 0x20000)\n"
    mount = "result = libc.mount(b'tmpfs', b'/tmp', b'tmpfs', 0, None)"
    assert outside(unshare + mount) == 0
    assert inside(unshare)["result"] == -1
    assert inside(LIBC + mount)["result"] == -1
    clone = LIBC + "result = libc.syscall(56 if os.uname().machine == 'x86_64' else 220, 0x10000000 | 17, 0, 0, 0, 0)\n"
    assert outside(clone + "os._exit(0) if not result else os.waitpid(result, 0)") > 0
    assert inside(clone)["result"] == -1


@pytest.mark.parametrize("kind", ["mnt", "pid", "net", "ipc", "uts"])
def test_each_fork_is_in_namespaces_of_its_own(kernel: WarmKernel, inside: Inside, kind: str) -> None:
    look = f"import os; result = os.readlink('/proc/self/ns/{kind}')"
    with kernel.fork("acts:run", b"connection.recv(1)") as other:
        beside = os.readlink(f"/proc/{other.pid}/ns/{kind}")
        assert len({outside(look), inside(look)["result"], beside}) == 3


def test_no_privilege_can_be_held_or_gained(inside: Inside) -> None:
    said = inside("result = open('/proc/self/status').read()")["result"]
    fields = dict(line.split(":\t", 1) for line in said.splitlines() if ":\t" in line)
    assert {int(fields[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")} == {0}
    assert (fields["NoNewPrivs"], fields["Seccomp"], fields["Threads"]) == ("1", "2", "1")
    assert inside("import os; os.setuid(0)")["error"] == "PermissionError"
    assert inside("import os; os.setgroups([0])")["error"] == "PermissionError"


def test_each_fork_has_a_user_of_its_own(kernel: WarmKernel) -> None:
    with kernel.fork("acts:run", b"import time; time.sleep(30)") as one, kernel.fork("acts:run", b"") as other:
        if kernel.own_users:
            assert len({one.uid, other.uid, os.getuid()}) == 3
            assert os.stat(f"/proc/{one.pid}").st_uid != one.uid  # the init's user is not the function's


def test_processes_are_bounded(inside: Inside) -> None:
    act = """
import os, time
children = []
try:
    for _ in range(100):
        pid = os.fork()
        if not pid:
            time.sleep(60)
            os._exit(0)
        children.append(pid)
except BlockingIOError:
    pass
result = len(children)
for pid in children: os.kill(pid, 9)
"""
    assert outside(act) == 100
    assert inside(act)["result"] < LIMITS.processes


def test_threads_are_bounded(inside: Inside) -> None:
    act = """
import threading
stop = threading.Event()
threads = [threading.Thread(target=stop.wait) for _ in range(100)]
try:
    for thread in threads: thread.start()
    result = True
finally:
    stop.set()
"""
    assert outside(act) is True
    assert inside(act)["error"] == "RuntimeError"


def test_memory_beyond_the_limit_is_a_memory_error(inside: Inside) -> None:
    act = "result = len(bytearray(300 << 20))"
    assert outside(act) == 300 << 20
    assert inside(act)["error"] == "MemoryError"


def test_memory_of_many_processes_is_counted_together(kernel: WarmKernel) -> None:
    act = """
import os, time
for _ in range(6):
    if not os.fork():
        held = bytearray(os.urandom(1 << 20)) * 100
        time.sleep(60)
time.sleep(60)
"""
    with kernel.fork("acts:run", act.encode()) as fork:
        assert fork.wait(20) == 137
        assert fork.reason == "memory"


def test_nameless_files_in_memory_cannot_be_made(inside: Inside) -> None:
    act = "import os; os.memfd_create('x'); result = True"
    assert outside(act) is True
    assert "not implemented" in inside(act)["text"]


@pytest.mark.parametrize("folder", ["/tmp", "/run/work", "/dev/shm", "/home/learner"])
def test_a_disk_cannot_be_filled(inside: Inside, folder: str) -> None:
    one = f"open('{folder}/big', 'wb').write(bytes(9 << 20)); result = True"
    assert inside(one)["error"] == "OSError"
    several = f"for n in range(3): open(f'{folder}/{{n}}', 'wb').write(bytes(4 << 20))"
    assert "No space left" in inside(several)["text"]
    many = f"for n in range(200): open(f'{folder}/{{n}}', 'wb').close()"
    assert "No space left" in inside(many)["text"]


def test_files_can_be_written_in_a_folder_outside_but_not_from_inside(inside: Inside, tmp_path: Path) -> None:
    act = f"open({str(tmp_path / 'planted')!r}, 'w').write('x'); result = True"
    assert outside(act) is True
    assert inside(act)["error"] == "FileNotFoundError"


def test_only_its_own_folders_can_be_written(inside: Inside) -> None:
    places = ["/", "/dev", "/etc", "/usr", "/run", "/run/shared", "/run/sandbox", "/run/kernel", "/srv", sys.prefix]
    places.append(str(PACKAGE_ROOT / "digital_council"))
    for place in places:
        assert inside(f"open({place + '/planted'!r}, 'w')")["error"] in ("PermissionError", "OSError"), place
    for place in ("/tmp", "/run/work", "/dev/shm", "/home/learner"):
        assert inside(f"open({place + '/fine'!r}, 'w'); result = True") == {"result": True}
    assert inside("open('/proc/sys/kernel/hostname', 'w').write('x')")["error"] == "PermissionError"
    assert inside("open('/dev/null', 'w').write('x'); result = True") == {"result": True}


def test_landlock_alone_keeps_it_out_of_a_folder_whose_permissions_are_open(inside: Inside) -> None:
    act = "open('/dev/tty', 'w')"
    assert inside(act)["error"] == "PermissionError"


def test_no_descriptor_is_inherited(inside: Inside, secret: Path) -> None:
    descriptor = os.open(secret, os.O_RDONLY)
    os.set_inheritable(descriptor, True)
    try:
        act = "import os; result = sorted(map(int, os.listdir('/proc/self/fd')))"
        script = f"import os; print(os.read({descriptor}, 20))"
        done = subprocess.run([sys.executable, "-c", script], close_fds=False, capture_output=True, text=True)
        assert "the secret" in done.stdout
        held = inside(act)["result"]
        assert len(held) == 5  # three that go nowhere, the socket, and the listing's own
        targets = inside("import os; result = [os.readlink(f'/proc/self/fd/{n}') for n in range(4)]")["result"]
        assert targets[:3] == ["/dev/null"] * 3
        assert targets[3].startswith("socket:")
    finally:
        os.close(descriptor)


def test_one_fork_sees_no_file_of_another(kernel: WarmKernel, inside: Inside) -> None:
    write = "for place in ('/tmp', '/run/work', '/dev/shm', '/home/learner'): open(place + '/mine', 'w').write('x')\n"
    look = "import glob; result = [p for depth in range(1, 4) for p in glob.glob('/*' * depth + '/mine')]"
    assert len(inside(write + look)["result"]) >= 4
    with kernel.fork("acts:run", (write + "connection.send(b'{}\\n'); connection.recv(1)").encode()) as fork:
        fork.socket.recv(1)
        assert inside(look) == {"result": []}


def test_one_fork_cannot_reach_a_socket_of_another(kernel: WarmKernel, inside: Inside) -> None:
    serve = "import socket; s = socket.socket(socket.AF_UNIX); s.bind('\\0shared'); s.listen()\n"
    reach = "import socket; socket.socket(socket.AF_UNIX).connect('\\0shared'); result = True"
    assert inside(serve + reach) == {"result": True}
    with kernel.fork("acts:run", (serve + "connection.send(b'{}\\n'); connection.recv(1)").encode()) as fork:
        fork.socket.recv(1)
        assert inside(reach)["error"] in ("ConnectionRefusedError", "PermissionError")


def test_the_wall_clock_ends_a_fork_that_sleeps(kernel: WarmKernel) -> None:
    limits = Limits(seconds_total=0.3, memory_mb=256, processes=16, file_mb=8, files=100)
    with kernel.fork("acts:run", b"import time; time.sleep(60)", limits) as fork:
        assert fork.wait(10) == 137
        assert fork.reason == "time"


def test_a_fork_that_refuses_to_die_is_ended(kernel: WarmKernel) -> None:
    stubborn = b"import signal, time\nfor n in signal.valid_signals() - {9, 19}: signal.signal(n, signal.SIG_IGN)\n"
    with kernel.fork("acts:run", stubborn + b"connection.send(b'{}\\n')\nwhile True: pass") as fork:
        fork.socket.recv(1)
        fork.kill()
        assert fork.wait(10) == 137


def test_closing_the_asker_s_end_ends_the_fork(kernel: WarmKernel) -> None:
    script = (
        "import os, sys; from digital_council.kernel.warm import WarmKernel;"
        f"fork = WarmKernel.connect({kernel.address!r}).fork('acts:run', b'import time; time.sleep(60)');"
        "print(fork.pid, flush=True); os._exit(0)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=True)
    pidfd = None
    try:
        pidfd = os.pidfd_open(int(done.stdout))
    except ProcessLookupError:
        return
    import select

    assert select.select([pidfd], [], [], 10)[0]
    os.close(pidfd)
