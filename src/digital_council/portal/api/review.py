"""Reviews and releases: send a unit, look at what it changes, release, return, go back."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from digital_council.ledger import Review
from digital_council.portal.api.documents import FOUND, SIGNED_IN, refusals
from digital_council.portal.api.units import Id
from digital_council.portal.authors import differences, review, sending
from digital_council.portal.authors import review_models as models
from digital_council.portal.authors.authoring import require
from digital_council.portal.problems import Problem
from digital_council.portal.rights.access import Member, Parts
from digital_council.portal.rights.sessions import PREFIX

router = APIRouter(tags=["authoring"])
UNIT = "/courses/{course}/units/{unit}"


@router.get("/reviews", response_model=models.ReviewList, responses=SIGNED_IN)
def reviews(who: Member, services: Parts) -> dict[str, Any]:
    """What waits for you, what you have sent, and what has changed. For authors and reviewers."""
    if not review.may_review(services, who):
        raise Problem(403, "This is for authors and reviewers; ask the operator for the role.")
    found = {name: [_brief(each) for each in some] for name, some in review.mine(services, who).items()}
    return found | {"changed": review.changed(services, who) if who.has("author") else []}


@router.post(f"{UNIT}/reviews", status_code=201, response_model=models.ReviewBrief,
             responses=FOUND | refusals(400, 409, 413))  # fmt: skip
def send(course: Id, unit: Id, body: models.ReviewIn, who: Member, services: Parts) -> dict[str, Any]:
    """Send the unit as it stands in courses/ to a reviewer. It is proved first; 409 lists what is to be mended."""
    return _brief(sending.begin(services, who, course, unit, body.reviewer, body.note, body.release).result())


@router.get("/reviews/{id}", response_model=models.ReviewOut, responses=FOUND | refusals(409))
def one(id: Id, who: Member, services: Parts) -> dict[str, Any]:
    """One review: what was proved of it, and what it changes."""
    found = review.find(services, who, id)
    unit, before = review.unit_of(services, found), review.before_of(services, found)
    changes = [
        {"file": file.name, "added": file.added, "taken_out": file.taken_out,
         "lines": [(line.kind, line.text) for line in file.lines]}
        for file in differences.files(before, unit)
    ]  # fmt: skip
    return _brief(found) | {
        "attempts": found.proof["attempts"],
        "before": before.release if before else None,
        "differences": changes,
        "questions": differences.questions(before, unit),
    }


@router.post("/reviews/{id}/decision", response_model=models.ReviewBrief, responses=FOUND | refusals(400, 409, 413))
def decide(id: Id, body: models.Decision, who: Member, services: Parts) -> dict[str, Any]:
    """Release or return what was sent to you, or withdraw what you sent. Released, it is given out at once."""
    return _brief(review.decide(services, who, id, body.decision, body.comment))


@router.get(f"{UNIT}/releases", response_model=models.ReleaseList, responses=FOUND)
def releases(course: Id, unit: Id, who: Member, services: Parts) -> dict[str, Any]:
    """Every release learners of a unit were given, the newest first. For authors."""
    require(who, "author")
    return {"releases": review.history(services, course, unit)}


@router.put(f"{UNIT}/current", response_model=models.ReleaseList, responses=FOUND | refusals(400, 409, 413))
def go_back(course: Id, unit: Id, body: models.CurrentIn, who: Member, services: Parts) -> dict[str, Any]:
    """Go back to an earlier release, for whoever begins from now on. For authors."""
    review.go_back(services, who, course, unit, body.release)
    return {"releases": review.history(services, course, unit)}


def _brief(found: Review) -> dict[str, Any]:
    names = ("id", "course", "unit", "release", "author", "reviewer", "note", "state", "comment")
    moments = {name: moment and moment.isoformat() for name, moment in
               (("sent_at", found.sent_at), ("decided_at", found.decided_at))}  # fmt: skip
    told = {"page": f"{PREFIX}reviews/{found.id}", "problems": found.proof.get("problems", [])}
    return {name: getattr(found, name) for name in names} | moments | told
