"""Leaders' figures: who sees whom, and that no small count can be worked out."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digital_council import people
from digital_council.progress import batches, disclosure, scope
from digital_council.progress.disclosure import Family, Shown

ORGANISATION = people.load()


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


THRESHOLD = 10
FAMILIES = [Family(0, np.array([1, 2])), Family(1, np.array([3, 4, 5, 6])), Family(2, np.array([7, 8, 9]))]
"""A council of two directorates of four and three teams: cell 0, 1 and 2, then the teams."""


def grown(teams: list[tuple[int, int]]) -> np.ndarray:
    """Counts and their rests, for seven teams and what they add up to."""
    leaves = np.array(teams, dtype=np.int64).T
    first, second = leaves[:, :4].sum(axis=1), leaves[:, 4:].sum(axis=1)
    return np.column_stack([first + second, first, second, leaves])


def released(now: np.ndarray, shown: Shown, edition: int = 0) -> np.ndarray:
    return disclosure.release(now, np.ones(10, dtype=bool), FAMILIES, shown, THRESHOLD, edition)


def is_small(counts: np.ndarray) -> bool:
    return bool(((counts != 0) & (np.abs(counts) < THRESHOLD)).any())


INSIDERS = [(family, known) for family in FAMILIES for known in [*family.parts.tolist(), None]]
"""Whoever knows one part of a family from elsewhere, and a stranger."""


teams = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=7, max_size=7)


@settings(max_examples=300, deadline=None)
@given(teams)
def test_no_intruder_who_knows_one_team_learns_a_small_count(cells: list[tuple[int, int]]) -> None:
    now, shown = grown(cells), Shown.nothing(2, 10)
    released(now, shown)
    seen = shown.since >= 0
    assert not is_small(now[:, seen])
    for family, known in INSIDERS:
        unknown = [part for part in family.parts.tolist() if not seen[part] and part != known]
        if not seen[family.whole]:
            assert not seen[family.parts].any(), "parts shown under a hidden whole would add up to most of it"
        elif unknown:
            assert len(unknown) >= 2, "a single unknown part is the whole less the rest"
            assert not is_small(now[:, unknown].sum(axis=1))


def of_two_teams(cells: list[tuple[int, int]], together: tuple[np.ndarray, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Counts of seven teams, and which are seen where one person manages the first two of a directorate."""
    now, shown = grown(cells), Shown.nothing(2, 10)
    families = [FAMILIES[0], *(family._replace(together=together) for family in FAMILIES[1:])]
    disclosure.release(now, np.ones(10, dtype=bool), families, shown, THRESHOLD, 0)
    return now, shown.since >= 0


TWO = (np.array([0, 1]),)


@settings(max_examples=300, deadline=None)
@given(teams)
def test_no_manager_of_two_teams_learns_a_small_count(cells: list[tuple[int, int]]) -> None:
    now, seen = of_two_teams(cells, TWO)
    for family in FAMILIES[1:]:
        own = family.parts[:2].tolist()
        unknown = [part for part in family.parts.tolist() if not seen[part] and part not in own]
        if seen[family.whole] and unknown:
            assert not is_small(now[:, unknown].sum(axis=1))


def test_without_thought_of_a_manager_of_two_teams_they_learn_a_small_count() -> None:
    cells = [(9, 50), (8, 50), (3, 50), (40, 50), (20, 50), (20, 50), (20, 50)]
    _, seen = of_two_teams(cells, ())
    assert seen[1]
    assert not seen[3:6].any()
    assert seen[6], "the directorate less its own two and the one shown leaves the third's three people"
    assert not of_two_teams(cells, TWO)[1][6]


moves = st.lists(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=7, max_size=7), min_size=1, max_size=8
)


@settings(max_examples=150, deadline=None)
@given(teams, moves)
def test_no_two_editions_differ_by_a_small_count(cells: list[tuple[int, int]], later: list) -> None:
    now, shown = grown(cells), Shown.nothing(2, 10)
    history: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    for edition, more in enumerate([[(0, 0)] * 7, *later]):
        now = now + grown(more)
        fresh = released(now, shown, edition)
        history.append((now.copy(), shown.parts.copy(), fresh))
    for (earlier, then), (later_, after) in combinations(enumerate(history), 2):
        both = then[2] & after[2]
        assert not is_small(after[1][:, both] - then[1][:, both]), (earlier, later_)
        for family, known in INSIDERS:
            if both[family.whole]:
                unknown = {part for part in family.parts.tolist() if not then[2][part]}
                assert not is_small(growth(family, unknown, known, then, after)), (earlier, later_)


def growth(family: Family, unknown: set[int], known: int | None, then: tuple, after: tuple) -> np.ndarray:
    """By how much the parts unknown then, and whatever is not told of the others, have grown in a reader's eyes."""
    left = []
    for now, shown, _ in (then, after):
        told = {part: shown[:, part] for part in family.parts.tolist() if part not in unknown}
        if known is not None:
            told[known] = now[:, known]
        left.append(now[:, family.whole] - sum(told.values(), np.zeros(2, dtype=np.int64)))
    return left[1] - left[0]


def test_a_count_that_cannot_be_made_anew_stays_as_it_was() -> None:
    shown = Shown.nothing(2, 10)
    released(grown([(20, 20)] * 7), shown)
    released(grown([(21, 19), *[(20, 20)] * 6]), shown, 1)
    assert shown.parts[0].tolist() == [140, 80, 60, *[20] * 7]
    released(grown([(60, 20), *[(20, 20)] * 6]), shown, 2)
    assert shown.parts[0].tolist() == [180, 120, 60, 60, *[20] * 6]


def test_nought_is_hidden_like_any_small_count() -> None:
    shown = Shown.nothing(2, 10)
    released(grown([(0, 20)] * 7), shown)
    assert (shown.since < 0).all()
