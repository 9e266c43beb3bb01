"""Proving: a unit's own code runs in a sandbox and nowhere else, and the report names the author's files."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from digital_council.courses.check import Report
from digital_council.courses.template import start
from digital_council.grading.proving import prove_unit
from digital_council.grading.sandbox import Sandbox


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return start(tmp_path_factory.mktemp("courses"), "numbers", "typical-pay", "Typical pay")


@pytest.fixture
def folder(written: Path, tmp_path: Path) -> Path:
    shutil.copytree(written.parent, tmp_path / "courses" / "numbers")
    return tmp_path / "courses" / "numbers" / "typical-pay"


def proved(sandbox: Sandbox, folder: Path) -> Report:
    return prove_unit(sandbox, folder, "numbers", 0.7)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, old
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_new_unit_has_its_todos_alone_named_where_the_author_keeps_them(sandbox: Sandbox, folder: Path) -> None:
    found = proved(sandbox, folder).problems
    assert {each.field for each in found} == {"TODO"}
    assert {Path(each.file).parent for each in found} == {folder, folder / "attempts"}
    assert all(Path(each.file).is_file() for each in found)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("checks.py", "import statistics\n", "import statistics\n{act}\n"),
        ("lesson.py", "visits = [12", "{act}\nvisits = [12"),
        ("attempts/route-code.toml", "import statistics\n", "import statistics\n{act}\n"),
    ],
)
def test_nothing_of_a_unit_runs_outside_its_sandbox(
    sandbox: Sandbox, folder: Path, tmp_path: Path, file: str, old: str, new: str
) -> None:
    trace = tmp_path / "trace"
    tmp_path.chmod(0o777)
    act = f"import os, pathlib; os.path.isdir({str(tmp_path)!r}) and pathlib.Path({str(trace)!r}).touch()"
    edit(folder / file, old, new.format(act=act))
    proved(sandbox, folder)
    assert not trace.exists()


def test_a_unit_that_reaches_for_the_machine_is_told_so(sandbox: Sandbox, folder: Path) -> None:
    edit(folder / "checks.py", "import statistics\n", "import statistics\nopen('/etc/shadow').read()\n")
    (found,) = [each for each in proved(sandbox, folder).problems if each.field == "source"]
    assert (Path(found.file), found.line) == (folder / "checks.py", 4)
    assert "No such file" in found.found or "Permission denied" in found.found


def test_a_unit_that_ends_its_process_is_one_problem_and_the_next_is_proved(sandbox: Sandbox, folder: Path) -> None:
    edit(folder / "checks.py", "import statistics\n", "import os, statistics\nos._exit(0)\n")
    (found,) = proved(sandbox, folder).problems
    assert (found.field, found.found) == ("check", "its code ended the process")
    edit(folder / "checks.py", "os._exit(0)\n", "")
    assert {each.field for each in proved(sandbox, folder).problems} == {"TODO"}


def test_an_answer_that_cannot_leave_a_sandbox_is_found(sandbox: Sandbox, folder: Path) -> None:
    edit(folder / "attempts/route-code.toml", "statistics.mean(visits)", "(each for each in [19])")
    (found,) = [each for each in proved(sandbox, folder).problems if each.field == "outcome"]
    assert "kind-of-answer (The answer should be a plain value.)" in found.found
