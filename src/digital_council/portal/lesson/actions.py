"""Actions: what the buttons of a lesson's page do, after what was typed has been saved."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from digital_council.courses import Unit
from digital_council.errors import CouncilError, LearnerError
from digital_council.portal.learners import learning
from digital_council.portal.learners.drafts import Answers, Draft
from digital_council.portal.lesson import earlier, forms, outputs, prose
from digital_council.portal.lesson.sitting import Sitting, of_attempt, of_check, refused
from digital_council.portal.problems import Problem
from digital_council.portal.rights.identity import Identity
from digital_council.portal.services import Services
from digital_council.portal.tables import own_tables

WAIT_SECONDS = 2.5
"""A mark usually comes within one; a learner without script then sees it on the page they land on."""

OWN_TABLE = (
    '<p class="govuk-body"><a class="govuk-link" href="{address}" data-own-table="own-{id}">'
    "Filter, sort, group or chart this table</a></p>"
)

OUR_FAULT = "It is our fault and has cost you nothing. Your answers are saved; try again in a moment."


@dataclass
class Done:
    """What an action leads to: `about` are questions whose findings changed, `said` is for a screen reader."""

    sitting: Sitting
    about: list[str] = field(default_factory=list)
    said: str = ""
    hinted: str = ""
    attempt: str = ""
    is_summary: bool = False
    is_quiet: bool = False


def act(services: Services, who: Identity, unit: Unit, given: Answers, base: int | None, doing: str) -> Done:
    """Save, then do what the button says. Raises a problem for a button this page does not have."""
    draft = learning.save(services, who, unit, given, base, "page")
    sitting = Sitting(services, who, unit, draft, told=_told(unit, draft, given))
    name, _, subject = doing.partition(":")
    action = ACTIONS.get(name)
    if action is None:
        raise Problem(422, f"This page has no button {doing[:40]!r}.")
    if name in ("check", "hint", "run", "row"):
        learning.hints_of(unit, subject)  # refuses a question the unit does not have
    return action(sitting, subject)


def _told(unit: Unit, draft: Draft, given: Answers) -> str:
    """What a learner must know who has also worked elsewhere."""
    numbers = {question.id: number for number, question in enumerate(unit.questions, 1)}
    lines = []
    if draft.replaced:
        lines.append(f"You also answered {_list(numbers, draft.replaced)} elsewhere since you opened this page.")
        lines.append("What you gave here stands; the other is kept under Earlier answers, at the end of the page.")
        lost = {each: earlier.words(unit, each, draft.replaced[each]) for each in numbers if each in draft.replaced}
        lines += [f"For question {numbers[each]} it was: {said}." for each, said in lost.items()]
    elsewhere = [key for key in draft.answers if draft.answers[key] != given.get(key)]
    if elsewhere:
        lines.append(f"Answered elsewhere since you opened this page: {_list(numbers, elsewhere)}. Reload to see it.")
    return " ".join(lines)


def _list(numbers: dict[str, int], ids: Any) -> str:
    return ", ".join(f"question {numbers[each]}" for each in numbers if each in ids)


def _save(sitting: Sitting, _: str) -> Done:
    sitting.told = sitting.told or "Saved. You can go on here, on another device or in the notebook."
    return Done(sitting, is_quiet=True)


def _autosave(sitting: Sitting, _: str) -> Done:
    return Done(sitting, is_quiet=True)


def _check(sitting: Sitting, question: str) -> Done:
    try:
        verdict = learning.check(sitting.services, sitting.unit, sitting.draft.answers)
    except CouncilError:
        return _failed(sitting)
    sitting.verdict = of_check(learning.told(verdict.to_json()), question)
    lines = [f"{each['title']} {each['detail']}".strip() for each in sitting.verdict["findings"]]
    return Done(sitting, [question], " ".join(lines))


def _hint(sitting: Sitting, question: str) -> Done:
    given = learning.hint(sitting.services, sitting.who, sitting.unit, question)
    words = f"Hint {given['number']} of {given['of']}: {prose.text(given['hint'])}" if given["hint"] else "No hints."
    return Done(sitting, said=words, hinted=question)


def _run(sitting: Sitting, question: str) -> Done:
    cells: dict[str, str] = {}
    try:
        cells = own_tables.cells_of(sitting.unit, sitting.draft.answers)
        found = sitting.services.grading.run(sitting.unit, cells, question)
    except LearnerError as error:
        found = [{"output_type": "error", "ename": "Not run", "evalue": str(error), "traceback": []}]
    except CouncilError:
        return _failed(sitting)
    sitting.outputs[question] = (
        prose.named(outputs.shown(found), "that your code shows")
        or '<p class="govuk-body-s">Your code ran and showed nothing.</p>'
    )
    if own_tables.is_shown(found, cells.get(question, "")):
        address = f"{learning.page_of(sitting.unit.course, sitting.unit.id)}/tables/own/{question}"
        sitting.outputs[question] += OWN_TABLE.format(address=html.escape(address), id=html.escape(question))
    return Done(sitting, said=outputs.said(found))


def _row(sitting: Sitting, question: str) -> Done:
    sitting.spare[question] = 2 * forms.SPARE_ROWS
    return Done(sitting)


def _renew(sitting: Sitting, _: str) -> Done:
    unit = learning.renew(sitting.services, sitting.who, sitting.unit)
    draft = sitting.services.drafts.get(sitting.who.account, unit.course, unit.id)
    told = "This is the lesson as it is now. Your answers to questions it still has are kept."
    return Done(Sitting(sitting.services, sitting.who, unit, draft, told=told))


def _submit(sitting: Sitting, _: str) -> Done:
    about = [question.id for question in sitting.unit.questions]
    try:
        handed_in = learning.submit(
            sitting.services, sitting.who, sitting.unit, door="page", answers=sitting.draft.answers
        )
    except LearnerError as error:
        sitting.verdict = refused("Nothing was handed in", str(error))
        return Done(sitting, about, is_summary=True)
    sitting.services.grading.wait(handed_in.id, WAIT_SECONDS)
    return _look(sitting, handed_in.id)


def _look(sitting: Sitting, attempt_id: str) -> Done:
    handed_in = learning.own_attempt(sitting.services, sitting.who, attempt_id)
    sitting.verdict = of_attempt(learning.attempt_detail(sitting.services, handed_in))
    about = [question.id for question in sitting.unit.questions]
    said = "" if sitting.verdict["pending"] else f"{sitting.verdict['heading']}. {sitting.verdict['line']}"
    return Done(sitting, about, said, attempt=attempt_id, is_quiet=bool(sitting.verdict["pending"]))


def _failed(sitting: Sitting) -> Done:
    sitting.verdict = refused("We could not check this", OUR_FAULT)
    return Done(sitting, said=OUR_FAULT, is_summary=True)


ACTIONS: dict[str, Callable[[Sitting, str], Done]] = {
    "save": _save,
    "autosave": _autosave,
    "check": _check,
    "hint": _hint,
    "run": _run,
    "row": _row,
    "renew": _renew,
    "submit": _submit,
    "look": _look,
}
