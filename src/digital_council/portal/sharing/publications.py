"""Publications: notebooks on their way through the gate, one at a time, and how far each has come."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from digital_council.apps.findings import Finding
from digital_council.apps.proposal import Proposal
from digital_council.apps.publishing import NameTaken, Outcome, Publisher
from digital_council.errors import CouncilError, LearnerError
from digital_council.ledger.publications import Sent

log = logging.getLogger(__name__)
REMEMBERED = 200
WAITING_AT_MOST = 20
TRIES = 3
"""Starts of the portal in which a notebook is looked at; one that ends the portal each time would do so for ever."""
BUSY = "Many notebooks are being looked at just now; please try again in a few minutes."
STEPS = {"waiting": "waiting for other notebooks to be looked at", "running": "starting an empty kernel"}
GIVEN_UP = (
    f"the portal ended {TRIES} times while it was being looked at; nothing was published. Try again, and tell an"
    " operator if it happens once more"
)


@dataclass
class Publication:
    """One notebook's way through the gate; `step` is where it is, in words."""

    account: str
    app: str
    id: str
    state: str = "waiting"
    step: str = STEPS["waiting"]
    cell: int = 0
    of: int = 0
    status: int = 202
    detail: str = ""
    version: int | None = None
    findings: tuple[Finding, ...] = ()

    @classmethod
    def kept(cls, row: Sent) -> Publication:
        """As the ledger has it."""
        told = dict(row.told)
        findings = tuple(map(Finding.from_json, told.pop("findings", ())))
        step = STEPS.get(row.state, row.state)
        return cls(row.account, row.app, row.id, row.state, step, findings=findings, **told)

    @property
    def result(self) -> dict[str, Any]:
        """How it ended, as the ledger keeps it."""
        findings = [finding.to_json() for finding in self.findings]
        return {"status": self.status, "detail": self.detail, "version": self.version, "findings": findings}

    def tell(self, cell: int, of: int) -> None:
        """A cell begins."""
        self.cell, self.of = cell, of
        self.step = f"running cell {cell} of {of}" if cell < of else "running the last cell, then looking at it all"


class Busy(CouncilError):
    """Too many notebooks are waiting."""


class Publications:
    """The queue before the gate. It stands in the ledger: what was sent is looked at after a restart too."""

    def __init__(self, publisher: Publisher) -> None:
        self.publisher, self.ledger = publisher, publisher.ledger
        self._pool = ThreadPoolExecutor(1, "gate")
        self._live: OrderedDict[str, Publication] = OrderedDict()
        self._futures: dict[str, Future[None]] = {}
        self._turn = threading.Lock()

    def begin(self, account: str, roles: frozenset[str], said: Proposal, key: str | None = None) -> Publication:
        """Put a notebook into the queue; the same publication again for the same key of the same account.

        Raises NameTaken at once for a name that is somebody else's.
        """
        self.publisher.ensure_free(account, said.name)
        fields = asdict(said)
        notebook = fields.pop("notebook")
        with self._turn:
            if self.ledger.publications_waiting() >= WAITING_AT_MOST:
                raise Busy(BUSY)
            sent = {"roles": sorted(roles), "said": fields}
            return self._queued(self.ledger.send_publication(account, said.name, sent, notebook, key))

    def resume(self) -> int:
        """Go on with what the portal was at when it ended last, and tell how much that is."""
        with self._turn:
            found = self.ledger.interrupted_publications()
            for row in found:
                self._queued(row)
        return len(found)

    def wait(self, publication: Publication, seconds: float) -> None:
        """Until it has come to its end. Raises TimeoutError."""
        if publication.id in self._futures:
            self._futures[publication.id].result(seconds)

    def of(self, account: str, id: str) -> Publication | None:
        """The account's publication of that id."""
        found = self._live.get(id)
        if found is None and (row := self.ledger.publication(id)):
            found = Publication.kept(row)
        return found if found and found.account == account else None

    def lately(self, account: str, hours: float = 24, refused: int = 3) -> list[Publication]:
        """What the account has sent in these hours that has not become an app, newest first; of refusals the newest."""
        since = datetime.now(UTC) - timedelta(hours=hours)
        rows = self.ledger.publications_of(account, since)
        made = [self._live.get(row.id) or Publication.kept(row) for row in rows]
        latest = {each.app: each for each in reversed(made)}  # of several tries the last one counts
        found = [each for each in made if latest[each.app] is each and each.state not in ("published", "unchanged")]
        told = [each for each in found if each.state == "refused"][:refused]
        return [each for each in found if each.state != "refused" or each in told]

    def close(self) -> None:
        """Take no more; what is being looked at, and what waits, is looked at after the next start."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _queued(self, row: Sent) -> Publication:
        if row.id in self._live:
            return self._live[row.id]
        made = Publication.kept(row)
        if made.state != "waiting":
            return made
        self._live[made.id] = made
        while len(self._live) > REMEMBERED:
            gone, _ = self._live.popitem(last=False)
            self._futures.pop(gone, None)
        self._futures[made.id] = self._pool.submit(self._work, made)
        return made

    def _work(self, made: Publication) -> None:
        row = self.ledger.begin_publication(made.id)
        if row is None:
            made.state, made.status, made.detail = "refused", 409, "it was withdrawn"
            return
        made.state, made.step = "running", STEPS["running"]
        if row.tries > TRIES:
            made.status, made.detail, state = 503, GIVEN_UP, "could-not-check"
        else:
            state = self._looked_at(made, row)
        self.ledger.end_publication(made.id, row.tries, state, made.result)
        made.state = made.step = state

    def _looked_at(self, made: Publication, row: Sent) -> str:
        """Put it through the gate; how it ends."""
        sent = row.sent or {}
        try:
            said = _proposal(sent["said"], row.notebook or b"")
            outcome = self.publisher.publish(made.account, frozenset(sent["roles"]), said, made.tell)
        except LearnerError as error:
            made.status, made.detail = (409 if isinstance(error, NameTaken) else 422), str(error)
            return "refused"
        except CouncilError as error:
            made.status, made.detail = 503, f"{error}; nothing was published, try again"
            return "could-not-check"
        except Exception:
            log.exception("the gate failed on a notebook for %s", made.app)
            made.status, made.detail = 500, "something went wrong on our side; nothing was published"
            return "could-not-check"
        made.detail, made.version, made.findings = _told(outcome), outcome.version or None, outcome.findings
        made.status = {"published": 201, "unchanged": 200}.get(outcome.state, 422)
        return outcome.state


def _proposal(fields: dict[str, Any], notebook: bytes) -> Proposal:
    """What was said, as it was; JSON has lists where it had tuples."""
    lists = {name: tuple(fields[name]) for name in ("audience", "datasets")}
    return Proposal(notebook=notebook, **{**fields, **lists})


def _told(outcome: Outcome) -> str:
    if outcome.state == "refused":
        first, *rest = map(str, outcome.findings)
        return f"{first} (and {len(rest)} more)" if rest else first
    return f"{outcome.app}: version {outcome.version}" + (
        " is live" if outcome.state == "published" else " says exactly this already, so nothing was changed"
    )


def told(made: Publication) -> dict[str, Any]:
    """How far a publication has come, as the interface says it."""
    names = ("id", "app", "state", "step", "cell", "of", "detail", "version")
    return {name: getattr(made, name) for name in names} | {"findings": [each.to_json() for each in made.findings]}
