"""Check: each mistake an author can make is one finding with its file and line, and a sound unit has none."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from digital_council.__main__ import main
from digital_council.courses import hints
from digital_council.courses.check import check, check_unit, plan
from digital_council.courses.questions import KINDS
from digital_council.courses.template import start
from digital_council.courses.units import load_unit


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A unit in which every TODO has been written, in few words."""
    folder = start(tmp_path_factory.mktemp("courses"), "numbers", "typical-pay", "Typical pay")
    for path in folder.parent.rglob("*.*"):
        if path.is_file():
            path.write_text(path.read_text().replace("TODO ", "").replace("# TODO", "# "))
    prose = "# We look at how many people came. The count tells us what to plan for next week.\n"
    edit(folder / "lesson.py", "# ## A worked example\n#\n", "# ## A worked example\n#\n" + prose * 45)
    return folder


@pytest.fixture
def folder(finished: Path, tmp_path: Path) -> Path:
    shutil.copytree(finished.parent.parent, tmp_path / "courses")
    return tmp_path / "courses" / "numbers" / "typical-pay"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, old
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def found(folder: Path) -> list[str]:
    return [str(each) for each in check_unit(folder, "numbers", 0.7).problems]


def test_a_finished_unit_has_no_problem(folder):
    assert found(folder) == []


def test_an_answer_that_is_no_option_is_said_once(folder):
    path = folder / "checks.py"
    path.write_text(path.read_text().replace('answer="a"', 'answer="c"', 1))
    assert [each.rpartition("; ")[2] for each in found(folder) if "first_check.answer" in each] == [
        "one of the options: a, b"
    ]
    assert not any("could-not-check" in each for each in found(folder))


def test_a_new_unit_passes_all_but_its_own_todos(tmp_path):
    folder = start(tmp_path, "numbers", "typical-pay", "Typical pay")
    reports = check(plan(tmp_path), check_unit, jobs=1)
    assert {each.field for report in reports for each in report.problems} == {"TODO"}
    assert {Path(each.file).name for report in reports for each in report.problems} >= {"lesson.py", "course.toml"}
    assert folder.is_dir()


