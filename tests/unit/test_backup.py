"""The restore drill: what a backup took from a running state comes back, whole or not at all."""

from __future__ import annotations

import io
import os
import sqlite3
import tarfile
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from digital_council.__main__ import main
from digital_council.errors import OperatorError
from digital_council.hub.backup import backup
from digital_council.hub.restore import restore
from digital_council.ledger import Ledger, NewAttempt
from digital_council.settings import State


def write(path: Path, text: str, mode: int = 0o600) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return path


@pytest.fixture
def state(tmp_path: Path) -> State:
    """A state in which something of everything has happened."""
    made = State(tmp_path / "state").ensure()
    ledger = Ledger(made.ledger / "ledger.db")
    ledger.add_attempt(NewAttempt("learner", "c", "u", "r", "page", "f", id="attempt-1"))
    ledger.close()
    write(made.root / "version.json", '{"state": 1}')
    write(made.submissions / "attempt-1" / "answers.json", "{}", 0o400)
    write(made.secrets / "viewer.key", "a secret")
    write(made.hub / "cookie_secret", "another")
    write(made.releases / "c" / "u" / "r" / "checks.py", "QUESTIONS = []")
    write(made.homes / "learner" / "mine.txt", "my own notes", 0o644)
    write(made.logs / "hub.log", "not kept")
    return made


def refused(state: State, file: Path) -> str:
    """The one line of the refusal, having seen that nothing was left behind."""
    before = sorted(state.root.rglob("*")) if state.root.exists() else []
    with pytest.raises(OperatorError) as error:
        restore(state, file)
    assert "\n" not in str(error.value)
    assert [path for path in state.root.rglob("*") if path not in before] == []
    return str(error.value)


@pytest.mark.parametrize("name", ["all.tar", "all.tar.gz"])
def test_what_was_backed_up_comes_back(state: State, tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    backup(state, file)
    again = State(tmp_path / "again")
    restore(again, file)
    ledger = Ledger(again.ledger / "ledger.db")
    assert [attempt.id for attempt in ledger.attempts("learner").items] == ["attempt-1"]
    assert ledger.waiting() == 1
    ledger.close()
    for kept in (
        "submissions/attempt-1/answers.json",
        "secrets/viewer.key",
        "hub/cookie_secret",
        "homes/learner/mine.txt",
    ):
        old, new = state.root / kept, again.root / kept
        assert new.read_bytes() == old.read_bytes()
        assert new.stat().st_mode == old.stat().st_mode
    assert again.secrets.stat().st_mode & 0o777 == 0o700
    assert not (again.logs / "hub.log").exists()


def test_a_backup_is_for_its_owner_alone(state: State, tmp_path: Path) -> None:
    backup(state, tmp_path / "all.tar")
    assert (tmp_path / "all.tar").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir() if "part" in path.name] == []


def test_a_backup_can_be_taken_while_attempts_arrive(state: State, tmp_path: Path) -> None:
    ledger = Ledger(state.ledger / "ledger.db")
    stop = threading.Event()

    def arrive() -> None:
        turn = 0
        while not stop.is_set():
            turn += 1
            id = f"busy-{turn}"
            write(state.submissions / id / "answers.json", "{}")
            ledger.add_attempt(NewAttempt("busy", "c", "u", "r", "page", str(turn), id=id))

    busy = threading.Thread(target=arrive)
    busy.start()
    try:
        for turn in range(5):
            backup(state, tmp_path / f"{turn}.tar")
    finally:
        stop.set()
        busy.join(10)
    ledger.close()
    again = State(tmp_path / "again")
    restore(again, tmp_path / "4.tar")
    restored = Ledger(again.ledger / "ledger.db")
    known = [attempt.id for attempt in restored.attempts("busy", limit=500).items]
    assert known
    assert all((again.submissions / id).is_dir() for id in known), "each attempt has its submission"
    restored.close()


def test_a_state_that_is_not_empty_is_not_replaced(state: State, tmp_path: Path) -> None:
    backup(state, tmp_path / "all.tar")
    assert "not empty" in refused(state, tmp_path / "all.tar")
    fresh = State(tmp_path / "fresh").ensure()
    restore(fresh, tmp_path / "all.tar")
    assert (fresh.secrets / "viewer.key").read_text() == "a secret"


