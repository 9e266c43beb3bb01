"""Answers with more in them than anybody would read: refused at once, in words, and never taken for our own fault."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from digital_council.courses import Unit
from digital_council.courses.questions import Choices, Classify, Function, Number, Question, Value, plain
from digital_council.grading.judge import grade
from digital_council.grading.sandbox import Sandbox

PAIRS = {"a": "A", "b": "B"}
QUESTIONS: dict[str, Callable[[], Question]] = {
    "number": lambda: Number("n", "?", answer=3, points=1),
    "list": lambda: Value("v", "?", answer=[1, 2], points=1),
    "set": lambda: Value("v", "?", answer={1, 2}, points=1),
    "table": lambda: Value("v", "?", answer=[{"x": 1}], keys=["x"], points=1),
    "choices": lambda: Choices("c", "?", options=PAIRS, answer=["a"], points=1),
    "classes": lambda: Classify("k", "?", items=PAIRS, classes=PAIRS, answer=PAIRS, points=1),
}
CROWDED: dict[str, Callable[[], Any]] = {
    "a list": lambda: [1] * 300_000,
    "a dictionary": lambda: dict.fromkeys(range(300_000), "a"),
    "rows": lambda: [{"x": 1, "y": 2}] * 100_000,
    "lists in a list": lambda: [[1, [2, 3]]] * 60_000,
    "an array": lambda: np.zeros((600, 600)),
    "lists in an array": lambda: pd.Series([[1] * 300_000, []]).to_numpy(),
    "a table": lambda: pd.DataFrame(np.zeros((100_000, 3))),
    "a wide table": lambda: pd.DataFrame(np.zeros((1, 1001))),
    "lists in a table": lambda: pd.DataFrame({"x": [[1] * 300_000]}),
    "a column": lambda: pd.Series(1, index=pd.RangeIndex(300_000)),
}


@pytest.mark.parametrize("crowded", CROWDED)
@pytest.mark.parametrize("kind", QUESTIONS)
def test_an_answer_of_too_many_parts_is_refused_by_every_kind_of_question(kind: str, crowded: str) -> None:
    result = QUESTIONS[kind]().judge(CROWDED[crowded]())
    assert (result.outcome, result.points) == ("not-yet", 0)
    assert result.findings[0].title == "The answer holds more than 200,000 values."


def test_a_function_that_gives_too_much_is_refused() -> None:
    question = Function("f", "?", answer=lambda x: [x], examples=[[1]], points=1)
    result = question.judge("function", call=lambda args, kwargs: [1] * 300_000)
    assert result.findings[0].title == "Your function gives more than 200,000 values."


@pytest.mark.parametrize("kind", ["choices", "classes"])
def test_no_question_of_options_reads_thousands_of_parts(kind: str) -> None:
    result = QUESTIONS[kind]().judge({str(n): True for n in range(6000)})
    assert result.findings[0].title == "The answer has 6,000 parts."


@pytest.mark.parametrize("kind", ["list", "set", "choices"])
def test_no_list_is_read_from_text_that_has_no_end(kind: str) -> None:
    result = QUESTIONS[kind]().judge("a, " * 100_000)
    assert (result.outcome, result.points) == ("not-yet", 0)
    assert result.findings[0].title.startswith("The answer is longer than 200,000")


def test_a_large_honest_table_is_read() -> None:
    assert not plain.crowded(pd.DataFrame(np.zeros((5_000, 20))))
    assert not plain.crowded({"a": [1] * 1000, "b": "x" * 1_000_000})


def test_a_crowded_answer_costs_its_own_question_alone(bins: Unit, sandbox: Sandbox) -> None:
    answers = {"worst": "c", "total": "import numpy as np\ntotal = np.zeros(300_000, dtype=bool)"}
    verdict = grade(bins, answers, seed=3, session_factory=sandbox.session, policy=sandbox.policy)
    assert verdict.result("worst").points == 1
    assert verdict.result("total").outcome == "not-yet"
    assert verdict.result("total").findings[0].title == "The answer holds more than 200,000 values."
