"""Hidden counts stay hidden: the attacker is exact, and no table leaves through which it can see."""

from __future__ import annotations

from itertools import product

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digital_council.datasets.errors import TableError
from digital_council.datasets.suppression import MARK, prove, suppress
from digital_council.datasets.suppression.region import Region, least_whole

QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TEAMS = {"Place": ["Parks", "Planning", "Parking"], "Resources": ["Finance", "People"]}
HIERARCHY = {"rows": {**TEAMS, "Council": list(TEAMS)}}
FUNNEL = ("invited", "started", "passed")


def with_totals(cells: list[list[int]]) -> pd.DataFrame:
    table = pd.DataFrame(
        cells, index=[f"r{i}" for i in range(len(cells))], columns=[f"c{i}" for i in range(len(cells[0]))]
    )
    table["Total"] = table.sum(axis=1)
    table.loc["Total"] = table.sum()
    return table


def hidden(table: pd.DataFrame) -> int:
    return int((table == MARK).to_numpy().sum())


def two_way(most: int, rows: int = 6, columns: int = 4) -> st.SearchStrategy[pd.DataFrame]:
    sizes = st.tuples(st.integers(1, rows), st.integers(1, columns))
    return sizes.flatmap(
        lambda size: st.lists(
            st.lists(st.integers(0, most), min_size=size[1], max_size=size[1]), min_size=size[0], max_size=size[0]
        )
    ).map(with_totals)


def every_answer(table: pd.DataFrame, most: int) -> dict[tuple[int, int], set[int]]:
    """By trying all of them: what each hidden cell of a table with totals could be."""
    cells = table.to_numpy(dtype=object)
    where = [(i, j) for i in range(cells.shape[0]) for j in range(cells.shape[1]) if cells[i, j] == MARK]
    found: dict[tuple[int, int], set[int]] = {cell: set() for cell in where}
    for values in product(range(most + 1), repeat=len(where)):
        trial = cells.copy()
        for cell, value in zip(where, values, strict=True):
            trial[cell] = value
        if (trial[:-1].sum(axis=0) == trial[-1]).all() and (trial[:, :-1].sum(axis=1) == trial[:, -1]).all():
            for cell, value in zip(where, values, strict=True):
                found[cell].add(value)
    return found


def test_a_single_small_count_takes_another_with_it() -> None:
    table = pd.DataFrame({"people": [3, 50, 20, 73]}, index=["A", "B", "C", "Total"])
    assert list(suppress(table)["people"]) == [MARK, 50, MARK, 73]


def test_blanking_small_cells_alone_is_proved_unsafe() -> None:
    blanked = pd.DataFrame({"people": [MARK, 50, 20, 73]}, index=["A", "B", "C", "Total"])
    proof = prove(blanked)
    assert not proof.safe
    assert proof.exposed == ("A / people must be 3 to 3",)


def test_a_shown_small_count_is_proved_unsafe() -> None:
    assert "A / people shows 3" in prove(pd.DataFrame({"people": [3, 50]}, index=["A", "B"])).exposed


def test_two_small_counts_whose_sum_is_small_are_not_left_alone_together() -> None:
    table = pd.DataFrame({"people": [2, 4, 40, 46]}, index=["A", "B", "C", "Total"])
    assert hidden(suppress(table)) == 3


def test_zero_is_shown_where_it_tells_of_nobody() -> None:
    table = pd.DataFrame({"people": [0, 50, 20]}, index=["A", "B", "C"])
    assert list(suppress(table)["people"]) == [0, 50, 20]


def test_zero_is_hidden_where_it_tells_of_a_whole_group() -> None:
    table = with_totals([[12, 0], [30, 14], [25, 19]])
    assert suppress(table).loc["r0", "c1"] == MARK


def test_what_is_not_hidden_is_the_truth() -> None:
    table = with_totals([[3, 40, 12], [25, 17, 60], [8, 33, 21]])
    shown = suppress(table)
    assert ((shown == table) | (shown == MARK)).all().all()


def test_a_table_with_nothing_small_is_left_as_it_is() -> None:
    table = with_totals([[30, 40], [25, 17]])
    assert hidden(suppress(table)) == 0


