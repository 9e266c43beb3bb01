"""Judging our own lessons: marks from values alone, learner's mistakes told in words, our own faults told apart."""

from typing import Any

import pytest

from digital_council.courses import Unit
from digital_council.courses.findings import Verdict
from digital_council.grading.judge import grade
from digital_council.grading.policy import Limits, Policy
from digital_council.grading.running import run_cells
from digital_council.grading.sandbox import Sandbox, SessionEnded

MODEL = {
    "worst": "c",
    "total": "total = bins['Missed bins'].sum()",
    "over": "def over(table, most):\n    return int((table['Missed bins'] > most).sum())",
    "mean": {"code": "mean = share.mean() * 49"},
}


def judge(unit: Unit, sandbox: Sandbox, seed: int = 1, **answers: Any) -> Verdict:
    return grade(unit, MODEL | answers, seed=seed, session_factory=sandbox.session, policy=sandbox.policy)


def points(verdict: Verdict) -> dict[str, float]:
    return {r.question: r.points for r in verdict.results}


def test_the_model_answer_passes(bins: Unit, sandbox: Sandbox) -> None:
    verdict = judge(bins, sandbox)
    assert (verdict.outcome, verdict.score, verdict.max) == ("passed", 6, 6)


def test_answers_without_code_open_no_sandbox(bins: Unit) -> None:
    def none() -> Any:
        raise AssertionError("a session was opened")

    verdict = grade(bins, {"worst": "c", "mean": "16.33"}, seed=1, session_factory=none)
    assert points(verdict) == {"worst": 1, "total": 0, "over": 0, "mean": 1}


def test_nothing_answered_is_not_yet(bins: Unit, sandbox: Sandbox) -> None:
    verdict = grade(bins, {}, seed=1, session_factory=sandbox.session)
    assert verdict.outcome == "not-yet"
    assert verdict.score == 0


def test_another_route_to_the_same_value_passes(bins: Unit, sandbox: Sandbox) -> None:
    verdict = judge(
        bins, sandbox, total="total = 0\nfor n in bins['Missed bins']:\n    total += n\ntotal = str(total)", mean=16.333
    )
    assert verdict.outcome == "passed"
    assert verdict.score == 6


def test_a_function_that_fits_only_the_visible_case_fails_on_hidden_inputs(bins: Unit, sandbox: Sandbox) -> None:
    verdict = judge(bins, sandbox, over="def over(table, most):\n    return 2")
    assert points(verdict)["over"] < 2
    assert verdict.result("over").findings[0].id == "hidden-inputs"


def test_a_known_mistake_is_named(bins: Unit, sandbox: Sandbox) -> None:
    verdict = judge(bins, sandbox, over="def over(table, most):\n    return int((table['Missed bins'] >= most).sum())")
    assert verdict.result("over").findings[0].id == "at-least"


@pytest.mark.parametrize(
    ("code", "id", "words"),
    [
        ("total = bins['Missed bin'].sum()", "error-keyerror", "Missed bins"),
        ("total = bin.sum()", "error-attributeerror", "Line 1"),
        ("total = binns['Missed bins'].sum()", "error-nameerror", "bins"),
        ("total = (1 + 2", "error-syntaxerror", "bracket"),
        ("x = 1\ntotal = 1 / 0", "error-zerodivisionerror", "Line 2"),
        ("wrong_name = 49", "no-such-name", "total"),
        ("total = print", "kind-of-answer", "function"),
        ("total = 'x' * 5_000_000", "too-large", "1 MB"),
        ("import os\nos._exit(0)", "stopped-ended", "exit"),
        ("while True:\n    pass", "stopped-time", "loop"),
        ("x = []\nwhile True:\n    x.append(bytes(10**7))", "stopped-memory", "grows"),
        ("raise type('Mine', (Exception,), {})('no')", "error-other", "no"),
        ("raise type('Evil', (Exception,), {'__str__': lambda s: 1/0})", "error-other", ""),
    ],
)
def test_a_mistake_costs_its_own_question_alone_and_is_told_in_words(
    bins: Unit, sandbox: Sandbox, code: str, id: str, words: str
) -> None:
    verdict = judge(bins, sandbox, total=code)
    assert points(verdict) == {"worst": 1, "total": 0, "over": 2, "mean": 1}
    assert verdict.outcome == "not-yet"
    finding = verdict.result("total").findings[0]
    assert finding.id == id
    assert words in f"{finding.title} {finding.detail}"
    assert "Traceback" not in finding.detail
    assert "/site-packages" not in finding.detail


