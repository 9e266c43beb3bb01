"""The publication: figures made once a batch, kept, and handed out from memory."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digital_council.ledger import Ledger
from digital_council.people import Organisation
from digital_council.progress import batches
from digital_council.settings import Disclosure

if TYPE_CHECKING:
    from digital_council.progress.lessons import Lesson
    from digital_council.progress.view import View

LOG = logging.getLogger(__name__)
FILE = "figures.json.gz"


class Publication:
    """The figures of one council; whoever asks gets those of the last batch that is ready."""

    def __init__(
        self,
        ledger: Ledger,
        organisation: Organisation,
        lessons: Callable[[], Sequence[Lesson]],
        frameworks: Mapping[str, Mapping[str, Any]],
        rules: Disclosure,
        path: Path,
    ) -> None:
        self.ledger, self.organisation, self.lessons = ledger, organisation, lessons
        self.frameworks, self.rules, self.path = frameworks, rules, path
        self._view: View | None = None
        self._due = datetime.min.replace(tzinfo=UTC)
        self._turn = threading.Lock()
        self._maker: threading.Thread | None = None

    def current(self, now: datetime | None = None) -> View:
        """What may be shown. The first batch is waited for; later ones are made beside the one shown till then."""
        before = batches.boundary(self.rules.refresh, now)
        view = self._view
        if view is None:
            return self.ensure(now)
        if before > self._due and not (self._maker and self._maker.is_alive()):
            self._maker = threading.Thread(target=self._try, args=(now,), name="figures", daemon=True)
            self._maker.start()
        return view

    def prepare(self) -> None:
        """Begins to make the batch that is due, without waiting for it."""
        self._maker = threading.Thread(target=self._try, args=(None,), name="figures", daemon=True)
        self._maker.start()

    def ensure(self, now: datetime | None = None) -> View:
        """The figures of the batch that ended last before `now`, made if they are not there yet."""
        before = batches.boundary(self.rules.refresh, now)
        with self._turn:
            if self._view is None or before > self._due:
                self._view = self._made(before)
                self._due = before
            return self._view

    def _try(self, now: datetime | None) -> None:
        try:
            self.ensure(now)
        except Exception:  # the next question tries again; until then what was published last is shown
            LOG.exception("the figures could not be made")

    def _made(self, before: datetime) -> View:
        # numpy is loaded by whoever makes figures, not by every start of a portal
        from digital_council.progress import editions, facts, measures, places, view
        from digital_council.progress.archive import Archive

        lessons = self.lessons()
        found = facts.read(self.ledger, places.of(self.organisation), lessons)
        archive = Archive.load(self.path)
        editions.update(archive, found, before, self.rules.threshold)
        archive.save(self.path)
        return view.of(archive, self.organisation, lessons, measures.mistakes_of(found), self.frameworks)