MISTAKES = [
    # (file, what is written, what is written in its place, field of the finding, words of the finding)
    ("checks.py", "answer=lambda: sum(VISITS) / len(VISITS)", "answer=18", "task", "the model answer passes"),
    ("checks.py", "answer=lambda: sum(VISITS) / len(VISITS)", "answer=lambda: VISIT", "task.answer", "NameError"),
    ("checks.py", "answer=lambda: sum(VISITS) / len(VISITS),", "", "task.answer", "no answer and no check"),
    ("checks.py", 'role="predict"', 'role="guess"', "predict.role", "allowed: predict"),
    ("checks.py", '"the last step, without the answer"', '"it is 19.0"', "task.hints", "does not state it"),
    ("checks.py", '"the last step, without the answer"', '"the answer is 19"', "task.hints", "does not state it"),
    ("checks.py", '"the last step, without the answer"', '"It is about 19.2"', "task.hints", "does not state it"),
    ("checks.py", '"the last step, without the answer"', '"You get nineteen"', "task.hints", "does not state it"),
    ("checks.py", ', "the last step, without the answer"', "", "task.hints", "2 hints"),
    (
        "checks.py",
        "misconceptions=[",
        'hints=["The right answer."], misconceptions=[',
        "first_check.hints",
        "does not state",
    ),
    ("checks.py", 'gives="b"', 'gives="a"', "first_check.misconceptions", "choice b explains nothing"),
    ("checks.py", "gives=lambda: sum(VISITS)", "gives=19", "task", "recognised by its own answer"),
    ("checks.py", '"total-for-mean"', '"median-for-mean"', "task.misconceptions", "two findings called"),
    ("checks.py", 'answer="a"', 'answer="c"', "first_check.answer", "one of the options"),
    ("checks.py", "points=2", "points=0", "QUESTIONS", "no graded task"),
    ("checks.py", 'Date("action_date", "By which date?"', 'Text("action_date", "When?"', "QUESTIONS", "no date"),
    ("lesson.py", "sum(visits)\n", "sum(visit)\n", "the solved lesson", "NameError"),
    ("lesson.py", "sum(visits)\n", "spend['no_such_column']\n", "the solved lesson", "every cell runs"),
    (
        "lesson.py",
        "sum(visits)\n",
        "import socket; socket.create_connection(('127.0.0.1', 9))\n",
        "the solved lesson",
        "no network",
    ),
    ("lesson.py", "sum(visits)\n", "import matplotlib.pyplot as plt; plt.plot(visits)\n", "tags", "picture"),
    ("lesson.py", "# %%\nvisits", '# %% tags=["picture"] alt="Chart of visits in a week"\nvisits', "alt", "alt text"),
    (
        "lesson.py",
        "# %%\nvisits",
        '# %% tags=["picture"] alt="Chart of the visits in one week of June"\nvisits',
        "alt",
        "states the finding",
    ),
    (
        "lesson.py",
        "# %%\nvisits",
        '# %% tags=["picture"] alt="Visits rose from 12 on Monday to 30 on Friday."\n'
        "import matplotlib.pyplot as plt\n\nplt.figure(figsize=(7, 2)).text(0, 0, 'visits')\n\n# %%\nvisits",
        "picture",
        "6.8 pixels",
    ),
    ("lesson.py", "# ## A worked example", "# #### A worked example", "heading", "after level 2"),
    ("lesson.py", "# ## A worked example", "# # A worked example", "heading", "one title"),
    ("lesson.py", "# ## A worked example", "# ## A worked example\n#\n# | a | |\n# |---|---|", "table", "header"),
    ("lesson.py", "# ## A worked example", "# ## A worked example\n#\n# Southall had 312 reports.", "source", "312"),
    ("lesson.py", "sum(visits)\n", 'datasets.open("spend")\n', "datasets", "name every dataset"),
    ("unit.toml", "eds:handle", "eds:handel", "tags", "did you mean eds:handle?"),
    ("unit.toml", "eds:handle", "dc:1.3@expert", "tags", "levels of dc"),
    ("unit.toml", "eds:handle", "xyz:1", "tags", "the framework is one of"),
    ("unit.toml", "datasets = []", 'datasets = ["speend"]', "datasets", "spend"),
    ("unit.toml", "minutes = 20", "minutes = 45", "minutes", "15 to 25"),
    ("unit.toml", "minutes = 20", "minuts = 20", "source", "did you mean 'minutes'"),
    ("unit.toml", "minutes = 20", 'minutes = "twenty"', "source", "a whole number is allowed"),
    ("unit.toml", "minutes = 20", "minutes = ", "source", "not TOML"),
    ("unit.toml", "minutes = 20", "minutes = 20\nminutes = 21", "source", "each key stands once"),
    ("../course.toml", "pass_mark = 0.7", "pass_mark = 70", "source", "up to 1"),
    ("lesson.py", "### BEGIN SOLUTION\ntask = 19\n### END SOLUTION", "task = 19", "source", "not marked"),
    ("lesson.py", '# %% question="task"', '# %% questoin="task"', "source", "did you mean 'question'?"),
    ("lesson.py", "sum(visits)\n", "sum(visits\n", "the solved lesson", "never closed"),
    ("lesson.py", "sum(visits)\n", "import sys; sys.exit(3)\n", "the solved lesson", "SystemExit"),
    ("checks.py", "tolerance=0.5", "tolerence=0.5", "source", "did you mean 'tolerance'?"),
    ("checks.py", "import Choice,", "import Choise,", "source", "did you mean 'Choice'?"),
    ("checks.py", "points=2,", "points=2", "source", "SyntaxError"),
    ("checks.py", '"By which date?"', "“By which date?”", "source", "quotation marks are straight"),
    ("lesson.py", "sum(visits)\n", " sum(visits)\n", "the solved lesson", "the spaces before this line"),
    ("checks.py", "points=2", "points='two'", "source", "a number is allowed"),
    ("checks.py", '"second_check"', '"first_check"', "source", "every name is used once"),
    ("checks.py", "VISITS = [", "import sys; sys.exit(3)\nVISITS = [", "source", "SystemExit"),
    ("attempts/wrong-total.toml", 'task = "76"', 'task = 76"', "source", "not TOML"),
    ("attempts/wrong-total.toml", "[findings]\ntask", "findings = 3\n[more]\ntask", "more", "known keys"),
    (
        "attempts/wrong-total.toml",
        '[findings]\ntask = "total-for-mean"',
        "findings = 3",
        "findings",
        "under [findings]",
    ),
    ("attempts/wrong-total.toml", '"76"', '"19"', "outcome", "passed"),
    ("attempts/wrong-total.toml", "total-for-mean", "mean", "findings.task", "the attempt says mean"),
    ("attempts/wrong-total.toml", "not-yet", "failed", "outcome", "allowed: passed, not-yet"),
    ("attempts/wrong-total.toml", 'task = "76"', 'tusk = "76"', "answers.tusk", "questions:"),
    ("attempts/wrong-total.toml", "about", "abuot", "abuot", "known keys"),
    ("attempts/route-code.toml", "statistics.mean", "statistics.median", "outcome", "median-for-mean"),
]