def test_an_error_inside_a_called_function_names_its_line(bins: Unit, sandbox: Sandbox) -> None:
    verdict = judge(bins, sandbox, over="def over(table, most):\n    n = 0\n    return table['missed'].sum()")
    finding = verdict.result("over").findings[0]
    assert "line 3" in f"{finding.title} {finding.detail}".lower()


def test_a_function_that_never_returns_costs_its_question_alone(bins: Unit, sandbox: Sandbox) -> None:
    verdict = judge(bins, sandbox, over="def over(table, most):\n    while True:\n        pass")
    assert points(verdict) == {"worst": 1, "total": 2, "over": 0, "mean": 1}
    assert verdict.result("over").findings[0].id == "stopped-time"


def test_time_is_bounded_however_many_cells_hang(bins: Unit, sandbox: Sandbox) -> None:
    hang = "while True:\n    pass"
    short = Policy(limits=sandbox.policy.limits.model_copy(update={"seconds_cell": 1.0, "seconds_total": 3.0}))
    quick = Sandbox(sandbox.warm, short)
    verdict = grade(
        bins, {"total": hang, "over": hang, "mean": {"code": hang}}, seed=1, session_factory=quick.session, policy=short
    )
    assert verdict.score == 0
    assert verdict.outcome == "not-yet"


def test_a_sandbox_that_does_not_start_could_not_be_checked(bins: Unit) -> None:
    def broken() -> Any:
        raise SessionEnded("broken")

    verdict = grade(bins, MODEL, seed=1, session_factory=broken)
    assert verdict.outcome == "could-not-check"
    assert {r.outcome for r in verdict.results} >= {"could-not-check"}


def test_a_check_that_raises_could_not_be_checked(
    bins: Unit, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(bins.question("total")), "parse", lambda self, raw: 1 / 0)
    verdict = judge(bins, sandbox)
    assert verdict.result("total").outcome == "could-not-check"
    assert verdict.outcome == "could-not-check"


def test_the_same_seed_gives_the_same_verdict(bins: Unit, sandbox: Sandbox) -> None:
    wrong = "def over(table, most):\n    return 2"
    assert judge(bins, sandbox, 7, over=wrong) == judge(bins, sandbox, 7, over=wrong)


def test_a_quick_check_gives_no_marks_for_what_is_marked(bins: Unit, sandbox: Sandbox) -> None:
    verdict = grade(bins, MODEL, seed=1, session_factory=sandbox.session, visible_only=True)
    assert verdict.score == 0
    assert verdict.outcome == "passed"


def test_running_to_a_cell_shows_that_cell_alone(bins: Unit, sandbox: Sandbox) -> None:
    outputs = run_cells(
        bins, {"total": "total = bins['Missed bins'].sum()\nprint('sum')\ntotal"}, "total", sandbox.session
    )
    assert [o["output_type"] for o in outputs] == ["stream", "execute_result"]
    assert "49" in outputs[1]["data"]["text/plain"]


def test_running_a_cell_of_the_lesson_by_place_shows_its_table(bins: Unit, sandbox: Sandbox) -> None:
    assert "<table" in run_cells(bins, {}, 1, sandbox.session)[0]["data"]["text/html"]


def test_an_error_in_a_run_is_told_in_words(bins: Unit, sandbox: Sandbox) -> None:
    error = run_cells(bins, {"total": "x = 1\ntotl + 1"}, "total", sandbox.session)[-1]
    assert error["output_type"] == "error"
    assert error["ename"] == "NameError"
    assert any("Line 2" in line for line in error["traceback"])


def test_a_run_that_never_ends_is_told_in_words(bins: Unit, sandbox: Sandbox) -> None:
    quick = Sandbox(sandbox.warm, Policy(limits=Limits(seconds_cell=1)))
    outputs = run_cells(bins, {"total": "while True: pass", "over": "1"}, "over", quick.session)
    assert "total" in outputs[0]["evalue"]
    assert "too long" in outputs[0]["evalue"]
