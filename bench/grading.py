"""`council grade` beside `nbgrader autograde`, and beside the same cells in forks with neither sandbox nor judge.

Run by `make bench`, or alone: `python bench/grading.py [SUBMISSIONS] [STOCK]`. SUBMISSIONS are graded by us, STOCK of
them by nbgrader, whose start-up and time for each submission are told apart by grading one and then the others.
Two courses: nbgrader's own quickstart, and one with twelve test cells on numpy.
"""

import json
import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests" / "grading"))
BIN = Path(sys.executable).parent
JOBS = 2
ENVIRONMENT = os.environ | {"PATH": f"{BIN}:{os.environ['PATH']}", "PYTHONWARNINGS": "ignore"}
SINGLE = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "JE_ARROW_MALLOC_CONF": "background_thread:false"}
MARKS = "### (BEGIN|END) (SOLUTION|HIDDEN TESTS)"
Answers = dict[tuple[str, str], str]


def command(course: Path, *words: str) -> float:
    """Seconds that a command takes in a course."""
    start = time.perf_counter()
    done = subprocess.run(words, cwd=course, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:] + done.stdout[-1000:]
    return time.perf_counter() - start


def nbgrader(course: Path, *words: str) -> float:
    return command(course, sys.executable, "-m", "nbgrader", *words)


def quickstart(folder: Path) -> Path:
    """nbgrader's own example course."""
    nbgrader(folder, "quickstart", "quickstart")
    nbgrader(folder / "quickstart", "generate_assignment", "ps1")
    return folder / "quickstart"


def numbers(folder: Path) -> Path:
    """The course that the tests are made with."""
    import course_maker

    return course_maker.make(folder / "numbers")


def submit(course: Path, count: int) -> None:
    """Submissions: of every three two are right and one is as it was released."""
    for number in range(count):
        folder = course / "submitted" / f"student{number:03}" / "ps1"
        shutil.copytree(course / "release/ps1", folder)
        for path in folder.glob("*.ipynb"):
            if number % 3 != 2:
                path.write_text(json.dumps(solved(path, course / "source/ps1" / path.name)))
        (folder / "timestamp.txt").write_text("2026-01-01 10:00:00 UTC")


def solved(path: Path, source: Path) -> dict[str, Any]:
    """A released notebook with its author's answers."""
    answers = {
        cell["metadata"]["nbgrader"]["grade_id"]: "".join(cell["source"])
        for cell in json.loads(source.read_text())["cells"]
        if "nbgrader" in cell["metadata"]
    }
    notebook: dict[str, Any] = json.loads(path.read_text())
    for cell in notebook["cells"]:
        marks = cell["metadata"].get("nbgrader", {})
        if marks.get("solution"):
            cell["source"] = "\n".join(x for x in answers[marks["grade_id"]].splitlines() if not re.search(MARKS, x))
    return notebook


def ours(course: Path, *words: str) -> float:
    """Seconds for all submissions, start-up and all."""
    shutil.rmtree(course / "autograded", ignore_errors=True)
    (course / "gradebook.db").write_bytes((course / "gradebook.empty").read_bytes())
    return command(course, str(BIN / "council"), "grade", ".", "ps1", "--jobs", str(JOBS), *words)


def stock(course: Path, count: int) -> tuple[float, float]:
    """nbgrader's start-up and its seconds a submission, in a copy of the course with so many of them."""
    copy = course.with_name(f"{course.name}-stock")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(course, copy, ignore=shutil.ignore_patterns("autograded", "submitted"))
    (copy / "gradebook.db").write_bytes((course / "gradebook.empty").read_bytes())
    for folder in sorted((course / "submitted").iterdir())[: count + 1]:
        shutil.copytree(folder, copy / "submitted" / folder.name)
    first = sorted(p.name for p in (copy / "submitted").iterdir())[0]
    one = nbgrader(copy, "autograde", "ps1", "--student", first)
    many = nbgrader(copy, "autograde", "ps1")  # the first is skipped, so this has one start-up and `count` submissions
    each = (many - one) / (count - 1)
    return max(0.0, one - each), each


