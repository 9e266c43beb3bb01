"""Earlier answers: the versions of a draft that hold what a later one does not, and going back to one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from digital_council.courses import Unit
from digital_council.portal.learners import learning
from digital_council.portal.learners.drafts import Draft
from digital_council.portal.problems import Problem
from digital_council.portal.rights.identity import Identity
from digital_council.portal.services import Services

LONGEST_TOLD = 300
"""Characters of an answer that are told to recognise it by; going back brings the whole of it."""


@dataclass(frozen=True)
class Earlier:
    """A version worth going back to: `said` are the answers that the next one changed or took away."""

    version: int
    updated_at: str | None
    door: str
    said: tuple[tuple[int, str], ...]


def versions(unit: Unit, history: Iterable[Draft]) -> list[Earlier]:
    """The versions, newest first, that hold an answer found in no later one. `history` is newest first too."""
    kept = list(history)
    told = {(id, repr(value)) for id, value in (kept[0].answers if kept else {}).items()}
    found = []
    for later, draft in pairwise(kept):
        lost = {
            (number, id): draft.answers[id]
            for number, id in _numbered(unit)
            if id in draft.answers and not _goes_on(unit, id, draft.answers[id], later.answers.get(id))
        }
        fresh = {(number, id): value for (number, id), value in lost.items() if (id, repr(value)) not in told}
        told |= {(id, repr(value)) for (_, id), value in fresh.items()}
        if fresh:
            said = tuple((number, words(unit, id, value)) for (number, id), value in fresh.items())
            found.append(Earlier(draft.version, draft.updated_at, draft.door, said))
    return found


def go_back(services: Services, who: Identity, unit: Unit, version: int) -> Draft:
    """Make an earlier version the draft again; what the draft holds now becomes an earlier one."""
    draft = services.drafts.get(who.account, unit.course, unit.id, version)
    if not draft.version:
        raise Problem(404, "These answers are no longer kept. Earlier answers lists those that are.")
    known = {question.id for question in unit.questions}
    answers = {id: value for id, value in draft.answers.items() if id in known}
    return learning.save(services, who, unit, answers, None, "page")


def words(unit: Unit, question: str, value: Any) -> str:
    """An answer as its learner can read it again."""
    form = unit.form(question)
    if isinstance(value, dict) and set(value) == {"code"}:
        value = value["code"]
    said = _words(form, value).strip()
    return f"“{said[:LONGEST_TOLD]}{'…' if len(said) > LONGEST_TOLD else ''}”"


def _words(form: dict[str, Any], value: Any) -> str:
    choices = {each["id"]: each["label"] for each in form.get("choices") or form.get("classes") or ()}
    if isinstance(value, dict):
        items = {each["id"]: each["label"] for each in form.get("items") or ()}
        return "; ".join(f"{items.get(key, key)}: {choices.get(str(each), each)}" for key, each in value.items())
    if isinstance(value, list):
        rows = [" ".join(map(str, row.values())) if isinstance(row, dict) else str(row) for row in value]
        return ", ".join(choices.get(row, row) for row in rows)
    return str(choices.get(str(value), value))


def _goes_on(unit: Unit, id: str, value: Any, after: Any) -> bool:
    """Whether a later version has this answer still, or has it with more typed at its end."""
    if isinstance(value, dict) and isinstance(after, dict) and {*value} == {*after} == {"code"}:
        value, after = value["code"], after["code"]
    if isinstance(value, str) and isinstance(after, str) and unit.form(id)["kind"] != "choice":
        return after.startswith(value)
    return bool(after == value)


def _numbered(unit: Unit) -> list[tuple[int, str]]:
    return [(number, question.id) for number, question in enumerate(unit.questions, 1)]
