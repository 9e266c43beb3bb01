"""Paths: the council's own are over units that exist, and what is wrong with a file is named in one line."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "grading"))

import small_course

from digital_council.__main__ import main
from digital_council.courses import load, paths, releases
from digital_council.errors import AuthorError
from digital_council.settings import PROJECT, State

PLACE = f"{small_course.COURSE}/{small_course.UNIT}"
PATH = f'[path.one]\ntitle = "One"\naudience = "All"\nunits = ["{PLACE}"]\n'
CURRICULUM = ["everyone", "data-worker", "information-owner", "leader", "councillor"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return small_course.written(tmp_path / "courses")


def written(root: Path, text: str) -> Path:
    (root / paths.FILE).write_text(text)
    return root


def test_the_five_paths_of_the_curriculum_are_over_released_units() -> None:
    found = paths.load(PROJECT / "courses")
    assert list(found.paths) == CURRICULUM
    units = {f"{course.id}/{unit.id}" for course in load(PROJECT / "courses") for unit in course.units}
    assert {unit for path in found.paths.values() for unit in path.units} == units, "every unit is on some path"


def test_a_path_never_teaches_a_unit_before_what_it_builds_on() -> None:
    found = paths.load(PROJECT / "courses")
    for path in found.paths.values():
        for place, unit in enumerate(path.units):
            needed = found.needs[unit].first if unit in found.needs else ()
            assert not set(needed) & set(path.units[place:]), f"{path.id}: {unit}"


def test_prerequisites_of_a_unit_are_advice_unless_they_are_enforced_here(root: Path) -> None:
    assert paths.load(written(root, PATH)).needs == {}
    second = root / small_course.COURSE / "second"
    second.mkdir()
    unit = root / PLACE / "unit.toml"
    (second / "unit.toml").write_text(f'{unit.read_text()}prerequisites = ["{small_course.UNIT}"]\n')
    course = root / small_course.COURSE / "course.toml"
    course.write_text(course.read_text().replace('units = ["first-unit"]', 'units = ["first-unit", "second"]'))
    place = f"{small_course.COURSE}/second"
    assert paths.load(root).needs == {place: paths.Need(first=(PLACE,))}
    enforced = f'[needs."{place}"]\nenforced = true\n'
    assert paths.load(written(root, enforced)).needs == {place: paths.Need(first=(PLACE,), enforced=True)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[pats.one]\n", "unknown key 'pats'; did you mean 'path'?"),
        ("path = 3\n", "write it as [path.NAME]"),
        (PATH.replace("audience", "audiance"), "unknown key 'audiance'; did you mean 'audience'?"),
        (PATH.replace('title = "One"\n', ""), "title"),
        (PATH.replace("first-unit", "first-unt"), f"did you mean '{PLACE}'?"),
        (PATH.replace("units = [", f'units = ["{PLACE}", '), "twice"),
        (PATH.replace(f'["{PLACE}"]', "[]"), "units"),
        ('[needs."x/y"]\nfirst = []\n', "there is no such unit"),
        (f'[needs."{PLACE}"]\nfirst = ["{PLACE}"]\n', "nobody could begin"),
        (f'[needs."{PLACE}"]\nenforced = "yes, please"\n', "enforced"),
        ("[path.one\n", "not TOML"),
    ],
)
def test_what_is_wrong_with_a_file_is_named_in_one_line(root: Path, text: str, said: str) -> None:
    with pytest.raises(AuthorError) as caught:
        paths.load(written(root, text))
    assert said in str(caught.value)
    assert paths.FILE in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_prerequisite_that_does_not_exist_names_its_own_file(root: Path) -> None:
    unit = root / PLACE / "unit.toml"
    unit.write_text(f'{unit.read_text()}prerequisites = ["nothing"]\n')
    with pytest.raises(AuthorError, match=r"unit\.toml: prerequisites holds 'small-course/nothing'"):
        paths.load(root)


def test_a_changed_unit_keeps_its_release_and_its_new_due_date_holds(root: Path, tmp_path: Path) -> None:
    state = State(tmp_path / "state").ensure()
    first = releases.ensure(root, state, changed=False)[0].units[0]
    lesson, unit = root / PLACE / "lesson.py", root / PLACE / "unit.toml"
    lesson.write_text(lesson.read_text().replace("# # First", "# # First of all"))
    unit.write_text(f"{unit.read_text()}due = 2031-03-31\n")
    [waiting] = releases.ensure(root, state, changed=False)[0].units
    assert (waiting.release, str(waiting.due)) == (first.release, "2031-03-31")
    assert releases.kept(state, small_course.COURSE, small_course.UNIT) == [first.release]
    [released] = releases.ensure(root, state)[0].units
    assert released.release != first.release


def test_a_candidate_is_kept_where_no_learner_sees_it(root: Path, tmp_path: Path) -> None:
    state = State(tmp_path / "state").ensure()
    releases.ensure(root, state)
    lesson = root / PLACE / "lesson.py"
    lesson.write_text(lesson.read_text().replace("# # First", "# # First of all"))
    found = releases.candidate(root, state, small_course.COURSE, small_course.UNIT)
    assert releases.open(state, found.course, found.id, found.release).release == found.release
    assert releases.open(state, found.course, found.id).release != found.release
    assert found.release not in {path.name for path in (state.released / PLACE).iterdir()}


def test_the_commands_say_what_waits_for_review(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--courses", str(root), "--state", str(tmp_path / "state")]
    assert main(["courses", "list", "--json", *words]) == 0
    assert _units(capsys)[0] == (None, "not released")
    assert main(["courses", "build", *words]) == 0
    lesson = root / PLACE / "lesson.py"
    lesson.write_text(lesson.read_text().replace("# # First", "# # First of all"))
    capsys.readouterr()
    assert main(["courses", "build", *words]) == 0
    assert f"waiting for review: {PLACE}" in capsys.readouterr().out
    assert main(["courses", "list", "--json", *words]) == 0
    released, state = _units(capsys)[0]
    assert (state, len(released or "")) == ("changed", 12)
    assert main(["courses", "list", *words]) == 0
    assert f"changed since learners' {released}" in capsys.readouterr().out


def _units(capsys: pytest.CaptureFixture[str]) -> list[tuple[str | None, str]]:
    told = json.loads(capsys.readouterr().out)
    return [(unit["released"], unit["state"]) for course in told for unit in course["units"]]
