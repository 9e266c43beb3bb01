"""The house: who may import whom, what the lock files may say, and that notebooks carry no outputs."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "digital_council"

FLOORS = (
    ("errors", "settings", "people", "client"),
    ("ledger",),
    ("datasets", "courses"),
    ("kernel",),
    ("grading",),
    ("lesson", "notebook", "apps", "progress", "search", "demo"),
    ("portal",),
    ("hub",),
    ("__main__",),
)
"""From the ground up. A module imports from floors below it, or from its left on its own floor."""

ORDER = [module for floor in FLOORS for module in floor]

PORTAL = PACKAGE / "portal"
PARTS = ("rights", "learners", "tables", "lesson", "authors", "sharing", "leaders", "face", "api", "pages")
"""The portal's own rooms: each imports from its left only. What lies in none of them serves them all."""


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).exists()]


def room(path: Path) -> str:
    part = path.relative_to(PACKAGE).parts[0]
    return part.removesuffix(".py")


def imported_rooms(path: Path) -> set[str]:
    """The rooms a file imports, wherever in it the import stands."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        found |= {name.split(".")[1] for name in names if name.startswith("digital_council.")}
    return {name for name in found if name in ORDER}


MODULES = sorted(PACKAGE.rglob("*.py"))


def test_every_room_has_its_floor() -> None:
    rooms = {room(path) for path in MODULES} - {"__init__"}
    assert rooms <= set(ORDER), f"place these in FLOORS: {sorted(rooms - set(ORDER))}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_downwards(path: Path) -> None:
    own = room(path)
    if own == "__init__":
        return
    upwards = {name for name in imported_rooms(path) if ORDER.index(name) > ORDER.index(own)}
    assert not upwards, f"{path.relative_to(ROOT)} imports upwards: {sorted(upwards)}"


@pytest.mark.parametrize("part", PARTS)
def test_imports_run_downwards_within_the_portal(part: str) -> None:
    above = tuple(f"digital_council.portal.{each}" for each in PARTS[PARTS.index(part) + 1 :])
    upwards = [
        path.name for path in (PORTAL / part).glob("*.py") if any(map(path.read_text("utf-8").__contains__, above))
    ]
    assert not upwards, f"portal/{part} imports upwards: {upwards}"


def test_every_part_of_the_portal_has_its_place() -> None:
    assert {path.parent.name for path in PORTAL.glob("*/*.py")} == set(PARTS)


def test_the_walk_sees_an_upward_import(tmp_path: Path) -> None:
    sample = tmp_path / "sample.py"
    sample.write_text("def f():\n    from digital_council import portal\n", encoding="utf-8")
    assert imported_rooms(sample) == {"portal"}


@pytest.mark.parametrize("name", ["requirements.lock", "tests/requirements.lock", "package-lock.json"])
def test_lock_files_name_no_host(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r'"resolved"|index-url|find-links|file:', text)
    assert "sha256:" in text or "sha512-" in text


def bounds(requirements: list[str]) -> dict[str, str]:
    pairs = (re.match(r"([A-Za-z0-9_.-]+)(.*)", line) for line in requirements)
    return {pair[1].lower().replace("_", "-"): pair[2].replace(" ", "") for pair in pairs if pair}


def environment() -> list[str]:
    """The package lines of environment.yml, conda's and pip's."""
    lines = (ROOT / "environment.yml").read_text(encoding="utf-8").splitlines()
    entries = [line.strip()[2:].split(" #")[0].strip().strip('"') for line in lines if line.strip().startswith("- ")]
    return [entry for entry in entries if not entry.endswith(":") and entry not in {"conda-forge", "pip"}]


def test_the_conda_environment_has_pyprojects_names_and_bounds() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    ours = bounds(environment())
    assert ours.pop("python") == project["requires-python"]
    assert ours == bounds(project["dependencies"])


def test_notebooks_carry_no_outputs() -> None:
    for path in tracked("*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        assert not [cell for cell in cells if cell.get("outputs")], f"{path.relative_to(ROOT)} has outputs"


@pytest.mark.parametrize("name", ["courses", "notebooks", "datasets", "hub_config", "grading", "tests"])
def test_every_room_has_a_readme(name: str) -> None:
    assert (ROOT / name / "README.md").exists()


def test_no_path_of_a_machine_stands_in_the_repository() -> None:
    here = str(ROOT.parent) + "/"
    assert not [path for path in tracked() if path.is_file() and here.encode() in path.read_bytes()]
