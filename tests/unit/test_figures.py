"""Figures: each says what its definition says, and neither filters, nor time, nor a second viewer tell more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from digital_council import courses, demo, people
from digital_council.courses import frameworks
from digital_council.datasets.suppression import prove
from digital_council.errors import OperatorError
from digital_council.ledger import Ledger
from digital_council.progress import editions, facts, figures_for, lessons, measures, places, scope, view
from digital_council.progress.archive import Archive
from digital_council.progress.facts import Facts, Mistake
from digital_council.progress.grids import ALL
from digital_council.progress.publication import Publication
from digital_council.settings import PROJECT, Disclosure

ORGANISATION = people.load()
PLACES = places.of(ORGANISATION)
COURSES = courses.load(PROJECT / "courses")
LESSONS = lessons.of(COURSES)
KNOWN = frameworks.read(PROJECT / "courses")
NOW = datetime(2026, 11, 20, tzinfo=UTC)
THRESHOLD = 10
DAY = 86_400.0
ANY = np.random.default_rng(1).permutation(len(PLACES.accounts))
"""People of every team, in no order."""


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    opened = Ledger(tmp_path_factory.mktemp("ledger") / "ledger.db")
    demo.ensure_history(opened, ORGANISATION, COURSES, NOW + timedelta(hours=12))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def known(ledger: Ledger) -> Facts:
    return facts.read(ledger, PLACES, LESSONS)


def someone() -> Facts:
    """Nobody has done anything yet."""
    return facts.empty(PLACES, LESSONS)


def at(moment: datetime = NOW) -> float:
    return moment.timestamp()


def published(found: Facts, moment: datetime = NOW, archive: Archive | None = None) -> Archive:
    archive = archive or Archive()
    editions.Press(archive, THRESHOLD).publish(found, at(moment))
    return archive


def shown(archive: Archive) -> dict[tuple[str, str, str], Any]:
    """What every cell shows, but for hidden ones."""
    return {
        (row["figure"], row["place"], row["column"]): (row["value"], row["of"])
        for row in editions.rows(archive)
        if row["since"] >= 0
    }


class Open:
    """Hides nothing, so that what is counted can be looked at."""

    threshold = THRESHOLD

    def fresh(self, figure: str) -> np.ndarray:
        return np.ones((len(PLACES.ids), len(LESSONS) + 1), dtype=bool)

    def shown(self, figure: str) -> np.ndarray:
        return np.zeros(
            (len(PLACES.ids), 1 if figure == "reached" or figure.startswith("gap:") else len(LESSONS) + 1), dtype=bool
        )


def counted(found: Facts) -> dict[str, Any]:
    """The grid of every figure, and of every skill, before anything is hidden."""
    now = measures.Moment(found, at())
    grids = [*(build(now, Open()) for build in measures.ORDER), *measures.gaps(now, Open())]
    return {grid.figure: grid for grid in grids}


def council(grids: dict[str, Any], figure: str, column: str = ALL) -> tuple[float, int]:
    """The council's value and what it is of."""
    grid = grids[figure]
    number = grid.columns.index(column)
    value, rest = int(grid.value[-1, number]), int(grid.rest[-1, number])
    return value, value + rest


# What each figure says


def test_reach_completion_and_passes_are_counted_over_the_council() -> None:
    found = someone()
    found.completed[ANY[:100], 0] = at() - 2 * DAY
    found.completed[ANY[:60], 1] = at() - DAY
    found.passed[ANY[:70], 0] = found.marked[ANY[:70], 0] = at() - 2 * DAY
    found.first_try[ANY[:40], 0] = True
    grids = counted(found)
    assert council(grids, "reached") == (100, 400)
    assert council(grids, "completed", LESSONS[0].id) == (100, 400)
    assert council(grids, "completed") == (160, 400 * len(LESSONS))
    assert council(grids, "passed", LESSONS[0].id) == (70, 100)
    assert council(grids, "first_try", LESSONS[0].id) == (40, 100)


def test_days_to_complete_are_a_median_of_at_least_so_many_people() -> None:
    found = someone()
    found.completed[ANY[:100], 0] = at() - DAY
    found.begun[ANY[:100], 0] = found.completed[ANY[:100], 0] - np.linspace(1, 5, 100) * DAY
    days = counted(found)["days"]
    assert days.median[-1, 1] == pytest.approx(3.0)
    assert days.may[-1, 1]
    found.begun[ANY[9:100], 0] = np.inf
    assert not counted(found)["days"].may[-1, 1]


