"""The lesson's page: a unit as one form that saves, runs, checks, hints and submits, with script or without."""

from __future__ import annotations

from functools import partial
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, RedirectResponse

from digital_council.portal.face.views import Views, saved
from digital_council.portal.learners import learning, needs
from digital_council.portal.lesson import actions, forms, guide
from digital_council.portal.lesson.sitting import Sitting, of_attempt
from digital_council.portal.pages.access import Member, Pages
from digital_council.portal.problems import Problem
from digital_council.portal.rights.access import Parts, guard_form
from digital_council.portal.rights.identity import Identity
from digital_council.portal.services import Services

router = APIRouter()
MOST_FIELDS = 5_000
RESTORED = "Your earlier answers are back. Those they replaced are kept under Earlier answers, at the end of this page."


@router.get("/courses/{course}/units/{unit}")
async def lesson(
    course: str, unit: str, request: Request, who: Member, services: Parts, pages: Pages, attempt: str = "",
    asked: str = "", removed: str = "", restored: str = "",
) -> Response:  # fmt: skip
    """The lesson with the answers so far and, if one is named, what came of an attempt."""
    show = partial(_lesson, course, unit, request, who, services, pages, attempt, bool(asked), removed, bool(restored))
    # A view takes a millisecond: threads that take turns at it cost each learner more than doing it here.
    return show() if _is_at_hand(services, who, course, unit) else await run_in_threadpool(show)


def _is_at_hand(services: Services, who: Identity, course: str, unit: str) -> bool:
    """Whether a person's view of a unit needs nothing to be read from its release or run first."""
    current = services.library.unit(course, unit)
    begun = services.drafts.release(who.account, course, unit)
    return begun in (None, current.release) and services.examples.are_ready(current)


def _lesson(
    course: str, unit: str, request: Request, who: Identity, services: Services, pages: Views, attempt: str,
    thanked: bool, removed: str, is_restored: bool,
) -> Response:  # fmt: skip
    found = learning.unit_for(services, who, course, unit)
    if first := needs.missing(services, who, found):
        return pages.page(request, "needs.html", unit=found, needs=first)
    sitting = Sitting(services, who, found, services.drafts.get(who.account, course, unit))
    sitting.thanked = thanked
    sitting.told = RESTORED if is_restored else ""
    sitting.removed = removed if who.has("author") and services.threads.removed(removed) else ""
    if attempt:
        handed_in = learning.own_attempt(services, who, attempt)
        sitting.verdict = of_attempt(learning.attempt_detail(services, handed_in))
    return pages.pieced(request, "lesson.html", **sitting.shown())


@router.post("/courses/{course}/units/{unit}")
async def act(course: str, unit: str, request: Request, who: Member, services: Parts, pages: Pages) -> Response:
    """Save what was typed, whichever button was pressed; then do what the button says."""
    async with request.form(max_fields=MOST_FIELDS, max_files=0) as form:
        posted = {name: value for name, value in form.items() if isinstance(value, str)}
        choices = {name: [value for value in form.getlist(name) if isinstance(value, str)] for name in form}
    if who.via == "session":
        guard_form(request, who, posted.get("csrf", ""))
    found = await run_in_threadpool(learning.unit_for, services, who, course, unit, posted.get("release", ""))
    answers = forms.read(found, posted, choices)
    base = posted.get("version", "")
    done = await run_in_threadpool(
        actions.act, services, who, found, answers, int(base) if base.isdigit() else None, posted.get("do", "save")
    )
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse(_parts(pages, done))
    if done.attempt and not done.sitting.verdict:
        raise Problem(404, "There is no such attempt.")
    if done.attempt:
        return RedirectResponse(f"{learning.page_of(course, unit)}?attempt={done.attempt}", 303)
    return pages.pieced(request, "lesson.html", **done.sitting.shown())


def _parts(pages: Views, done: actions.Done) -> dict[str, Any]:
    """What a page that is already open must change."""
    sitting = done.sitting
    now = guide.progress(sitting.unit, sitting.draft.answers)
    parts = {"progress": pages.part("guide.html", "progress", now=now)}
    for question in done.about:
        parts[f"findings-{question}"] = pages.part("parts.html", "findings", items=sitting.findings(question))
    if done.hinted:
        shown = learning.hints_shown(sitting.services, sitting.who, sitting.unit)
        of = sitting.unit.form(done.hinted)["hints"]
        parts[f"hints-{done.hinted}"] = pages.part("parts.html", "hints", items=shown.get(done.hinted, ()), of=of)
    parts |= {f"outputs-{question}": html for question, html in sitting.outputs.items()}
    if done.attempt or done.is_summary:
        parts["summary"] = pages.part("parts.html", "summary", verdict=sitting.told_verdict())
    if done.attempt:
        parts["attempts"] = pages.render("attempt_rows.html", attempts=sitting.attempts(), named=None)
    return {
        "version": sitting.draft.sent or sitting.draft.version,
        "saved": saved(sitting.draft.updated_at),
        "told": sitting.told,
        "said": " ".join(part for part in (sitting.told, done.said) if part),
        "parts": parts,
        "about": done.about,
        "wrong": [question for question in done.about if sitting.wrong(question)],
        "pending": done.attempt if (sitting.verdict or {}).get("pending") else None,
        "focus": "result" if "summary" in parts and not done.is_quiet else None,
    }
