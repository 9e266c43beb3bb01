"""Hostile submissions to nbgrader courses: each bites in a shared process, and earns nothing and harms nobody here."""
# ruff: noqa: E501  (attacks are written as short as they can be)

import json
import shutil
import warnings
from pathlib import Path
from typing import Any

import course_maker
import naive_batch
import nbformat
import pytest
from nbgrader_attacks import ATTACKS, Attack

from digital_council.grading.inside_untrusted import Server
from digital_council.grading.nbgrader_course import calibration
from digital_council.grading.nbgrader_course.called_untrusted import CalledServer
from digital_council.grading.nbgrader_course.cells import Plan
from digital_council.grading.nbgrader_course.course import Course
from digital_council.grading.nbgrader_course.split import Split
from digital_council.grading.policy import Limits, Policy
from digital_council.grading.sandbox import Sandbox

pytestmark = pytest.mark.filterwarnings("ignore")  # nbgrader's own
CONFIG = course_maker.CONFIG + "c.Execute.timeout = 2\n"


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = course_maker.make(tmp_path_factory.mktemp("hostile") / "trees")
    (root / "nbgrader_config.py").write_text(CONFIG)
    return root


@pytest.fixture
def course(master: Path, tmp_path: Path) -> Path:
    shutil.copytree(master, tmp_path / "trees")
    return tmp_path / "trees"


def graded(root: Path, sandbox: Sandbox, **options: Any) -> dict[str, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        course = Course(root, sandbox, **options)
        course.prepare("ps1")
        reports = course.grade(course.students("ps1"))
        course.feedback(reports)
    return {report.student: report for report in reports}


class Shared(Split):
    """The usual way: everything in one process, and nothing that looks whether checks still work there."""

    def self_reported(self, cell: Any, name: str) -> dict[str, Any]:
        return self.ask("learner", cell.source, name)


def earned_in_a_shared_process(attack: Attack, master: Path, plain: Sandbox) -> float:
    author = nbformat.read(master / "source/ps1/trees.ipynb", as_version=4)
    limits = Limits(seconds_cell=5, seconds_total=60)
    with Shared(Sandbox(plain.warm, Policy(limits=limits)), Plan(frozenset(), frozenset(), ()), {}, 2) as shared:
        for cell in author.cells:
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
            cell.source = attack.answers.get(grade_id, cell.source)
            shared.run(cell, grade_id)
    return calibration.scores(author)[attack.after][0] or 0


@pytest.mark.parametrize("attack", [a for a in ATTACKS if a.bites == "shared"], ids=lambda a: a.name)
def test_a_forgery_earns_marks_in_a_shared_process(
    attack: Attack, master: Path, plain: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CalledServer, "ran_untrusted", Server.ran_untrusted)  # as a Jupyter kernel runs cells
    assert earned_in_a_shared_process(attack, master, plain) > 0


@pytest.mark.parametrize("attack", [a for a in ATTACKS if a.bites == "harms"], ids=lambda a: a.name)
def test_an_attack_harms_whoever_a_grader_in_one_process_marks_next(attack: Attack, tmp_path: Path) -> None:
    harmless = Attack("harmless", {"double": "def double(x): return 0"})
    assert naive_batch.whole(harmless, tmp_path / "harmless")
    assert not naive_batch.whole(attack, tmp_path / "harmed")


def test_forgeries_earn_nothing_and_harm_nobody(course: Path, wide: Sandbox) -> None:
    for place, attack in enumerate(ATTACKS):
        course_maker.submit(course, f"{place:02}", attack.answers)
        course_maker.submit(course, f"{place:02}-honest", {})
    reports = graded(course, wide)
    found = course_maker.marks(course)
    assert [a.name for place, a in enumerate(ATTACKS) if found[f"{place:02}", a.after][0]] == []
    honest = {name: report.score for name, report in reports.items() if "honest" in name}
    assert set(honest.values()) == {12.0}


def test_there_are_enough_attacks() -> None:
    bites = [a.bites for a in ATTACKS]
    assert bites.count("shared") >= 30
    assert bites.count("line") <= 10


POISONS = {
    "a module in its folder": ("numpy.py", "import os\nos._exit(0)"),
    "a module named like the runner's": ("IPython.py", "raise SystemExit"),
    "a start-up file": ("sitecustomize.py", "import os\nos._exit(0)"),
    "a configuration": ("nbgrader_config.py", "c = get_config()\nc.LateSubmissionPlugin.penalty_method = 'zero'"),
    "a configuration of IPython": ("ipython_config.py", "raise SystemExit"),
}


@pytest.mark.parametrize("name", POISONS)
def test_a_poisoned_file_shadows_nothing(name: str, course: Path, wide: Sandbox) -> None:
    path = course_maker.submit(course, "ann", {})
    file, text = POISONS[name]
    path.with_name(file).write_text(text)
    course_maker.submit(course, "bob", {})
    reports = graded(course, wide)
    assert [reports[s].score for s in ("ann", "bob")] == [12.0, 12.0]


def test_files_left_behind_do_not_reach_the_next_submission(course: Path, wide: Sandbox) -> None:
    leave = "\n".join(
        f"try:\n    open({place!r}, 'w').write('ann was here')\nexcept OSError:\n    pass"
        for place in ("left.txt", "/tmp/left.txt", "/dev/shm/left.txt", "/home/learner/left.txt")
    )
    look = (
        "import os\nleft = [p for p in ('left.txt', '/tmp/left.txt', '/dev/shm/left.txt', '/home/learner/left.txt')"
        " if os.path.exists(p)]\npart = 0 if left else 3"
    )
    course_maker.submit(course, "ann", {"part": f"part = 3\n{leave}"})
    course_maker.submit(course, "bob", {"part": look})
    graded(course, wide)
    assert course_maker.marks(course)["bob", "part_test"][0] == 2


def test_a_judge_leaves_nothing_for_the_next_one(course: Path, wide: Sandbox) -> None:
    test = "import os\nassert not os.path.exists('/tmp/seen') and not os.path.exists('seen')\nopen('/tmp/seen', 'w')\nopen('seen', 'w')\nassert double([1]) == [2]"
    path = course / "source/ps1/trees.ipynb"
    notebook = nbformat.read(path, as_version=4)
    next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == "double_test").source = test
    nbformat.write(notebook, path)
    course_maker.stock(course, "generate_assignment", "ps1", "--force")
    for student in ("ann", "bob", "cat"):
        course_maker.submit(course, student, {})
    reports = graded(course, wide)
    assert reports["bob"].cells["trees"]["double_test"] == "judged"
    assert {s: course_maker.marks(course)[s, "double_test"][0] for s in reports} == {"ann": 1, "bob": 1, "cat": 1}


