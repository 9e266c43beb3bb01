"""A lesson as a notebook file: which unit it is of, what it answers, and what the portal last agreed to.

Reads only what the notebook itself carries: in a learner's sandbox there are no course sources.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, MutableMapping
from functools import cached_property
from types import MappingProxyType
from typing import Any

from digital_council.courses.answers import NotAnAnswer
from digital_council.errors import LearnerError
from digital_council.grading.exchange import cells, copies
from digital_council.grading.exchange.merge import Answers, digest

Notebook = MutableMapping[str, Any]


def is_lesson(notebook: Any) -> bool:
    """Whether a notebook says of which course and unit it is."""
    try:
        about = notebook["metadata"]["council"]
        return bool(about["course"] and about["unit"])
    except (KeyError, TypeError):
        return False


class Lesson:
    """One learner's notebook of one unit."""

    def __init__(self, notebook: Notebook) -> None:
        self.notebook = notebook
        about = notebook["metadata"]["council"]
        self.course = str(about["course"])
        self.unit = str(about["unit"])
        self.release = str(about.get("release", ""))

    @property
    def address(self) -> str:
        return f"courses/{self.course}/units/{self.unit}"

    @cached_property
    def questions(self) -> dict[str, cells.Cell]:
        """The cell of each question, in order."""
        return cells.by_question(self.notebook["cells"], self._released)

    @cached_property
    def _released(self) -> dict[str, cells.Cell]:
        """The cells as they were released; none when that release is not at hand."""
        try:
            notebook = cells.parse(copies.released(self.course, self.unit, self.release))
        except (LearnerError, ValueError):
            return {}
        return cells.by_question(notebook["cells"])

    @cached_property
    def _asked(self) -> dict[str, cells.Asked]:
        before = self._released
        return {name: cells.asked(cell, before.get(name, cell)) for name, cell in self.questions.items()}

    def answer(self, question: str) -> Any:
        """The answer in a question's cell; None while it is as released; raises LearnerError."""
        try:
            return self._asked[question].read(self.questions[question])
        except NotAnAnswer as error:
            raise LearnerError(f"{question}: {error}") from None

    def answers(self) -> Answers:
        """What the cells answer. A question left as it was has none, nor has one that cannot be read."""
        return {name: value for name in self.questions if (value := self._or_none(name)) is not None}

    def unreadable(self) -> dict[str, str]:
        """What is wrong with cells that hold no answer of their question's kind."""
        found = {}
        for name in self.questions:
            try:
                self.answer(name)
            except LearnerError as error:
                found[name] = str(error)
        return found

    def _or_none(self, question: str) -> Any:
        try:
            return self.answer(question)
        except LearnerError:
            return None

    def write(self, answers: Mapping[str, Any]) -> None:
        """Put answers into their cells, None for the cell as released; every other cell stays as the learner has it."""
        for name, value in answers.items():
            if name in self.questions:
                self._asked[name].write(self.questions[name], value)

    def normal(self, question: str, value: Any) -> Any:
        """An answer as this notebook would give it back, so that spaces at its ends are no difference."""
        if question not in self.questions or value is None:
            return value
        cell: cells.Cell = {"source": ""}
        asked = self._asked[question]
        asked.write(cell, value)
        try:
            return asked.read(cell)
        except NotAnAnswer:
            return value

    def sources(self) -> list[str]:
        """Every cell's text: what tells whether the file has changed."""
        return [str(cell["source"]) for cell in self.notebook["cells"]]

    def keep_earlier(self, question: str, answer: Any) -> None:
        """Keep an answer that lost to a later one as the learner's own cell below its question."""
        source = answer if isinstance(answer, str) else repr(answer)
        text = f"Your earlier answer to *{question}*, replaced by a later one:\n\n```\n{source}\n```"
        place = self.notebook["cells"].index(self.questions[question])
        self.notebook["cells"].insert(place + 1, _note(text))

    def without_outputs(self) -> bytes:
        """The file to hand in: nobody marks what a cell printed, and plots can be large."""
        kept = ("id", "cell_type", "metadata", "source")
        empty: dict[str, Any] = {"outputs": [], "execution_count": None}
        bare = [
            {key: cell[key] for key in kept if key in cell} | (empty if cell["cell_type"] == "code" else {})
            for cell in self.notebook["cells"]
        ]
        return json.dumps({**self.notebook, "cells": bare}, ensure_ascii=False).encode()

    @property
    def agreed(self) -> Agreed:
        return Agreed.read(self.notebook["metadata"]["council"].get("agreed"))

    @agreed.setter
    def agreed(self, agreed: Agreed) -> None:
        self.notebook["metadata"]["council"]["agreed"] = agreed.to_json()


class Agreed:
    """What portal and notebook held in common: the draft's version, and a fingerprint of each answer."""

    def __init__(self, version: Any = None, answers: Mapping[str, str] = MappingProxyType({})) -> None:
        self.version = version
        self.answers = dict(answers)

    @classmethod
    def read(cls, value: Any) -> Agreed:
        if not isinstance(value, Mapping):
            return cls()
        return cls(value.get("version"), value.get("answers") or {})

    @classmethod
    def on(cls, version: Any, answers: Mapping[str, Any]) -> Agreed:
        return cls(version, {question: digest(value) for question, value in answers.items()})

    def to_json(self) -> dict[str, Any]:
        return {"version": self.version, "answers": self.answers}


def _note(text: str) -> Notebook:
    return {"id": uuid.uuid4().hex[:12], "cell_type": "markdown", "metadata": {}, "source": text}