@pytest.mark.parametrize(("file", "old", "new", "field", "words"), MISTAKES, ids=lambda value: str(value)[:40])
def test_a_mistake_is_found_and_named(folder, file, old, new, field, words):
    edit(folder / file, old, new)
    problems = [each for report in check(plan(folder.parent.parent), check_unit, jobs=1) for each in report.problems]
    assert any(each.field == field and words in f"{each.found}; {each.allowed}" for each in problems), problems
    assert all(each.line >= 1 and each.file.endswith((".py", ".toml", "attempts")) for each in problems)
    assert not any("\n" in str(each) for each in problems)


@pytest.mark.parametrize("more", ['keys=["b"]', 'tolerances={"b": 1}', 'rows=[{"b": "Acton"}], keys=["a"]'])
def test_a_table_names_its_own_columns_alone(folder, more):
    edit(folder / "checks.py", "Number, Text,", "Number, Table, Text,")
    edit(folder / "checks.py", 'Text("action",', f'Table("action", columns=["a"], {more}, prompt=')
    assert any("action.columns: found b" in each for each in found(folder))


def test_an_answer_that_cannot_be_worked_out_is_found_at_its_line(folder):
    edit(folder / "checks.py", "gives=lambda: sum(VISITS)", "gives=lambda: sum(VISIT)")
    line = next(n for n, row in enumerate((folder / "checks.py").read_text().split("\n"), 1) if "sum(VISIT)" in row)
    assert any(f"checks.py:{line}: task.misconceptions: found NameError" in each for each in found(folder))


def test_a_graded_task_needs_wrong_attempts_and_other_routes(folder):
    (folder / "attempts/wrong-words.toml").unlink()
    (folder / "attempts/route-text.toml").unlink()
    told = " ".join(found(folder))
    assert "2 wrong attempts" in told
    assert "1 other right routes" in told


def test_a_check_that_passes_the_untouched_lesson_is_found(folder):
    edit(folder / "checks.py", "answer=lambda: sum(VISITS) / len(VISITS),", "checks=[check('c', 't', lambda v: True)],")
    edit(folder / "checks.py", "        code=True,\n        tolerance=0.5,\n", "        like='list',\n")
    edit(
        folder / "checks.py",
        "import Choice, Date, Misconception, Number,",
        "import Choice, Date, Misconception, Value,",
    )
    edit(folder / "checks.py", "    Number(", "    Value(")
    edit(folder / "checks.py", "confidence\n", "check, confidence\n")
    edit(folder / "lesson.py", "### BEGIN SOLUTION\ntask = 19", "task = []\n### BEGIN SOLUTION\ntask = [19]")
    assert any("the untouched lesson is not yet right" in each for each in found(folder))


SAID_ONCE = [
    ("lesson.py", "sum(visits)\n", "visits['amuont']\n", "lesson.py:"),
    ("lesson.py", "task = 19", "task = = 19", "lesson.py:"),
    ("checks.py", "answer=lambda: sum(VISITS) / len(VISITS)", "answer=lambda: VISITS['amuont']", "checks.py:"),
    ("unit.toml", "eds:handle", "eds:handel", "unit.toml:8"),
    ("unit.toml", "minutes = 20", "minuts = 20", "unit.toml:3"),
    ("attempts/wrong-total.toml", 'task = "76"', 'task = 76"', "wrong-total.toml:8"),
]


@pytest.mark.parametrize(("file", "old", "new", "place"), SAID_ONCE, ids=lambda value: str(value)[:40])
def test_a_slip_is_said_once_and_not_again_of_all_that_rests_on_it(folder, file, old, new, place):
    edit(folder / file, old, new)
    told = found(folder)
    assert len(told) == 1
    assert place in told[0]


@pytest.mark.parametrize("file", ["lesson.py", "checks.py", "unit.toml", "attempts/wrong-total.toml"])
def test_a_file_in_other_bytes_is_named_with_its_line(folder, file):
    (folder / file).write_bytes(b"# one\n# caf\xe9\n")
    told = found(folder)
    assert len(told) == 1
    assert f"{file}:2: source: found a letter that is not UTF-8; save the file as UTF-8" in told[0]