def test_a_judge_turned_against_its_sandbox_harms_no_other(course: Path, wide: Sandbox) -> None:
    """A test that runs what a learner wrote gives the learner the judge; the next judge is sound all the same."""
    test = "exec(str(part_text))\nassert double([1]) == [2]"
    path = course / "source/ps1/trees.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "double":
            cell.source = cell.source.replace("### END", "part_text = 'pass'\n### END")
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "double_test":
            cell.source = test
    nbformat.write(notebook, path)
    course_maker.stock(course, "generate_assignment", "ps1", "--force")
    solved = "def double(x):\n    return [2 * i for i in x]\n"
    tricks = [
        "import os, signal; os.kill(os.getppid(), signal.SIGKILL)",
        "import os, signal; os.kill(os.getppid(), signal.SIGSTOP)",
        "import os, resource; resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE, (3, 3))",
        "import os; os.system('(sleep 60; touch /tmp/seen) &')",
        "import os; open(f'/proc/{os.getppid()}/mem', 'r+b')",
    ]
    for place, trick in enumerate(tricks):
        course_maker.submit(course, f"{place}-bad", {"double": solved + f"part_text = {trick!r}"})
        course_maker.submit(course, f"{place}-honest", {"double": solved + "part_text = 'pass'"})
    graded(course, wide)
    found = course_maker.marks(course)
    assert [found[f"{place}-honest", "double_test"][0] for place in range(len(tricks))] == [1] * len(tricks)
    assert not found["4-bad", "double_test"][0]  # the parent's memory cannot be opened


def test_tampered_metadata_and_timestamps_gain_nothing(course: Path, wide: Sandbox) -> None:
    tampered = {
        "points": lambda marks: marks.update(points=1000),
        "flags": lambda marks: marks.update(grade=False, solution=True, locked=False),
        "kind": lambda marks: marks.update(task=True),
        "version": lambda marks: marks.update(schema_version=99),
        "checksum": lambda marks: marks.update(checksum="0"),
        "junk": lambda marks: marks.update({"points": "many", "grade": "yes", "extra": [1]}),
    }
    for student, change in tampered.items():
        path = course_maker.submit(course, student, {"double": "def double(x): return 0"})
        notebook = json.loads(path.read_text())
        for cell in notebook["cells"]:
            marks = cell["metadata"].get("nbgrader", {})
            if marks.get("grade_id") == "double_test":
                cell["source"] = "1000"
                change(marks)
        path.write_text(json.dumps(notebook))
    odd = course_maker.submit(course, "clock", {})
    odd.with_name("timestamp.txt").write_text("yesterday, I think")
    reports = graded(course, wide)
    found = course_maker.marks(course)
    assert {s: (found[s, "double_test"][0], reports[s].max) for s in tampered} == dict.fromkeys(tampered, (0.0, 17.0))
    assert (reports["clock"].outcome, reports["clock"].reason) == ("failed", "ps1/timestamp.txt does not hold a time")


