"""Allowances: more attempts or more time on a unit for one person, granted by somebody and kept on record."""

from datetime import date
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from digital_council.ledger import statements
from digital_council.ledger.attempts import object_of
from digital_council.ledger.identities import known_person, person_id
from digital_council.ledger.records import Allowance
from digital_council.ledger.store import Store
from digital_council.ledger.tables import allowance, identity


class Allowances(Store):
    """What has been allowed to whom."""

    def allow(
        self, account: str, course: str, unit: str, *, by: str, attempts: int | None = None, closes: date | None = None
    ) -> None:
        """Grants a person `attempts` in all on a unit, or until the end of the day it `closes` for them.

        Replaces what was allowed before; with neither, nothing is allowed beyond the course's own rules. The
        statement that it happened names the person by id and stays.
        """
        with self.writing() as connection:
            person = person_id(connection, account)
            connection.execute(delete(allowance).where(_of(person, course, unit)))
            if attempts is not None or closes is not None:
                values = {"person_id": person, "course": course, "unit": unit, "attempts": attempts, "closes": closes}
                connection.execute(insert(allowance).values(**values))
            result = {"person": person, "attempts": attempts, "closes": closes.isoformat() if closes else None}
            who = person_id(connection, by)
            statements.state(connection, who, "allowed", object_of(course, unit), result)

    def allowance(self, account: str, course: str, unit: str) -> Allowance:
        """What a person is allowed on a unit; both fields None when nothing special is."""
        with self.reading() as connection:
            return _found(connection, known_person(connection, account) or "", course, unit)

    def allowances(self, course: str, unit: str) -> dict[str, Allowance]:
        """What is allowed to whom on a unit, by account; nobody who has been erased."""
        columns = (identity.c.account, allowance.c.attempts, allowance.c.closes)
        query = select(*columns).join_from(allowance, identity, identity.c.person_id == allowance.c.person_id)
        query = query.where(allowance.c.course == course, allowance.c.unit == unit).order_by(identity.c.account)
        with self.reading() as connection:
            return {row.account: Allowance(row.attempts, row.closes) for row in connection.execute(query)}

    def longer_for(self, account: str) -> dict[tuple[str, str], date]:
        """The last day of each unit, by course and unit, on which one person was given more time."""
        columns = (allowance.c.course, allowance.c.unit, allowance.c.closes)
        with self.reading() as connection:
            mine = allowance.c.person_id == (known_person(connection, account) or "")
            query = select(*columns).where(mine, allowance.c.closes.is_not(None))
            return {(row.course, row.unit): row.closes for row in connection.execute(query)}


def _found(connection: Connection, person: str, course: str, unit: str) -> Allowance:
    query = select(allowance.c.attempts, allowance.c.closes).where(_of(person, course, unit))
    row = connection.execute(query).one_or_none()
    return Allowance(None, None) if row is None else Allowance(row.attempts, row.closes)


def _of(person: str, course: str, unit: str) -> Any:
    return (allowance.c.person_id == person) & (allowance.c.course == course) & (allowance.c.unit == unit)
