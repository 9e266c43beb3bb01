"""Leaders' figures: who sees what, and that small counts stay hidden."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digital_council import people
from digital_council.ledger import Completion
from digital_council.progress import batches, counts, disclosure, scope

ORGANISATION = people.load()
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def person(account: str) -> people.Person:
    found = ORGANISATION.person(account)
    assert found is not None
    return found


def test_a_learner_sees_nobody_else() -> None:
    assert scope.of(person("learner"), person("learner").roles, ORGANISATION) == scope.Scope()


def test_a_leader_sees_names_only_in_the_team_they_manage() -> None:
    seen = scope.of(person("leader"), person("leader").roles, ORGANISATION)
    assert seen.named == ("customer-contact",)
    assert "street-services" not in seen.teams
    assert seen.directorates == ("resources",)


def test_a_leader_who_lost_the_role_sees_nobody() -> None:
    assert scope.of(person("leader"), frozenset({"learner"}), ORGANISATION) == scope.Scope()


def test_a_partner_sees_no_figures() -> None:
    assert scope.of(person("partner"), person("partner").roles, ORGANISATION) == scope.Scope()


@pytest.mark.parametrize(
    ("refresh", "expected"),
    [("hourly", (2026, 6, 3, 14)), ("daily", (2026, 6, 3, 0)), ("weekly", (2026, 6, 1, 0))],
)
def test_a_batch_ends_at_the_last_full_period(refresh: str, expected: tuple[int, int, int, int]) -> None:
    moment = datetime(2026, 6, 3, 14, 25, tzinfo=UTC)
    assert batches.boundary(refresh, moment) == datetime(*expected, tzinfo=UTC)


def completions(team: str, completed: int, passed: int) -> list[Completion]:
    staff = ORGANISATION.team(team)
    return [
        Completion(staff[n].account, "course", "unit", LONG_AGO, LONG_AGO if n < passed else None)
        for n in range(completed)
    ]


def shown(rows: list[dict[str, object]], name: str) -> tuple[object, object]:
    row = next(row for row in rows if row["name"] == name)
    return row["completed"], row["passed"]


def test_a_small_count_is_hidden_with_others_that_would_give_it_away() -> None:
    rows = counts.table(ORGANISATION, completions("parks", 4, 4) + completions("parking", 20, 20), NOW, 10)
    assert shown(rows, "parks") == ("[c]", "[c]")
    hidden = [row["name"] for row in rows if row["level"] == "team" and row["completed"] == "[c]"]
    assert (
        len(set(hidden) & {"parks", "parking", "planning", "street-services"}) >= 3 or shown(rows, "place")[0] == "[c]"
    )


def test_nearly_everybody_is_as_telling_as_nearly_nobody() -> None:
    whole = len(ORGANISATION.team("parks"))
    rows = counts.table(ORGANISATION, completions("parks", whole - 1, 0), NOW, 10)
    assert shown(rows, "parks")[0] == "[c]"


def test_what_happened_since_the_batch_is_not_counted() -> None:
    rows = counts.table(ORGANISATION, completions("parking", 20, 0), LONG_AGO, 10)
    assert shown(rows, "parking")[0] == 0


LINKS = {"top": ["a", "b"], "a": ["a1", "a2", "a3", "a4"], "b": ["b1", "b2", "b3"]}
LEAVES = [*LINKS["a"], *LINKS["b"]]


def grown(leaves: dict[str, int]) -> dict[str, int]:
    sides = {name: sum(leaves[child] for child in LINKS[name]) for name in ("a", "b")}
    return {**leaves, **sides, "top": sides["a"] + sides["b"]}


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=7, max_size=7))
def test_no_intruder_who_knows_one_team_learns_a_small_count(cells: list[tuple[int, int]]) -> None:
    counted = grown({name: done for name, (done, _) in zip(LEAVES, cells, strict=True)})
    base = grown({name: done + rest for name, (done, rest) in zip(LEAVES, cells, strict=True)})
    hidden = disclosure.hide(LINKS, counted, base, 10)
    small = {name for name in counted if 0 < counted[name] < 10 or 0 < base[name] - counted[name] < 10}
    assert small <= hidden
    for (parent, children), known in product(LINKS.items(), [*LEAVES, None]):
        unknown = [child for child in children if child in hidden and child != known]
        if parent in hidden or not unknown:
            continue
        assert len(unknown) >= 2, "a single unknown child is its parent less the rest"
        done, of = sum(counted[name] for name in unknown), sum(base[name] for name in unknown)
        assert not 0 < done < 10
        assert not 0 < of - done < 10
