"""The index: prefixes, plurals, best first, and nothing that the asker may not see."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from digital_council import datasets
from digital_council.datasets.publication import gate
from digital_council.search.documents import EVERYBODY, MEMBER, Document, of_datasets, of_notebooks
from digital_council.search.index import Index, tokens

ROOM = Path(__file__).resolve().parents[2] / "datasets"


def document(title: str, text: str = "", *scopes: str, kind: str = "unit", keywords: str = "") -> Document:
    held = frozenset(scopes or (EVERYBODY,))
    return Document(kind, title.casefold(), title, "", keywords, text, "/x", "OFFICIAL", held)


def titles(index: Index, words: str, *scopes: str) -> list[str]:
    return [hit.title for hit in index.find(words, scopes or (EVERYBODY,))]


@pytest.mark.parametrize("words", ["l", "li", "libr", "library", "libraries", "Library's", "LIBRARIES", "librâries"])
def test_answers_come_as_one_types_and_whatever_the_ending(words: str) -> None:
    index = Index([document("Libraries by month"), document("Parking")])
    assert titles(index, words) == ["Libraries by month"]


def test_all_words_count_before_any_of_them() -> None:
    index = Index([document("Street reports"), document("Street inspections"), document("Parking")])
    assert titles(index, "street rep") == ["Street reports"]
    assert titles(index, "parking reports") == ["Parking", "Street reports"]
    assert titles(index, "zebra") == []


def test_the_title_counts_more_than_the_text() -> None:
    index = Index([document("About", "ward " * 20), document("Wards", "of the borough"), document("Other", "wardrobe")])
    assert titles(index, "ward")[0] == "Wards"


def test_a_dataset_comes_before_its_columns() -> None:
    index = Index(of_datasets([datasets.describe("wards")], {"dataset": "/d/{id}"}, gate.is_published))
    found = index.find("ward", (EVERYBODY,))
    assert found[0].kind == "dataset"
    assert {hit.kind for hit in found} == {"dataset", "column"}
    assert found[1].url.startswith("/d/wards#column-")


def test_nobody_finds_what_they_may_not_see() -> None:
    index = Index(
        [document("Open ward"), document("Ward lesson", "", MEMBER), document("Ward secrets", "", "dataset:x")]
    )
    assert titles(index, "ward") == ["Open ward"]
    assert set(titles(index, "ward", EVERYBODY, MEMBER)) == {"Open ward", "Ward lesson"}
    assert set(titles(index, "ward", EVERYBODY, MEMBER, "dataset:x")) == {"Open ward", "Ward lesson", "Ward secrets"}
    assert index.find("ward", ()) == []
    assert titles(index, "secrets", EVERYBODY, MEMBER) == []


def test_what_is_held_back_is_found_by_name_alone() -> None:
    index = Index(of_datasets([datasets.describe("wards")], {"dataset": "/d/{id}"}, lambda described: False))
    assert index.find("ward", (EVERYBODY,)) == []
    assert {hit.kind for hit in index.find("ward", ("dataset:wards",))} == {"dataset", "column"}


def test_what_is_not_public_is_found_by_those_who_may_see_it_and_marked() -> None:
    index = Index(of_datasets(datasets.catalogue(), {"dataset": "/d/{id}"}, gate.is_published))
    assert "referrals" not in [hit.id for hit in index.find("referrals", (EVERYBODY, MEMBER))]
    found = index.find("referrals", (EVERYBODY, "dataset:referrals"))[0]
    assert (found.id, found.sensitivity, found.public) == ("referrals", "OFFICIAL-SENSITIVE", False)


HOSTILE = ['"', "'; DROP TABLE documents; --", "NEAR(a b)", "a AND", "*", "title:x", "(", "\0", "^", "-x", "a" * 10_000,
           "a " * 10_000, "\ud800", "𝔴𝔞𝔯𝔡", "ﬁ"]  # fmt: skip


@pytest.mark.parametrize("words", HOSTILE)
def test_whatever_is_typed_is_words_and_nothing_else(words: str) -> None:
    index = Index([document("Wards", "a b x")])
    index.find(words, (EVERYBODY,))
    assert titles(index, "ward") == ["Wards"]
    assert len(tokens(words)) <= 12


def test_pages_of_results_follow_on_and_repeat_nothing() -> None:
    index = Index([document(f"Ward {number}") for number in range(25)])
    pages = [index.find("ward", (EVERYBODY,), limit=10, start=start) for start in (0, 10, 20, 30)]
    assert [len(page) for page in pages] == [10, 10, 5, 0]
    assert len({hit.title for page in pages for hit in page}) == 25


def test_kinds_narrow_what_is_found() -> None:
    index = Index([document("Wards", kind="dataset"), document("Ward lesson", kind="unit")])
    assert [hit.kind for hit in index.find("ward", (EVERYBODY,), kinds=("dataset",))] == ["dataset"]


def test_many_may_ask_at_once() -> None:
    index = Index([document(f"Ward {number}") for number in range(500)])
    wrong: list[object] = []

    def ask() -> None:
        for _ in range(50):
            if len(index.find("ward", (EVERYBODY,))) != 20:
                wrong.append(1)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert wrong == []


def test_a_starting_notebook_is_found_by_its_heading_and_a_broken_one_is_left_out(tmp_path: Path) -> None:
    cells = [{"cell_type": "markdown", "source": ["# Spending by ward\n", "\n", "A *start* for analysts."]}]
    (tmp_path / "spend-by-ward.ipynb").write_text(json.dumps({"cells": cells}))
    (tmp_path / "broken.ipynb").write_text("{")
    found = list(of_notebooks(tmp_path, {"notebook": "/lab/{id}"}))
    assert [(each.title, each.summary, each.url) for each in found] == [
        ("Spending by ward", "A start for analysts.", "/lab/spend-by-ward")
    ]
    assert MEMBER not in found[0].scopes
