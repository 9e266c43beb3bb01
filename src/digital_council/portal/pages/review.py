"""Pages of review: what has changed, who looks at it, the lesson as learners would see it, and earlier releases."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from digital_council.ledger import Review
from digital_council.portal.authors import differences, review, sending
from digital_council.portal.authors.authoring import require
from digital_council.portal.learners.drafts import Draft
from digital_council.portal.lesson import actions, forms, parts, prose
from digital_council.portal.lesson.sitting import Sitting
from digital_council.portal.pages.access import Member, Pages, posted
from digital_council.portal.pages.lesson import MOST_FIELDS
from digital_council.portal.pages.tables import shown as table_shown
from digital_council.portal.problems import Problem
from digital_council.portal.rights.access import Parts, guard_form
from digital_council.portal.rights.identity import Identity
from digital_council.portal.rights.sessions import PREFIX
from digital_council.portal.services import Services

router = APIRouter()
SAID = {
    "proving": "It is being proved, then sent. You need not wait here: how it ended stands under “Sent by you”.",
    "released": "It is released. Whoever begins now gets it; who has begun stays with the release they began.",
    "returned": "It is returned with your comment.",
    "withdrawn": "It is withdrawn from review.",
    "back": "Whoever begins now gets the earlier release; who has begun stays with theirs.",
}
TAGS = {
    "proving": ("Being proved", "light-blue"),
    "unproved": ("Not proved", "red"),
    "waiting": ("In review", "blue"),
    "released": ("Released", "green"),
    "returned": ("Returned", "yellow"),
    "withdrawn": ("Withdrawn", "grey"),
}
TRIED = ("check", "run", "row")
"""Buttons of a lesson that leave nothing behind, so that a reviewer may press them."""


@router.get("/reviews")
def reviews(request: Request, who: Member, services: Parts, pages: Pages, said: str = "") -> Response:
    """What waits for this person, what they have sent, what has changed, and every unit's releases."""
    return _list(request, who, services, pages, SAID.get(said, ""))


@router.post("/reviews")
async def send(request: Request, who: Member, services: Parts, pages: Pages) -> Response:
    """Have a unit proved and sent; how that ends stands on the page."""
    fields = await posted(request, who)
    course, _, unit = fields.get("place", "").partition("/")
    words = (fields.get("reviewer", ""), fields.get("note", ""), fields.get("release", ""))
    await run_in_threadpool(sending.begin, services, who, course, unit, *words)
    return RedirectResponse(f"{PREFIX}reviews?said=proving", 303)


@router.get("/reviews/{id}")
def one(id: str, request: Request, who: Member, services: Parts, pages: Pages, said: str = "") -> Response:
    """One review: what proves it, what it changes, and the reviewer's two buttons."""
    return _one(review.find(services, who, id), request, services, pages, said=SAID.get(said, ""))


def _one(found: Review, request: Request, services: Services, pages: Any, said: str = "", wrong: str = "") -> Response:
    """`wrong` is said where the comment is typed."""
    unit, before = review.unit_of(services, found), review.before_of(services, found)
    return pages.page(  # type: ignore[no-any-return]
        request,
        "review.html",
        status=422 if wrong else 200,
        review=found,
        unit=unit,
        before=before,
        files=differences.files(before, unit),
        questions=differences.questions(before, unit),
        names=_names(services, found),
        tag=TAGS[found.state],
        said=said,
        wrong=wrong,
    )


@router.post("/reviews/{id}")
async def decide(id: str, request: Request, who: Member, services: Parts, pages: Pages) -> Response:
    """Release, return or withdraw; returned without a comment, the page asks for one."""
    fields = await posted(request, who)
    decision = fields.get("do", "")
    if decision not in ("released", "returned", "withdrawn"):
        raise Problem(422, f"This page has no button {decision[:40]!r}.")
    comment = fields.get("comment", "")
    if decision == "returned" and not comment.strip():
        found = await run_in_threadpool(review.find, services, who, id)
        return await run_in_threadpool(_one, found, request, services, pages, wrong=review.NO_COMMENT)
    await run_in_threadpool(review.decide, services, who, id, decision, comment)
    return RedirectResponse(f"{PREFIX}reviews/{id}?said={decision}", 303)


@router.get("/reviews/{id}/page")
def page(id: str, request: Request, who: Member, services: Parts, pages: Pages) -> Response:
    """The lesson as a learner would see it; nothing done here is kept."""
    found = review.find(services, who, id)
    sitting = Sitting(services, who, review.unit_of(services, found), Draft({}, 0, None))
    return _previewed(request, pages, services, found, sitting)


