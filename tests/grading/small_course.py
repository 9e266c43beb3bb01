"""A small course for tests of the attempt flow: a choice, a number, a piece of code and an open question."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from digital_council.courses import Unit, notebook, releases
from digital_council.settings import State

COURSE, UNIT = "small-course", "first-unit"
RIGHT: dict[str, Any] = {"which": "b", "how_many": 12, "doubled": "doubled = [2 * n for n in range(4)]"}

_FILES = {
    "course.toml": f'title = "Small"\naudience = "all"\noutcomes = ["x"]\ntags = []\nunits = ["{UNIT}"]\n',
    f"{UNIT}/unit.toml": (
        'title = "First"\nminutes = 5\ndatasets = []\nowner = "a@example.org"\nreview_date = 2030-01-01\n'
    ),
    f"{UNIT}/lesson.py": """# %% [markdown]
# # First

# %% question="which"
### BEGIN SOLUTION
which = "b"
### END SOLUTION

# %% question="how_many"
### BEGIN SOLUTION
how_many = 12
### END SOLUTION

# %% question="doubled"
### BEGIN SOLUTION
doubled = [0, 2, 4, 6]
### END SOLUTION

# %% question="thoughts"
### BEGIN SOLUTION
thoughts = "None yet"
### END SOLUTION
""",
    f"{UNIT}/checks.py": """from digital_council.courses.questions import Choice, Number, Text, Value

QUESTIONS = [
    Choice("which", "Which?", role="diagnostic", options={"a": "A", "b": "B"}, answer="b", points=1),
    Number("how_many", "How many?", answer=12, points=1),
    Value("doubled", "Double them.", answer=[0, 2, 4, 6], points=2),
    Text("thoughts", "Thoughts?", role="action"),
]
""",
}


def written(root: Path, **changed: str) -> Path:
    """The course's sources below `root`; `changed` replaces words in its checks, as a mended lesson does."""
    for name, text in _FILES.items():
        path = root / COURSE / name
        path.parent.mkdir(parents=True, exist_ok=True)
        for old, new in changed.items():
            text = text.replace(old, new) if name.endswith("checks.py") else text
        path.write_text(text, encoding="utf-8")
    return root


def released(root: Path, state: State, **changed: str) -> Unit:
    """The unit as released from those sources."""
    releases.ensure(written(root, **changed), state)
    return releases.open(state, COURSE, UNIT)


def filled(unit: Unit, answers: dict[str, Any] | None = None) -> dict[str, Any]:
    """The unit's notebook as plain JSON, with answers in it."""
    made = notebook.fill(notebook.build(unit), unit, answers or {})
    plain: dict[str, Any] = json.loads(json.dumps(made))
    return plain
