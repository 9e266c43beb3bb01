"""Sharing: whom a published app is opened to, which version of it stands, and its end."""

from __future__ import annotations

from collections.abc import Sequence

from digital_council.apps import audience, proposal
from digital_council.apps.findings import Finding
from digital_council.datasets import store
from digital_council.errors import LearnerError
from digital_council.ledger import Ledger
from digital_council.ledger.records import AppRecord, AppVersion
from digital_council.people import Organisation


class NotShared(LearnerError):
    """Sharing would show somebody a dataset that they may not see."""


def share(
    ledger: Ledger, organisation: Organisation, app: AppRecord, by: str, add: Sequence[str], remove: Sequence[str]
) -> tuple[str, ...]:
    """Share with some and no longer with others; whom it is shared with now.

    A name that is a person's and a role's is the person's here. Raises UsageError for a name nobody bears, and
    NotShared naming the dataset and those who may not see it.
    """
    added = [audience.resolve(name, organisation) for name in add]
    removed = [audience.resolve(name, organisation) for name in remove]
    now = set(ledger.app_audience(app.id))
    _ensure_seen(ledger, organisation, app, app.version, tuple(added))
    if not set(added) <= now or not now.isdisjoint(removed):
        ledger.share_app(app.id, by, sorted(set(added) - now), sorted(now.intersection(removed)))
    return ledger.app_audience(app.id)


def roll_back(ledger: Ledger, organisation: Organisation, app: AppRecord, by: str, number: int | None) -> int:
    """Make an earlier version the present one, the one before by default; its number.

    Pages that are open stay on the version they were opened with. Raises LearnerError when there is no such version,
    and NotShared when those who may open the app may not see what that version shows.
    """
    numbers = [version.number for version in ledger.app_versions(app.id)]
    if number is None:
        number = next((each for each in numbers if each < app.version), 0)
    if number not in numbers:
        there = ", ".join(map(str, sorted(numbers)))
        raise LearnerError(f"{app.id} has no earlier version" if not number else
                           f"{app.id} has no version {number}; there are {there}")  # fmt: skip
    _ensure_seen(ledger, organisation, app, number, ledger.app_audience(app.id))
    if number != app.version:
        ledger.roll_app_back(app.id, by, number)
    return number


def _ensure_seen(
    ledger: Ledger, organisation: Organisation, app: AppRecord, number: int, targets: tuple[str, ...]
) -> None:
    found = [finding for name in _datasets(ledger.app_version(app.id, number)) for finding in
             proposal.refused(store.describe(name), targets, organisation)]  # fmt: skip
    if found:
        raise NotShared(_told(found))


def _datasets(version: AppVersion | None) -> list[str]:
    there = set(store.names())
    return [name for name in version.described["datasets"] if name in there] if version else []


def _told(found: Sequence[Finding]) -> str:
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return f"{found[0]}{more}"
