"""A small nbgrader course made for tests: cells with the idioms that are hard to judge from outside."""
# ruff: noqa: E501  (cells in strings)

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

CONFIG = 'c = get_config()\nc.CourseDirectory.course_id = "trees"\n'


def solution(grade_id: str, source: str, points: float | None = None) -> Any:
    marks = {"grade": points is not None, "solution": True, "locked": False, "schema_version": 3, "task": False}
    marks |= {"grade_id": grade_id} | ({"points": points} if points is not None else {})
    return new_code_cell(f"### BEGIN SOLUTION\n{source}\n### END SOLUTION", metadata={"nbgrader": marks})


def check(grade_id: str, source: str, points: float = 1) -> Any:
    marks = {"grade": True, "solution": False, "locked": True, "schema_version": 3, "task": False}
    return new_code_cell(source, metadata={"nbgrader": marks | {"grade_id": grade_id, "points": points}})


def locked(grade_id: str, source: str) -> Any:
    marks = {"grade": False, "solution": False, "locked": True, "schema_version": 3, "task": False}
    return new_code_cell(source, metadata={"nbgrader": marks | {"grade_id": grade_id}})


CELLS = [
    locked("setup", "import numpy as np\nrng = np.random.default_rng(3)\ntrees = [3, 1, 2]"),
    solution("double", "def double(x):\n    return [2 * i for i in x]"),
    check("double_test", "assert double(trees) == [6, 2, 4]\n### BEGIN HIDDEN TESTS\nassert double([41]) == [82]\n### END HIDDEN TESTS"),
    solution("quad", "def quad(x):\n    return double(double(x))"),
    check("quad_test", "keep = double\ndel double\ntry:\n    quad([1])\nexcept NameError:\n    pass\nelse:\n    raise AssertionError('quad does not use double')\nfinally:\n    double = keep\nassert quad([1]) == [4]"),
    solution("add", "def add(bag, x):\n    bag.append(x)\n    return bag"),
    check("add_test", "bag = []\nassert add(bag, 1) is bag\nassert bag == [1]"),
    solution("area", "def area(f, a, b, n):\n    h = (b - a) / n\n    return sum(f(a + (i + 0.5) * h) for i in range(n)) * h"),
    check("area_test", "calls = []\ndef slope(x):\n    calls.append(x)\n    return 2 * x\nassert abs(area(slope, 0, 1, 10) - 1) < 1e-9\nassert len(calls) == 10"),
    solution("height", "height = np.float64(2.5)"),
    check("height_test", "assert isinstance(height, np.floating) and type(height) is np.float64\nassert height == 2.5"),
    solution("inverse", "def inverse(a):\n    return np.linalg.inv(a)"),
    check("inverse_test", "solve = np.linalg.solve\nnp.linalg.solve = None\nassert np.allclose(inverse(np.eye(2) * 2), np.eye(2) / 2)\nnp.linalg.solve = solve"),
    solution("root", "def root(x):\n    if x < 0:\n        raise ValueError('below nought')\n    return x ** 0.5"),
    check("root_test", "try:\n    root(-1)\nexcept ValueError as error:\n    assert 'nought' in str(error)\nelse:\n    raise AssertionError\nassert root(4) == 2"),
    solution("forest", "class Forest:\n    def __init__(self, trees):\n        self.trees = trees\n    def count(self):\n        return len(self.trees)"),
    check("forest_test", "forest = Forest([1, 2])\nassert forest.count() == 2\nassert forest.trees[0] == 1"),
    solution("odd", "class Odd:\n    def __eq__(self, other):\n        return isinstance(other, Odd)\nodd = Odd()"),
    check("odd_test", "assert odd == Odd()"),
    solution("part", "part = 3"),
    check("part_test", "2 if part == 3 else 1 if part == 2 else 0", 2),
    solution("warned", "def warned():\n    return 1"),
    check("warned_test", "assert warned() == 1"),
    solution("essay", "essay = 'why'", 5),
    new_markdown_cell("The end."),
]  # fmt: skip

ROUTES: dict[str, dict[str, str]] = {
    "full": {},
    "blank": dict.fromkeys(("double", "quad", "add", "area", "height", "inverse", "root", "forest", "odd", "part", "warned"), "raise NotImplementedError()"),
    "half": {"double": "def double(x):\n    return [6, 2, 4]", "quad": "def quad(x):\n    return [4 * i for i in x]", "part": "part = 2", "area": "def area(f, a, b, n):\n    return 1.0"},
    "other": {"add": "def add(bag, x):\n    bag += [x]\n    return bag", "height": "height = 2.5", "inverse": "def inverse(a):\n    return np.linalg.solve(a, np.eye(len(a)))"},
    "wrong": {"add": "def add(bag, x):\n    return bag + [x]", "root": "def root(x):\n    return abs(x) ** 0.5", "forest": "class Forest:\n    def __init__(self, trees):\n        self.trees = trees\n    def count(self):\n        return 3"},
}  # fmt: skip


def make(root: Path, cells: list[Any] = CELLS) -> Path:
    """The course, with its assignment released."""
    source = root / "source/ps1"
    source.mkdir(parents=True)
    (root / "nbgrader_config.py").write_text(CONFIG)
    nbformat.write(
        new_notebook(
            cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        ),
        source / "trees.ipynb",
    )
    stock(root, "generate_assignment", "ps1")
    return root


def stock(root: Path, *words: str) -> None:
    """nbgrader itself."""
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    command = [sys.executable, "-m", "nbgrader", *words]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr[-2000:]


def submit(root: Path, student: str, answers: dict[str, str], cells: list[Any] = CELLS) -> Path:
    """A submission: the released notebook with the author's solutions, but for these answers."""
    author = {c.metadata.nbgrader.grade_id: c.source for c in cells if "nbgrader" in c.metadata}
    notebook = nbformat.read(root / "release/ps1/trees.ipynb", as_version=4)
    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("solution"):
            cell.source = answers.get(marks["grade_id"], author[marks["grade_id"]])
    folder = root / "submitted" / student / "ps1"
    folder.mkdir(parents=True)
    path = folder / "trees.ipynb"
    path.write_text(json.dumps(notebook))
    return path


def marks(root: Path) -> dict[tuple[str, str], tuple[float | None, bool]]:
    """What the gradebook says: student and cell to automatic mark and whether a person must look."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{root}/gradebook.db", "trees") as gradebook:
        return {
            (s.student.id, g.name): (g.auto_score, bool(g.needs_manual_grade))
            for s in gradebook.assignment_submissions("ps1")
            for n in s.notebooks
            for g in n.grades
        }
