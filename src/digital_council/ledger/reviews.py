"""Reviews: a unit's new release, sent by its author to somebody else, who releases or returns it."""

import uuid
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from digital_council.ledger import statements
from digital_council.ledger.attempts import object_of
from digital_council.ledger.identities import person_id
from digital_council.ledger.moments import now
from digital_council.ledger.records import Review
from digital_council.ledger.store import Store
from digital_council.ledger.tables import identity, review

PROVING, UNPROVED, WAITING = "proving", "unproved", "waiting"
"""A release is proved before its reviewer hears of it; one that is not proved says what is to be mended."""
DECISIONS = {"released": "approved", "returned": "returned", "withdrawn": "withdrew"}
"""What may become of a review, and the verb that says so."""


class Reviews(Store):
    """What waits for a reviewer, and what became of it. Words stand here alone, never in a statement."""

    def send(
        self, course: str, unit: str, release: str, *, author: str, reviewer: str, note: str, proof: dict[str, Any]
    ) -> Review:
        """Asks for a review of a release that is proved. What was waiting on that unit is replaced."""
        begun = self.begin(course, unit, release, author=author, reviewer=reviewer, note=note)
        found = self.proved(begun.id, proof)
        assert found is not None  # noqa: S101  (it was written a line ago)
        return found

    def begin(self, course: str, unit: str, release: str, *, author: str, reviewer: str, note: str) -> Review:
        """Keeps that a release is to be proved and then sent. What was being proved of that unit is replaced."""
        with self.writing() as connection:
            who, asked = person_id(connection, author), person_id(connection, reviewer)
            _drop(connection, course, unit, PROVING, UNPROVED)
            row: dict[str, Any] = {"id": str(uuid.uuid4()), "course": course, "unit": unit, "release": release}
            row |= {"author": who, "reviewer": asked, "note": note}
            row |= {"proof": {}, "sent_at": now(), "state": PROVING, "comment": ""}
            connection.execute(insert(review).values(**row))
            return _one(connection, row["id"])

    def proved(self, id: str, proof: dict[str, Any]) -> Review | None:
        """Sends to its reviewer what has been proved; None when it was replaced meanwhile."""
        with self.writing() as connection:
            row = connection.execute(select(review).where(review.c.id == id, review.c.state == PROVING)).one_or_none()
            if row is None:
                return None
            _drop(connection, row.course, row.unit, WAITING)
            values = {"state": WAITING, "proof": proof, "sent_at": now()}
            connection.execute(update(review).where(review.c.id == id).values(**values))
            told = {"release": row.release, "reviewer": row.reviewer}
            statements.state(connection, row.author, "proposed", object_of(row.course, row.unit), told)
            return _one(connection, id)

    def unproved(self, id: str, why: str, problems: list[dict[str, Any]]) -> None:
        """Keeps why a release was not sent, and what is to be mended in it."""
        with self.writing() as connection:
            values = {"state": UNPROVED, "comment": why[:2000], "proof": {"problems": problems}, "decided_at": now()}
            connection.execute(update(review).where(review.c.id == id, review.c.state == PROVING).values(**values))

    def decide(self, id: str, state: str, *, by: str, comment: str = "") -> bool:
        """Ends a review as one of DECISIONS; False, with nothing changed, when it has ended already."""
        verb = DECISIONS[state]
        with self.writing() as connection:
            values = {"state": state, "comment": comment, "decided_at": now()}
            ended = update(review).where(review.c.id == id, review.c.state == WAITING).values(**values)
            if not connection.execute(ended).rowcount:
                return False
            found = _one(connection, id)
            who = person_id(connection, by)
            statements.state(connection, who, verb, object_of(found.course, found.unit), {"release": found.release})
            return True

    def review(self, id: str) -> Review | None:
        """The review of that id, or None."""
        with self.reading() as connection:
            row = connection.execute(_selected().where(review.c.id == id)).one_or_none()
        return None if row is None else _record(row)

    def reviews(self, state: str | None = None, limit: int = 50) -> list[Review]:
        """Reviews, newest first; those that wait with `state` WAITING."""
        query = _selected().order_by(review.c.sent_at.desc()).limit(limit)
        if state is not None:
            query = query.where(review.c.state == state)
        with self.reading() as connection:
            return [_record(row) for row in connection.execute(query)]


def _drop(connection: Connection, course: str, unit: str, *states: str) -> None:
    chosen = (review.c.course == course) & (review.c.unit == unit) & review.c.state.in_(states)
    connection.execute(delete(review).where(chosen))


def _one(connection: Connection, id: str) -> Review:
    return _record(connection.execute(_selected().where(review.c.id == id)).one())


def _selected() -> Any:
    writer, reader = identity.alias("writer"), identity.alias("reader")
    joined = review.outerjoin(writer, writer.c.person_id == review.c.author)
    joined = joined.outerjoin(reader, reader.c.person_id == review.c.reviewer)
    names = (writer.c.account.label("sent_by"), reader.c.account.label("sent_to"))
    return select(review, *names).select_from(joined)


def _record(row: Row[Any]) -> Review:
    return Review(
        row.id, row.course, row.unit, row.release, row.sent_by, row.sent_to, row.note, row.proof, row.sent_at,
        row.state, row.comment, row.decided_at,
    )  # fmt: skip