def test_what_is_kept_lifted_and_used_is_a_share_of_those_asked() -> None:
    found = someone()
    found.kept.extend((int(ANY[n]), 0, at() - DAY, n < 30) for n in range(50))
    found.rated[:, ANY[:60], 0], found.rating[:, ANY[:60], 0] = at() - DAY, 2
    found.rating[1, ANY[:35], 0] = 4
    found.asked_use[ANY[:80], 0] = at() - DAY
    found.used[ANY[:20], 0] = at() - DAY
    grids = counted(found)
    assert council(grids, "retention") == (30, 50)
    assert council(grids, "lift") == (35, 60)
    assert council(grids, "applied") == (20, 80)


def test_calibration_sets_sureness_against_the_first_attempt() -> None:
    found = someone()
    found.rated[0, ANY[:100], 0] = found.marked[ANY[:100], 0] = at() - DAY
    found.rating[0, ANY[:60], 0], found.rating[0, ANY[60:100], 0] = 5, 1
    found.first_try[ANY[:25], 0] = found.first_try[ANY[60:85], 0] = True
    grids = counted(found)
    assert council(grids, "overconfident") == (35, 60)
    assert council(grids, "underconfident") == (25, 40)


def test_skills_and_misconceptions_count_people_who_completed() -> None:
    found = someone()
    found.completed[ANY[:100], 0] = at() - DAY
    found.mistakes[Mistake(LESSONS[0].id, "q", "slip", "A slip.")] = {int(person): at() - DAY for person in ANY[80:130]}
    grids = counted(found)
    tag = next(tag for tag in LESSONS[0].tags if sum(tag in lesson.tags for lesson in LESSONS) == 1)
    assert council(grids, f"gap:{tag}") == (100, 400)
    assert council(grids, "misconceptions", f"{LESSONS[0].id}/q/slip") == (20, 100)


def test_the_steepest_fall_of_a_course_is_found_among_counts_that_are_shown() -> None:
    found = someone()
    for number, people_ in enumerate((300, 280, 100, 90)):
        found.completed[ANY[:people_], number] = at() - DAY
    rows = seen(published(found), found).drop_off["council"]
    assert [(row["unit"], row["from"], row["to"]) for row in rows] == [(LESSONS[2].id, 280, 100)]


def seen(archive: Archive, found: Facts) -> view.View:
    return view.of(archive, ORGANISATION, LESSONS, measures.mistakes_of(found), KNOWN)


def test_every_figure_of_the_demo_shows_something(known: Facts) -> None:
    archive = Archive()
    editions.update(archive, known, NOW, THRESHOLD)
    rows = seen(archive, known)
    now = {row["figure"] for row in rows.figures["council"] if row["value"] != "[c]" and row["month"] is None}
    assert now == set(view.FIGURES)
    assert len({row["month"] for row in rows.figures["council"] if row["value"] != "[c]"}) > 5
    assert rows.misconceptions
    assert rows.drop_off["council"]
    assert any(row["value"] != "[c]" for row in rows.gaps["customer-contact"])


# What readers can work out


def totals() -> dict[str, dict[Any, list[Any]]]:
    """How the published tables add up: teams to directorates to the council, units to all units."""
    found: dict[Any, list[Any]] = {"council": list(ORGANISATION.directorates)}
    for name in ORGANISATION.directorates:
        found[name] = [team for team, above in ORGANISATION.teams.items() if above == name]
    return {"rows": found, "columns": {"all": [lesson.id for lesson in LESSONS]}}


def table(archive: Archive, figure: str) -> pd.DataFrame:
    """A figure as it is published: a row for each place, a column for all units and for each."""
    there, units = shown(archive), ["all", *(lesson.id for lesson in LESSONS)]
    rows = [
        [there.get((figure, place, ALL if unit == "all" else unit), ("[c]",))[0] for unit in units]
        for place in PLACES.ids
    ]
    return pd.DataFrame(rows, index=list(PLACES.ids), columns=units, dtype=object)


@pytest.mark.parametrize("figure", ["started", "completed", "passed", "first_try"])
def test_no_filter_by_place_or_unit_gives_a_hidden_count_away(known: Facts, figure: str) -> None:
    proof = prove(table(published(known), figure), THRESHOLD, totals())
    assert proof.bounds
    assert proof.safe, proof


