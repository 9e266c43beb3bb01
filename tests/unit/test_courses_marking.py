"""Marking: the lesson runs with the learner's answers in place, and what is our fault never costs an attempt."""

from pathlib import Path

import pytest

from digital_council.courses import Unit, load_unit
from digital_council.courses.answers import blank_cell
from digital_council.courses.findings import CouldNotCheck
from digital_council.courses.marking import mark
from digital_council.courses.template import start
from digital_council.courses.trusted import TrustedSession

LAST = '''    Value("last", "Twice the task?", points=1, answer=lambda: 38),
    Text("action"'''
CELL = """# %%
twice = 2

# %% question="last"
### BEGIN SOLUTION
last = twice * task
### END SOLUTION

# %% question="action"
"""


@pytest.fixture(scope="module")
def unit(tmp_path_factory: pytest.TempPathFactory) -> Unit:
    folder = start(tmp_path_factory.mktemp("courses"), "numbers", "typical-pay", "Typical pay")
    edit(folder / "checks.py", '    Text("action"', LAST)
    edit(folder / "checks.py", "Number, Text,", "Number, Text, Value,")
    edit(folder / "lesson.py", '# %% question="action"\n', CELL)
    return load_unit(folder, "numbers")


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


class Broken(TrustedSession):
    def run(self, code):
        raise CouldNotCheck("the sandbox has gone")


class Failing(TrustedSession):
    def take(self, name):
        raise RuntimeError("a mistake of ours")


def test_the_model_answer_passes_whole(unit):
    verdict = mark(unit, unit.model, TrustedSession)
    assert (verdict.outcome, verdict.score, verdict.max) == ("passed", 3, 3)
    assert all(result.outcome == "passed" for result in verdict.results)


def test_no_answers_are_not_yet(unit):
    verdict = mark(unit, {}, TrustedSession)
    assert (verdict.outcome, verdict.score) == ("not-yet", 0)
    assert {result.findings[0].id for result in verdict.results} == {"no-answer"}


def test_the_untouched_cell_is_no_answer(unit):
    given = {"last": blank_cell(unit.question("last"), unit.cell("last").source)}
    assert mark(unit, given, TrustedSession).result("last").findings[0].id == "no-answer"


def test_no_session_is_opened_for_typed_answers(unit):
    def never():
        raise AssertionError("a session was opened")

    assert mark(unit, {"task": "19", "first_check": "a"}, never).result("task").outcome == "passed"


def test_typed_answers_are_there_for_later_code(unit):
    verdict = mark(unit, {"task": 19, "last": "last = task + task"}, TrustedSession)
    assert verdict.result("last").outcome == "passed"


def test_lesson_code_runs_before_the_answer(unit):
    verdict = mark(unit, {"task": {"code": "task = sum(visits) / 4"}, "last": "last = twice * task"}, TrustedSession)
    assert verdict.score == 3


def test_an_error_in_code_costs_its_own_question_alone(unit):
    verdict = mark(unit, {"task": {"code": "x = 1\ntask = visit"}, "last": "last = 38"}, TrustedSession)
    told = verdict.result("task").findings[0]
    assert (told.kind, told.title) == ("error", "Your code stopped with an error on line 2.")
    assert "NameError" in told.detail
    assert verdict.result("last").outcome == "passed"


def test_a_name_that_is_not_set_is_the_learners_to_mend(unit):
    verdict = mark(unit, {"last": "lst = 38"}, TrustedSession)
    assert verdict.result("last").outcome == "not-yet"


def test_code_for_a_question_without_a_code_route_is_not_run(unit):
    def never():
        raise AssertionError("a session was opened")

    verdict = mark(unit, {"first_check": {"code": "first_check = 'a'"}}, never)
    assert verdict.result("first_check").findings[0].kind == "kind"


@pytest.mark.parametrize("session", [Broken, Failing, None])
def test_our_own_failure_is_could_not_check_and_never_a_pass(unit, session):
    verdict = mark(unit, {"task": 19, "last": "last = 38"}, session)
    assert verdict.outcome == "could-not-check"
    assert verdict.result("last").outcome == "could-not-check"
    assert verdict.result("task").outcome == "passed"


def test_a_lesson_cell_that_stops_before_any_learner_code_is_our_fault(unit):
    class Strict(TrustedSession):
        def run(self, code):
            return super().run("1 / 0" if code.startswith("visits") else code)

    assert mark(unit, {"last": "last = 38"}, Strict).outcome == "could-not-check"


def test_the_pass_mark_decides(unit):
    verdict = mark(unit, {"task": 19}, TrustedSession)
    assert (verdict.score, verdict.outcome) == (2, "not-yet")
    easy = load_unit(unit.folder, "numbers", 0.6)
    assert mark(easy, {"task": 19}, TrustedSession).outcome == "passed"


def test_visible_checks_give_no_points(unit):
    verdict = mark(unit, unit.model, TrustedSession, visible_only=True)
    assert (verdict.outcome, verdict.score) == ("passed", 0)
    wrong = mark(unit, unit.model | {"task": 1}, TrustedSession, visible_only=True)
    assert wrong.result("task") == verdict.result("task")


def test_a_session_opened_here_is_closed_here(unit):
    opened = []

    class Kept(TrustedSession):
        closed = False

        def __init__(self):
            super().__init__()
            opened.append(self)

        def close(self):
            self.closed = True

    mark(unit, unit.model, Kept)
    assert [session.closed for session in opened] == [True]
    mine = Kept()
    mark(unit, unit.model, mine)
    assert not mine.closed


def test_pages_get_the_code_to_start_from_and_no_solution(unit):
    assert unit.form("last")["starter"] == "# Your code here\nlast = None"
    assert unit.form("task")["starter"] == ""


def test_a_picture_is_drawn_only_for_code_that_uses_its_names(tmp_path):
    folder = start(tmp_path, "numbers", "typical-pay", "Typical pay")
    edit(folder / "lesson.py", "# %%\nvisits", '# %% tags=["picture"] alt="It rises"\nheights = [1, 2]\n\n# %%\nvisits')
    unit, ran = load_unit(folder, "numbers"), []

    class Noted(TrustedSession):
        def run(self, code):
            ran.append(code)
            return super().run(code)

    mark(unit, {"task": {"code": "task = 19"}}, Noted)
    assert not any("heights" in code for code in ran)
    assert mark(unit, {"task": {"code": "task = heights[0] + 18"}}, Noted).result("task").outcome == "passed"


def test_a_session_lost_while_setting_a_typed_answer_is_could_not_check(unit):
    class Lost(TrustedSession):
        def run(self, code):
            if code.startswith("predict ="):
                raise CouldNotCheck
            return super().run(code)

    verdict = mark(unit, {"predict": "a", "last": "last = 38"}, Lost)
    assert verdict.result("last").outcome == "could-not-check"
    assert verdict.result("predict").outcome == "passed"
