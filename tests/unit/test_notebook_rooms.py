"""What a role brings into somebody's own files."""

from pathlib import Path

import pytest

from digital_council.hub import mounts
from digital_council.notebook import rooms


def test_a_starter_is_there_to_be_changed_and_never_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(rooms.STARTERS, str(mounts.PROJECT / "notebooks" / "starters"))
    rooms.ensure(tmp_path)
    mine = tmp_path / "starters" / "compare-places.ipynb"
    assert mine.read_bytes() == (mounts.PROJECT / "notebooks" / "starters" / "compare-places.ipynb").read_bytes()
    mine.write_text("changed")
    rooms.ensure(tmp_path)
    assert mine.read_text() == "changed"


def test_an_author_finds_the_lessons_beside_their_own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(rooms.COURSES, str(mounts.PROJECT / "courses"))
    rooms.ensure(tmp_path)
    rooms.ensure(tmp_path)
    assert (tmp_path / "courses" / "paths.toml").is_file()


def test_who_has_neither_role_gets_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (rooms.STARTERS, rooms.COURSES):
        monkeypatch.delenv(name, raising=False)
    rooms.ensure(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("role", "told"), [("author", [rooms.COURSES]), ("analyst", [rooms.STARTERS]), ("learner", [])]
)
def test_each_role_is_told_of_its_own_rooms_alone(role: str, told: list[str]) -> None:
    environment = mounts.environment("ada", frozenset({"learner", role}))
    assert [name for name in (rooms.COURSES, rooms.STARTERS) if name in environment] == told
