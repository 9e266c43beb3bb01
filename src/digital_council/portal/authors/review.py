"""Review: an author's new release of a unit goes to somebody else, who looks at it, then releases or returns it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from digital_council.courses import Unit, releases
from digital_council.courses.sources import COURSE_KEYS, Source
from digital_council.courses.units import PASS_MARK, fingerprint
from digital_council.errors import AuthorError, CouncilError
from digital_council.ledger import Review
from digital_council.ledger.reviews import PROVING, UNPROVED, WAITING
from digital_council.people import Person
from digital_council.portal.authors.authoring import require
from digital_council.portal.problems import Problem
from digital_council.portal.rights.identity import Identity
from digital_council.portal.services import Services

PUBLISHED = "published"
"""The verb by which a release becomes the one that learners are given."""

MOST_WORDS = 2000
NO_COMMENT = "Say what is to be changed: a unit is returned with a comment."

NOT_SENT = {
    PROVING: "This release is being proved; look again in some seconds.",
    UNPROVED: "This release was not proved, so it was not sent; GET reviews tells its author what to mend.",
}


def may_review(services: Services, who: Identity) -> bool:
    """Whether somebody may be sent units: authors, and whoever the settings name."""
    return who.has("author") or who.account in services.settings.courses.reviewers


def reviewers(services: Services, who: Identity) -> list[Person]:
    """Everybody an author may send a unit to: never themselves."""
    named = services.settings.courses.reviewers
    return [
        person
        for person in services.organisation.people.values()
        if ("author" in person.roles or person.account in named) and person.account != who.account
    ]


def changed(services: Services, who: Identity) -> list[dict[str, Any]]:
    """Units whose text in courses/ is not what learners are given, told by fingerprint alone."""
    require(who, "author")
    waiting = _by_place(services, WAITING)
    proving = _by_place(services, PROVING)
    current = releases.index(services.state).get("units", {})
    found = []
    for place, release in on_hand(services):
        if current.get(place, {}).get("release") != release:
            course, _, unit = place.partition("/")
            steps = {"is_sent": waiting.get(place) == release, "is_proving": proving.get(place) == release}
            said = {"title": services.library.title(course, unit), "is_new": place not in current}
            found.append({"course": course, "unit": unit, "release": release, **steps, **said})
    return found


def _by_place(services: Services, state: str) -> dict[str, str]:
    """The release of each unit that is in that state of review."""
    return {f"{each.course}/{each.unit}": each.release for each in services.ledger.reviews(state, limit=200)}


def mine(services: Services, who: Identity) -> dict[str, list[Review]]:
    """Reviews that wait for this person, and those they have sent, newest first."""
    sent = [each for each in services.ledger.reviews(limit=200) if each.author == who.account]
    return {"to_do": to_do(services, who), "sent": sent[:20]}


def to_do(services: Services, who: Identity) -> list[Review]:
    """Reviews that wait for this person; nothing is read for somebody who reviews nothing."""
    if not may_review(services, who):
        return []
    return [each for each in services.ledger.reviews(WAITING, limit=200) if each.reviewer == who.account]


def find(services: Services, who: Identity, id: str) -> Review:
    """The review, for those who may see it: its author and its reviewer, and any other author."""
    found = services.ledger.review(id)
    if found is None or not (who.has("author") or who.account in (found.author, found.reviewer)):
        raise Problem(404, "There is no review with that id for you; GET reviews lists yours.")
    return found


def unit_of(services: Services, review: Review) -> Unit:
    """The very release that is reviewed; raises a 409 problem when it is not yet kept, or no longer."""
    if review.state in NOT_SENT:
        raise Problem(409, NOT_SENT[review.state])
    try:
        return releases.open(services.state, review.course, review.unit, review.release)
    except CouncilError:
        raise Problem(409, "That release is no longer kept; its author has to send the unit again.") from None


def before_of(services: Services, found: Review) -> Unit | None:
    """What learners are given now, to compare a release with; None for a unit that is new."""
    try:
        return releases.open(services.state, found.course, found.unit)
    except CouncilError:
        return None


def decide(services: Services, who: Identity, id: str, decision: str, comment: str = "") -> Review:
    """Release or return what was sent to this person, or withdraw what they have sent. Raises a problem."""
    found = find(services, who, id)
    _check_may(found, who, decision)
    comment = comment.strip()[:MOST_WORDS]
    if found.state in NOT_SENT:
        raise Problem(409, NOT_SENT[found.state])
    if found.state != WAITING:
        raise Problem(409, f"This review has ended: it was {found.state}.")
    if decision == "returned" and not comment:
        raise Problem(422, NO_COMMENT)
    if decision == "released":
        _publish(services, who, unit_of(services, found), "review")
    services.ledger.decide(id, decision, by=who.account, comment=comment)
    return find(services, who, id)


def go_back(services: Services, who: Identity, course: str, unit: str, release: str) -> Unit:
    """Give an earlier release to those who begin from now on. It was reviewed in its time, so this needs no review."""
    require(who, "author")
    current = services.library.unit(course, unit)
    if release == current.release:
        raise Problem(409, f"Release {release} is what learners are given already.")
    if release not in releases.kept(services.state, course, unit):
        raise Problem(404, f"{current.title!r} has had no release {release[:40]!r} that is still kept.")
    earlier = releases.open(services.state, course, unit, release)
    _publish(services, who, earlier, "undo")
    return earlier


def history(services: Services, course: str, unit: str) -> list[dict[str, Any]]:
    """Every release that learners were given, the newest first, with when and how it came."""
    current = services.library.unit(course, unit).release
    said = services.ledger.statements(verb=PUBLISHED, object=f"{course}/{unit}", limit=500).items
    kept = releases.kept(services.state, course, unit)
    rows = []
    for release in reversed(kept):
        last = next((each for each in said if each.result["release"] == release), None)
        by = services.ledger.account_of(last.actor) if last and last.actor else None
        at, how = (last.at.isoformat(), str(last.result["how"])) if last else (None, "start")
        rows.append({"release": release, "at": at, "how": how, "by": by, "is_current": release == current})
    return sorted(rows, key=lambda row: row["at"] or "", reverse=True)


def note_start(services: Services) -> None:
    """Say in the ledger which releases the start of the product has made current; nothing when none."""
    for course in services.library.courses:
        for unit in course.units:
            place = f"{course.id}/{unit.id}"
            last = services.ledger.statements(verb=PUBLISHED, object=place, limit=1).items
            if not last or last[0].result["release"] != unit.release:
                before = last[0].result["release"] if last else None
                services.ledger.say(None, PUBLISHED, place, _told(unit.release, before, "start"))


def _publish(services: Services, who: Identity, unit: Unit, how: str) -> None:
    """The release first, then what is said of it: after a sudden end the next start says what is missing."""
    current = releases.index(services.state).get("units", {}).get(f"{unit.course}/{unit.id}", {})
    services.library.release(unit, back=how == "undo")
    told = _told(unit.release, current.get("release"), how)
    services.ledger.say(who.account, PUBLISHED, f"{unit.course}/{unit.id}", told)
    services.examples.prepare([unit])


def _told(release: str, before: str | None, how: str) -> dict[str, Any]:
    return {"release": release, "before": before, "how": how}


def _check_may(review: Review, who: Identity, decision: str) -> None:
    if decision == "withdrawn" and who.account != review.author:
        raise Problem(403, "Only its author withdraws a unit from review.")
    if decision != "withdrawn" and who.account != review.reviewer:
        raise Problem(403, "Only the reviewer it was sent to releases or returns a unit; nobody reviews their own.")


def on_hand(services: Services) -> Iterable[tuple[str, str]]:
    """Each unit of courses/ as it is this minute; one that is being written and cannot be read is left out."""
    for path in sorted(services.library.root.glob("*/course.toml")):
        try:
            source = Source.read(path, COURSE_KEYS, ("units",))
            for unit in source.texts("units"):
                if (path.parent / unit / "unit.toml").is_file():
                    pass_mark = float(source.values.get("pass_mark", PASS_MARK))
                    yield f"{path.parent.name}/{unit}", fingerprint(path.parent / unit, pass_mark)
        except (AuthorError, OSError):
            continue