@router.post("/reviews/{id}/page")
async def tried(id: str, request: Request, who: Member, services: Parts, pages: Pages) -> Response:
    """Check or run what a reviewer has typed, and forget it."""
    async with request.form(max_fields=MOST_FIELDS, max_files=0) as form:
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
        choices = {name: [value for value in form.getlist(name) if isinstance(value, str)] for name in form}
    if who.via == "session":
        guard_form(request, who, fields.get("csrf", ""))
    found = await run_in_threadpool(review.find, services, who, id)
    unit = review.unit_of(services, found)
    sitting = Sitting(services, who, unit, Draft(forms.read(unit, fields, choices), 0, None))
    doing, _, question = fields.get("do", "").partition(":")
    await run_in_threadpool(_try, sitting, doing, question)
    return _previewed(request, pages, services, found, sitting)


@router.get("/reviews/{id}/page/tables/{place}")
def table(id: str, place: int, request: Request, who: Member, services: Parts, pages: Pages) -> Response:
    """The table that one example of the lesson shows."""
    found = review.find(services, who, id)
    return table_shown(request, pages, services, review.unit_of(services, found), place, _address(found))


@router.get("/releases/{course}/{unit}")
def history(course: str, unit: str, request: Request, who: Member, services: Parts, pages: Pages) -> Response:
    """Every release that learners of a unit were given."""
    require(who, "author")
    found = services.library.unit(course, unit)
    rows = review.history(services, course, unit)
    named = {row["by"]: _name(services, row["by"]) for row in rows if row["by"]}
    return pages.page(request, "releases.html", unit=found, releases=rows, named=named)


@router.post("/releases/{course}/{unit}")
async def go_back(course: str, unit: str, request: Request, who: Member, services: Parts) -> Response:
    """Go back to an earlier release."""
    fields = await posted(request, who)
    await run_in_threadpool(review.go_back, services, who, course, unit, fields.get("release", ""))
    return RedirectResponse(f"{PREFIX}reviews?said=back", 303)


def _list(request: Request, who: Identity, services: Services, pages: Any, said: str) -> Response:
    if not review.may_review(services, who):
        raise Problem(403, "This is for authors and reviewers; ask the operator for the role.")
    is_author = who.has("author")
    every = review.mine(services, who)
    titles = {each.id: services.library.title(each.course, each.unit) for some in every.values() for each in some}
    names = {each.id: _names(services, each) for some in every.values() for each in some}
    return pages.page(  # type: ignore[no-any-return]
        request,
        "reviews.html",
        **every,
        titles=titles,
        names=names,
        is_author=is_author,
        changed=review.changed(services, who) if is_author else [],
        reviewers=review.reviewers(services, who) if is_author else [],
        courses=services.library.courses if is_author else [],
        said=said,
        tags=TAGS,
    )


def _previewed(request: Request, pages: Any, services: Services, found: Review, sitting: Sitting) -> Response:
    def asked(id: str) -> parts.Asked:
        spare, outputs = sitting.spare.get(id, forms.SPARE_ROWS), sitting.outputs.get(id, "")
        return parts.Asked(sitting.draft.answers.get(id), spare, (), sitting.findings(id), outputs)

    verdict = {**sitting.verdict, "notes": sitting.notes()} if sitting.verdict else None
    return pages.pieced(  # type: ignore[no-any-return]
        request,
        "review_page.html",
        parts.parts_of(services, sitting.unit, asked),
        review=found,
        unit=sitting.unit,
        page=_address(found),
        grids=parts.grids(services, sitting.unit),
        verdict=verdict,
        told=sitting.told,
    )


def _try(sitting: Sitting, doing: str, question: str) -> None:
    if question not in {each.id for each in sitting.unit.questions} or doing not in (*TRIED, "hint"):
        raise Problem(422, "This page has no such button.")
    if doing == "hint":
        hints = sitting.unit.question(question).hints
        sitting.told = " ".join(f"Hint {number}: {prose.text(hint)}" for number, hint in enumerate(hints, 1))
        return
    actions.ACTIONS[doing](sitting, question)


def _address(found: Review) -> str:
    return f"{PREFIX}reviews/{found.id}/page"


def _names(services: Services, found: Review) -> dict[str, str]:
    return {"author": _name(services, found.author), "reviewer": _name(services, found.reviewer)}


def _name(services: Services, account: str | None) -> str:
    person = services.organisation.person(account or "")
    return person.name if person else (account or "somebody who has left")
