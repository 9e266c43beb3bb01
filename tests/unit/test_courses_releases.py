"""Releases: learners get nothing hidden, half a release is never seen, old releases stay."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from digital_council.courses import load_unit, releases
from digital_council.courses.template import start
from digital_council.errors import AuthorError, CouncilError
from digital_council.settings import State

SECRETS = ("19", "BEGIN SOLUTION", "median-for-mean", "The middle value", "VISITS", "the last step", "later_first")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    start(tmp_path / "courses", "numbers", "typical-pay", "Typical pay")
    return tmp_path / "courses"


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State(tmp_path / "state").ensure()


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def everything(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file() and path.name != "index.json"
    }


def test_the_learners_copy_holds_nothing_hidden(root, state):
    releases.ensure(root, state)
    files = [path for path in state.released.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == {".ipynb", ".json"}
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert not [secret for secret in SECRETS if secret in text.replace("15, 9", "")], path


def test_the_trusted_copy_marks_as_the_source_does(root, state):
    releases.ensure(root, state)
    unit = releases.open(state, "numbers", "typical-pay")
    assert (unit.id, unit.course, unit.pass_mark, unit.model["task"]) == ("typical-pay", "numbers", 0.7, 19)
    assert not (unit.folder / "attempts").exists()


def test_releasing_twice_changes_nothing(root, state):
    releases.ensure(root, state)
    before = everything(state.root)
    releases.ensure(root, state)
    assert everything(state.root) == before
    assert not list(state.root.rglob(".making-*"))


def test_old_releases_stay_and_the_new_one_is_current(root, state):
    releases.ensure(root, state)
    old = releases.open(state, "numbers", "typical-pay").release
    edit(root / "numbers/typical-pay/lesson.py", "Why this is worth", "Why it is worth")
    releases.ensure(root, state)
    new = releases.open(state, "numbers", "typical-pay").release
    assert new != old
    assert releases.open(state, "numbers", "typical-pay", old).release == old
    assert releases.notebook(state, "numbers", "typical-pay", old).is_file()


def test_a_half_made_release_is_made_again(root, state):
    releases.ensure(root, state)
    unit = releases.open(state, "numbers", "typical-pay")
    (state.releases / "numbers/typical-pay" / unit.release / "release.json").unlink()
    releases.notebook(state, "numbers", "typical-pay", unit.release).unlink()
    releases.ensure(root, state)
    assert releases.open(state, "numbers", "typical-pay").model == unit.model
    assert releases.notebook(state, "numbers", "typical-pay", unit.release).is_file()


def test_only_the_owner_reads_the_trusted_copies(root, state):
    (root / "numbers/typical-pay/files").mkdir()
    (root / "numbers/typical-pay/files/map.csv").write_text("ward\n")
    releases.ensure(root, state)
    for path in state.releases.rglob("*"):
        assert not path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO), path
    for path in state.released.rglob("*"):
        assert path.stat().st_mode & stat.S_IROTH, path
        assert not path.stat().st_mode & stat.S_IWOTH, path
    assert list(state.released.rglob("files/map.csv"))


@pytest.mark.parametrize(
    ("course", "unit", "release"),
    [
        ("numbers", "unknown", None),
        ("numbers", "typical-pay", "000000000000"),
        ("..", "typical-pay", "x"),
        ("numbers", "../..", "x"),
        ("numbers", "typical-pay", "../../x"),
    ],
)
def test_what_was_never_released_is_refused_in_one_line(root, state, course, unit, release):
    releases.ensure(root, state)
    with pytest.raises(CouncilError) as caught:
        releases.open(state, course, unit, release)
    assert "\n" not in str(caught.value)


def test_a_unit_that_changed_since_it_was_read_is_not_released(root, state):
    unit = load_unit(root / "numbers/typical-pay", "numbers")
    edit(root / "numbers/typical-pay/lesson.py", "Why this is worth", "Why it is worth")
    with pytest.raises(AuthorError, match="changed while it was being released"):
        releases.release(unit, state)
    assert not list(state.releases.rglob("lesson.py"))


def test_several_processes_may_release_at_once(root, state):
    code = (
        "import sys; from pathlib import Path; from digital_council.settings import State;"
        "from digital_council.courses import releases; releases.ensure(Path(sys.argv[1]), State(sys.argv[2]))"
    )
    words = [sys.executable, "-c", code, str(root), str(state.root)]
    running = [subprocess.Popen(words, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    assert [each.communicate(timeout=180)[1] for each in running] == [""] * 4
    assert releases.open(state, "numbers", "typical-pay").model["task"] == 19
    assert not list(state.root.rglob(".making-*"))
