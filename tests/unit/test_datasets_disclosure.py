"""Before a table becomes public: signs of people are found, and hold it back until an owner has answered them."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from digital_council import datasets
from digital_council.__main__ import main
from digital_council.datasets import disclosure
from digital_council.datasets.checking import check
from digital_council.datasets.description import FILE, Column, Description
from digital_council.datasets.generate.writing import Made, column, write
from digital_council.datasets.publication import gate
from digital_council.portal.rights import visibility
from digital_council.portal.rights.identity import Identity

CLUBS = Made(
    id="clubs",
    title="Clubs",
    description="Clubs, and how many people come to them.",
    row_is="one club",
    owner="Libraries",
    key=("club_id",),
    refresh="yearly",
    source="Counted by hand.",
    keywords=("clubs",),
    columns=(
        column("club_id", "string", "The club's number", unique=True),
        column("note", "string", "What is known of it", required=False),
        column("members", "integer", "People who come", required=False),
    ),
    rows=(("C1", "Chess", "30"), ("C2", "Go, on Mondays", "12")),
)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COUNCIL_DATASETS", str(tmp_path))
    return tmp_path


def put(store: Path, *rows: tuple[str, str, str], synthetic: bool = False, **publication: object) -> Description:
    write(replace(CLUBS, rows=rows or CLUBS.rows, publication={"public": True, **publication}), store, force=True)
    path = store / "clubs" / FILE
    said = json.loads(path.read_text())
    if not synthetic:
        del said["syntheticNote"]
    path.write_text(json.dumps(said))
    return datasets.describe("clubs")


def kinds(cells: list[object], described: Description, name: str = "note") -> set[str]:
    return {each.kind for each in disclosure.check(pd.DataFrame({name: cells}), described)}


SIGNS = [
    ("AB 12 34 56 C", "insurance"),
    ("his number is qq123456c", None),  # no number begins with Q
    ("AB123456C", "insurance"),
    ("GB123456A", None),
    ("paid with 4539 1488 0343 6467", "card"),
    ("paid with 4539 1488 0343 6468", None),
    ("5500-0000-0000-0004", "card"),
    ("invoice 1234567890123456", None),
    ("NHS 943 476 5919", "health"),
    ("NHS 943 476 5918", None),
    ("jo.blogs@example.org", "email"),
    ("ring 020 7946 0018", "phone"),
    ("+44 7700 900123", "phone"),
    ("lives at 12 High Street", "address"),
    ("flat near EA1 2AB", "address"),
    ("Mrs Jasperin asked", "name"),
    ("asked by Sarah Lindqvale", "name"),
    ("Ealing Broadway", None),
    ("Waste and cleansing 04/2025", None),
    ("CT-0001", None),
    ("2025-04-01", None),
]


@pytest.mark.parametrize(("text", "kind"), SIGNS)
def test_a_sign_of_a_person_is_told_from_what_looks_alike(store: Path, text: str, kind: str | None) -> None:
    assert kinds([text, "Chess"], put(store)) == ({kind} if kind else set())


@pytest.mark.parametrize(("number", "is_valid"), [("4539148803436467", True), ("4539148803436476", False), ("0", True)])
def test_luhn_notices_a_wrong_or_swapped_digit(number: str, is_valid: bool) -> None:
    assert disclosure.luhn(number) is is_valid


def test_a_finding_names_rows_and_never_repeats_what_it_found(store: Path) -> None:
    found = disclosure.check(pd.DataFrame({"note": ["Chess", "AB123456C", "Go"]}), put(store))
    assert [(each.rows, each.count) for each in found] == [((3,), 1)]
    assert "AB123456C" not in str(found[0])


def test_small_counts_of_people_are_found_and_of_things_are_not(store: Path) -> None:
    described = put(store)
    assert kinds([30, 9, 0, None], described, "members") == {"small-count"}
    assert kinds([30, 10, 0, None], described, "members") == set()
    potholes = replace(described, columns=(*described.columns, Column("potholes", "integer", "Holes in the road")))
    assert kinds([1, 2, 3], potholes, "potholes") == set()


def test_where_a_row_is_a_person_rare_combinations_are_found(store: Path) -> None:
    columns = (Column("age_band", "string", "Age"), Column("ward", "string", "Ward"), Column("need", "string", "Need"))
    people = replace(put(store), row_is="one resident", columns=columns)
    common = [("40-49", "Acton", "Debt")] * 20
    assert disclosure.check(pd.DataFrame(common, columns=["age_band", "ward", "need"]), people) == []
    found = disclosure.check(
        pd.DataFrame([*common, ("90+", "Acton", "Debt")], columns=["age_band", "ward", "need"]), people
    )
    assert [(each.kind, each.column, each.rows) for each in found] == [("singled-out", "age_band + ward", (22,))]


def test_names_births_and_free_text_are_found_by_their_columns(store: Path) -> None:
    described = put(store)
    frame = pd.DataFrame({
        "surname": ["Lindqvale"] * 6,
        "date_of_birth": pd.to_datetime(["1954-10-09"] * 6),
        "note": [f"they came on day {day} and said that the stairs were steep" for day in range(6)],
    })  # fmt: skip
    found = {(each.column, each.kind) for each in disclosure.check(frame, described)}
    assert found == {("surname", "name"), ("date_of_birth", "birth"), ("note", "free-text")}


def test_what_shows_a_person_is_held_back_until_it_is_answered(store: Path) -> None:
    put(store)
    assert [each.id for each in gate.published()] == ["clubs"]
    held = put(store, ("C1", "ask Mrs Jasperin", "30"))
    assert held.public
    assert gate.published() == []
    assert "held back from publication: 1 names that may be of people" in str(check("clubs")[0])
    answer = {
        "column": "note",
        "kind": "name",
        "reason": "a councillor, named in public",
        "owner": "Monitoring Officer",
    }
    put(store, ("C1", "ask Mrs Jasperin", "30"), accepted=[answer])
    assert [each.id for each in gate.published()] == ["clubs"]
    put(store, ("C1", "ask Mrs Jasperin", "30"), accepted=[answer | {"owner": ""}])
    assert gate.published() == []
    put(store, ("C1", "ask Mrs Jasperin", "3"), accepted=[answer])
    assert [each.kind for each in gate.held_by(datasets.describe("clubs"))] == ["small-count"]


def test_what_is_held_back_is_shown_to_those_who_can_answer_it_and_nobody_else(store: Path) -> None:
    held = put(store, ("C1", "ask Mrs Jasperin", "30"))
    learner, analyst = (Identity("x", "X", frozenset({role})) for role in ("learner", "analyst"))
    assert [visibility.may_see(who, held) for who in (None, learner, analyst)] == [False, False, True]
    sound = put(store)
    assert [visibility.may_see(who, sound) for who in (None, learner, analyst)] == [True, True, True]


def test_invented_people_hold_nothing_back(store: Path) -> None:
    put(store, ("C1", "ask Mrs Jasperin", "3"), synthetic=True)
    assert [each.id for each in gate.published()] == ["clubs"]


def test_a_file_that_changed_is_no_longer_given_out(store: Path) -> None:
    put(store)
    file = store / "clubs" / "clubs.csv"
    file.write_text(file.read_text().replace("30", "31"))
    assert gate.published() == []
    with pytest.raises(datasets.UnknownDatasetError):
        gate.find("clubs")


def test_the_list_shows_what_is_held_back_and_whose_review_is_overdue(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(store, ("C1", "ask Mrs Jasperin", "30"))
    assert main(["datasets", "list"]) == 0
    assert "held back: 1 signs of people" in capsys.readouterr().out
    closed = {"public": False, "reason": "names", "owner": "Head of Libraries", "review": "2026-03-31"}
    put(store, **closed)
    assert main(["datasets", "list"]) == 0
    assert "REVIEW OVERDUE since 2026-03-31 (Head of Libraries)" in capsys.readouterr().out
    described = datasets.describe("clubs")
    assert gate.overdue(described, date(2026, 3, 31)) == ""
    assert gate.published() == []


@pytest.mark.parametrize("cell", ["1 " * 100_000, "a@" * 100_000, "1 High " * 50_000, "A b " * 50_000, "0" * 200_000])
def test_a_hostile_cell_takes_no_long_look(store: Path, cell: str) -> None:
    described = put(store)
    began = time.process_time()
    disclosure.check(pd.DataFrame({"note": [cell]}), described)
    assert time.process_time() - began < 10
