"""The overview: who has completed and passed what, for those who may know."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Select, case, func, select

from digital_council.ledger.attempts import record, selected
from digital_council.ledger.records import Attempt, Completion
from digital_council.ledger.store import Store
from digital_council.ledger.tables import attempt, identity

# SQLite takes 32,766 values in a statement, older ones 999.
_AT_ONCE = 500


class Overview(Store):
    """Figures over many people. Who may see them is for `progress` to decide."""

    def completions(self, accounts: Iterable[str]) -> list[Completion]:
        """When each account first completed and first passed each unit; units neither are left out."""
        rows: list[Completion] = []
        with self.reading() as connection:
            for some in _batches(accounts):
                rows += [Completion(**row._mapping) for row in connection.execute(_first_times(some))]
        return rows

    def results(self, accounts: Iterable[str]) -> list[Attempt]:
        """Every attempt of each account, oldest first within an account."""
        rows: list[Attempt] = []
        with self.reading() as connection:
            for some in _batches(accounts):
                query = selected().where(identity.c.account.in_(some)).order_by(attempt.c.person_id, attempt.c.seq)
                rows += [record(row) for row in connection.execute(query)]
        return rows


def _batches(accounts: Iterable[str]) -> Iterator[Sequence[str]]:
    left = iter(accounts)
    while some := list(islice(left, _AT_ONCE)):
        yield some


def _first_times(accounts: Sequence[str]) -> Select[Any]:
    completed = func.min(case((attempt.c.complete, attempt.c.submitted_at)))
    passed = func.min(case((attempt.c.outcome == "passed", attempt.c.marked_at)))
    key = (identity.c.account, attempt.c.course, attempt.c.unit)
    return (
        select(*key, completed.label("completed_at"), passed.label("passed_at"))
        .join_from(identity, attempt, attempt.c.person_id == identity.c.person_id)
        .where(identity.c.account.in_(accounts))
        .group_by(*key)
        .having(completed.is_not(None) | passed.is_not(None))
        .order_by(*key)
    )
