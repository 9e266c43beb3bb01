"""Apps: which have been published, in which versions, shared with whom, and what people did with them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, func, insert, select, update

from digital_council.ledger import statements
from digital_council.ledger.identities import person_id
from digital_council.ledger.moments import now
from digital_council.ledger.pages import Page, cursor_at, position_of, within
from digital_council.ledger.records import AppEvent, AppRecord, AppVersion
from digital_council.ledger.store import Store
from digital_council.ledger.tables import app, app_share, app_version, identity, statement

PERSON = "person-"


@dataclass(frozen=True)
class NewVersion:
    """A version about to be added; `audience` are targets, people among them by account."""

    app: str
    number: int
    owner: str
    publisher: str
    fingerprint: str
    described: Mapping[str, Any]
    audience: Collection[str]


def object_of(app_id: str) -> str:
    """How statements name an app."""
    return f"app:{app_id}"


class Apps(Store):
    """Published apps. Shipped ones have no row here, only statements."""

    def published_apps(self) -> list[AppRecord]:
        """Every app ever published, retired ones too, in order of id."""
        with self.reading() as connection:
            return [AppRecord(**row._mapping) for row in connection.execute(_apps().order_by(app.c.id))]

    def published_app(self, id: str) -> AppRecord | None:
        """The app of that id, or None."""
        with self.reading() as connection:
            row = connection.execute(_apps().where(app.c.id == id)).one_or_none()
        return None if row is None else AppRecord(**row._mapping)

    def app_versions(self, id: str) -> list[AppVersion]:
        """An app's versions, newest first."""
        with self.reading() as connection:
            rows = connection.execute(_versions().where(app_version.c.app_id == id))
            return [AppVersion(**row._mapping) for row in rows]

    def app_version(self, id: str, number: int) -> AppVersion | None:
        """One version of an app, or None."""
        return next((each for each in self.app_versions(id) if each.number == number), None)

    def app_audience(self, id: str) -> tuple[str, ...]:
        """Whom an app is shared with, as targets, people by account; nobody who has been erased."""
        with self.reading() as connection:
            targets = connection.scalars(
                select(app_share.c.target).where(app_share.c.app_id == id).order_by(app_share.c.target)
            ).all()
            named = (_named(connection, target) for target in targets)
            return tuple(target for target in named if target)

    def add_app_version(self, new: NewVersion) -> AppRecord:
        """Makes a version an app's present one, with its audience in place of the version's before; one transaction.

        What was shared beside that stays shared. A retired app is live again.
        """
        with self.writing() as connection:
            owner, publisher = person_id(connection, new.owner), person_id(connection, new.publisher)
            standing = {"owner": owner, "publisher": publisher, "version": new.number, "retired_at": None}
            if not connection.execute(update(app).where(app.c.id == new.app).values(**standing)).rowcount:
                connection.execute(insert(app).values(id=new.app, **standing))
            kept = {"fingerprint": new.fingerprint, "publisher": publisher, "described": dict(new.described)}
            connection.execute(
                insert(app_version).values(app_id=new.app, number=new.number, published_at=now(), **kept)
            )
            from_audience = (app_share.c.app_id == new.app) & app_share.c.from_audience
            connection.execute(delete(app_share).where(from_audience))
            _share(connection, new.app, new.audience, from_audience=True)
            statements.state(connection, publisher, "published", object_of(new.app), {"version": new.number})
            return AppRecord(**connection.execute(_apps().where(app.c.id == new.app)).one()._mapping)

    def share_app(self, id: str, by: str, add: Collection[str], remove: Collection[str] = ()) -> None:
        """Shares an app with targets, and no longer with others."""
        with self.writing() as connection:
            gone = [_stored(connection, target) for target in remove]
            connection.execute(delete(app_share).where((app_share.c.app_id == id) & app_share.c.target.in_(gone)))
            _share(connection, id, add, from_audience=False)
            said = {"with": [_stored(connection, each) for each in add], "without": gone}
            statements.state(connection, person_id(connection, by), "shared", object_of(id), said)

    def roll_app_back(self, id: str, by: str, number: int) -> None:
        """Makes an earlier version the present one."""
        with self.writing() as connection:
            connection.execute(update(app).where(app.c.id == id).values(version=number))
            who = person_id(connection, by)
            statements.state(connection, who, "rolled-back", object_of(id), {"version": number})

    def retire_app(self, id: str, by: str) -> None:
        """Takes an app away from everybody; its versions and its record stay."""
        with self.writing() as connection:
            connection.execute(update(app).where(app.c.id == id).values(retired_at=now()))
            statements.state(connection, person_id(connection, by), "retired", object_of(id))

    def app_openings(self, since: datetime) -> dict[str, int]:
        """How often each app was opened since then, by id."""
        opened = (statement.c.verb == "opened") & (statement.c.at >= since) & statement.c.object.startswith("app:")
        query = select(statement.c.object, func.count()).where(opened).group_by(statement.c.object)
        with self.reading() as connection:
            return {object.removeprefix("app:"): count for object, count in connection.execute(query).tuples()}

    def app_events(self, id: str, limit: int = 50, cursor: str | None = None) -> Page[AppEvent]:
        """What was done with an app and by whom, newest first."""
        joined = statement.outerjoin(identity, identity.c.person_id == statement.c.actor)
        query = select(statement, identity.c.account).select_from(joined).where(statement.c.object == object_of(id))
        if cursor is not None:
            query = query.where(statement.c.id < position_of(cursor))
        limit = within(limit)
        with self.reading() as connection:
            rows = connection.execute(query.order_by(statement.c.id.desc()).limit(limit + 1)).all()
        events = [AppEvent(row.at, row.account, row.verb, row.result or {}) for row in rows[:limit]]
        return Page(events, cursor_at(rows[limit - 1].id) if len(rows) > limit else None)


def _apps() -> Select[Any]:
    owner, publisher = identity.alias(), identity.alias()
    joined = app.outerjoin(owner, owner.c.person_id == app.c.owner)
    joined = joined.outerjoin(publisher, publisher.c.person_id == app.c.publisher)
    accounts = (owner.c.account.label("owner"), publisher.c.account.label("publisher"))
    return select(app.c.id, *accounts, app.c.version, app.c.retired_at).select_from(joined)


def _versions() -> Select[Any]:
    columns = (
        app_version.c.number,
        app_version.c.fingerprint,
        app_version.c.published_at,
        app_version.c.described,
    )
    joined = app_version.outerjoin(identity, identity.c.person_id == app_version.c.publisher)
    query = select(app_version.c.app_id.label("app"), identity.c.account.label("publisher"), *columns)
    return query.select_from(joined).order_by(app_version.c.number.desc())


def _share(connection: Connection, id: str, targets: Iterable[str], from_audience: bool) -> None:
    there = set(connection.scalars(select(app_share.c.target).where(app_share.c.app_id == id)))
    for target in {_stored(connection, target) for target in targets} - there:
        connection.execute(insert(app_share).values(app_id=id, target=target, from_audience=from_audience))


def _stored(connection: Connection, target: str) -> str:
    """The target as it is kept: a person by id, so that they can be erased."""
    return PERSON + person_id(connection, target.removeprefix(PERSON)) if target.startswith(PERSON) else target


def _named(connection: Connection, target: str) -> str | None:
    if not target.startswith(PERSON):
        return target
    query = select(identity.c.account).where(identity.c.person_id == target.removeprefix(PERSON))
    account = connection.scalar(query)
    return PERSON + account if account else None
