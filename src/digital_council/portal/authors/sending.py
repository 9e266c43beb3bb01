"""Sending: what must hold before a unit goes on its way to a reviewer."""

from __future__ import annotations

from concurrent.futures import Future

from digital_council.courses import releases
from digital_council.ledger import Review
from digital_council.portal.authors import review
from digital_council.portal.authors.authoring import require
from digital_council.portal.problems import Problem
from digital_council.portal.rights.identity import Identity
from digital_council.portal.services import Services


def begin(
    services: Services, who: Identity, course: str, unit: str, reviewer: str, note: str = "", base: str = ""
) -> Future[Review]:
    """Have the unit proved as it is in courses/ and sent to a reviewer. Raises a problem for what cannot begin.

    What is not proved is not sent: the result is then a problem that lists what is to be mended. With `base` only that
    release is sent: what the author saw on the page, not what somebody saved since.
    """
    require(who, "author")
    if reviewer not in {person.account for person in review.reviewers(services, who)}:
        detail = "another author, or an account that the settings name under [courses] reviewers"
        raise Problem(422, f"{reviewer[:80]!r} cannot review this: choose {detail}; nobody reviews their own work.")
    place = f"{course}/{unit}"
    release = dict(review.on_hand(services)).get(place)
    if release is None:
        raise Problem(404, f"There is no unit {unit[:80]!r} in the course {course[:80]!r} of courses/.")
    if base not in ("", release):
        raise Problem(409, f"The unit has been changed again, to release {release}; look at it, then send it.")
    if releases.index(services.state).get("units", {}).get(place, {}).get("release") == release:
        raise Problem(409, f"Learners are given this very text already: release {release} of {place}.")
    words = note.strip()[: review.MOST_WORDS]
    begun = services.ledger.begin(course, unit, release, author=who.account, reviewer=reviewer, note=words)
    return services.proving.begin(begun)