def test_a_total_by_another_name_is_seen() -> None:
    table = pd.DataFrame({"people": [3, 50, 20, 73]}, index=["A", "B", "C", "Whole borough"])
    shown = suppress(table)
    assert prove(shown, totals="Whole borough").safe
    table["visits"] = [30, 60, 40, 130]
    alone = table.astype("object")
    alone.loc["A", "people"] = MARK
    assert prove(suppress(table)).safe
    assert not prove(alone).safe


def test_a_total_broken_down_in_two_ways_gives_nothing_away_through_either() -> None:
    table = pd.DataFrame(
        {"under 40": [4, 61], "over 40": [38, 20], "men": [3, 30], "women": [39, 51]}, index=["A", "B"]
    )
    table["Total"] = table["men"] + table["women"]
    table.loc["Total"] = table.sum()
    ways = {"columns": {"Total": [["under 40", "over 40"], ["men", "women"]]}, "rows": {"Total": ["A", "B"]}}
    shown = suppress(table, totals=ways)
    assert prove(shown, totals=ways).safe
    shown.loc["A", "women"] = 39
    assert not prove(shown, totals=ways).safe


def test_the_part_of_a_funnel_that_is_left_over_is_protected() -> None:
    table = pd.DataFrame({"invited": [40, 60], "passed": [38, 30]}, index=["A", "B"])
    assert hidden(suppress(table)) == 0
    shown = suppress(table, nested=("invited", "passed"))
    assert hidden(shown.loc[["A"]]) >= 1
    assert prove(shown, nested=("invited", "passed")).safe


def council(teams: list[tuple[int, int, int]]) -> pd.DataFrame:
    table = pd.DataFrame(teams, index=[t for ts in TEAMS.values() for t in ts], columns=list(FUNNEL))
    for directorate, parts in TEAMS.items():
        table.loc[directorate] = table.loc[parts].sum()
    table.loc["Council"] = table.loc[list(TEAMS)].sum()
    return table


def test_a_part_left_over_that_is_empty_is_not_narrowed_down_to_a_few() -> None:
    table = council([(1, 1, 1), (21, 13, 13), (10, 10, 3), (0, 0, 0), (2, 1, 1)])
    proof = prove(suppress(table, totals=HIERARCHY, nested=FUNNEL), totals=HIERARCHY, nested=FUNNEL)
    assert proof.exposed == ()


@pytest.mark.parametrize(
    ("table", "arguments", "word"),
    [
        (pd.DataFrame({"n": [1]}), {"threshold": 4}, "may not be under 5"),
        (pd.DataFrame({"n": [-1]}), {}, "from 0 up"),
        (pd.DataFrame({"n": [1.5]}), {}, "whole numbers"),
        (pd.DataFrame({"n": [None, 3]}), {}, "must be a count"),
        (pd.DataFrame({"n": ["Acton"]}), {}, "labels in the index"),
        (pd.DataFrame({"n": [1, 2]}, index=["A", "A"]), {}, "more than once"),
        (pd.DataFrame({"n": [1, 2, 4]}, index=["A", "B", "Total"]), {}, "add up to 3"),
        (pd.DataFrame({"n": [1, 2]}), {"totals": "Sum"}, "does not have"),
        (pd.DataFrame({"n": [1, 2]}), {"totals": {"row": {}}}, "'rows' and 'columns'"),
        (pd.DataFrame({"n": [1, 1]}), {"totals": {"rows": {0: [1], 1: [0]}}}, "circle"),
        (pd.DataFrame({"n": [1, 2], "m": [2, 2]}), {"nested": ("n", "m")}, "part of"),
        (pd.DataFrame({"n": [float("inf")]}), {}, "must be a count"),
        (pd.DataFrame({"n": [MARK, 3]}), {}, "must be a count"),
        (pd.DataFrame({"n": [1, 2]}), {"totals": {"rows": ["n"]}}, "totals must be"),
        (pd.Series([1, 2]), {}, "is a Series|are a Series"),
    ],
)
def test_a_table_that_cannot_be_protected_is_refused(table: pd.DataFrame, arguments: dict, word: str) -> None:
    with pytest.raises(TableError, match=word):
        suppress(table, **arguments)


