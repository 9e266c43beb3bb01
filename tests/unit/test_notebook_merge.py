"""What both doors hold after answers were changed at either."""

from __future__ import annotations

import pytest

from digital_council.grading.exchange.merge import digest, merge

AGREED = {"q": digest("old")}


@pytest.mark.parametrize(
    ("here", "there", "stands"),
    [("old", "old", "old"), ("new", "old", "new"), ("old", "new", "new"), ("new", "new", "new"), (None, "old", None)],
)
def test_a_change_on_one_side_stands(here: str | None, there: str, stands: str | None) -> None:
    mine = {} if here is None else {"q": here}
    merged = merge(mine, {"q": there}, AGREED, mine_is_later=False)
    assert merged.answers.get("q") == stands
    assert not merged.clashes


@pytest.mark.parametrize(("later", "stands"), [(True, "mine"), (False, "theirs")])
def test_of_two_changes_the_later_stands_and_is_told(later: bool, stands: str) -> None:
    merged = merge({"q": "mine"}, {"q": "theirs"}, AGREED, mine_is_later=later)
    assert merged.answers == {"q": stands}
    assert merged.clashes == ("q",)


def test_an_untouched_cell_never_clears_an_answer() -> None:
    assert merge({}, {"q": "theirs"}, {}, mine_is_later=True).answers == {"q": "theirs"}


def test_an_answer_that_cannot_be_read_leaves_the_other_as_it_is() -> None:
    merged = merge({}, {"q": "old"}, AGREED, mine_is_later=True, unknown={"q"})
    assert merged.answers == {"q": "old"}
    assert not merged.clashes


def test_questions_are_joined_one_by_one() -> None:
    base = {"a": digest(1), "b": digest(1)}
    merged = merge({"a": 2, "b": 1}, {"a": 1, "b": 3, "c": 4}, base, mine_is_later=True)
    assert merged.answers == {"a": 2, "b": 3, "c": 4}
