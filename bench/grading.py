"""`council grade` beside `nbgrader autograde`, and beside the same cells in forks with neither sandbox nor judge.

Run by `make bench`, or alone: `python bench/grading.py [SUBMISSIONS] [STOCK]`. SUBMISSIONS are graded by us, STOCK of
them by nbgrader, whose start-up and time for each submission are told apart by grading one and then the others.
Three courses: nbgrader's own quickstart, one with twelve test cells on numpy, and one of our own lessons (pandas, a
chart) in nbgrader's form.
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
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests" / "grading"))
BIN = Path(sys.executable).parent
JOBS = 2
ROUNDS = 50
DATASETS = str(HERE.parent / "datasets")  # looked for anew by each kernel and each plain fork, if it is not said
ENVIRONMENT = os.environ | {"PATH": f"{BIN}:{os.environ['PATH']}", "PYTHONWARNINGS": "ignore"}
ENVIRONMENT["COUNCIL_DATASETS"] = DATASETS
SINGLE = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "JE_ARROW_MALLOC_CONF": "background_thread:false"}
COUNTED = Path("/sys/fs/cgroup/cpuacct")
MARKS = "### (BEGIN|END) (SOLUTION|HIDDEN TESTS)"


class Took(NamedTuple):
    """What a command took: by the clock, and of the processors, which other work does not lengthen."""

    clock: float
    processor: float  # nan where the system does not count it


def command(course: Path, *words: str, env: dict[str, str] = ENVIRONMENT) -> tuple[Took, str]:
    """Run a command in a course; what it took and what it said."""
    group = COUNTED / f"council-bench-{os.getpid()}"
    try:
        group.mkdir()
        words = ("sh", "-c", f'echo $$ > {group}/cgroup.procs; exec "$@"', "sh", *words)
    except OSError:
        group = None
    start = time.perf_counter()
    done = subprocess.run(words, cwd=course, env=env, capture_output=True, text=True, check=False)
    clock = time.perf_counter() - start
    assert done.returncode == 0, done.stderr[-3000:] + done.stdout[-1000:]
    return Took(clock, processor(group)), done.stdout


def processor(group: Path | None) -> float:
    """Seconds of the processors that all of a group's processes took, children that were killed included."""
    if group is None:
        return float("nan")
    time.sleep(0.3)  # until its last processes are gone
    seconds = int((group / "cpuacct.usage").read_text()) / 1e9
    group.rmdir()
    return seconds


def nbgrader(course: Path, *words: str) -> Took:
    return command(course, sys.executable, "-m", "nbgrader", *words)[0]


def quickstart(folder: Path) -> Path:
    """nbgrader's own example course."""
    nbgrader(folder, "quickstart", "quickstart")
    nbgrader(folder / "quickstart", "generate_assignment", "ps1")
    return folder / "quickstart"


def numbers(folder: Path) -> Path:
    """The course that the tests are made with."""
    import course_maker

    return course_maker.make(folder / "numbers")


def lesson(folder: Path) -> Path:
    """One of our own lessons, in nbgrader's form."""
    import our_course

    return our_course.make(folder / "lesson")


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


def ours(course: Path, *words: str) -> Took:
    """All submissions, start-up and all."""
    shutil.rmtree(course / "autograded", ignore_errors=True)
    (course / "gradebook.db").write_bytes((course / "gradebook.empty").read_bytes())
    return command(course, str(BIN / "council"), "grade", ".", "ps1", *words)[0]


def stock(course: Path, count: int) -> tuple[Took, Took]:
    """nbgrader's start-up and what it takes a submission, in a copy of the course with so many of them."""
    copy = course.with_name(f"{course.name}-stock")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(course, copy, ignore=shutil.ignore_patterns("autograded", "submitted"))
    (copy / "gradebook.db").write_bytes((course / "gradebook.empty").read_bytes())
    for folder in sorted((course / "submitted").iterdir())[: count + 1]:
        shutil.copytree(folder, copy / "submitted" / folder.name)
    first = sorted(p.name for p in (copy / "submitted").iterdir())[0]
    one = nbgrader(copy, "autograde", "ps1", "--student", first)
    many = nbgrader(copy, "autograde", "ps1")  # the first is skipped, so this has one start-up and `count` submissions
    each = Took(*((m - o) / (count - 1) for m, o in zip(many, one, strict=True)))
    return Took(*(max(0.0, o - e) for o, e in zip(one, each, strict=True))), each


