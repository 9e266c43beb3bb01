"""The table of mounts, and the command line it becomes."""

from pathlib import Path

import pytest

from digital_council.kernel import bubblewrap
from digital_council.kernel.limits import Limits
from digital_council.kernel.mounts import Mounts, runtime_mounts


def test_a_mount_comes_after_the_folder_it_lies_in() -> None:
    words = Mounts().read("/a", "/tmp/x/y").scratch("/tmp").arguments()
    assert words.index("--tmpfs") < words.index("--ro-bind")


def test_folders_on_the_way_are_made_open_and_nothing_is_made_inside_a_mount() -> None:
    words = Mounts().read("/a", "/one/two").write("/b", "/one/two/three").arguments()
    assert words[:4] == ["--perms", "755", "--dir", "/one"]
    assert words.count("--dir") == 1


def test_a_table_of_mounts_is_not_changed_by_adding_to_it() -> None:
    first = Mounts().setenv(A="1")
    second = first.setenv(B="2") | Mounts().at("/work")
    assert first == Mounts(env={"A": "1"})
    assert (dict(second.env), second.cwd) == ({"A": "1", "B": "2"}, "/work")


def test_every_runtime_mount_exists_and_is_read_only() -> None:
    mounts = runtime_mounts()
    assert not mounts.rw
    assert all(Path(source).exists() for source, _ in mounts.ro)


def test_the_environment_is_sorted_and_cleared_first() -> None:
    if not bubblewrap.probe().ok:
        pytest.skip(bubblewrap.probe().message)
    words = bubblewrap.command(Mounts().setenv(B="2", A="1"), ["true"], uid=1_900_000_000)
    assert words.index("--clearenv") < words.index("A") < words.index("B")
    assert words[-1] == "true"


@pytest.mark.parametrize(
    ("setting", "value", "cure"),
    [
        ("kernel/apparmor_restrict_unprivileged_userns", "1", "apparmor_parser -r"),
        ("kernel/unprivileged_userns_clone", "0", "sysctl -w kernel.unprivileged_userns_clone=1"),
        ("user/max_user_namespaces", "0", "sysctl -w user.max_user_namespaces=15000"),
    ],
)
def test_the_cure_for_a_refused_sandbox_names_the_setting(
    setting: str, value: str, cure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bubblewrap, "_sysctl", lambda name: value if name == setting else "")
    monkeypatch.setattr(bubblewrap, "privileged", lambda: True)
    found = bubblewrap._cure("setting up uid map: Permission denied")
    assert not found.ok
    assert cure in found.message
    assert setting.replace("/", ".") in found.message


def test_limits_survive_being_written_down() -> None:
    limits = Limits(seconds_total=3, memory_mb=99)
    assert Limits(**limits.to_json()) == limits  # type: ignore[arg-type]