@pytest.mark.parametrize("figure", ["completed", "first_try"])
def test_without_the_further_hiding_the_same_attack_finds_hidden_counts(
    known: Facts, figure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(editions.Grid, "families", [])
    assert not prove(table(published(known), figure), THRESHOLD, totals()).safe


def test_counts_of_nested_groups_differ_by_nothing_small(known: Facts) -> None:
    there = shown(published(known))
    chain = ("started", "completed", "passed", "first_try")
    for place in PLACES.ids:
        for lesson in LESSONS:
            values = [there[figure, place, lesson.id][0] for figure in chain if (figure, place, lesson.id) in there]
            for more, fewer in ((a, b) for i, a in enumerate(values) for b in values[i + 1 :]):
                assert more == fewer or more - fewer >= THRESHOLD, (place, lesson.id, values)


def test_many_units_of_few_people_are_hidden_like_few_people() -> None:
    found = someone()
    found.completed[ANY[:5], :] = at() - DAY
    assert not shown(published(found))


def test_many_units_in_one_day_of_one_person_wait_for_others() -> None:
    found = someone()
    found.completed[ANY[:200], :] = at() - DAY
    archive = published(found)
    before = shown(archive)["completed", "council", ALL]
    found.completed[ANY[300], :] = at() + DAY / 2
    assert shown(published(found, NOW + timedelta(days=1), archive))["completed", "council", ALL] == before
    found.completed[ANY[301:330], :] = at() + DAY
    assert shown(published(found, NOW + timedelta(days=2), archive))["completed", "council", ALL] != before


def test_first_passes_are_hidden_where_few_passed_later() -> None:
    found = someone()
    found.completed[ANY[:100], 0] = found.marked[ANY[:100], 0] = at() - DAY
    found.passed[ANY[:60], 0] = at() - DAY
    found.first_try[ANY[:55], 0] = True
    beside = Open()
    assert counted(found)["first_try"].may[-1, 1]
    beside.shown = beside.fresh
    assert not measures.ORDER[4](measures.Moment(found, at()), beside).may[-1, 1]


def test_a_skill_is_hidden_where_few_completed_both_of_its_two_units() -> None:
    found = someone()
    tag = next(tag for lesson in LESSONS for tag in lesson.tags if len(measures._units(found, tag)) == 2)
    one, other = measures._units(found, tag)
    for overlap, is_shown in ((25, True), (3, False), (0, True)):
        found.completed[:] = np.inf
        found.completed[ANY[100:220]] = at() - DAY
        found.completed[ANY[100:220, None], [one, other]] = np.inf
        found.completed[ANY[:50], one] = at() - DAY
        found.completed[ANY[50 - overlap : 100 - overlap], other] = at() - DAY
        there = shown(published(found))
        assert all(("completed", "council", LESSONS[unit].id) in there for unit in (one, other))
        assert ((f"gap:{tag}", "council", ALL) in there) is is_shown


def test_completions_are_hidden_where_few_people_completed_more_than_one_unit() -> None:
    found = someone()
    found.completed[ANY[:100], 0] = at() - DAY
    assert ("completed", "council", ALL) in shown(published(found))
    found.completed[ANY[:3], 1] = at() - DAY
    there = shown(published(found))
    assert there["reached", "council", ALL][0] == 100
    assert ("completed", "council", ALL) not in there


def test_whoever_manages_several_teams_is_thought_of() -> None:
    manager = next(person for person in ORGANISATION.people.values() if person.manages == {"parks"})
    several = replace(manager, manages=frozenset({"parks", "parking", "street-services", "planning", "finance"}))
    changed = replace(ORGANISATION, people=ORGANISATION.people | {several.account: several})
    names = [{PLACES.ids[place] for place in each} for each in places.of(changed).managed]
    assert names == [{"parks", "parking", "street-services", "planning", "finance", "place"}]


def later(found: Facts, day: int, chosen: np.random.Generator) -> None:
    """A day of learning: a few people each complete something, pass it or not, and answer what they are asked."""
    moment = at(NOW + timedelta(days=day)) - DAY / 2
    for person in chosen.choice(len(PLACES.accounts), size=int(chosen.integers(1, 14)), replace=False):
        unit = int(chosen.integers(len(LESSONS)))
        if found.completed[person, unit] == np.inf:
            found.begun[person, unit] = min(found.begun[person, unit], moment - DAY)
            found.completed[person, unit] = found.marked[person, unit] = moment
            found.first_try[person, unit] = chosen.random() < 0.5
        if chosen.random() < 0.7:
            found.passed[person, unit] = min(found.passed[person, unit], moment)
        found.asked_use[person, unit] = min(found.asked_use[person, unit], moment)
        found.kept.append((int(person), unit, moment, bool(chosen.random() < 0.6)))


def test_no_two_days_differ_by_a_small_count(ledger: Ledger) -> None:
    found, archive, chosen = facts.read(ledger, PLACES, LESSONS), Archive(), np.random.default_rng(7)
    history = []
    for day in range(25):
        later(found, day, chosen)
        history.append(shown(published(found, NOW + timedelta(days=day), archive)))
    moved = 0
    for first, second in ((a, b) for i, a in enumerate(history) for b in history[i + 1 :]):
        for cell in first.keys() & second.keys():
            if cell[0] == "days":
                continue
            for part in (lambda pair: pair[0], lambda pair: pair[1] - pair[0]):
                step = abs(part(second[cell]) - part(first[cell]))
                assert step == 0 or step >= THRESHOLD, cell
                moved += step > 0
    assert moved, "nothing was ever made anew, so nothing was tested"


def test_one_more_completion_changes_nothing_anybody_sees(ledger: Ledger) -> None:
    found = facts.read(ledger, PLACES, LESSONS)
    archive = published(found)
    before = shown(archive)
    person, unit = np.argwhere(found.completed == np.inf)[0]
    found.begun[person, unit] = found.completed[person, unit] = at() + 60
    found.passed[person, unit] = found.marked[person, unit] = at() + 60
    assert shown(published(found, NOW + timedelta(days=1), archive)) == before


def test_two_viewers_together_see_no_more_than_what_is_published(ledger: Ledger, tmp_path: Path) -> None:
    publication = Publication(
        ledger, ORGANISATION, lambda: LESSONS, KNOWN, Disclosure(threshold=THRESHOLD), tmp_path / "figures.json.gz"
    )
    publication.ensure(NOW)
    one = rows_of(publication, "leader")
    for account in ("leader2", "analyst", "staff001", "staff330"):
        other = rows_of(publication, account)
        assert all(one[key] == other[key] for key in one.keys() & other.keys())
        assert ("council", None, None, "reached") in other
    assert not rows_of(publication, "learner")
    assert not rows_of(publication, "partner")


def rows_of(publication: Publication, account: str) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    found = figures_for(publication, account)["figures"]
    return {
        (row["scope"], row["unit"], row["month"], row["figure"]): (row["value"], row["of"], row["as_at"])
        for row in found
    }


def test_a_leader_sees_no_place_but_their_own_and_those_above() -> None:
    seen = scope.of(ORGANISATION.people["leader"], frozenset({"leader"}), ORGANISATION)
    assert set(seen.teams) == {team for team, above in ORGANISATION.teams.items() if above == "resources"}


# What is kept


def test_what_was_published_outlives_a_restart(ledger: Ledger, tmp_path: Path) -> None:
    def opened() -> Publication:
        rules = Disclosure(threshold=THRESHOLD)
        return Publication(ledger, ORGANISATION, lambda: LESSONS, KNOWN, rules, tmp_path / "figures.json.gz")

    first = opened().ensure(NOW)
    again = opened().ensure(NOW + timedelta(hours=5))
    assert (first.figures, first.as_at) == (again.figures, again.as_at)
    months = {row["month"] for row in first.figures["council"]}
    assert len(Archive.load(tmp_path / "figures.json.gz").moments) == len(months)


def test_a_broken_archive_stops_new_figures_and_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "figures.json.gz"
    path.write_bytes(b"broken")
    with pytest.raises(OperatorError, match="restore it from a backup"):
        Archive.load(path)


def test_a_later_batch_is_made_beside_the_one_that_is_shown(ledger: Ledger, tmp_path: Path) -> None:
    rules = Disclosure(threshold=THRESHOLD)
    made = Publication(ledger, ORGANISATION, lambda: LESSONS, KNOWN, rules, tmp_path / "figures.json.gz")
    first = made.current(NOW)
    tomorrow = NOW + timedelta(days=1)
    assert made.current(tomorrow) is first
    assert made.ensure(tomorrow).as_at > first.as_at
    assert made.current(tomorrow) is not first


def test_a_new_unit_and_a_new_team_keep_what_was_published(known: Facts) -> None:
    archive = published(known)
    before = shown(archive)
    fewer = facts.empty(PLACES, LESSONS[:-1])
    for name in ("begun", "completed", "passed", "marked", "first_try"):
        setattr(fewer, name, getattr(known, name)[:, :-1])
    small = published(fewer)
    after = shown(published(known, NOW + timedelta(days=1), small))
    assert after["completed", "council", LESSONS[0].id] == before["completed", "council", LESSONS[0].id]
