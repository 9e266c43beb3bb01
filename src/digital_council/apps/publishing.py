"""Publishing: a notebook through the gate into a version that can be opened, or the reasons why not.

Nothing half-written is ever live: a version's folder appears whole, then the ledger says that it is there.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

import nbformat

from digital_council.apps import catalogue, gate, proposal, thumbnail, versions
from digital_council.apps.findings import Finding
from digital_council.apps.gate import Order, Tell
from digital_council.apps.proposal import Proposal
from digital_council.errors import LearnerError
from digital_council.ledger import Ledger
from digital_council.ledger.apps import NewVersion
from digital_council.ledger.records import AppRecord
from digital_council.people import Organisation
from digital_council.settings import State

Sign = Callable[[str, str, tuple[str, ...]], str]
"""Signs a viewer's token for an account, an app and its datasets; only the portal can."""


class NameTaken(LearnerError):
    """Somebody else's app, or one that ships, has the name."""

    status = 409


@dataclass(frozen=True)
class Outcome:
    """What came of a proposal: a version, new or as it was, or why there is none."""

    state: Literal["published", "unchanged", "refused"]
    app: str
    version: int = 0
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class _Ready:
    """A proposal whose description stands."""

    publisher: str
    proposal: Proposal
    notebook: Any
    said: dict[str, Any]
    audience: tuple[str, ...]

    @property
    def files(self) -> dict[str, bytes]:
        text = nbformat.writes(self.notebook, version=4)
        return {catalogue.NOTEBOOK: text.encode(), catalogue.DESCRIPTION: versions.described(self.said)}

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(b"".join(self.files.values())).hexdigest()


class Publisher:
    """Publishes for whoever asks; one portal has one, for it hands out the numbers of versions."""

    def __init__(self, ledger: Ledger, state: State, organisation: Organisation, threshold: int, sign: Sign) -> None:
        self.ledger, self.state, self.organisation = ledger, state, organisation
        self.threshold, self.sign = threshold, sign
        self._turn = threading.Lock()
        versions.sweep(state)

    def publish(self, account: str, roles: frozenset[str], said: Proposal, tell: Tell) -> Outcome:
        """Put a notebook through the gate and, if it passes, make it the app's present version.

        Raises NameTaken naming the owner of an app that is somebody else's, LearnerError for what is no notebook, and
        OperatorError when the gate itself could not work.
        """
        self.ensure_free(account, said.name)
        findings = proposal.check(said, self.organisation, roles, date.today())
        notebook = versions.notebook_of(said.notebook)
        if findings:
            return Outcome("refused", said.name, findings=tuple(findings))
        ready = self._ready(account, said, notebook)
        if same := self._same(ready):
            return Outcome("unchanged", same.id, same.version)
        passage = gate.check(self._order(ready), tell)
        if passage.findings:
            return Outcome("refused", said.name, findings=passage.findings)
        return self._keep(ready, passage.thumbnail or thumbnail.of_title(said.name, said.title))

    def ensure_free(self, account: str, name: str) -> None:
        """Raises NameTaken unless this account may publish under the name."""
        if catalogue.is_shipped(name):
            raise NameTaken(f"{name}: an app of this name ships with the product; choose another id")
        record = self.ledger.published_app(name)
        if record is not None and account not in (record.owner, record.publisher):
            owner = self.organisation.person(record.owner or "")
            whose = f"{owner.name}, {owner.job}" if owner else "somebody who has left"
            raise NameTaken(f"{name}: there is an app of this name already, and its owner is {whose};"
                            " choose another id, or ask them")  # fmt: skip

    def _ready(self, account: str, said: Proposal, notebook: Any) -> _Ready:
        described = {
            "title": said.title.strip(),
            "description": said.description.strip(),
            "datasets": sorted(set(said.datasets)),
            "review": said.review,
            "sensitivity": proposal.sensitivity(said),
            "accepted": said.accepted,
        }
        named = replace(said, id=said.name)
        return _Ready(account, named, notebook, described, proposal.targets(said, self.organisation))

    def _same(self, ready: _Ready) -> AppRecord | None:
        """The app as it stands, when this would change nothing of it."""
        record = self.ledger.published_app(ready.proposal.id)
        if record is None or record.retired_at is not None or record.owner != ready.proposal.owner:
            return None
        version = self.ledger.app_version(record.id, record.version)
        is_same = version is not None and (version.fingerprint, version.described) == (ready.fingerprint, ready.said)
        return record if is_same and set(ready.audience) <= set(self.ledger.app_audience(record.id)) else None

    def _order(self, ready: _Ready) -> Order:
        said = ready.proposal
        people = (self.organisation.person(account) for account in (said.owner, ready.publisher))
        sockets = self.state.run / "sandbox"
        return Order(
            notebook=nbformat.writes(ready.notebook, version=4),
            token=self.sign(ready.publisher, said.id, tuple(ready.said["datasets"])),
            sockets=str(sockets),
            kernel=_line(self.state.run / gate.KERNEL),
            threshold=self.threshold,
            known=[person.name for person in people if person],
            accepted=list(said.accepted),
            is_sensitive=ready.said["sensitivity"] != "OFFICIAL",
        )

    def _keep(self, ready: _Ready, picture: tuple[str, bytes]) -> Outcome:
        app = ready.proposal.id
        with self._turn:
            self.ensure_free(ready.publisher, app)  # somebody may have been quicker
            number = max((each.number for each in self.ledger.app_versions(app)), default=0) + 1
            versions.write(self.state, app, number, ready.files | {picture[0]: picture[1]})
            new = NewVersion(
                app=app, number=number, owner=ready.proposal.owner, publisher=ready.publisher,
                fingerprint=ready.fingerprint, described=ready.said, audience=ready.audience,
            )  # fmt: skip
            self.ledger.add_app_version(new)
        return Outcome("published", app, number)


def _line(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError:
        return ""
