"""How soon the search answers as one types, over ten thousand documents.

Run by `make bench`, or alone: `python bench/search.py [DOCUMENTS]`. Exit status 1 when an answer takes 50 ms or more.
"""

import random
import statistics
import sys
import time

from digital_council import datasets
from digital_council.datasets.publication import gate
from digital_council.search.documents import EVERYBODY, MEMBER, Document, of_datasets
from digital_council.search.index import Index

PROMISED_MS = 50
ASKED = ("w", "wa", "ward", "wards", "spending by supplier", "a", "the council", "net amount", "libraries visits month",
         "zzzz", "payments to suppliers in", "OFFICIAL street reports")  # fmt: skip


def documents(count: int) -> list[Document]:
    """The store's own datasets and columns, and lessons of invented prose in the store's vocabulary."""
    chosen = random.Random(1)
    made = list(of_datasets(datasets.catalogue(), {"dataset": "/datasets/{id}"}, gate.is_published))
    words = sorted({word for each in made for word in f"{each.title} {each.text}".split()})
    common = ["the", "council", "ward", "a", "of", "street", "in"]
    while len(made) < count:
        prose = " ".join(chosen.choices(words, k=250) + chosen.choices(common, k=100))
        number = len(made)
        scopes = frozenset({EVERYBODY if number % 3 else MEMBER})
        title = " ".join(chosen.choices(words, k=5))
        made.append(Document("unit", f"unit-{number}", title, "", "", prose, f"/{number}", "OFFICIAL", scopes))
    return made


def main(count: int) -> int:
    began = time.perf_counter()
    index = Index(documents(count))
    print(f"{index.size:,} documents indexed in {time.perf_counter() - began:.1f} s")
    slowest = 0.0
    for words in ASKED:
        taken = []
        for _ in range(20):
            start = time.perf_counter()
            hits = index.find(words, (EVERYBODY, MEMBER, "role:analyst"))
            taken.append((time.perf_counter() - start) * 1000)
        slowest = max(slowest, statistics.median(taken))
        print(
            f"{words!r:<28} {len(hits):>3} shown  median {statistics.median(taken):6.1f} ms  most {max(taken):6.1f} ms"
        )
    print(f"slowest median {slowest:.1f} ms; promised: under {PROMISED_MS} ms")
    return int(slowest >= PROMISED_MS)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