def test_a_notebook_of_endless_cells_costs_the_time_of_three(
    plain: Sandbox,
) -> None:
    cells = [course_maker.locked(f"c{n}", "while True: pass") for n in range(30)]
    with Split(plain, Plan(frozenset(), frozenset(), ()), {}, 0.2) as split:
        for cell in cells:
            cell.metadata.nbgrader.locked = False
            split.run(cell, cell.metadata.nbgrader.grade_id)
        assert split.late == 3
    assert {cell.outputs[-1].output_type for cell in cells} == {"error"}


LIVE = {
    "script in an output": ("part", "part = 3\nfrom IPython.display import HTML, display\ndisplay(HTML('<script>steal()</script><img src=x onerror=steal()>'))"),
    "script in a picture": ("part", "part = 3\nfrom IPython.display import SVG, display\ndisplay(SVG('<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"steal()\"/>'))"),
    "script as Javascript": ("part", "part = 3\nfrom IPython.display import Javascript, display\ndisplay(Javascript('steal()'))"),
    "script in Markdown": ("part", "part = 3\nfrom IPython.display import Markdown, display\ndisplay(Markdown('<script>steal()</script>[x](javascript:steal())'))"),
    "script in an error": ("part", "raise ValueError('<script>steal()</script>')"),
    "script in a picture's name": ("part", "part = 3\nfrom IPython.display import display\ndisplay({'image/png': '\"><script>steal()</script>'}, raw=True)"),
}  # fmt: skip


@pytest.mark.parametrize("name", LIVE)
def test_live_script_does_not_reach_a_feedback_page(name: str, course: Path, wide: Sandbox) -> None:
    cell, code = LIVE[name]
    path = course_maker.submit(course, "ann", {cell: code})
    notebook = json.loads(path.read_text())
    notebook["cells"][-1]["source"] = "<script>steal()</script><a href='javascript:steal()'>x</a>"
    path.write_text(json.dumps(notebook))
    graded(course, wide)
    page = (course / "feedback/ann/ps1/trees.html").read_text()
    assert "Content-Security-Policy" in page
    for live in ("<script", "onerror=steal", "onload=steal", 'onload="steal', "href='javascript", 'href="javascript'):
        assert live not in page.replace("&lt;script", "").replace("onerror=steal()&gt;", "").replace(
            "onload=&#34;", ""
        ).replace("onload=\\&#34;", ""), live


def test_what_a_browser_would_run_is_not_copied_to_feedback_and_formulas_are_set(course: Path, wide: Sandbox) -> None:
    show = "from IPython.display import Latex, display\ndisplay(Latex(r'$\\frac{1}{2}\\text{<script>steal()</script>}$'))\npart = 3"
    path = course_maker.submit(course, "ann", {"part": show})
    for name in ("evil.html", "evil.SVG", "other.html", "evil.js", "kept.txt"):
        path.with_name(name).write_text("<script>steal()</script>")
    graded(course, wide)
    folder = course / "feedback/ann/ps1"
    assert sorted(p.name for p in folder.iterdir()) == ["kept.txt", "trees.html"]
    page = (folder / "trees.html").read_text()
    assert "<mfrac>" in page
    assert "<script" not in page


def test_hidden_tests_are_in_no_feedback_page_whatever_an_answer_prints(course: Path, wide: Sandbox) -> None:
    spy = "def double(x):\n    print('seen', x)\n    return [2 * i for i in x]"
    thief = "import sys\ndef odd_spy():\n    print(get_ipython().user_ns.get('In'))\nodd_spy()\npart = 3"
    course_maker.submit(course, "ann", {"double": spy, "part": thief})
    graded(course, wide)
    page = (course / "feedback/ann/ps1/trees.html").read_text()
    assert "41" not in page
    assert "HIDDEN" not in page


def test_the_suite_sees_a_judge_that_trusts_the_learner(
    course: Path, wide: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mutation: with test cells put into the learner's process, attacks that earn nothing now earn marks."""

    def trusting(self: Split, code: str, name: str, keep: bool = False) -> dict[str, Any]:
        return {} if keep else self.ask("learner", code, name)

    monkeypatch.setattr(Split, "judged", trusting)
    names = {"strips assertions", "rewrites what runs next", "equal to everything", "a list equal to everything",
             "replaces exec", "answers the library's own questions"}  # fmt: skip
    some = [a for a in ATTACKS if a.name in names]
    assert len(some) == len(names)
    for place, attack in enumerate(some):
        course_maker.submit(course, f"{place}", attack.answers)
    graded(course, wide)
    found = course_maker.marks(course)
    assert all(found[f"{place}", a.after][0] for place, a in enumerate(some))
