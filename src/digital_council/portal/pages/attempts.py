"""Pages of what was handed in."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from digital_council.courses import releases
from digital_council.errors import CouncilError
from digital_council.ledger import Attempt, Mark
from digital_council.portal.learners import learning
from digital_council.portal.lesson import prose
from digital_council.portal.pages.access import Member, Pages, posted
from digital_council.portal.rights.access import Parts
from digital_council.portal.services import Services

router = APIRouter()


@router.get("/attempts")
def attempts(request: Request, who: Member, services: Parts, pages: Pages, cursor: str | None = None) -> Response:
    """Everything this person has handed in, newest first."""
    page = services.ledger.attempts(who.account, limit=30, cursor=cursor or None)
    rows = [learning.attempt_brief(services, each) for each in page.items]
    named = learning.titles(services, rows)
    return pages.page(request, "attempts.html", attempts=rows, named=named, following=page.cursor)


@router.get("/attempts/{id}")
def attempt(id: str, request: Request, who: Member, services: Parts, pages: Pages) -> Response:
    """One attempt and what was found, question by question."""
    found = learning.own_attempt(services, who, id)
    return pages.page(
        request,
        "attempt.html",
        attempt=learning.attempt_brief(services, found),
        marks=_marks(services, found),
        is_kept=(services.state.submissions / found.id).is_dir(),
        unit_title=services.library.title(found.course, found.unit),
        results=_results(services, found),
        page=learning.page_of(found.course, found.unit),
    )


@router.post("/attempts/{id}/restore")
async def restore(id: str, request: Request, who: Member, services: Parts) -> Response:
    """Make what was handed in the draft again, and open the lesson with it."""
    await posted(request, who)
    found = await run_in_threadpool(learning.own_attempt, services, who, id)
    await run_in_threadpool(learning.restore, services, who, found)
    return RedirectResponse(f"{learning.page_of(found.course, found.unit)}?restored=1", 303)


def _marks(services: Services, attempt: Attempt) -> list[Mark]:
    """Every mark it was given, for a learner who may see them."""
    return services.ledger.marks(attempt.id) if learning.verdict_of(services, attempt) else []


def _results(services: Services, attempt: Attempt) -> list[dict[str, Any]]:
    verdict = learning.verdict_of(services, attempt) or {}
    asked = _asked(services, attempt)
    results = [
        result
        | {
            "heading": f"Question {number}",
            "prompt": asked.get(result["question"], ""),
            "findings": [each for each in result["findings"] if each["id"] != "no-answer" or result["max"]],
        }
        for number, result in enumerate(verdict.get("results", []), 1)
    ]
    return [result for result in results if result["findings"]]


def _asked(services: Services, attempt: Attempt) -> dict[str, str]:
    """The first line of each question, in the words of the release it was answered in, while that is kept."""
    try:
        unit = releases.open(services.state, attempt.course, attempt.unit, attempt.release)
    except CouncilError:
        return {}
    return {question.id: prose.prompt(question.prompt)[0] for question in unit.questions}