def test_shown_cells_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(TableError, match="contradict"):
        prove(pd.DataFrame({"n": [MARK, 50, 40]}, index=["A", "B", "Total"]))


@QUICK
@given(two_way(25), st.sampled_from([5, 10]))
def test_no_hidden_cell_of_a_two_way_table_can_be_narrowed_down(table: pd.DataFrame, threshold: int) -> None:
    assert prove(suppress(table, threshold), threshold).safe


@QUICK
@given(st.lists(st.integers(0, 30), min_size=1, max_size=12))
def test_no_hidden_cell_of_a_one_way_table_can_be_narrowed_down(counts: list[int]) -> None:
    table = pd.DataFrame({"people": [*counts, sum(counts)]}, index=[*(f"g{i}" for i in range(len(counts))), "Total"])
    shown = suppress(table)
    assert prove(shown).safe
    assert all(value in (MARK, truth) for value, truth in zip(shown["people"], table["people"], strict=True))


@QUICK
@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40)), min_size=5, max_size=5),
    st.booleans(),
)
def test_no_hidden_cell_of_a_hierarchy_can_be_narrowed_down(teams: list[tuple[int, int, int]], nested: bool) -> None:
    funnel = [(a, min(a, b), min(a, b, c)) for a, b, c in teams] if nested else teams
    table = council(funnel)
    chain = FUNNEL if nested else ()
    assert prove(suppress(table, totals=HIERARCHY, nested=chain), totals=HIERARCHY, nested=chain).safe


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 2), min_size=2, max_size=2), min_size=2, max_size=2),
    st.sets(st.integers(0, 7), max_size=4),
)
def test_the_attacker_finds_the_very_bounds_that_trying_everything_finds(
    cells: list[list[int]], blank: set[int]
) -> None:
    table = with_totals(cells).astype("object")
    for cell in blank:
        table.iat[cell // 3, cell % 3] = MARK
    proof = prove(table, 5)
    for (i, j), values in every_answer(table, 8).items():
        found = proof.bounds[table.index[i], table.columns[j]]
        assert (found.low, found.high) == (min(values), max(values))


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.tuples(st.lists(st.integers(-3, 3), min_size=3, max_size=3), st.integers(0, 9)), min_size=1, max_size=3
    ),
    st.lists(st.integers(-2, 2), min_size=3, max_size=3),
)
def test_the_least_whole_answer_is_the_one_that_trying_everything_finds(
    rules: list[tuple[list[int], int]], costs: list[int]
) -> None:
    equations = [({0: 1, 1: 1, 2: 1, 3: 1}, 6), *((dict(enumerate(row)), total) for row, total in rules)]
    answers = [
        sum(c * x for c, x in zip(costs, point, strict=True))
        for point in product(range(7), repeat=3)
        if sum(point) <= 6 and all(sum(a * x for a, x in zip(row, point, strict=True)) == total for row, total in rules)
    ]
    found = least_whole(4, equations, dict(enumerate(costs)))
    assert found == (min(answers) if answers else None)


def test_a_sum_that_can_fall_for_ever_has_no_least() -> None:
    assert Region(2, [({0: 1, 1: -1}, 0)]).least({0: -1}) is None


def test_equations_that_cannot_hold_are_noticed() -> None:
    assert not Region(1, [({0: 1}, 2), ({0: 1}, 3)]).possible


def test_large_numbers_do_not_overflow() -> None:
    region = Region(2, [({0: 2**40, 1: 1}, 2**52), ({0: 3**20, 1: 7}, 3**20 * 2**12)])
    assert region.possible
    assert region.least({0: 1}) == 2**12


def test_a_search_cut_short_never_claims_that_there_is_no_limit() -> None:
    half = [({0: 2, 1: 2, 2: 1}, 7)]  # 2a + 2b and a spare make 7: the corner that has the most of a and b is not whole
    most = {0: -1, 1: -1}
    assert least_whole(3, half, most) == -3
    assert least_whole(3, half, most, tries=0) is not None
