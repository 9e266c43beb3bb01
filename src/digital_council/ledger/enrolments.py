"""Enrolments: who is to learn which path or course, by choice or because of where they work, and by when."""

import secrets
import uuid
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from digital_council.ledger import statements
from digital_council.ledger.identities import known_person, person_id
from digital_council.ledger.moments import now
from digital_council.ledger.records import Enrolment
from digital_council.ledger.store import Store
from digital_council.ledger.tables import calendar, enrolment, identity


class Enrolments(Store):
    """Enrolments, and the secret part of each person's calendar address."""

    def enrol(
        self,
        what: str,
        *,
        by: str,
        account: str | None = None,
        place: str | None = None,
        due: date | None = None,
        context: Any = None,
    ) -> Enrolment:
        """Enrols a person, or whoever works at a place, in `path/…` or `course/…`.

        Enrolling again changes the due date. Raises ValueError unless it is for exactly one of the two.
        """
        if (account is None) == (place is None):
            raise ValueError("an enrolment is of a person or of a place")
        with self.writing() as connection:
            person = None if account is None else person_id(connection, account)
            whose = enrolment.c.place == place if person is None else enrolment.c.person_id == person
            known = connection.scalar(select(enrolment.c.id).where(whose, enrolment.c.what == what))
            who, moment = person_id(connection, by), now()
            values = {"due": due, "enrolled_by": who, "enrolled_at": moment}
            if known:
                connection.execute(update(enrolment).where(enrolment.c.id == known).values(**values))
            else:
                known = str(uuid.uuid4())
                row = {"id": known, "what": what, "person_id": person, "place": place, **values}
                connection.execute(insert(enrolment).values(**row))
            statements.state(connection, who, "enrolled", what, _told(person, place, due), context)
            return _record(connection.execute(_selected().where(enrolment.c.id == known)).one())

    def unenrol(self, id: str, *, by: str) -> Enrolment | None:
        """Ends an enrolment and gives it as it was; None when there is none of that id."""
        with self.writing() as connection:
            row = connection.execute(_selected().where(enrolment.c.id == id)).one_or_none()
            if row is None:
                return None
            connection.execute(delete(enrolment).where(enrolment.c.id == id))
            told = _told(row.person_id, row.place, row.due)
            statements.state(connection, person_id(connection, by), "unenrolled", row.what, told)
            return _record(row)

    def enrolment(self, id: str) -> Enrolment | None:
        """The enrolment of that id, or None."""
        with self.reading() as connection:
            row = connection.execute(_selected().where(enrolment.c.id == id)).one_or_none()
        return None if row is None else _record(row)

    def enrolments(self, account: str | None, places: Collection[str] = ()) -> list[Enrolment]:
        """What a person has chosen and what is set for these places, oldest first."""
        with self.reading() as connection:
            person = known_person(connection, account) if account else None
            which = enrolment.c.place.in_(places)
            query = _selected().where(which if person is None else which | (enrolment.c.person_id == person))
            return [_record(row) for row in connection.execute(query.order_by(enrolment.c.enrolled_at))]

    def calendar_of(self, account: str, anew: bool = False) -> str:
        """The serial in the address of a person's calendar; with `anew` another, so that the old address ends."""
        with self.writing() as connection:
            person = person_id(connection, account)
            known = connection.scalar(select(calendar.c.serial).where(calendar.c.person_id == person))
            if known and not anew:
                return str(known)
            serial = secrets.token_urlsafe(24)
            connection.execute(delete(calendar).where(calendar.c.person_id == person))
            connection.execute(insert(calendar).values(person_id=person, serial=serial))
            return serial

    def account_of_calendar(self, serial: str) -> str | None:
        """Whose calendar has this serial now; None for one that was renewed or erased."""
        whose = select(identity.c.account).join(calendar, calendar.c.person_id == identity.c.person_id)
        with self.reading() as connection:
            return connection.scalar(whose.where(calendar.c.serial == serial))


def _selected() -> Any:
    by = identity.alias("by")
    columns = (enrolment, identity.c.account, by.c.account.label("by"))
    joined = enrolment.outerjoin(identity, identity.c.person_id == enrolment.c.person_id)
    return select(*columns).select_from(joined.outerjoin(by, by.c.person_id == enrolment.c.enrolled_by))


def _record(row: Row[Any]) -> Enrolment:
    return Enrolment(row.id, row.what, row.account, row.place, row.due, row.by, row.enrolled_at)


def _told(person: str | None, place: str | None, due: date | None) -> dict[str, Any]:
    """What a statement says of it: people by id, for a statement stays."""
    return {"person": person, "place": place, "due": due.isoformat() if due else None}
