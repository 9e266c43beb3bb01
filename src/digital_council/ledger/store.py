"""A store: the connection pool under a ledger, with reading apart from writing."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from digital_council.ledger import opening


class Store:
    """An opened database. Transactions are short: nothing waits for a learner inside one."""

    def __init__(self, url: str | Path) -> None:
        self.engine = opening.opened(url)
        self._writer = self.engine.execution_options(writing=True)
        # SQLite's own wait for its one writer sleeps in steps of up to 100 ms; a lock wakes at once.
        self._turn = threading.Lock()

    def close(self) -> None:
        """Closes every connection."""
        self.engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for reading, seeing one moment of the database."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction: durable on disk when the block ends, wholly absent if it raises."""
        with self._turn, self._writer.begin() as connection:
            yield connection

    def health(self) -> dict[str, object]:
        """Whether the ledger answers, and the version it is at."""
        try:
            with self.reading() as connection:
                version = connection.scalar(text("SELECT version_num FROM alembic_version"))
        except SQLAlchemyError as error:
            return {"ok": False, "detail": str(error).splitlines()[0]}
        return {"ok": True, "version": version}
