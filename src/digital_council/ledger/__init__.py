"""What happened and when: attempts, marks, the queue of work, and statements that are only ever added to."""

from collections.abc import Sequence

from digital_council.ledger.allowances import Allowances
from digital_council.ledger.apps import Apps
from digital_council.ledger.attempts import Attempts, NewAttempt
from digital_council.ledger.enrolments import Enrolments
from digital_council.ledger.identities import Identities
from digital_council.ledger.inboxes import Inboxes
from digital_council.ledger.marks import Marks, Verdict
from digital_council.ledger.outcomes import Outcomes
from digital_council.ledger.overview import Overview
from digital_council.ledger.pages import Page
from digital_council.ledger.publications import Publications
from digital_council.ledger.queue import Queue
from digital_council.ledger.records import Allowance, Attempt, Completion, Enrolment, Job, Mark, Review, Statement
from digital_council.ledger.reviews import Reviews
from digital_council.ledger.sittings import Sitting, Sittings
from digital_council.ledger.statements import Statements
from digital_council.settings import Settings, State

__all__: Sequence[str] = (
    "Allowance",
    "Attempt",
    "Completion",
    "Enrolment",
    "Job",
    "Ledger",
    "Mark",
    "NewAttempt",
    "Page",
    "Review",
    "Sitting",
    "Statement",
    "Verdict",
)


class Ledger(
    Identities,
    Attempts,
    Queue,
    Marks,
    Statements,
    Allowances,
    Overview,
    Outcomes,
    Inboxes,
    Apps,
    Publications,
    Enrolments,
    Reviews,
    Sittings,
):
    """The one owner of attempts and marks. One process writes; every method is one short transaction.

    `Ledger(url)` opens a database by SQLAlchemy URL or by path, makes it when it is not there and brings an
    older one up to date. Raises OperatorError when it cannot be written or a newer release has written it.
    """

    @classmethod
    def of(cls, state: State, settings: Settings) -> "Ledger":
        """The ledger the settings name, or else the one in the state directory."""
        return cls(settings.ledger.url or state.ledger / "ledger.db")