def changed(
    source: Path, target: Path, change: Callable[[tarfile.TarInfo, bytes], tuple[tarfile.TarInfo, bytes]]
) -> Path:
    with tarfile.open(source) as old, tarfile.open(target, "w") as new:
        for member in old:
            stream = old.extractfile(member) if member.isreg() else None
            member, data = change(member, stream.read() if stream else b"")
            member.size = len(data)
            new.addfile(member, io.BytesIO(data))
    return target


def test_a_changed_file_is_found_out(state: State, tmp_path: Path) -> None:
    backup(state, tmp_path / "all.tar")
    bad = changed(
        tmp_path / "all.tar", tmp_path / "bad.tar", lambda m, d: (m, b"forged" if m.name == "secrets/viewer.key" else d)
    )
    assert "secrets/viewer.key" in refused(State(tmp_path / "again"), bad)


def test_a_path_that_leads_out_is_refused(state: State, tmp_path: Path) -> None:
    backup(state, tmp_path / "all.tar")

    def lead_out(member: tarfile.TarInfo, data: bytes) -> tuple[tarfile.TarInfo, bytes]:
        member.name = "homes/../../outside" if member.name == "secrets/viewer.key" else member.name
        return member, data

    bad = changed(tmp_path / "all.tar", tmp_path / "bad.tar", lead_out)
    assert "outside" in refused(State(tmp_path / "again"), bad)
    assert not (tmp_path / "outside").exists()


def test_a_newer_format_is_refused(state: State, tmp_path: Path) -> None:
    backup(state, tmp_path / "all.tar")
    newer = changed(
        tmp_path / "all.tar", tmp_path / "newer.tar", lambda m, d: (m, d.replace(b'"format": 1', b'"format": 2'))
    )
    assert "format 2" in refused(State(tmp_path / "again"), newer)


@pytest.mark.parametrize("content", [b"", b"not a backup at all" * 100])
def test_what_is_no_backup_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.tar").write_bytes(content)
    refused(State(tmp_path / "again"), tmp_path / "x.tar")


def test_a_backup_cut_short_is_refused(state: State, tmp_path: Path) -> None:
    backup(state, tmp_path / "all.tar")
    whole = (tmp_path / "all.tar").read_bytes()
    (tmp_path / "short.tar").write_bytes(whole[: len(whole) // 2])
    refused(State(tmp_path / "again"), tmp_path / "short.tar")


def test_links_and_pipes_in_a_home_are_not_followed(state: State, tmp_path: Path) -> None:
    outside = write(tmp_path / "private.txt", "not the learner's")
    (state.homes / "learner" / "link").symlink_to(outside)
    (state.homes / "learner" / "folder").symlink_to(tmp_path)
    os.mkfifo(state.homes / "learner" / "pipe")
    made = backup(state, tmp_path / "all.tar")
    assert not [name for name in made if name.startswith("homes/learner/") and name != "homes/learner/mine.txt"]
    restore(State(tmp_path / "again"), tmp_path / "all.tar")
    again = tmp_path / "again" / "homes" / "learner"
    assert (again / "link").readlink() == outside
    assert (again / "folder").is_symlink()
    assert not (again / "pipe").exists()


def test_a_damaged_database_is_not_backed_up_as_if_it_were_well(state: State, tmp_path: Path) -> None:
    path = state.ledger / "ledger.db"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = bytearray(path.read_bytes())
    data[4096:40960] = b"\xff" * (40960 - 4096)
    path.write_bytes(data)
    with pytest.raises(OperatorError, match=r"damaged|malformed"):
        backup(state, tmp_path / "all.tar")
    assert not (tmp_path / "all.tar").exists()


def test_the_commands_say_what_they_did(state: State, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(tmp_path / "all.tar.gz")
    assert main(["backup", file, "--state", str(state.root)]) == 0
    assert main(["restore", file, "--state", str(tmp_path / "again")]) == 0
    assert main(["restore", file, "--state", str(tmp_path / "again")]) == 3
    assert main(["backup", file, "--state", str(tmp_path / "nowhere")]) == 3
    said = capsys.readouterr()
    assert "files" in said.out
    assert said.err.count("\n") == 2
