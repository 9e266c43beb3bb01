"""Pictures that an author's cells draw are drawn twice, then shown again; a learner's hand in one is never shared."""

from pathlib import Path
from typing import Any

import course_maker
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from digital_council.grading.nbgrader_course.cells import Plan
from digital_council.grading.nbgrader_course.course import Course
from digital_council.grading.nbgrader_course.pictures import Pictures, constants, keys
from digital_council.grading.nbgrader_course.split import Split
from digital_council.grading.sandbox import Sandbox

pytestmark = pytest.mark.filterwarnings("ignore")  # nbgrader's own

CHART = "import matplotlib.pyplot as plt\nfigure, axes = plt.subplots()\nbars = axes.bar([1, 2], [3, 4])\nplt.show()"
ODD_CHART = "import os\nplt.bar([1, 2], [3, 4])\nplt.title(os.urandom(8).hex())\nplt.show()"
CELLS = [
    course_maker.solution("guess", 'guess = "a"'),
    new_code_cell(CHART),
    new_code_cell(ODD_CHART),
    course_maker.solution("answer", "answer = 3"),
    course_maker.check("answer_test", "assert answer == 3"),
]
HOSTILE = """import matplotlib.axes as m
real = m.Axes.bar
m.Axes.bar = lambda self, *a, **k: real(self, [1], [9])
guess = "a"
"""


def pictures_of(root: Path, student: str) -> list[str]:
    notebook = nbformat.read(root / "autograded" / student / "ps1/trees.ipynb", as_version=4)
    outputs = [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]
    return [o.data["image/png"] for of in outputs for o in of if "image/png" in o.get("data", {})]


def test_a_given_chart_is_drawn_twice_and_shown_to_everybody(
    tmp_path: Path, wide: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = course_maker.make(tmp_path / "trees", CELLS)
    hands = {"a": "1", "b": "2", "c": "'none'", "d": None, "e": "3"}
    for student, guess in hands.items():
        course_maker.submit(root, student, {"guess": HOSTILE if guess is None else f"guess = {guess}"}, CELLS)
    quiet: list[str] = []
    real = Split.ask

    def ask(self: Split, side: str, code: str, name: str, quiet_: bool = False, **named: Any) -> dict[str, Any]:
        if quiet_ or named.get("quiet"):
            quiet.append(code)
        return real(self, side, code, name, quiet_ or named.get("quiet", False))

    course = Course(root, wide)
    course.prepare("ps1")
    monkeypatch.setattr(Split, "ask", ask)
    reports = course.grade(sorted(hands))
    assert [report.score for report in reports] == [1.0] * 5
    found = {student: pictures_of(root, student) for student in hands}
    assert [len(pictures) for pictures in found.values()] == [2] * 5
    assert quiet == [CHART] * 2  # for c and e
    assert found["a"][0] == found["b"][0] == found["c"][0] == found["e"][0]
    assert found["d"][0] != found["a"][0]
    assert len({pictures[1] for pictures in found.values()}) == 5


def keyed(*sources: str, owned: str = "guess kept") -> list[int]:
    """Which of these cells' pictures are anybody's: those that begin with an answer are answers, the rest given."""
    cells = [course_maker.solution(f"c{n}", s[1:]) if s[0] == ">" else new_code_cell(s) for n, s in enumerate(sources)]
    for cell in cells:
        cell.source = cell.source.replace("### BEGIN SOLUTION\n", "").replace("\n### END SOLUTION", "")
    given = frozenset(s for s in sources if s[0] != ">")
    return list(keys(Plan(frozenset(owned.split()), frozenset(), (), given=given), new_notebook(cells=cells)))


@pytest.mark.parametrize(
    "answer",
    [
        "guess = print(1)",
        "guess = 1\nguess.x = 2",
        "plt = None",
        "_guess = 1",
        "__builtins__ = {}",
        "guess: int = 1",
        "import os",
        "guess = f'{1}'",
        "%time",
        "raise NotImplementedError(print(1))",
        "guess = kept = " + "-" * 100_000 + "1",
    ],
)
def test_no_picture_is_shared_once_code_of_a_learners_has_run(answer: str) -> None:
    assert 2 not in keyed(CHART, f">{answer}", CHART)


@pytest.mark.parametrize("answer", ["guess = 'a'", "guess = [1, {'a': -2.5}]", "raise NotImplementedError()", "# none"])
def test_a_constant_answer_changes_no_picture(answer: str) -> None:
    assert keyed(CHART, f">{answer}", CHART) == [0, 2]


@pytest.mark.parametrize(
    "chart",
    [
        f"{CHART}\nplt.title(guess)",
        f"{CHART}\nframe.query('pay > @guess')",
        f"{CHART}\nplt.title(str(globals()))",
        f"{CHART}\n%who",
        f"{CHART}\n!date",
    ],
)
def test_a_picture_that_may_hang_on_an_answer_is_not_shared(chart: str) -> None:
    assert keyed(">guess = 1", chart) == []


def test_a_picture_of_a_function_that_names_an_answer_is_not_shared() -> None:
    assert keyed("def show():\n    return 1", ">guess = 1", "show()") == [2]
    assert keyed("def show():\n    return guess", ">guess = 1", "show()") == []


def test_a_figure_that_is_looked_at_later_is_drawn() -> None:
    assert keyed(CHART, ">guess = axes.get_xticklabels()") == []
    assert keyed(CHART, "axes.set_title('later')", ">guess = 1") == [1]
    assert keyed(CHART, CHART, ">guess = 1") == [0, 1]  # whose names are given to another figure first
    assert keyed(CHART, ">!ls") == []  # only IPython could read it, and takes as long as the text would have it


def test_a_cell_that_the_author_did_not_write_ends_sharing() -> None:
    cells = [new_code_cell(CHART), new_code_cell("1"), new_code_cell(CHART)]
    plan = Plan(frozenset(), frozenset(), (), given=frozenset({CHART}))
    assert list(keys(plan, new_notebook(cells=cells))) == [0]


def test_outputs_that_differ_or_show_an_error_are_not_shown_again() -> None:
    def shown(body: str) -> list[Any]:
        return [nbformat.from_dict({"output_type": "display_data", "data": {"image/png": body}, "metadata": {}})]

    error = nbformat.from_dict({"output_type": "error", "ename": "E", "evalue": "", "traceback": []})
    pictures = Pictures()
    for body in "abc":
        pictures.learn("other", shown(body))
    for _ in range(3):
        pictures.learn("error", [*shown("a"), error])
        pictures.learn("same", shown("a"))
    assert (pictures.drawn("other"), pictures.drawn("error"), pictures.drawn(None)) == (None, None, None)
    assert pictures.drawn("same") == shown("a")


def test_names_of_constants_are_found() -> None:
    assert constants("a = b = 1\nc = ['x']") == {"a", "b", "c"}
    assert constants("a.b = 1") is None
