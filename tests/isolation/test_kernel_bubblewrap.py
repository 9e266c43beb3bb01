"""A program in a bubblewrap sees its mounts and nothing else; each act is first done outside, where it works."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from digital_council.errors import OperatorError
from digital_council.kernel import bubblewrap
from digital_council.kernel.mounts import Mounts, runtime_mounts
from digital_council.kernel.privilege import privileged

UID = 1_900_000_123 if privileged() else None
pytestmark = pytest.mark.skipif(not bubblewrap.probe().ok, reason=bubblewrap.probe().message)


def outside(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)


def inside(script: str, mounts: Mounts | None = None, network: bool = False) -> subprocess.CompletedProcess[str]:
    view = runtime_mounts() if mounts is None else mounts
    words = bubblewrap.command(view, [sys.executable, "-c", script], uid=UID, network=network)
    return subprocess.run(words, capture_output=True, text=True, timeout=120)


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.txt"
    path.write_text("the secret")
    return path


def test_a_file_that_is_not_mounted_cannot_be_read(secret: Path) -> None:
    act = f"print(open({str(secret)!r}).read())"
    assert outside(act).stdout == "the secret\n"
    assert "FileNotFoundError" in inside(act).stderr


def test_a_mounted_folder_can_be_read_and_not_written(secret: Path) -> None:
    secret.parent.chmod(0o755)
    view = runtime_mounts().read(secret.parent, "/srv/shown")
    assert inside("print(open('/srv/shown/secret.txt').read())", view).stdout == "the secret\n"
    assert "Read-only file system" in inside("open('/srv/shown/new', 'w')", view).stderr


def test_the_rest_of_the_file_system_cannot_be_written() -> None:
    for folder in ("/", "/dev", "/etc", "/usr", "/run", "/proc"):
        done = inside(f"open({folder + '/planted'!r}, 'w')")
        assert "Error" in done.stderr, folder


def test_a_scratch_folder_is_limited_in_size() -> None:
    view = runtime_mounts().scratch("/scratch", 1)
    assert inside("open('/scratch/a', 'wb').write(bytes(500_000))", view).returncode == 0
    assert "No space left" in inside("open('/scratch/a', 'wb').write(bytes(2_000_000))", view).stderr


def test_the_environment_is_only_what_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANTED_SECRET", "hush")
    act = "import os; print('PLANTED_SECRET' in os.environ)"
    assert outside(act).stdout == "True\n"
    assert inside(act).stdout == "False\n"
    assert inside("import os; print(os.environ['SHOWN'])", runtime_mounts().setenv(SHOWN="yes")).stdout == "yes\n"


def test_the_network_is_shared_only_when_asked() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        act = f"import socket; socket.create_connection(('127.0.0.1', {listener.getsockname()[1]}), 5); print('in')"
        assert outside(act).stdout == "in\n"
        assert "refused" in inside(act).stderr
        assert inside(act, network=True).stdout == "in\n"


def test_a_program_holds_no_capability_and_gains_none() -> None:
    status = inside("print(open('/proc/self/status').read())").stdout
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert {int(fields[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")} == {0}
    assert fields["NoNewPrivs"] == "1"


def test_host_processes_are_not_seen() -> None:
    act = f"import os; os.kill({os.getpid()}, 0)"
    assert outside(act).returncode == 0
    assert "ProcessLookupError" in inside(act).stderr


@pytest.mark.skipif(not privileged(), reason="only root can give a sandbox a user of its own")
def test_a_program_started_by_root_runs_under_the_real_user_given() -> None:
    act = "import os, getpass; print(os.getresuid(), os.getgroups(), open('/proc/self/uid_map').read().split()[2])"
    assert inside(act).stdout == f"({UID}, {UID}, {UID}) [] 4294967295\n"


@pytest.mark.skipif(not privileged(), reason="root alone could start a sandbox as root")
def test_root_must_say_which_user_a_sandbox_gets() -> None:
    with pytest.raises(OperatorError, match="give uid"):
        bubblewrap.command(runtime_mounts(), ["true"])
    with pytest.raises(OperatorError, match="give uid"):
        bubblewrap.command(runtime_mounts(), ["true"], uid=0)


def test_no_room_and_no_state_is_among_the_runtime_mounts() -> None:
    from digital_council.kernel.mounts import PACKAGE_ROOT

    project = PACKAGE_ROOT.parent
    for source, _ in runtime_mounts().ro:
        for room in ("courses", "hub_config", "grading", "datasets", ".state", ".git"):
            assert not (project / room).is_relative_to(source), (source, room)
