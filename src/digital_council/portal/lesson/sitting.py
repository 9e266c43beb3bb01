"""A sitting: everything a lesson's page shows one learner at one moment."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from digital_council.courses import Unit
from digital_council.datasets import store
from digital_council.datasets.description import Description
from digital_council.errors import CouncilError
from digital_council.ledger import Attempt
from digital_council.ledger import Sitting as Record
from digital_council.portal.learners import learning, needs, terms
from digital_council.portal.learners.drafts import Draft
from digital_council.portal.learners.enrolment import Plan
from digital_council.portal.learners.standing import following
from digital_council.portal.learners.withholding import told_rule
from digital_council.portal.lesson import forms, guide, parts
from digital_council.portal.rights import visibility
from digital_council.portal.rights.identity import Identity
from digital_council.portal.services import Services

RECENT = 10


@dataclass
class Sitting:
    """A learner with a unit open. `verdict` is what was last found, `outputs` what their code showed."""

    services: Services
    who: Identity
    unit: Unit
    draft: Draft
    verdict: dict[str, Any] | None = None
    outputs: dict[str, str] = field(default_factory=dict)
    spare: dict[str, int] = field(default_factory=dict)
    told: str = ""
    thanked: bool = False
    removed: str = ""

    @property
    def numbers(self) -> Mapping[str, int]:
        """Questions as they are numbered on the page."""
        return {question.id: number for number, question in enumerate(self.unit.questions, 1)}

    def findings(self, question: str | None = None) -> list[dict[str, Any]]:
        """What to say of one question or of all. An attempt may leave out what earns no marks, a check may not."""
        points = {each.id: each.points for each in self.unit.questions}
        verdict = self.verdict or {}
        wanted = [each for each in verdict.get("findings", []) if question in (None, each["question"])]
        is_check = not verdict.get("attempt")
        return [each for each in wanted if each["id"] != "no-answer" or is_check or points.get(each["question"])]

    def wrong(self, question: str) -> bool:
        return any(finding["outcome"] != "passed" for finding in self.findings(question))

    def notes(self) -> list[dict[str, Any]]:
        """The findings in the order of the page, each with its question's number."""
        numbers = self.numbers
        notes = [
            {**each, "number": numbers[each["question"]]} for each in self.findings() if each["question"] in numbers
        ]
        return sorted(notes, key=lambda note: note["number"])

    def shown(self) -> dict[str, Any]:
        """What the template needs; `parts` is the lesson itself."""
        record = self.services.ledger.sitting(self.who.account, self.unit.course, self.unit.id, RECENT)
        unit, course, verdict = self.unit, self.services.library.course(self.unit.course), self.told_verdict()
        return {
            "unit": unit,
            "course": course,
            "page": learning.page_of(unit.course, unit.id),
            "notebook": learning.notebook_of(self.services, unit.course, unit.id),
            "is_current": unit.release == self.services.library.unit(unit.course, unit.id).release,
            "graded": sum(1 for question in unit.questions if question.points),
            "parts": self._parts(record),
            "sections": guide.sections(unit),
            "progress": guide.progress(unit, self.draft.answers),
            "grids": parts.grids(self.services, unit),
            "data": self._data(),
            "advised": [each for each in needs.told(self.services, self.who, unit) if not each["done"]],
            "threads": self._threads(),
            "thanked": self.thanked,
            "removed": self.removed,
            "verdict": verdict,
            "prefix_of_title": f"{verdict['heading']}: " if verdict else "",
            "told": self.told,
            "version": self.draft.version,
            "saved_at": self.draft.updated_at,
            "attempts": self._briefly(record.attempts),
            "named": None,
            "terms": terms.terms_of(self.services, unit, record),
            "rule": told_rule(self.services.library.unit(unit.course, unit.id)),
        }

    def told_verdict(self) -> dict[str, Any] | None:
        """What was last found as the summary tells it: the findings in order and, of an attempt, where to go on."""
        if self.verdict is None:
            return None
        return {**self.verdict, "notes": self.notes(), "following": self._following()}

    def _following(self) -> dict[str, Any] | None:
        """The unit to go on with after an attempt that passed."""
        if not (self.verdict or {}).get("attempt") or (self.verdict or {})["outcome"] != "passed":
            return None
        rows = Plan(self.services, self.who).in_order()
        return following([row for row in rows if row["place"] != f"{self.unit.course}/{self.unit.id}"])

    def _parts(self, record: Record) -> Iterator[parts.Part]:
        """The lesson from top to bottom."""
        hints = learning.hints_of_record(self.unit, record.hints)

        def asked(id: str) -> parts.Asked:
            spare, outputs = self.spare.get(id, forms.SPARE_ROWS), self.outputs.get(id, "")
            return parts.Asked(self.draft.answers.get(id), spare, hints.get(id, ()), self.findings(id), outputs)

        return parts.parts_of(self.services, self.unit, asked)

    def _threads(self) -> list[dict[str, Any]]:
        """What was asked of this lesson: to everybody once answered, before that to who asked and to authors."""
        found = []
        for each in self.services.threads.of_unit(self.unit.course, self.unit.id):
            if each.answer or self.who.has("author") or each.account == self.who.account:
                person = self.services.organisation.person(each.account) if each.account else None
                found.append({**vars(each), "name": person.name if person else each.account})
        return found

    def _data(self) -> list[Description]:
        """The datasets behind this lesson that the learner may look through."""
        found = []
        for name in self.unit.datasets:
            with contextlib.suppress(CouncilError):
                described = store.describe(name)
                found += [described] if visibility.may_see(self.who, described) else []
        return found

    def attempts(self) -> list[dict[str, Any]]:
        """The latest, newest first, as they are now."""
        page = self.services.ledger.attempts(self.who.account, self.unit.course, self.unit.id, limit=RECENT)
        return self._briefly(page.items)

    def _briefly(self, attempts: Iterable[Attempt]) -> list[dict[str, Any]]:
        return [learning.attempt_brief(self.services, each) for each in attempts]


