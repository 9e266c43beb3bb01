"""Publications: notebooks on their way through the gate, one at a time, and how far each has come."""

from __future__ import annotations

import logging
import uuid
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from digital_council.apps.proposal import Proposal
from digital_council.apps.publishing import NameTaken, Outcome, Publisher
from digital_council.errors import CouncilError, LearnerError

log = logging.getLogger(__name__)
REMEMBERED = 200
WAITING_AT_MOST = 20
BUSY = "Many notebooks are being looked at just now; please try again in a few minutes."


@dataclass
class Publication:
    """One notebook's way through the gate; `step` is where it is, in words."""

    account: str
    app: str
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    state: str = "waiting"
    step: str = "waiting for other notebooks to be looked at"
    cell: int = 0
    of: int = 0
    status: int = 202
    detail: str = ""
    outcome: Outcome | None = None

    def tell(self, cell: int, of: int) -> None:
        """A cell begins."""
        self.cell, self.of = cell, of
        self.step = f"running cell {cell} of {of}" if cell < of else "running the last cell, then looking at it all"


class Busy(CouncilError):
    """Too many notebooks are waiting."""


class Publications:
    """The queue before the gate. What it remembers is lost with the portal; what was published is not."""

    def __init__(self, publisher: Publisher) -> None:
        self.publisher = publisher
        self._pool = ThreadPoolExecutor(1, "gate")
        self._kept: OrderedDict[str, Publication] = OrderedDict()
        self._futures: dict[str, Future[None]] = {}
        self._keys: dict[tuple[str, str], str] = {}

    def begin(self, account: str, roles: frozenset[str], said: Proposal, key: str | None = None) -> Publication:
        """Put a notebook into the queue; the same publication again for the same key of the same account.

        Raises NameTaken at once for a name that is somebody else's.
        """
        if key and (known := self._kept.get(self._keys.get((account, key), ""))):
            return known
        self.publisher.ensure_free(account, said.name)
        if sum(not future.done() for future in self._futures.values()) >= WAITING_AT_MOST:
            raise Busy(BUSY)
        made = Publication(account, said.name)
        self._remember(made, key)
        self._futures[made.id] = self._pool.submit(self._work, made, roles, said)
        return made

    def wait(self, publication: Publication, seconds: float) -> None:
        """Until it has come to its end. Raises TimeoutError."""
        self._futures[publication.id].result(seconds)

    def of(self, account: str, id: str) -> Publication | None:
        """The account's publication of that id."""
        found = self._kept.get(id)
        return found if found and found.account == account else None

    def close(self) -> None:
        """Take no more; what is being looked at is left to end by itself."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _remember(self, made: Publication, key: str | None) -> None:
        self._kept[made.id] = made
        if key:
            self._keys[made.account, key] = made.id
        while len(self._kept) > REMEMBERED:
            gone, _ = self._kept.popitem(last=False)
            self._futures.pop(gone, None)
        self._keys = {key: id for key, id in self._keys.items() if id in self._kept}

    def _work(self, made: Publication, roles: frozenset[str], said: Proposal) -> None:
        made.state, made.step = "running", "starting an empty kernel"
        try:
            outcome = self.publisher.publish(made.account, roles, said, made.tell)
        except LearnerError as error:
            made.status, made.detail = (409 if isinstance(error, NameTaken) else 422), str(error)
        except CouncilError as error:
            made.status, made.detail = 503, f"{error}; nothing was published, try again"
        except Exception:
            log.exception("the gate failed on a notebook for %s", made.app)
            made.status, made.detail = 500, "something went wrong on our side; nothing was published"
        else:
            made.outcome, made.detail = outcome, _told(outcome)
            made.status = {"published": 201, "unchanged": 200}.get(outcome.state, 422)
        made.state = made.outcome.state if made.outcome else "refused" if made.status < 500 else "could-not-check"
        made.step = made.state


def _told(outcome: Outcome) -> str:
    if outcome.state == "refused":
        first, *rest = map(str, outcome.findings)
        return f"{first} (and {len(rest)} more)" if rest else first
    return f"{outcome.app}: version {outcome.version}" + (
        " is live" if outcome.state == "published" else " says exactly this already, so nothing was changed"
    )


def told(made: Publication) -> dict[str, Any]:
    """How far a publication has come, as the interface says it."""
    outcome = made.outcome
    return {
        "id": made.id,
        "app": made.app,
        "state": made.state,
        "step": made.step,
        "cell": made.cell,
        "of": made.of,
        "detail": made.detail,
        "version": outcome.version or None if outcome else None,
        "findings": [finding.to_json() for finding in outcome.findings] if outcome else [],
    }
