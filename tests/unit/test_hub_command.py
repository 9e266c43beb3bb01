"""The `council` command: what it refuses, in one line and with which status, and what doctor says."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from digital_council.__main__ import COMMANDS, installed, main
from digital_council.errors import OperatorError
from digital_council.hub import checks, serve
from digital_council.settings import PROJECT, State


def council(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "digital_council", *words],
        capture_output=True, text=True, timeout=180, env={**os.environ, **environment},
    )  # fmt: skip


def refusal(done: subprocess.CompletedProcess[str], status: int) -> str:
    assert done.returncode == status, done
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    assert done.stderr.startswith("council: ")
    return done.stderr


def test_a_taken_port_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        line = refusal(council("serve", "--port", str(port), "--state", str(tmp_path / "state")), 3)
    assert f"port {port} is taken" in line
    assert "--port" in line
    assert not (tmp_path / "state").exists(), "nothing is made before what can be refused"


def test_a_state_that_cannot_be_written_is_refused() -> None:
    line = refusal(council("serve", "--port", "0", "--state", "/proc/council-state"), 3)
    assert "cannot be written" in line
    assert "--state" in line


def test_a_state_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "version.json").write_text(json.dumps({"state": checks.STATE_VERSION + 1}))
    line = refusal(council("serve", "--port", "0", "--state", str(tmp_path)), 3)
    assert "newer version" in line
    assert "update" in line


def test_a_state_in_use_is_refused(tmp_path: Path) -> None:
    state = State(tmp_path).ensure()
    with checks.lock(state), pytest.raises(OperatorError, match=f"process {os.getpid()}"):
        checks.lock(state)
    with (state.hub / "lock").open() as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_an_unknown_setting_is_refused_with_the_nearest_known(tmp_path: Path) -> None:
    (tmp_path / "hub_config").mkdir()
    (tmp_path / "hub_config" / "council.toml").write_text("[limits]\nidle_minuts = 5\n")
    line = refusal(council("serve", "--state", str(tmp_path / "state"), COUNCIL_PROJECT=str(tmp_path)), 3)
    assert "idle_minuts" in line
    assert "idle_minutes" in line
    assert "council.toml" in line


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("theme.toml", 'link = "#0b5878"', 'link = "#fefefe"', "theme.toml: light.link #fefefe"),
        (
            "council.toml",
            'address = ""',
            'address = "learn.example.org"',
            "council.address is 'learn.example.org': give",
        ),
        ("council.toml", 'url = ""', 'url = "mysql://here/ledger"', "[ledger] url names 'mysql'"),
    ],
    ids=["a colour nobody can read", "an address with no scheme", "a database that keeps no ledger"],
)
def test_a_setting_that_will_not_do_is_named_before_anything_starts(
    tmp_path: Path, file: str, old: str, new: str, said: str
) -> None:
    folder = tmp_path / "hub_config"
    shutil.copytree(PROJECT / "hub_config", folder)
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1))
    words = ("serve", "--port", "0", "--state", str(tmp_path / "state"))
    assert said in refusal(council(*words, COUNCIL_PROJECT=str(tmp_path)), 3)


@pytest.mark.parametrize("words", [["serve", "--prot", "1"], ["sevre"], ["serve", "--port", "x"]])
def test_a_wrong_word_is_a_usage_error_of_one_line(words: list[str]) -> None:
    assert "--help" in refusal(council(*words), 2)


def test_no_command_shows_help_and_is_a_usage_error() -> None:
    done = council()
    assert done.returncode == 2
    assert "serve" in done.stdout


@pytest.mark.parametrize("command", [name for name in COMMANDS if installed(name)])
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert "usage: council" in capsys.readouterr().out


def test_help_imports_no_room() -> None:
    program = (
        "import sys\nfrom digital_council.__main__ import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "heavy = {'jupyterhub', 'pandas', 'sqlalchemy', 'pydantic', 'tornado', 'httpx'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stderr


def test_doctor_reports_each_need_and_its_cure(tmp_path: Path) -> None:
    done = council("doctor", "--json", "--state", str(tmp_path / "state"), PATH="/nowhere", CHROMIUM="")
    findings = {finding["name"]: finding for finding in json.loads(done.stdout)["findings"]}
    wanted = {"python", "settings", "sandbox", "proxy", "assets", "chromium", "port", "state", "disk", "clock"}
    assert set(findings) == wanted
    assert not findings["chromium"]["ok"]
    assert "apt-get install chromium" in findings["chromium"]["cure"]
    assert not findings["chromium"]["needed"]
    assert not (tmp_path / "state").exists()


def test_doctor_finds_a_taken_port(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = council("doctor", "--port", port, "--state", str(tmp_path / "state"))
    assert done.returncode == 1
    assert f"MEND port       port {port} is taken" in done.stdout


def test_the_most_telling_line_of_a_log_is_chosen() -> None:
    assert serve.reason(["one", "ValueError: two", "three"]) == "ValueError: two"
    assert serve.reason(["one", "two"]) == "two"
    assert serve.reason([]) == "it said nothing"