@pytest.mark.parametrize("file", ["lesson.py", "checks.py", "unit.toml"])
def test_a_missing_file_is_named(folder, file):
    (folder / file).unlink()
    assert [file in each and "the file is missing" in each for each in found(folder)] == [True]


def test_long_words_and_long_sentences_are_too_old_to_read(folder):
    hard = "# Notwithstanding organisational accountabilities, interdepartmental prioritisation necessitates "
    edit(folder / "lesson.py", "# ## A worked example\n", "# ## A worked example\n#\n" + (hard + "utilisation\n") * 30)
    assert any("reading age" in each for each in found(folder))


def test_units_are_checked_in_parallel_and_reported_in_order(folder, capsys):
    start(folder.parent.parent, "numbers", "fair-comparison", "Fair comparison")
    edit(folder / "unit.toml", "eds:handle", "eds:handel")
    status = main(["courses", "check", "--json", "--jobs", "2", "--courses", str(folder.parent.parent)])
    reports = json.loads(capsys.readouterr().out)
    assert status == 1
    assert [report["unit"] for report in reports] == ["", "typical-pay", "fair-comparison"]
    assert [each["field"] for each in reports[1]["problems"]] == ["tags"]


def test_the_command_says_when_all_is_proved(folder, capsys):
    assert main(["courses", "check", "--courses", str(folder.parent.parent), "typical-pay"]) == 0
    assert "1 unit checked: all proved" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "status"),
    [(["check", "nothing"], 2), (["new", "typical"], 2), (["new", "numbers/typical-pay"], 1), ([], 2), (["list"], 0)],
)
def test_the_command_ends_with_its_status(folder, words, status):
    courses = ["--courses", str(folder.parent.parent)] if words else []
    assert main(["courses", *words, *courses]) == status


def test_the_command_starts_and_builds(folder, tmp_path, capsys):
    courses = ["--courses", str(folder.parent.parent)]
    assert main(["courses", "new", "numbers/fair-comparison", "--title", "Fair comparison", *courses]) == 0
    assert main(["courses", "build", "--state", str(tmp_path / "state"), "--json", *courses]) == 0
    assert "numbers/fair-comparison" in capsys.readouterr().out
    assert list((tmp_path / "state/released").rglob("fair-comparison.ipynb"))


def test_reading_courses_needs_no_table_library():
    import subprocess

    code = (
        "import sys, digital_council.courses.releases, digital_council.courses.marking; print('pandas' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=180, check=True)
    assert done.stdout.strip() == "False"


def secrets(unit, kind, hint, **more):
    question = KINDS[kind]("q", "?", points=2, hints=[hint], **more)
    return any(says(hint) for says in hints.given_away(unit, question))


@pytest.mark.parametrize(
    ("kind", "answer", "telling", "leading"),
    [
        ("number", 1234, "You should get £1,234.", "There are 1,235 rows."),
        ("number", 1234.5, "It comes to 1234.50 in all", "Divide by 1,000."),
        ("number", 12.5, "Then 12.5% is left", "12 of them count"),
        ("number", 250000, "about 0.25m", "about 0.26m"),
        ("date", "2026-03-31", "Look at 31 March 2026", "Look at 30 March 2026"),
        ("date", "2026-03-31", "that is 31/3/2026", "that is in March 2026"),
        ("text", "Southall Green", "It is “southall green”.", "It is in Southall."),
    ],
)
def test_a_hint_that_tells_the_answer_in_another_form_is_found(finished, kind, answer, telling, leading):
    unit = load_unit(finished, "numbers")
    assert secrets(unit, kind, telling, answer=answer)
    assert not secrets(unit, kind, leading, answer=answer)


@pytest.mark.parametrize(
    ("hint", "tells"),
    [
        ("Write `pay['salary'].median( )` there.", True),
        ('Write typical = pay [ "salary" ] .median() there.', True),
        ("A column has `median()`.", False),
    ],
)
def test_a_hint_that_tells_the_code_is_found_however_it_is_spaced(folder, hint, tells):
    edit(folder / "lesson.py", "task = 19\n", 'typical = pay["salary"].median()\ntask = round(typical)\n')
    edit(folder / "checks.py", "    Number(", "    Value(")
    edit(folder / "checks.py", "Misconception, Number", "Misconception, Value")
    edit(folder / "checks.py", "        code=True,\n", "")
    unit = load_unit(folder, "numbers")
    assert any(says(hint) for says in hints.given_away(unit, unit.question("task"))) is tells
