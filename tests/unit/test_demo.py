"""The demo's history: invented, said to be, the same every time, and there in a moment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import mean

import pytest

from digital_council import courses, demo, people
from digital_council.courses import Course
from digital_council.courses.findings import Verdict
from digital_council.ledger import Ledger

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ORGANISATION = people.load()

CHECKS = """from digital_council.courses.questions import Choice, Misconception, Number, confidence
slip = Misconception("slip", "A slip.", "It was a slip.", gives=1)
QUESTIONS = [confidence("before", "How sure?"), Number("sum", "Sum?", answer=2, points=1, misconceptions=[slip],
    hints=["a", "b", "c"]), Choice("which", "?", options={"a": "A", "b": "B"}, answer="a", points=1),
    confidence("after", "And now?")]
"""
CELL = '# %% question="{0}"\n### BEGIN SOLUTION\n{0} = 1\n### END SOLUTION\n'
UNIT = 'title = "U"\nminutes = 5\ndatasets = []\nowner = "a@example.org"\nreview_date = 2030-01-01\n'


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    root = tmp_path_factory.mktemp("courses") / "a-course"
    names = ["one", "two", "three", "four"]
    for name in names:
        (root / name).mkdir(parents=True)
        (root / name / "unit.toml").write_text(UNIT)
        (root / name / "checks.py").write_text(CHECKS)
        (root / name / "lesson.py").write_text("\n".join(map(CELL.format, ("before", "sum", "which", "after"))))
    (root / "course.toml").write_text(f'title = "C"\naudience = "all"\noutcomes = ["o"]\ntags = []\nunits = {names}\n')
    return courses.load_course(root)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(tmp_path / "ledger.db")
    yield opened
    opened.close()


def test_a_fresh_ledger_is_filled_once(ledger: Ledger, course: Course) -> None:
    assert demo.ensure_history(ledger, ORGANISATION, [course], NOW) > 500
    assert demo.ensure_history(ledger, ORGANISATION, [course], NOW) == 0


def test_a_ledger_in_use_is_left_alone(ledger: Ledger, course: Course) -> None:
    ledger.say("learner", "opened", "a-course/one")
    assert demo.ensure_history(ledger, ORGANISATION, [course], NOW) == 0


def test_the_history_is_the_same_every_time(ledger: Ledger, course: Course, tmp_path: Path) -> None:
    second = Ledger(tmp_path / "second.db")
    for each in (ledger, second):
        demo.ensure_history(each, ORGANISATION, [course], NOW)
    assert ledger.results(ORGANISATION.people) == second.results(ORGANISATION.people)
    second.close()


def test_beginners_have_something_done_and_something_to_do(ledger: Ledger, course: Course) -> None:
    demo.ensure_history(ledger, ORGANISATION, [course], NOW)
    for account in ("learner", "learner2"):
        done = {row.unit for row in ledger.completions([account])}
        assert done == {"one", "two"}
        assert ledger.attempts(account, unit="three").items == []


def test_every_statement_says_that_it_is_invented(ledger: Ledger, course: Course) -> None:
    demo.ensure_history(ledger, ORGANISATION, [course], NOW)
    page = ledger.statements(limit=500)
    assert {said.verb for said in page.items} >= {"initialized", "attempted", "completed", "passed", "rated"}
    assert all(said.context == {"demo": True} for said in page.items)


def test_the_history_is_months_of_the_past(ledger: Ledger, course: Course) -> None:
    demo.ensure_history(ledger, ORGANISATION, [course], NOW)
    attempts = ledger.results(ORGANISATION.people)
    moments = [attempt.submitted_at for attempt in attempts]
    assert max(moments) < NOW
    assert NOW - min(moments) > timedelta(days=150)
    assert all(moment.weekday() < 5 for moment in moments)
    assert {attempt.outcome for attempt in attempts} == {"passed", "not-yet"}


def test_its_marks_are_such_as_a_judge_gives(ledger: Ledger, course: Course) -> None:
    demo.ensure_history(ledger, ORGANISATION, [course], NOW)
    failed = [attempt for attempt in ledger.results(ORGANISATION.people) if attempt.outcome == "not-yet"]
    verdicts = [Verdict.from_json(ledger.verdict(attempt.id) or {}) for attempt in failed[:50]]
    assert all(v.score == a.score and v.max == a.max == 2 for v, a in zip(verdicts, failed, strict=False))
    assert "slip" in {finding.id for verdict in verdicts for finding in verdict.findings}
    assert ledger.waiting() == 0


def test_each_demo_leaders_team_is_enrolled_and_the_record_says_it_is_invented(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "plan.db")
    assert demo.ensure_plan(ledger, ORGANISATION) == 2
    [mine] = ledger.enrolments("learner", ["team:customer-contact"])
    assert (mine.what, mine.by) == ("path/everyone", "leader")
    assert {str(each.context) for each in ledger.statements(verb="enrolled").items} == {"{'demo': True}"}
    ledger.close()


def test_people_are_less_sure_before_a_unit_than_after_it(course: Course) -> None:
    history = demo.History(Random(1), NOW)
    history.invent(ORGANISATION, [course])
    choices = [each["id"] for each in course.units[0].form("before")["choices"]]
    said = [row["result"] for row in history.statements if row["verb"] == "rated"]
    before, after = (
        mean(choices.index(each["value"]) for each in said if each["question"] == name) for name in ("before", "after")
    )
    assert before + 0.75 < after
    assert before > 1
