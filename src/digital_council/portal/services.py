"""Services: the parts a portal is made of, handed to it whole so that tests can build it on real ones."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from digital_council import people, settings
from digital_council.apps.publishing import Publisher
from digital_council.courses import frameworks, paths
from digital_council.ledger import Ledger
from digital_council.people import Organisation
from digital_council.portal.authors.proving import Proving
from digital_council.portal.learners.certificates import Certificates
from digital_council.portal.learners.drafts import Drafts
from digital_council.portal.learners.threads import Threads
from digital_council.portal.learners.withholding import Withholding
from digital_council.portal.lesson.examples import Examples
from digital_council.portal.library import Library
from digital_council.portal.rights.sessions import Sessions
from digital_council.portal.rights.tokens import ViewerTokens
from digital_council.portal.sharing.publications import Publications
from digital_council.progress import lessons, publication
from digital_council.progress.publication import Publication
from digital_council.settings import Settings, State

if TYPE_CHECKING:
    from digital_council.grading.service import GradingService
    from digital_council.portal.rights.auth import Authenticator


@dataclass(frozen=True)
class Services:
    """One portal's parts. The process that holds the ledger here is the only one that writes it."""

    state: State
    settings: Settings
    organisation: Organisation
    ledger: Ledger
    drafts: Drafts
    grading: GradingService
    auth: Authenticator
    library: Library
    sessions: Sessions
    tokens: ViewerTokens
    examples: Examples
    warnings: tuple[str, ...] = field(default=())
    apps_origin: str = ""
    """Where the apps service is; empty when it shares the portal's origin."""

    @cached_property
    def threads(self) -> Threads:
        return Threads(self.state.drafts / "threads.db")

    @cached_property
    def paths(self) -> paths.Paths:
        return paths.load(self.library.root)

    @cached_property
    def publications(self) -> Publications:
        threshold = self.settings.disclosure.threshold
        publisher = Publisher(self.ledger, self.state, self.organisation, threshold, self.tokens.sign_viewer)
        return Publications(publisher)

    @cached_property
    def proving(self) -> Proving:
        return Proving(self.ledger, self.library, self.state, self.examples)

    @cached_property
    def publication(self) -> Publication:
        """The figures, made once a batch."""
        kept = self.state.ledger / publication.FILE
        known = frameworks.read(settings.PROJECT / "courses")
        rules = self.settings.disclosure
        return Publication(self.ledger, self.organisation, lambda: lessons.of(self.library.courses), known, rules, kept)

    @cached_property
    def certificates(self) -> Certificates:
        return Certificates(self.ledger, self.state.secrets, self.withholding.is_told)

    @cached_property
    def withholding(self) -> Withholding:
        return Withholding(self.library, self.ledger)

    def close(self) -> None:
        """Stop what was started, last first."""
        if "proving" in vars(self):
            self.proving.close()
        if "publications" in vars(self):
            self.publications.close()
        if "threads" in vars(self):
            self.threads.close()
        self.examples.stop()
        self.grading.stop()
        self.drafts.close()
        self.ledger.close()


def open_services(state: State, auth: Authenticator, project: Path = settings.PROJECT) -> Services:
    """Open every part on one state directory and start the grading. Raises OperatorError in one line."""
    from digital_council.grading.service import GradingService

    state.ensure()
    chosen = settings.load(project / "hub_config" / "council.toml")
    ledger = Ledger(chosen.ledger.url or state.ledger / "ledger.db")
    library = Library.open(project / "courses", state, chosen.courses.release_changes == "at start")
    paths.load(library.root)
    grading = GradingService(ledger, state, chosen, pool_size=chosen.grading.workers)
    grading.start()
    examples = Examples(grading)
    examples.prepare(unit for course in library.courses for unit in course.units)
    return Services(
        state=state,
        settings=chosen,
        organisation=people.load(project / "hub_config" / "people.csv"),
        ledger=ledger,
        drafts=Drafts(state.drafts / "drafts.db"),
        grading=grading,
        auth=auth,
        library=library,
        sessions=Sessions(state.secrets),
        tokens=ViewerTokens(state.secrets),
        examples=examples,
        warnings=announcements(),
        apps_origin=_apps_origin(auth.hub),
    )


def announcements() -> tuple[str, ...]:
    """What every page must say of how this product was started."""
    found = []
    if os.environ.get("COUNCIL_NO_SANDBOX") == "1" or os.environ.get("COUNCIL_SANDBOX") == "no":
        found.append(
            "The sandbox is off: code that learners write runs without protection. For a trial on your own"
            " machine only."
        )
    if os.environ.get("COUNCIL_SINGLE_ORIGIN") in ("1", "yes"):
        found.append(
            "Everything shares one web address: learners' notebooks are not kept apart from this portal. For a"
            " trial on your own machine only."
        )
    return tuple(found)


def _apps_origin(hub: str) -> str:
    """The apps' own host beside the hub's: `apps.` before its name."""
    scheme, _, host = hub.partition("://")
    return f"{scheme}://apps.{host}" if host else ""
