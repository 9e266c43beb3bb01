"""Inboxes: attempts that wait for a person, an operator to mend or an author to mark."""

from typing import Any

from sqlalchemy import select

from digital_council.ledger.attempts import object_of, record, selected
from digital_council.ledger.pages import Page, cursor_at, position_of, within
from digital_council.ledger.records import Attempt
from digital_council.ledger.store import Store
from digital_council.ledger.tables import attempt, statement


class Inboxes(Store):
    """What waits for whom."""

    def unchecked(self, limit: int = 50, cursor: str | None = None) -> Page[Attempt]:
        """Attempts that could not be checked and have not been since, newest first."""
        return self._page(attempt.c.outcome == "could-not-check", limit, cursor)

    def awaiting(self, course: str, unit: str, limit: int = 50, cursor: str | None = None) -> Page[Attempt]:
        """Attempts on a unit that await a mark by hand, newest first."""
        of_unit = (attempt.c.course == course) & (attempt.c.unit == unit)
        return self._page(of_unit & (attempt.c.state == "awaiting-mark"), limit, cursor)

    def reason(self, of: Attempt) -> str:
        """Why an attempt could not be checked when it was last tried, in the operator's words."""
        columns = (statement.c.result, statement.c.context)
        query = select(*columns).where(
            statement.c.actor == of.person_id,
            statement.c.verb == "could-not-check",
            statement.c.object == object_of(of.course, of.unit),
        )
        with self.reading() as connection:
            rows = connection.execute(query.order_by(statement.c.id.desc()).limit(200)).all()
        said = next((row.context for row in rows if row.result["attempt"] == of.id), None) or {}
        return str(said.get("reason") or "no reason was given")

    def _page(self, which: Any, limit: int, cursor: str | None) -> Page[Attempt]:
        limit = within(limit)
        query = selected().where(which)
        if cursor is not None:
            query = query.where(attempt.c.seq < position_of(cursor))
        with self.reading() as connection:
            rows = [record(row) for row in connection.execute(query.order_by(attempt.c.seq.desc()).limit(limit + 1))]
        return Page(rows[:limit], cursor_at(rows[limit - 1].seq) if len(rows) > limit else None)
