"""A proposal: what an analyst says of a notebook that is to become an app, and what of it does not stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import get_args

from digital_council.apps import audience
from digital_council.apps.catalogue import Sensitivity
from digital_council.apps.disclosing import NEVER
from digital_council.apps.findings import Finding
from digital_council.datasets import disclosure, store
from digital_council.datasets.description import Description
from digital_council.datasets.errors import UnknownDatasetError
from digital_council.datasets.publication import gate
from digital_council.errors import UsageError
from digital_council.people import Organisation

NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,58}[a-z0-9]")
RESERVED = frozenset(
    {"api", "council", "events", "files", "front", "health", "internal", "kernels", "login", "logout", "new"}
    | {"oauth-callback", "publications", "standing", "static", "templates", "tree", "voila"}
)
LONGEST_TITLE, LONGEST_DESCRIPTION = 80, 400
MONTHS = 18
SIGNS = frozenset(disclosure.TESTS) | {"small-count"}
SENSITIVITIES: tuple[Sensitivity, ...] = get_args(Sensitivity)


@dataclass(frozen=True)
class Proposal:
    """What was said. Nothing of it has been looked at yet."""

    notebook: bytes
    id: str = ""
    title: str = ""
    description: str = ""
    owner: str = ""
    """An account: who answers for the app, and whom others are told to ask."""
    audience: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()
    review: str = ""
    sensitivity: str = ""
    accepted: dict[str, str] = field(default_factory=dict)
    """Signs of people that the owner has looked at, by kind, and why they may be shown."""

    @property
    def name(self) -> str:
        """The app's id: as given, else made of the title."""
        return self.id or "-".join(re.findall(r"[a-z0-9]+", self.title.lower()))[:60].strip("-")


def targets(proposal: Proposal, organisation: Organisation) -> tuple[str, ...]:
    """Whom the audience means. A role and an account may share a name: here it is the role."""
    kinds = ("role", *(kind for kind in audience.KINDS if kind != "role"))
    return tuple(sorted({audience.resolve(name, organisation, kinds) for name in proposal.audience}))


def check(proposal: Proposal, organisation: Organisation, roles: frozenset[str], today: date) -> list[Finding]:
    """Everything in the description that does not stand; `roles` are the publisher's."""
    return [
        *_said(proposal),
        *_owner(proposal, organisation),
        *_review(proposal, today),
        *_audience(proposal, organisation),
        *_datasets(proposal, organisation, roles),
        *_accepted(proposal),
    ]


def sensitivity(proposal: Proposal) -> Sensitivity:
    """The app's: as said, else that of its most sensitive dataset."""
    if proposal.sensitivity in SENSITIVITIES:
        return SENSITIVITIES[SENSITIVITIES.index(proposal.sensitivity)]
    return max((_marked(each) for each in _known(proposal)), key=SENSITIVITIES.index, default="OFFICIAL")


def unseen(dataset: Description, target: str, organisation: Organisation) -> bool:
    """Whether somebody whom the target lets in may not see the dataset."""
    if target.startswith("role-"):
        return not gate.shown_to(dataset, {target.removeprefix("role-")})
    return not all(gate.shown_to(dataset, person.roles) for person in audience.people_of(target, organisation))


def _said(proposal: Proposal) -> Iterator[Finding]:
    if not proposal.title.strip() or len(proposal.title) > LONGEST_TITLE:
        yield _finding(f"title: give one of at most {LONGEST_TITLE} characters")
    if not proposal.description.strip() or len(proposal.description) > LONGEST_DESCRIPTION:
        yield _finding(f"description: say in at most {LONGEST_DESCRIPTION} characters what the app answers")
    if proposal.name and (not NAME.fullmatch(proposal.name) or proposal.name in RESERVED):
        yield _finding(f"id: {proposal.name[:60]!r} cannot be an address; use 3 to 60 of a to z, 0 to 9 and -")
    if proposal.sensitivity and proposal.sensitivity not in SENSITIVITIES:
        yield _finding(f"sensitivity: {proposal.sensitivity[:40]!r}; allowed: {', '.join(SENSITIVITIES)}")
    highest = max((_marked(each) for each in _known(proposal)), key=SENSITIVITIES.index, default="OFFICIAL")
    if proposal.sensitivity == "OFFICIAL" and highest != "OFFICIAL":
        yield _finding(f"sensitivity: OFFICIAL, but one of its datasets is {highest}; say {highest}")


def _owner(proposal: Proposal, organisation: Organisation) -> Iterator[Finding]:
    person = organisation.person(proposal.owner)
    if not proposal.owner:
        yield _finding("owner: name the account of the person who answers for the app")
    elif person is None or "partner" in person.roles:
        yield _finding(f"owner: nobody in the council has the account {proposal.owner[:80]!r}")


def _review(proposal: Proposal, today: date) -> Iterator[Finding]:
    month = today.month + MONTHS
    latest = date(today.year + (month - 1) // 12, (month - 1) % 12 + 1, min(today.day, 28))
    try:
        review = date.fromisoformat(proposal.review)
    except ValueError:
        given = f"{proposal.review[:40]!r} is not a day; " if proposal.review else ""
        yield _finding(f"review: {given}give the day it is to be looked at again, as {latest.isoformat()}")
        return
    if not today < review <= latest:
        yield _finding(f"review: {review}; it must lie after today and by {latest}, {MONTHS} months from now")


def _audience(proposal: Proposal, organisation: Organisation) -> Iterator[Finding]:
    if not proposal.audience:
        yield _finding(
            "audience: say whom it is for: everyone, leaders, a team, a directorate, an organisation, people"
        )
        return
    try:
        targets(proposal, organisation)
    except UsageError as error:
        yield _finding(f"audience: {error}")


def _datasets(proposal: Proposal, organisation: Organisation, roles: frozenset[str]) -> Iterator[Finding]:
    try:
        shared = targets(proposal, organisation)
    except UsageError:
        shared = ()
    for name in proposal.datasets:
        try:
            dataset = store.describe(name)
        except UnknownDatasetError as error:
            yield Finding("dataset", str(error))
            continue
        if not gate.shown_to(dataset, roles):
            yield Finding("dataset", f"the dataset {name} is not one you may see; its owner is {dataset.owner}")
        yield from refused(dataset, shared, organisation)


def refused(dataset: Description, shared: tuple[str, ...], organisation: Organisation) -> Iterator[Finding]:
    """A finding for each target that would be shown a dataset it may not see."""
    for target in shared:
        if unseen(dataset, target, organisation):
            who = audience.words(target, organisation)
            yield Finding("dataset", f"{who} may not see the dataset {dataset.id}, which is not published;"
                          f" leave it out, or share with people who may (its owner is {dataset.owner})")  # fmt: skip


def _accepted(proposal: Proposal) -> Iterator[Finding]:
    for sign, reason in proposal.accepted.items():
        if sign in NEVER or sign not in SIGNS:
            allowed = ", ".join(sorted(SIGNS - NEVER))
            yield _finding(f"accepted: {sign[:40]!r} cannot be accepted; allowed: {allowed}")
        elif len(reason.strip()) < 10:
            yield _finding(f"accepted: say why {sign} may be shown, in at least 10 characters")


def _known(proposal: Proposal) -> Iterator[Description]:
    names = set(store.names())
    return (store.describe(name) for name in proposal.datasets if name in names)


def _marked(dataset: Description) -> Sensitivity:
    return "OFFICIAL" if dataset.sensitivity == "OFFICIAL" else "OFFICIAL-SENSITIVE"


def _finding(title: str) -> Finding:
    return Finding("description", title)
