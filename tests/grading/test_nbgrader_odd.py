"""What is hard to mark apart from a learner's code: each attack bites in a shared process, and few earn marks here."""

import shutil
from pathlib import Path

import course_maker
import nbformat
import pytest
from nbgrader_attacks import ATTACKS, Attack
from odd_attacks import ODD, THROUGH
from odd_course import BESIDE, CELLS
from test_nbgrader_hostile import CONFIG, earned_in_a_shared_process, graded

from digital_council.grading.inside_untrusted import Server
from digital_council.grading.nbgrader_course import calibration, examination
from digital_council.grading.nbgrader_course.altered import altered
from digital_council.grading.nbgrader_course.called_untrusted import CalledServer
from digital_council.grading.nbgrader_course.cells import Plan, cell_name
from digital_council.grading.nbgrader_course.line import Line
from digital_council.grading.nbgrader_course.remote import JudgeLine
from digital_council.grading.nbgrader_course.split import Split
from digital_council.grading.policy import Limits, Policy
from digital_council.grading.sandbox import Sandbox

pytestmark = pytest.mark.filterwarnings("ignore")  # nbgrader's own
DOCS = Path(__file__).parents[2] / "docs/grading.md"
HONEST = {
    "another purse": {
        "purse": "class Purse:\n    def __init__(self, pence):\n        self.pence = pence\n"
        "    def __eq__(self, other):\n        return self.pence == other.pence\n"
        "    def doubled(self):\n        return Purse(self.pence + self.pence)"
    },
    "another file": {
        "save": "import pathlib\ndef save(number):\n    pathlib.Path('kept.txt').write_text(f'{number:.3f}')"
    },
    "no missing values": {"shares": "shares = pd.Series([1, 2, 3], dtype='Int64')"},
    "half a share": {"share": "share = 0.5"},
}


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = course_maker.make(tmp_path_factory.mktemp("odd") / "odd", CELLS)
    (root / "nbgrader_config.py").write_text(CONFIG)
    return root


@pytest.fixture
def course(master: Path, tmp_path: Path) -> Path:
    shutil.copytree(master, tmp_path / "odd")
    return tmp_path / "odd"


def submit(course: Path, student: str, answers: dict[str, str]) -> None:
    course_maker.submit(course, student, answers, CELLS)


@pytest.mark.parametrize("attack", ODD + THROUGH, ids=lambda a: a.name)
def test_a_forgery_earns_marks_in_a_shared_process(
    attack: Attack, master: Path, plain: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CalledServer, "ran_untrusted", Server.ran_untrusted)  # as a Jupyter kernel runs cells
    assert earned_in_a_shared_process(attack, master, plain) > 0


def test_forgeries_earn_nothing_and_honest_work_keeps_its_marks(course: Path, wide: Sandbox) -> None:
    for place, attack in enumerate(ODD + THROUGH):
        submit(course, f"{place:02}", attack.answers)
    for name, answers in HONEST.items():
        submit(course, name, answers)
    submit(course, "full", {})
    reports = graded(course, wide)
    found = course_maker.marks(course)
    assert {n for n, how in reports["full"].cells["trees"].items() if how == "self-reported"} == BESIDE
    earned = [a.name for place, a in enumerate(ODD + THROUGH) if found[f"{place:02}", a.after][0]]
    assert earned == [a.name for a in THROUGH]
    scores = {name: reports[name].score for name in ("full", *HONEST)}
    assert scores == {"full": 10.0} | dict.fromkeys(HONEST, 10.0) | {"half a share": 9.0}


def test_at_most_five_in_a_hundred_earn_anything_and_the_docs_name_them() -> None:
    words = " ".join(DOCS.read_text().split())
    assert [a.name for a in THROUGH if a.name not in words] == []
    assert len(THROUGH) <= 0.05 * len(ATTACKS + ODD + THROUGH)


def test_a_copy_is_altered_where_an_answer_cannot_meet_both() -> None:
    assert altered("assert double(3) == 6") == ["assert double(3) == 1000045"]
    assert altered("assert f(x) == 'a' and ready") == ["assert f(x) == 'akq' and ready"]
    assert altered("np.testing.assert_allclose(f(2), [1.0])") == ["np.testing.assert_allclose(f(2), [1000010.0])"]
    for source in ("assert f(x) != 3", "assert a == 1 or b == 1", "for i in x:\n    assert i == 1", "x = (", "%magic"):
        assert altered(source) == []


def test_the_suite_sees_self_reported_cells_that_nobody_examines(
    course: Path,
    wide: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A mutation: with no altered copies run, what earned nothing earns marks."""
    monkeypatch.setattr(examination, "altered", lambda source: [])
    some = [a for a in ODD if a.after in BESIDE][:6]
    for place, attack in enumerate(some):
        submit(course, f"{place}", attack.answers)
    graded(course, wide)
    found = course_maker.marks(course)
    assert all(found[f"{place}", a.after][0] for place, a in enumerate(some))


ESCAPE = """
import gc
line = next(o for o in gc.get_objects() if type(o).__name__ == 'CalledLine')
def asked(*words):
    message = line.ask(*words)
    return message[1] if message[0] == 'said' else None
def number(thing): return getattr(thing, 'council_number', None)
def total(items):
    frame = asked('read', number(items), 'attribute', 'gi_frame')
    asked('read', number(frame), 'attribute', 'f_builtins')['exec'](
        "from IPython import get_ipython\\nget_ipython().user_ns['wanted'] = 0"
    )
    return 0
"""


def total_marked_apart(answer: str, master: Path, plain: Sandbox) -> float | None:
    """What the test of `total` gives in a judge of its own, where this process may be altered to see what that does."""
    notebook = nbformat.read(master / "source/ps1/trees.ipynb", as_version=4)
    plan = Plan.of(notebook)
    plan.judged["total_test"] = True
    with Split(plain, plan, {}, 5) as split:
        for cell in notebook.cells[:1] + [c for c in notebook.cells if cell_name(c, 0) in ("total", "total_test")]:
            cell.source = answer if cell_name(cell, 0) == "total" else cell.source
            split.run(cell, cell_name(cell, 0))
    return calibration.scores(notebook)["total_test"][0]


def test_a_generator_of_the_tests_is_no_way_into_the_judge(
    master: Path, plain: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = Limits(seconds_cell=5, seconds_total=60)
    wider = Sandbox(plain.warm, Policy(limits=limits))
    assert total_marked_apart("def total(items): return sum(items)", master, wider) == 1
    assert total_marked_apart(ESCAPE, master, wider) == 0
    monkeypatch.setattr(JudgeLine, "do_read", Line.do_read)
    assert total_marked_apart(ESCAPE, master, wider) == 1