def plain(course: Path) -> float:
    """Seconds for all submissions in forks of a warm process, in two processes; start-up and writing not counted."""
    script = [sys.executable, str(HERE / "grading.py"), "--plain", str(course)]
    done = subprocess.run(script, env=ENVIRONMENT | SINGLE, capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


def run_plain(course: Path) -> float:
    ours = sys.modules["__main__"]
    from digital_council.grading import preload  # noqa: F401

    sys.modules["__main__"] = ours  # IPython has put its own there
    notebooks = sorted(course.glob("submitted/*/ps1/*.ipynb"))
    sources = {path.name: json.loads(path.read_text()) for path in (course / "source/ps1").glob("*.ipynb")}
    work = [(path, sources[path.name]) for path in notebooks]
    context = multiprocessing.get_context("fork")
    with context.Pool(JOBS) as pool:
        pool.map(in_a_fork, work[:4])
        start = time.perf_counter()
        pool.map(in_a_fork, work, chunksize=1)
        return time.perf_counter() - start


def in_a_fork(pair: tuple[Path, dict[str, Any]]) -> float:
    """Run one notebook's cells, its tests put back, and add up what nbgrader gives for them."""
    import nbformat
    from nbgrader import utils

    path, author = pair
    notebook = nbformat.from_dict(json.loads(path.read_text()))
    tests = {c["metadata"]["nbgrader"]["grade_id"]: c for c in author["cells"] if "nbgrader" in c["metadata"]}
    for cell in notebook.cells:
        cell.source = "".join(cell.source)
        if utils.is_locked(cell):
            cell.source = "".join(tests[cell.metadata.nbgrader.grade_id]["source"])
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.chdir(path.parent)
        with os.fdopen(writing, "w") as stream:
            json.dump([run_cell(cell.source) for cell in notebook.cells if cell.cell_type == "code"], stream)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as stream:
        outputs = json.load(stream)
    os.waitpid(child, 0)
    for cell, found in zip((c for c in notebook.cells if c.cell_type == "code"), outputs, strict=True):
        cell.outputs = nbformat.from_dict(found)
    return sum(utils.determine_grade(c)[0] or 0.0 for c in notebook.cells if utils.is_grade(c))


def run_cell(source: str) -> list[dict[str, Any]]:
    """In the fork: a cell's outputs."""
    from digital_council.grading import inside_untrusted

    shell = inside_untrusted._WARM[0]
    shell.outputs.begin(quiet=False)
    result = shell.run_cell(source, store_history=True)
    outputs = shell.outputs.take()
    error = result.error_before_exec or result.error_in_exec
    return outputs + ([{"output_type": "error", "ename": type(error).__name__}] if error else [])


def load() -> str:
    return f"load {os.getloadavg()[0]:.1f}"


def measure(name: str, make: Callable[[Path], Path], folder: Path, count: int, some: int) -> None:
    """Print one course's figures."""
    course = make(folder)
    submit(course, count)
    shutil.copy(course / "gradebook.db", course / "gradebook.empty")
    first = ours(course)  # finds out once which cells are judged
    rows = [(f"council grade, first time ({load()})", first)]
    rows.append((f"council grade ({load()})", best := min(ours(course) for _ in range(2))))
    rows.append((f"the same with --feedback ({load()})", ours(course, "--feedback")))
    shutil.rmtree(course / "submitted")
    submit(course, 1)
    rows.append(("of which start-up (one submission)", startup := ours(course)))
    shutil.rmtree(course / "submitted")
    submit(course, count)
    rows.append((f"plain forks, no sandbox, no judge, no writing ({load()})", bare := plain(course)))
    start, each = stock(course, some)
    rows.append((f"nbgrader autograde, start-up ({load()})", start))
    rows.append((f"nbgrader autograde, one submission (of {some})", each))
    print(f"\n{name}: {count} submissions, {JOBS} processes", flush=True)
    for label, seconds in rows:
        print(f"  {label:62}{seconds:9.2f} s")
    theirs = start + each * count
    print(f"  {'nbgrader, ' + str(count) + ' submissions (start-up + each x count)':62}{theirs:9.2f} s")
    print(f"  {'submissions a second, beside nbgrader (40 wanted)':62}{theirs / best:9.1f} times")
    print(f"  {'beside plain forks, start-up taken off (1.5 wanted)':62}{(best - startup) / bare:9.2f} times")


def main(count: int, some: int) -> None:
    """Measure both courses."""
    with tempfile.TemporaryDirectory(prefix="council-bench-") as folder:
        measure("quickstart", quickstart, Path(folder), count, some)
        measure("numbers", numbers, Path(folder), count, some)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--plain"]:
        print(run_plain(Path(sys.argv[2])))
    else:
        sizes = [int(word) for word in sys.argv[1:3]]
        main(*(sizes + [100, 5][len(sizes) :]))
