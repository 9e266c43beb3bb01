"""The queue: attempts waiting to be graded, as rows with a lease, so that nothing is lost with a process."""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import Connection, delete, func, insert, select, update

from digital_council.ledger import attempts
from digital_council.ledger.moments import now
from digital_council.ledger.records import Job
from digital_council.ledger.store import Store
from digital_council.ledger.tables import attempt, job


class Queue(Store):
    """Jobs. A job is worked by whoever holds its lease, and is anybody's again when the lease runs out."""

    def lease(self, worker: str, seconds: float) -> Job | None:
        """The job whose turn it is, now leased to `worker`, its attempt running; None when nothing waits."""
        moment = now()
        free = job.c.lease_until.is_(None) | (job.c.lease_until < moment)
        turn = select(job).where(free).order_by(job.c.priority, job.c.queued_at).limit(1)
        with self.writing() as connection:
            row = connection.execute(turn.with_for_update(skip_locked=True)).one_or_none()
            if row is None:
                return None
            connection.execute(
                update(job)
                .where(job.c.attempt_id == row.attempt_id)
                .values(lease_until=moment + timedelta(seconds=seconds), worker=worker, tries=row.tries + 1)
            )
            _set_state(connection, row.attempt_id, "running")
            found = connection.execute(attempts.selected().where(attempt.c.id == row.attempt_id)).one()
            return Job(attempts.record(found), row.release or found.release, row.tries + 1, worker)

    def renew(self, attempt_ids: Collection[str], worker: str, seconds: float) -> int:
        """Lengthens the leases `worker` holds on these attempts and tells how many it still holds."""
        if not attempt_ids:
            return 0
        held = job.c.attempt_id.in_(attempt_ids) & (job.c.worker == worker)
        with self.writing() as connection:
            until = now() + timedelta(seconds=seconds)
            return connection.execute(update(job).where(held).values(lease_until=until)).rowcount

    def release(self, attempt_id: str, worker: str, unused: bool = False, after: float = 0) -> bool:
        """Gives one job back, to be worked again `after` so many seconds; False if `worker` no longer held it.

        `unused` says it was never worked, as when the product stops: the try is not counted.
        """
        with self.writing() as connection:
            held = (job.c.attempt_id == attempt_id) & (job.c.worker == worker)
            tries = job.c.tries - int(unused)
            until = now() + timedelta(seconds=after) if after else None
            freed = update(job).where(held).values(lease_until=until, worker=None, tries=tries)
            given = connection.execute(freed).rowcount
            if given:
                _set_state(connection, attempt_id, "received")
            return bool(given)

    def release_expired(self, everybody: bool = False) -> int:
        """Frees jobs whose lease has run out, or with `everybody` all of them, and tells how many.

        The latter is for start-up: the one writing process has ended, so nobody can be at work. The try stays
        counted, or an attempt that brings the whole product down would do so for ever.
        """
        lost = job.c.worker.is_not(None) if everybody else job.c.lease_until < now()
        with self.writing() as connection:
            ids = list(connection.scalars(select(job.c.attempt_id).where(lost)))
            for id in ids:
                freed = update(job).where(job.c.attempt_id == id)
                connection.execute(freed.values(lease_until=None, worker=None))
                _set_state(connection, id, "received")
            return len(ids)

    def queue_again(self, attempt_id: str, release: str | None = None) -> bool:
        """Queues an attempt for regrading, after all new work; False if it waits already.

        `release` names a mended lesson to judge it by, instead of the one it was made from.
        """
        values = {"attempt_id": attempt_id, "release": release, "priority": 1, "queued_at": now(), "tries": 0}
        with self.writing() as connection:
            if connection.execute(select(job).where(job.c.attempt_id == attempt_id)).one_or_none():
                return False
            connection.execute(insert(job).values(**values))
            _set_state(connection, attempt_id, "received")
            return True

    def waiting(self) -> int:
        """How many attempts are waiting or being graded."""
        with self.reading() as connection:
            return connection.scalar(select(func.count()).select_from(job)) or 0

    def waiting_on(self, course: str, unit: str) -> int:
        """How many of a unit's attempts are waiting or being graded: how far a regrade is."""
        ours = select(func.count()).select_from(job.join(attempt, attempt.c.id == job.c.attempt_id))
        with self.reading() as connection:
            return connection.scalar(ours.where(attempt.c.course == course, attempt.c.unit == unit)) or 0


def finish(connection: Connection, attempt_id: str) -> bool:
    """Takes a job off the queue; False when somebody has done so before."""
    return bool(connection.execute(delete(job).where(job.c.attempt_id == attempt_id)).rowcount)


def _set_state(connection: Connection, attempt_id: str, state: str) -> None:
    connection.execute(update(attempt).where(attempt.c.id == attempt_id).values(state=state))
