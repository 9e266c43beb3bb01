"""Stewards: what an app's owner, its publisher and operators may do with it, the same from interface and pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from digital_council.apps import catalogue, sharing
from digital_council.apps.catalogue import App
from digital_council.ledger.records import AppEvent, AppRecord
from digital_council.portal.problems import Problem
from digital_council.portal.rights.identity import Identity
from digital_council.portal.services import Services
from digital_council.portal.sharing import gallery

PUBLISHERS = ("analyst",)
"""Roles that may publish."""
EVENTS = 50


def require_publisher(who: Identity) -> None:
    """Raises a 403 problem for somebody who may not publish."""
    if not who.has(*PUBLISHERS):
        raise Problem(403, "Apps are published by analysts; ask the operator for that role.")


def share(services: Services, who: Identity, app_id: str, add: Sequence[str], remove: Sequence[str]) -> None:
    """Share with some and no longer with others. Raises a problem, or an error of `sharing`, in one line."""
    record = _live(own(services, who, app_id))
    sharing.share(services.ledger, services.organisation, record, who.account, add, remove)


def roll_back(services: Services, who: Identity, app_id: str, number: int | None) -> int:
    """Make an earlier version the live one; its number."""
    record = _live(own(services, who, app_id))
    return sharing.roll_back(services.ledger, services.organisation, record, who.account, number)


def retire(services: Services, who: Identity, app_id: str) -> None:
    """Take an app away from everybody. May run twice."""
    record = own(services, who, app_id, or_operator=True)
    if record.retired_at is None:
        services.ledger.retire_app(record.id, who.account)


def own(services: Services, who: Identity, app_id: str, or_operator: bool = False) -> AppRecord:
    """The published app, if it is this person's to change; raises a 404, 403 or 409 problem."""
    record = services.ledger.published_app(app_id)
    if record is None or catalogue.is_shipped(app_id):
        app = gallery.app_for(services, who, app_id)
        raise Problem(409, f"{app.title} ships with the product; whom it is for stands in its app.toml.")
    if who.account in (record.owner, record.publisher) or (or_operator and who.has("operator")):
        return record
    app = at(services, record)
    if record.retired_at is None and gallery.may_open(who, app):
        raise Problem(403, f"This app is its owner's to share or to change: {gallery.owner_of(services, app)}.")
    raise Problem(403, gallery.refusal(services, app))


def at(services: Services, record: AppRecord) -> App:
    """A published app as it stands, retired or not."""
    version = services.ledger.app_version(record.id, record.version)
    assert version is not None  # noqa: S101  (a version is always there)
    return catalogue.published(record, version, services.ledger.app_audience(record.id), services.state)


def detail(services: Services, who: Identity, app_id: str) -> dict[str, Any]:
    """An app with its versions; for its owner and operators also what was done with it.

    Raises a 404 problem when there is none, a 403 that says whom to ask for somebody it is not shared with.
    """
    record = services.ledger.published_app(app_id)
    may = _may(who, record)
    app = at(services, record) if record and may else gallery.app_for(services, who, app_id)
    is_retired = record is not None and record.retired_at is not None
    opened = gallery.openings(services).get(app.id, 0)
    audited = "audit" in may or (app.shipped and who.has("operator"))
    can_open = ["open"] if gallery.may_open(who, app) and not is_retired else []
    return gallery.described(services, app, opened) | {
        "versions": _versions(services, app),
        "retired": is_retired,
        "may": [*can_open, *may, *(["audit"] if audited and "audit" not in may else [])],
        "events": events(services, app.id)["events"] if audited else None,
    }


def events(services: Services, app_id: str, limit: int = EVENTS, cursor: str | None = None) -> dict[str, Any]:
    """What was done with an app and by whom, newest first."""
    page = services.ledger.app_events(app_id, limit, cursor)
    return {"events": [_event(services, each) for each in page.items], "next": page.cursor}


def require_auditor(services: Services, who: Identity, app_id: str) -> App:
    """The app, for its owner, its publisher and operators; raises a 404 or 403 problem for others."""
    record = services.ledger.published_app(app_id)
    app = at(services, record) if record else gallery.live(services).get(app_id)
    if app is None:
        raise Problem(404, f"There is no app {app_id[:80]!r}.")
    if "audit" not in _may(who, record) and not who.has("operator"):
        raise Problem(403, "Who opened an app is for its owner and for operators to see.")
    return app


def _may(who: Identity, record: AppRecord | None) -> list[str]:
    if record is None:
        return []
    if who.account in (record.owner, record.publisher):
        return ["share", "rollback", "retire", "audit"]
    return ["retire", "audit"] if who.has("operator") else []


def _live(record: AppRecord) -> AppRecord:
    if record.retired_at is not None:
        raise Problem(409, f"{record.id} has been retired; publish it again to bring it back.")
    return record


def _versions(services: Services, app: App) -> list[dict[str, Any]]:
    if app.shipped:
        return [{"number": 1, "published_at": app.updated.isoformat(), "publisher": app.owner, "live": True}]
    return [
        {
            "number": each.number,
            "published_at": each.published_at.isoformat(),
            "publisher": _name(services, each.publisher),
            "live": each.number == app.version,
        }
        for each in services.ledger.app_versions(app.id)
    ]


def _event(services: Services, event: AppEvent) -> dict[str, Any]:
    return {
        "at": event.at.isoformat(),
        "account": event.account,
        "name": _name(services, event.account),
        "verb": event.verb,
        "result": event.result if event.verb != "shared" else {},
    }


def _name(services: Services, account: str | None) -> str:
    person = services.organisation.person(account) if account else None
    return person.name if person else account or "somebody who has been erased"