def of_attempt(attempt: dict[str, Any]) -> dict[str, Any]:
    """What the summary says of an attempt."""
    told = {"outcome": attempt["outcome"], "findings": attempt["findings"], "pending": False, "line": ""}
    told["attempt"] = attempt["id"]
    if attempt["outcome"] is None:
        lines = {"awaiting-mark": "A person will mark part of it.", "withheld": "The result is not released yet."}
        line = lines.get(attempt["state"], "It is stored, and being marked. You can leave this page.")
        return told | {"heading": "Handed in", "line": line, "pending": attempt["state"] in ("received", "running")}
    if attempt["outcome"] == "could-not-check":
        line = "It is our fault and has not cost you an attempt. Your answers are kept, and the operator has been told."
        return told | {"heading": "We could not check this", "line": line, "findings": []}
    heading = "Passed" if attempt["outcome"] == "passed" else "Not yet"
    return told | {"heading": heading, "line": f"{attempt['score']:g} of {attempt['max']:g} marks."}


def of_check(told: dict[str, Any], question: str) -> dict[str, Any]:
    """What the summary says of one question checked."""
    findings = [finding for finding in told["findings"] if finding["question"] == question]
    is_right = all(finding["outcome"] == "passed" for finding in findings)
    heading = "Checked" if is_right else "Look at this again"
    line = " ".join(finding["title"] for finding in findings) if is_right else ""
    return {
        "outcome": "passed" if is_right else "not-yet",
        "findings": findings,
        "pending": False,
        "heading": heading,
        "line": line,
    }


def refused(heading: str, line: str) -> dict[str, Any]:
    """What the summary says when nothing was done, and why."""
    said = f"{line[:1].upper()}{line[1:].rstrip('.')}."
    return {"outcome": "not-yet", "findings": [], "pending": False, "heading": heading, "line": said}
