"""Publications: notebooks sent to become apps, as rows, so that none is lost with the process that looks at it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, func, insert, select, update

from digital_council.ledger.identities import person_id
from digital_council.ledger.moments import now
from digital_council.ledger.store import Store
from digital_council.ledger.tables import identity, publication

OPEN = ("waiting", "running")
KEPT_DAYS = 30
"""How long it is remembered how one ended."""
_COLUMNS = ("id", "app", "key", "asked_at", "sent", "notebook", "state", "tries", "told")


@dataclass(frozen=True)
class Sent:
    """A notebook as it was sent, what was said of it, and how it stands. What was sent is empty once it has ended."""

    id: str
    account: str
    app: str
    key: str | None
    asked_at: datetime
    sent: dict[str, Any] | None
    notebook: bytes | None
    state: str
    tries: int
    told: dict[str, Any]


class Publications(Store):
    """One process works at them: what it had begun when it ended is anybody's again at the next start."""

    def send_publication(
        self, account: str, app: str, sent: Mapping[str, Any], notebook: bytes, key: str | None = None
    ) -> Sent:
        """Adds a notebook to those that wait; for a key that this account has used, what was sent then."""
        with self.writing() as connection:
            who = person_id(connection, account)
            of_key = _sent().where(publication.c.person_id == who, publication.c.key == key)
            if key and (known := connection.execute(of_key).one_or_none()):
                return Sent(**known._mapping)
            old = publication.c.asked_at < now() - timedelta(days=KEPT_DAYS)
            connection.execute(delete(publication).where(old & publication.c.state.not_in(OPEN)))
            row = {"id": str(uuid.uuid4()), "person_id": who, "app": app[:80], "key": key, "asked_at": now()}
            standing = {"state": "waiting", "tries": 0, "told": {}}
            connection.execute(insert(publication).values(**row, sent=dict(sent), notebook=notebook, **standing))
            return Sent(**connection.execute(_sent().where(publication.c.id == row["id"])).one()._mapping)

    def begin_publication(self, id: str) -> Sent | None:
        """The publication, now running and tried once more; None when it does not wait."""
        waits = (publication.c.id == id) & (publication.c.state == "waiting")
        begun = {"state": "running", "tries": publication.c.tries + 1}
        with self.writing() as connection:
            if not connection.execute(update(publication).where(waits).values(**begun)).rowcount:
                return None
            row = connection.execute(_sent().where(publication.c.id == id)).one_or_none()
            return Sent(**row._mapping) if row else None

    def end_publication(self, id: str, tries: int, state: str, told: Mapping[str, Any]) -> bool:
        """Says how it ended and lets go of what was sent; False when another try has begun since."""
        ours = (publication.c.id == id) & (publication.c.tries == tries) & publication.c.state.in_(OPEN)
        ended = {"state": state, "told": dict(told), "sent": None, "notebook": None}
        with self.writing() as connection:
            return bool(connection.execute(update(publication).where(ours).values(**ended)).rowcount)

    def interrupted_publications(self) -> list[Sent]:
        """For start-up: all that has not ended, first come first, and waiting again."""
        running = update(publication).where(publication.c.state == "running")
        with self.writing() as connection:
            connection.execute(running.values(state="waiting"))
            rows = connection.execute(_sent().where(publication.c.state == "waiting").order_by(publication.c.asked_at))
            return [Sent(**row._mapping) for row in rows]

    def publication(self, id: str) -> Sent | None:
        """One publication, or None."""
        with self.reading() as connection:
            row = connection.execute(_sent().where(publication.c.id == id)).one_or_none()
        return Sent(**row._mapping) if row else None

    def publications_of(self, account: str, since: datetime) -> list[Sent]:
        """What somebody has sent since then, newest first."""
        theirs = (identity.c.account == account) & (publication.c.asked_at >= since)
        with self.reading() as connection:
            rows = connection.execute(_sent().where(theirs).order_by(publication.c.asked_at.desc()))
            return [Sent(**row._mapping) for row in rows]

    def publications_waiting(self) -> int:
        """How many have not ended."""
        query = select(func.count()).select_from(publication).where(publication.c.state.in_(OPEN))
        with self.reading() as connection:
            return connection.scalar(query) or 0


def _sent() -> Select[Any]:
    """Publications with the account of whoever sent them; an erased person has none."""
    columns = (publication.c[name] for name in _COLUMNS)
    return select(identity.c.account, *columns).join(identity, identity.c.person_id == publication.c.person_id)
