"""Statements: who did what to what, with which result and when, in xAPI's words."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select

from digital_council.ledger.identities import known_person, person_id
from digital_council.ledger.moments import now
from digital_council.ledger.pages import Page, cursor_at, position_of, within
from digital_council.ledger.records import Statement
from digital_council.ledger.store import Store
from digital_council.ledger.tables import statement


def state(
    connection: Connection,
    actor: str | None,
    verb: str,
    object: str,
    result: Any = None,
    context: Any = None,
    at: datetime | None = None,
) -> int:
    """Adds a statement about a person (by id) inside a transaction already open."""
    values = {"actor": actor, "verb": verb, "object": object, "result": result, "context": context}
    added = connection.execute(insert(statement).values(at=at or now(), **values))
    return int(added.inserted_primary_key[0])  # type: ignore[index]


class Statements(Store):
    """The log that is only ever added to."""

    def say(
        self,
        actor: str | None,
        verb: str,
        object: str,
        result: Any = None,
        context: Any = None,
        at: datetime | None = None,
    ) -> int:
        """Adds a statement by an account, or by the council itself (None), and gives its id.

        `object` and `context` name things, never accounts: those could not be erased.
        """
        with self.writing() as connection:
            who = None if actor is None else person_id(connection, actor)
            return state(connection, who, verb, object, result, context, at)

    def statements(
        self,
        account: str | None = None,
        verb: str | Iterable[str] | None = None,
        object: str | None = None,
        since: datetime | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[Statement]:
        """Statements, newest first. `verb` may be one or several."""
        limit = within(limit)
        query = _filtered(verb, object, since, cursor).order_by(statement.c.id.desc()).limit(limit + 1)
        with self.reading() as connection:
            if account is not None:
                query = query.where(statement.c.actor == (known_person(connection, account) or ""))
            rows = [_statement(row) for row in connection.execute(query)]
        return Page(rows[:limit], cursor_at(rows[limit - 1].id) if len(rows) > limit else None)


def _filtered(
    verb: str | Iterable[str] | None, object: str | None, since: datetime | None, cursor: str | None
) -> Select[Any]:
    query = select(statement)
    if verb is not None:
        query = query.where(statement.c.verb.in_([verb] if isinstance(verb, str) else list(verb)))
    if object is not None:
        query = query.where(statement.c.object == object)
    if since is not None:
        query = query.where(statement.c.at >= since)
    if cursor is not None:
        query = query.where(statement.c.id < position_of(cursor))
    return query


def _statement(row: Row[Any]) -> Statement:
    return Statement(**row._mapping)
