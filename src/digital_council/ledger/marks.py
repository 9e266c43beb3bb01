"""Marks: verdicts as they were given, each recorded once."""

from typing import Any, Protocol

from sqlalchemy import Connection, Row, func, insert, select, update

from digital_council.ledger import queue, statements
from digital_council.ledger.attempts import object_of
from digital_council.ledger.moments import now
from digital_council.ledger.records import Mark
from digital_council.ledger.store import Store
from digital_council.ledger.tables import attempt, mark, statement

VERBS = {"passed": "passed", "not-yet": "failed"}


class Verdict(Protocol):
    """What a judge hands over; `courses.findings.Verdict` is one."""

    @property
    def outcome(self) -> str: ...
    @property
    def score(self) -> float: ...
    @property
    def max(self) -> float: ...
    @property
    def grader_version(self) -> str: ...
    def to_json(self) -> dict[str, Any]: ...


class Marks(Store):
    """Marks and what follows from them: the attempt's standing, and the statement that says so."""

    def record_mark(self, attempt_id: str, verdict: Verdict, awaiting: bool = False) -> bool:
        """Records a verdict and ends the job; False, with nothing changed, if that was done before.

        `awaiting` leaves the attempt awaiting a mark by hand. A verdict of could-not-check is not a mark:
        it is said in a statement, so that the same grader may try again.
        """
        with self.writing() as connection:
            row = connection.execute(select(attempt).where(attempt.c.id == attempt_id)).one()
            queued = queue.finish(connection, attempt_id)
            if verdict.outcome == "could-not-check":
                return queued and _not_checked(connection, row, verdict.to_json(), _reasons(verdict))
            if _marked(connection, attempt_id, verdict.grader_version):
                _settle(connection, attempt_id)
                return False
            _mark(connection, row, verdict, awaiting)
            return True

    def could_not_check(self, attempt_id: str, reason: str) -> bool:
        """Ends a job that cannot be done: our fault, no cost to the learner; the statement is the alert.

        `reason` is for the operator and stands in the statement's context, not in what the learner reads.
        """
        with self.writing() as connection:
            row = connection.execute(select(attempt).where(attempt.c.id == attempt_id)).one()
            return queue.finish(connection, attempt_id) and _not_checked(connection, row, _NOTHING, reason)

    def marks(self, attempt_id: str) -> list[Mark]:
        """Every mark an attempt was given, oldest first."""
        query = select(mark).where(mark.c.attempt_id == attempt_id).order_by(mark.c.id)
        with self.reading() as connection:
            return [Mark(**row._mapping) for row in connection.execute(query)]

    def verdict(self, attempt_id: str) -> dict[str, Any] | None:
        """The verdict that stands, as JSON, whether a mark or a could-not-check; None before there is one."""
        with self.reading() as connection:
            row = connection.execute(select(attempt).where(attempt.c.id == attempt_id)).one_or_none()
            if row is None or row.outcome is None:
                return None
            if row.outcome == "could-not-check":
                return _last_could_not_check(connection, row)
            query = select(mark.c.verdict).where(mark.c.attempt_id == attempt_id).order_by(mark.c.id.desc())
            return connection.scalar(query.limit(1))


def _marked(connection: Connection, attempt_id: str, grader_version: str) -> bool:
    query = select(mark.c.id).where(mark.c.attempt_id == attempt_id, mark.c.grader_version == grader_version)
    return connection.scalar(query) is not None


def _mark(connection: Connection, row: Row[Any], verdict: Verdict, awaiting: bool) -> None:
    moment = now()
    standing = {"outcome": verdict.outcome, "score": verdict.score, "max": verdict.max}
    earlier = connection.scalar(select(func.count()).where(mark.c.attempt_id == row.id))
    connection.execute(
        insert(mark).values(
            attempt_id=row.id,
            grader_version=verdict.grader_version,
            verdict=verdict.to_json(),
            recorded_at=moment,
            **standing,
        )
    )
    state = "awaiting-mark" if awaiting else "done"
    connection.execute(update(attempt).where(attempt.c.id == row.id).values(state=state, marked_at=moment, **standing))
    _supersede(connection, row)
    if not awaiting:
        context = {"grader_version": verdict.grader_version, "regraded": bool(earlier)}
        result = {"attempt": row.id, **standing}
        where = object_of(row.course, row.unit)
        statements.state(connection, row.person_id, VERBS[verdict.outcome], where, result, context)


def _settle(connection: Connection, attempt_id: str) -> None:
    """A regrade by the same grader adds no mark; the attempt only leaves the queue."""
    settled = update(attempt).where(attempt.c.id == attempt_id, attempt.c.state.in_(("received", "running")))
    connection.execute(settled.values(state="done"))
    _supersede(connection, connection.execute(select(attempt).where(attempt.c.id == attempt_id)).one())


def _supersede(connection: Connection, row: Row[Any]) -> None:
    """The best result counts: an attempt is superseded while a later one is marked at least as well."""
    columns = (attempt.c.id, attempt.c.state, attempt.c.outcome, attempt.c.score)
    of_unit = (
        attempt.c.person_id == row.person_id, attempt.c.course == row.course, attempt.c.unit == row.unit,
        attempt.c.state.in_(("done", "superseded")), attempt.c.outcome.in_(tuple(VERBS)),
    )  # fmt: skip
    best = (False, -1.0)
    for each in connection.execute(select(*columns).where(*of_unit).order_by(attempt.c.number.desc())).all():
        worth = (each.outcome == "passed", each.score or 0.0)
        state = "superseded" if worth <= best else "done"
        best = max(best, worth)
        if state != each.state:
            connection.execute(update(attempt).where(attempt.c.id == each.id).values(state=state))


_NOTHING: dict[str, Any] = {
    "outcome": "could-not-check", "score": 0, "max": 0, "results": [], "grader_version": "",
}  # fmt: skip


def _reasons(verdict: Verdict) -> str:
    findings = [f for each in verdict.to_json().get("results", []) for f in each["findings"]]
    ours = [f"{f['question']}: {f['detail']}" for f in findings if f["outcome"] == "could-not-check"]
    return "; ".join(ours)[:500]


def _not_checked(connection: Connection, row: Row[Any], verdict: dict[str, Any], reason: str) -> bool:
    standing: dict[str, Any] = {"state": "done"}
    # A regrade that cannot be done takes no mark away.
    if row.outcome in (None, "could-not-check"):
        standing |= {"outcome": "could-not-check", "marked_at": now()}
    connection.execute(update(attempt).where(attempt.c.id == row.id).values(**standing))
    result = {"attempt": row.id, "verdict": verdict}
    context = {"reason": reason}
    statements.state(connection, row.person_id, "could-not-check", object_of(row.course, row.unit), result, context)
    return True


def _last_could_not_check(connection: Connection, row: Row[Any]) -> dict[str, Any] | None:
    query = select(statement.c.result).where(
        statement.c.actor == row.person_id,
        statement.c.verb == "could-not-check",
        statement.c.object == object_of(row.course, row.unit),
    )
    for result in connection.scalars(query.order_by(statement.c.id.desc())):
        if result["attempt"] == row.id:
            found: dict[str, Any] = result["verdict"]
            return found
    return None
