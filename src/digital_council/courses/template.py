"""A new unit: sources that pass every proof, with TODO wherever the author's own words go."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

from digital_council.errors import AuthorError

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")

COURSE = """title = "{title}"
audience = "TODO who this course is for"
outcomes = ["TODO what they can do afterwards"]
tags = ["eds:handle"]
pass_mark = 0.7
units = []
"""

UNIT = """title = "{title}"
summary = "TODO one or two sentences: what is at stake"
minutes = 20
datasets = []
owner = "TODO your team"
review_date = {review}
outcomes = ["TODO what the learner can do afterwards"]
tags = ["eds:handle"]
"""

LESSON = """# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # {title}
#
# TODO How long it takes, what it asks, what the learner can do afterwards.
#
# ## A question from the council
#
# TODO The hook: a question that somebody at the council really asks.

# %% question="confidence_before"
### BEGIN SOLUTION
confidence_before = "2"
### END SOLUTION

# %% [markdown]
# ## Your prediction
#
# TODO What to guess before looking.

# %% question="predict"
### BEGIN SOLUTION
predict = "b"
### END SOLUTION

# %% [markdown]
# ## A worked example
#
# TODO Why, then one idea, then what to notice.

# %%
visits = [12, 15, 9, 40]
sum(visits)

# %% [markdown]
# TODO What it meant for a resident or a service.

# %% question="first_check"
### BEGIN SOLUTION
first_check = "a"
### END SOLUTION

# %% question="second_check"
### BEGIN SOLUTION
second_check = "a"
### END SOLUTION

# %% [markdown]
# ## Your turn
#
# TODO What the task is about.

# %% question="task"
### BEGIN SOLUTION
task = 19
### END SOLUTION

# %% [markdown]
# ## Take it to work
#
# TODO Why this is worth doing soon.

# %% question="action"
### BEGIN SOLUTION
action = "I will look at one table of ours."
### END SOLUTION

# %% question="action_date"
### BEGIN SOLUTION
action_date = "2027-01-29"
### END SOLUTION

# %% question="confidence_after"
### BEGIN SOLUTION
confidence_after = "4"
### END SOLUTION
"""

CHECKS = '''"""The questions of "{title}". How to write one: courses/AUTHORING.md."""

import statistics

from digital_council.courses.questions import Choice, Date, Misconception, Number, Text, confidence

VISITS = [12, 15, 9, 40]

QUESTIONS = [
    confidence("confidence_before", "TODO Before you start: how confident are you that you could …?"),
    Choice(
        "predict",
        "TODO What do you expect, and why?",
        role="predict",
        options={{"a": "TODO one answer", "b": "TODO another answer"}},
    ),
{diagnostics}    Number(
        "task",
        "TODO The graded task. Here: what was the mean number of visits?",
        role="task",
        points=2,
        code=True,
        tolerance=0.5,
        answer=lambda: sum(VISITS) / len(VISITS),
        misconceptions=[
            Misconception("median-for-mean", "TODO The middle value has been given.", "TODO Why it differs.",
                          gives=lambda: statistics.median(VISITS)),
            Misconception("total-for-mean", "TODO The total has been given.", "TODO Why it differs.",
                          gives=lambda: sum(VISITS)),
        ],
        hints=["TODO where to look", "TODO what to do with it", "TODO the last step, without the answer"],
    ),
    Text("action", "TODO At work: what will you do?", role="action"),
    Date("action_date", "By which date?", role="action"),
    confidence("confidence_after", "TODO Now: how confident are you that you could …?"),
{retrievals}]
'''

CHOICE = """    Choice(
        "{id}",
        "TODO {asks}",
        role="{role}",
        options={{"a": "TODO the right answer", "b": "TODO a usual mistake"}},
        answer="a",{mistakes}
    ),
"""

MISTAKES = """
        misconceptions=[
            Misconception("{id}", "TODO The mistake, in a sentence.", "TODO Why it is one.", gives="b"),
        ],"""

ATTEMPTS = {
    "wrong-middle": """about = "TODO a usual mistake"
outcome = "not-yet"

[findings]
task = "median-for-mean"

[answers]
task = 13.5
""",
    "wrong-total": """about = "TODO another usual mistake"
outcome = "not-yet"

[findings]
task = "total-for-mean"

[answers]
task = "76"
""",
    "wrong-words": """about = "TODO an answer of the wrong kind"
outcome = "not-yet"

[findings]
task = "kind-of-answer"

[answers]
task = "too many"
""",
    "route-text": """about = "TODO a right answer written in another way"
outcome = "passed"

[answers]
task = "19.0"
""",
    "route-code": """about = "TODO a right answer in code"
outcome = "passed"

[answers]
task.code = '''
import statistics

task = statistics.mean(visits)
'''
""",
}


def _choice(role: str, id: str, asks: str, mistake: str = "") -> str:
    return CHOICE.format(id=id, asks=asks, role=role, mistakes=MISTAKES.format(id=mistake) if mistake else "")


def _checks(title: str) -> str:
    """The questions of a new unit: two of each sort that a unit has at least two of."""
    diagnostics = _choice("diagnostic", "first_check", "A question whose wrong answers show mistakes", "first-mistake")
    diagnostics += _choice("diagnostic", "second_check", "A second such question", "second-mistake")
    later = _choice("retrieval", "later_first", "A question that comes back after 2, 9 and 30 days, in a new context")
    later += _choice("retrieval", "later_second", "A second one")
    return CHECKS.format(title=title, diagnostics=diagnostics, retrievals=later)


def start(root: Path, course: str, unit: str, title: str) -> Path:
    """Writes a new unit and names it in its course, which is made if need be; raises AuthorError."""
    for what, name in (("course", course), ("unit", unit)):
        if not NAME.fullmatch(name):
            raise AuthorError(f"the {what} {name!r}: small letters, digits and hyphens are allowed")
    folder = root / course / unit
    if folder.exists():
        raise AuthorError(f"{folder}: there already; choose another name, or edit that unit")
    if not (root / course / "course.toml").is_file():
        (root / course).mkdir(parents=True, exist_ok=True)
        _write(root / course / "course.toml", COURSE.format(title=course.replace("-", " ").capitalize()))
    (folder / "attempts").mkdir(parents=True)
    title = title.replace('"', "'")
    review = (date.today() + timedelta(days=365)).isoformat()
    _write(folder / "unit.toml", UNIT.format(title=title, review=review))
    _write(folder / "lesson.py", LESSON.format(title=title))
    _write(folder / "checks.py", _checks(title))
    for name, text in ATTEMPTS.items():
        _write(folder / "attempts" / f"{name}.toml", text)
    _name(root / course / "course.toml", unit)
    return folder


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _name(path: Path, unit: str) -> None:
    """Adds a unit at the end of a course's list, leaving the rest of the file as the author wrote it."""
    text = path.read_text(encoding="utf-8")
    match = re.search(r"^units\s*=\s*\[(.*?)\]", text, re.S | re.M)
    if not match:
        raise AuthorError(f"{path}: the key 'units' is missing; add: units = [\"{unit}\"]")
    held = match[1].rstrip().rstrip(",")
    lines = "\n" in match[1]
    added = f'{held},\n    "{unit}",\n' if lines and held.strip() else f'{held}, "{unit}"' if held else f'"{unit}"'
    _write(path, text[: match.start(1)] + added + text[match.end(1) :])
