"""The gallery: which apps there are for somebody, how each is described, and who may open or change it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from digital_council.apps import audience, catalogue
from digital_council.apps.catalogue import App
from digital_council.portal.problems import Problem
from digital_council.portal.rights.identity import Identity
from digital_council.portal.rights.sessions import PREFIX
from digital_council.portal.services import Services

API = f"{PREFIX}api/v1"
MOST_USED_DAYS = 90
INERT = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"}
"""A picture made by a notebook may be a drawing with a script in it: opened by itself, it runs and loads nothing."""


def live(services: Services) -> dict[str, App]:
    """Every app that somebody can open, by id."""
    return {app.id: app for app in catalogue.live(services.ledger, services.state)}


def groups_of(who: Identity) -> frozenset[str]:
    """The hub groups this person is in now."""
    groups = {f"role-{role}" for role in who.roles} | {f"team-{team}" for team in who.teams}
    groups |= {f"directorate-{each}" for each in who.directorates}
    return frozenset(groups | ({f"org-{who.person.organisation}"} if who.person else set()))


def may_open(who: Identity, app: App) -> bool:
    return app.opens_to(who.account, groups_of(who))


def app_for(services: Services, who: Identity, app_id: str) -> App:
    """The app; raises a 404 problem when there is none, a 403 that says whom to ask and nothing else."""
    app = live(services).get(app_id)
    if app is None:
        raise Problem(404, f"There is no app {app_id[:80]!r}. It may have been retired or renamed.")
    if not may_open(who, app):
        raise Problem(403, refusal(services, app))
    return app


def at_version(services: Services, app: App, number: int) -> App:
    """The app as that version of it was; raises a 404 problem when there was none."""
    if app.shipped:
        return app
    record, version = services.ledger.published_app(app.id), services.ledger.app_version(app.id, number)
    if record is None or version is None:
        raise Problem(404, f"There is no version {number} of {app.id}.")
    return catalogue.published(record, version, app.audience, services.state)


def pictured(services: Services, who: Identity, app_id: str) -> App:
    """The app whose picture is asked for: whoever may open it may see it, and so may its owner when it is retired."""
    record = services.ledger.published_app(app_id)
    version = services.ledger.app_version(app_id, record.version) if record else None
    if record and version and (who.account in (record.owner, record.publisher) or who.has("operator")):
        return catalogue.published(record, version, (), services.state)
    return app_for(services, who, app_id)


def refusal(services: Services, app: App) -> str:
    """Whom to ask: the owner's name and job, and not a word about the app."""
    return f"This app is not shared with you. Ask its owner: {owner_of(services, app)}."


def owner_of(services: Services, app: App) -> str:
    """The owner as people know them: name and job."""
    person = services.organisation.person(app.owner_account) if app.owner_account else None
    return f"{person.name}, {person.job}" if person and person.job else person.name if person else app.owner


def apps_for(services: Services, who: Identity) -> list[dict[str, Any]]:
    """The apps open to this person, described."""
    used = openings(services)
    found = [app for app in live(services).values() if may_open(who, app)]
    return [described(services, app, used.get(app.id, 0)) for app in found]


def openings(services: Services) -> dict[str, int]:
    """How often each app was opened of late."""
    return services.ledger.app_openings(datetime.now(UTC) - timedelta(days=MOST_USED_DAYS))


def described(services: Services, app: App, opened: int) -> dict[str, Any]:
    """An app as the interface and the page show it: the same fields in both."""
    return {
        "id": app.id,
        "title": app.title,
        "summary": app.description,
        "url": address_of(services, app.id),
        "version": app.version,
        "owner": owner_of(services, app),
        "audience": list(app.audience),
        "audience_in_words": audience.told(app.audience, services.organisation),
        "datasets": list(app.datasets),
        "sensitivity": app.sensitivity,
        "updated": app.updated.isoformat(),
        "review": app.review.isoformat(),
        "overdue": app.review < date.today(),
        "thumbnail": f"{API}/apps/{app.id}/thumbnail",
        "opened": opened,
        "shipped": app.shipped,
    }


def address_of(services: Services, app_id: str) -> str:
    """Where an app is opened, on the apps' own origin."""
    return f"{services.apps_origin}/services/apps/{app_id}/"
