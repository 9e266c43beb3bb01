"""Identities: who a pseudonymous person is, in one table that can be emptied while the record stays true."""

import uuid

from sqlalchemy import Connection, delete, insert, select, update

from digital_council.ledger.moments import now
from digital_council.ledger.store import Store
from digital_council.ledger.tables import calendar, enrolment, identity, person, publication, review


def person_id(connection: Connection, account: str, name: str = "") -> str:
    """The person behind an account, made on first sight."""
    row = connection.execute(select(identity).where(identity.c.account == account)).one_or_none()
    if row is None:
        return _new_person(connection, account, name)
    if name and row.name != name:
        connection.execute(update(identity).where(identity.c.account == account).values(name=name))
    return str(row.person_id)


def known_person(connection: Connection, account: str) -> str | None:
    """The person behind an account, or None; writes nothing."""
    return connection.scalar(select(identity.c.person_id).where(identity.c.account == account))


def _new_person(connection: Connection, account: str, name: str) -> str:
    new = str(uuid.uuid4())
    connection.execute(insert(person).values(id=new, created_at=now()))
    connection.execute(insert(identity).values(person_id=new, account=account, name=name))
    return new


class Identities(Store):
    """People by pseudonymous id."""

    def person_for(self, account: str, name: str = "") -> str:
        """Ensures the account has a person and gives its id."""
        with self.reading() as connection:
            known = connection.execute(select(identity).where(identity.c.account == account)).one_or_none()
        if known is not None and name in ("", known.name):
            return str(known.person_id)
        with self.writing() as connection:
            return person_id(connection, account, name)

    def account_of(self, person: str) -> str | None:
        """The account of a person, or None when unknown or erased."""
        with self.reading() as connection:
            return connection.scalar(select(identity.c.account).where(identity.c.person_id == person))

    def erase(self, account: str) -> str | None:
        """Forgets who a person was and gives their id; attempts and statements stay, under that id.

        Their own enrolments, notebooks on their way to become apps, their calendar's address and what they wrote in
        reviews go.

        The files under `submissions/` are theirs too: whoever erases removes those as well.
        """
        with self.writing() as connection:
            known = known_person(connection, account)
            if known is not None:
                _forget(connection, known)
                connection.execute(delete(identity).where(identity.c.person_id == known))
            return known


def _forget(connection: Connection, known: str) -> None:
    """Removes what is kept for a person's sake alone, and their words."""
    connection.execute(delete(enrolment).where(enrolment.c.person_id == known))
    connection.execute(delete(publication).where(publication.c.person_id == known))
    connection.execute(delete(calendar).where(calendar.c.person_id == known))
    connection.execute(update(review).where(review.c.author == known).values(note=""))
    connection.execute(update(review).where(review.c.reviewer == known).values(comment=""))
