"""The index: full text in SQLite, in memory, answering as one types and only what the asker may see."""

from __future__ import annotations

import re
import sqlite3
import threading
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from digital_council.datasets.finding import ENDS
from digital_council.search.documents import Document

MOST_WORDS = 12
LONGEST_WORD = 40

SCHEMA = """
CREATE VIRTUAL TABLE words USING fts5(
    title, keywords, body, content='', tokenize="unicode61 remove_diacritics 2", prefix='1 2 3');
CREATE TABLE documents (
    number INTEGER PRIMARY KEY, kind TEXT, id TEXT, title TEXT, summary TEXT, url TEXT, sensitivity TEXT,
    public INTEGER, weight REAL);
CREATE TABLE scopes (document INTEGER, scope TEXT, PRIMARY KEY (document, scope)) WITHOUT ROWID;
"""
WEIGHTS = {"dataset": 1.5, "course": 1.3, "unit": 1.3, "app": 1.4, "notebook": 1.2, "column": 0.8}
"""What people look for most comes first among equals; a column is found through its dataset as well."""

FIND = """
SELECT kind, id, documents.title, summary, url, sensitivity, public FROM words JOIN documents ON number = words.rowid
WHERE words MATCH ? AND EXISTS (SELECT 1 FROM scopes WHERE document = number AND scope IN ({scopes})) {kinds}
ORDER BY bm25(words, 10.0, 5.0, 1.0) * weight, documents.title, id LIMIT ? OFFSET ?
"""


@dataclass(frozen=True)
class Hit:
    """One thing that was found."""

    kind: str
    id: str
    title: str
    summary: str
    url: str
    sensitivity: str
    public: bool


class Index:
    """Built once from documents and never changed; a newer one takes its place. Safe to ask from any thread."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._lock = threading.Lock()
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        self._database.executescript(SCHEMA)
        with self._database:
            for number, each in enumerate(documents, 1):
                self._add(number, each)
            self._database.execute("INSERT INTO words(words) VALUES ('optimize')")
        self.size = int(self._database.execute("SELECT count(*) FROM documents").fetchone()[0])

    def _add(self, number: int, each: Document) -> None:
        row = (number, each.kind, each.id, each.title, each.summary, each.url, each.sensitivity,
               "everybody" in each.scopes, WEIGHTS.get(each.kind, 1.0))  # fmt: skip
        self._database.execute("INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        self._database.execute(
            "INSERT INTO words(rowid, title, keywords, body) VALUES (?, ?, ?, ?)",
            (number, each.title, each.keywords, each.text),
        )
        self._database.executemany("INSERT INTO scopes VALUES (?, ?)", [(number, scope) for scope in each.scopes])

    def find(
        self, words: str, scopes: Iterable[str], *, kinds: Sequence[str] = (), limit: int = 20, start: int = 0
    ) -> list[Hit]:
        """What begins with each of the words; where nothing has them all, what has any. Best first."""
        wanted, held = tokens(words), sorted(set(scopes))
        if not wanted or not held:
            return []
        statement = FIND.format(
            scopes=", ".join("?" * len(held)), kinds=f"AND kind IN ({', '.join('?' * len(kinds))})" if kinds else ""
        )
        for joined in (" AND ", " OR ")[: len(wanted)]:
            match = joined.join(f'"{word}"*' for word in wanted)
            with self._lock:
                rows = self._database.execute(statement, (match, *held, *kinds, limit, start)).fetchall()
            if rows or start:
                break
        return [Hit(*row[:-1], *[bool(row[-1])]) for row in rows]

    def close(self) -> None:
        self._database.close()


def tokens(words: str) -> list[str]:
    """The words of a query without accents, case and the ends of plurals: `libraries` finds `library`."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", words.casefold()) if not unicodedata.combining(c))
    found = re.findall(r"[^\W_]+", re.sub(r"['’](?:s\b)?", "", plain))[:MOST_WORDS]
    return [(ENDS.sub("", word) if len(word) > 3 else word)[:LONGEST_WORD] for word in found]
