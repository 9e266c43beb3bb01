"""What a kernel that was killed outright leaves behind is removed; what is in use, young or another's stays."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from digital_council.kernel import sweeping


def folder(room: Path, name: str) -> Path:
    made = room / f"{sweeping.PREFIX}{name}"
    (made / "shared").mkdir(parents=True)
    return made


def test_only_folders_that_no_kernel_answers_from_are_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dead, alive, empty = (folder(tmp_path, name) for name in ("dead", "alive", "empty"))
    (tmp_path / "another").mkdir()
    (tmp_path / f"{sweeping.PREFIX}link").symlink_to(tmp_path / "another")
    with socket.socket(socket.AF_UNIX) as gone:
        gone.bind(str(dead / sweeping.SOCKET))
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(alive / sweeping.SOCKET))
        listening.listen(1)
        assert sweeping.sweep(tmp_path) == []  # all are young
        monkeypatch.setattr(sweeping, "YOUNG_SECONDS", -1)
        assert sweeping.sweep(tmp_path) == [dead, empty]
    assert sorted(each.name for each in tmp_path.iterdir()) == ["another", alive.name, f"{sweeping.PREFIX}link"]


def test_a_folder_of_another_user_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder(tmp_path, "theirs")
    monkeypatch.setattr(sweeping, "YOUNG_SECONDS", -1)
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    assert sweeping.sweep(tmp_path) == []