def plain(course: Path) -> Took:
    """All submissions in forks of a warm process, in two processes; start-up and writing not counted."""
    script = [sys.executable, str(HERE / "grading.py"), "--plain", str(course)]
    took, said = command(course, *script, "0", env=ENVIRONMENT | SINGLE)
    start = took.processor
    took, said = command(course, *script, "1", env=ENVIRONMENT | SINGLE)
    return Took(float(said.split()[-1]), took.processor - start)


def run_plain(course: Path, all_of_them: bool) -> float:
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
        pool.map(in_a_fork, work if all_of_them else [], chunksize=1)
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


def run_part(name: str) -> None:
    """Make and end so many sandboxes, or judges, or none."""
    from digital_council.grading import policy
    from digital_council.grading.nbgrader_course.court import Court
    from digital_council.grading.sandbox import open_sandbox

    with open_sandbox(policy.load_for_courses(), libraries=()) as sandbox:
        court = Court(sandbox, [], [], {}, 30)
        opened = {"sandbox": sandbox.session, "judge": court.session}.get(name)
        for _ in range(ROUNDS if opened else 0):
            opened().close()


def parts() -> None:
    """Print what one sandbox and one judge cost, cells apart: what is left of a submission runs and writes it."""
    took = {
        name: command(HERE, sys.executable, str(HERE / "grading.py"), "--part", name)[0]
        for name in ("nothing", "sandbox", "judge")
    }
    print(f"\nwhere the time goes{'':45}seconds  of processors   load", flush=True)
    for name in ("sandbox", "judge"):
        each = Took(*((t - n) / ROUNDS for t, n in zip(took[name], took["nothing"], strict=True)))
        said(f"one {name}, made and ended", each, 4)


def measure(name: str, make: Callable[[Path], Path], folder: Path, count: int, some: int) -> None:
    """Print one course's figures."""
    course = make(folder)
    submit(course, count)
    shutil.copy(course / "gradebook.db", course / "gradebook.empty")
    print(
        f"\n{name}: {count} submissions on {os.cpu_count()} processors{'':12}seconds  of processors   load", flush=True
    )
    said("council grade, first time: finds out which cells are judged", ours(course))
    runs = [said("council grade", ours(course)) for _ in range(3)]
    best = Took(*map(min, zip(*runs, strict=True)))
    said("council grade --feedback", ours(course, "--feedback"))
    bare = said("plain forks: no sandbox, no judge, no writing, no start-up", plain(course))
    start, each = stock(course, some)
    said("nbgrader autograde: start-up", start)
    said(f"nbgrader autograde: one submission (mean of {some - 1})", each)
    shutil.rmtree(course / "submitted")
    submit(course, 1)
    up = said("council grade: one submission, and so start-up", ours(course))
    theirs = Took(*(s + e * count for s, e in zip(start, each, strict=True)))
    said(f"nbgrader autograde: {count} submissions, by start-up + each x {count}", theirs)
    ratios = [t / b for t, b in zip(theirs, best, strict=True)]
    print(f"  {'nbgrader / council grade (40 wanted)':62}{ratios[0]:9.1f} {ratios[1]:9.1f}  times")
    said("council grade: one submission more", Took(*((b - u) / (count - 1) for b, u in zip(best, up, strict=True))), 4)
    ratios = [(b - u) / p for b, u, p in zip(best, up, bare, strict=True)]
    print(f"  {'council grade, start-up off / plain forks (1.5 wanted)':62}{ratios[0]:9.2f} {ratios[1]:9.2f}  times")


def said(label: str, took: Took, digits: int = 2) -> Took:
    clock, processor = (f"{seconds:9.{digits}f}" for seconds in took)
    print(f"  {label:62}{clock} {processor} {os.getloadavg()[0]:9.1f}", flush=True)
    return took


def main(count: int, some: int) -> None:
    """Measure both courses."""
    with tempfile.TemporaryDirectory(prefix="council-bench-") as folder:
        parts()
        measure("quickstart", quickstart, Path(folder), count, some)
        measure("numbers", numbers, Path(folder), count, some)
        measure("a lesson of ours", lesson, Path(folder), count, some)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--part"]:
        run_part(sys.argv[2])
    elif sys.argv[1:2] == ["--plain"]:
        print(run_plain(Path(sys.argv[2]), sys.argv[3] == "1"))
    else:
        sizes = [int(word) for word in sys.argv[1:3]]
        main(*(sizes + [100, 5][len(sizes) :]))
