"""Measures: the figures of a moment, each built when those it must be safe beside are published."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from digital_council.progress.facts import NEVER, Facts, Mistake
from digital_council.progress.grids import ALL, Columns, Grid
from digital_council.progress.places import Array, Places

DAY = 86_400
SURE, UNSURE = 4, 2
"""Of the ratings from 1 to 5: from here on sure; up to here unsure."""
GAP = "gap:"
MISTAKES = "misconceptions"


class Published(Protocol):
    """What of this edition and before can be seen while the next grid is built."""

    threshold: int

    def fresh(self, figure: str) -> Array:
        """(places, columns) made anew in this edition."""

    def shown(self, figure: str) -> Array:
        """(places, columns) not hidden."""


@dataclass(frozen=True, eq=False)
class Moment:
    """Everything as it was at a moment, in seconds since 1970."""

    facts: Facts
    at: float

    @cached_property
    def done(self) -> Array:
        return np.asarray(self.facts.completed < self.at)

    @cached_property
    def begun(self) -> Array:
        return self.done | (self.facts.begun < self.at)

    @cached_property
    def passed(self) -> Array:
        return self.done & (self.facts.passed < self.at)

    @cached_property
    def first(self) -> Array:
        return self.passed & self.facts.first_try & (self.facts.marked < self.at)

    @cached_property
    def columns(self) -> Columns:
        return Columns(self.facts.places, tuple(lesson.id for lesson in self.facts.lessons))

    def latest(self, *events: Array) -> Array:
        """When the last of these events before the moment was, for everybody."""
        past = [np.where(event < self.at, event, -NEVER).max(axis=1, initial=-NEVER) for event in events]
        return np.asarray(np.max(past, axis=0))


def _reached(now: Moment, _: Published) -> Grid:
    people = now.columns.anybody(now.done)
    return Grid("reached", now.facts.places, (ALL,), people, now.facts.places.staff[:, None] - people)


def _completed(now: Moment, published: Published) -> Grid:
    value, places = now.columns.by_unit(now.done), now.facts.places
    rest = now.columns.by_unit(~now.done)
    people = tuple(now.columns.behind(each) for each in (now.done, ~now.done))
    others = now.columns.anybody(now.done) - value  # of other units; over all units, how many more than people
    may = ~published.shown("reached") | _is_safe(others, published.threshold)
    latest = now.latest(now.facts.completed)
    return Grid("completed", places, now.columns.names, value, rest, (), people, latest, may)


def _started(now: Moment, published: Published) -> Grid:
    value, done = now.columns.by_unit(now.begun), now.columns.by_unit(now.done)
    rest = now.columns.by_unit(~now.begun)
    people = tuple(now.columns.behind(each) for each in (now.begun, ~now.begun, now.begun & ~now.done))
    latest, may = now.latest(now.facts.begun, now.facts.completed), published.fresh("completed")
    return Grid("started", now.facts.places, now.columns.names, value, rest, (value - done,), people, latest, may)


def _of_completed(figure: str, now: Moment, good: Array, latest: Array, may: Array) -> Grid:
    value, done = now.columns.by_unit(good), now.columns.by_unit(now.done)
    people = tuple(now.columns.behind(each) for each in (good, now.done & ~good))
    return Grid(figure, now.facts.places, now.columns.names, value, done - value, (), people, latest, may)


def _passed(now: Moment, published: Published) -> Grid:
    latest = now.latest(now.facts.passed, now.facts.completed)
    return _of_completed("passed", now, now.passed, latest, published.fresh("completed"))


def _first_try(now: Moment, published: Published) -> Grid:
    later = now.columns.by_unit(now.passed & ~now.first)
    may = published.fresh("completed") & (~published.shown("passed") | _is_safe(later, published.threshold))
    return _of_completed("first_try", now, now.first, now.latest(now.facts.marked, now.facts.completed), may)


def _days(now: Moment, published: Published) -> Grid:
    """The median is shown only where completions are made anew and enough different people have a time."""
    timed = now.done & (now.facts.begun < NEVER)
    taken = np.full(timed.shape, np.nan)
    taken[timed] = (now.facts.completed[timed] - now.facts.begun[timed]) / DAY
    value = now.columns.by_unit(now.done)
    may = published.fresh("completed") & (now.columns.behind(timed) >= published.threshold)
    return Grid(
        "days", now.facts.places, now.columns.names, value, value, may=may, is_alone=True,
        median=_medians(now.facts.places, taken),
    )  # fmt: skip


def _medians(places: Places, taken: Array) -> Array:
    """The median over all units and over each, of everybody in each place."""
    rows = [np.flatnonzero(places.team == team) for team in range(places.kinds.count("team"))]
    inside = dict(enumerate(rows))
    for parent, children in reversed(places.families):
        inside[parent] = np.concatenate([inside[child] for child in children])
    return np.array([
        np.append(_median(taken[people].reshape(-1, 1)), _median(taken[people]))
        for people in (inside[place] for place in range(len(places.ids)))
    ])  # fmt: skip


def _median(values: Array) -> Array:
    """The median of each column without what is not a number; that again where nothing is."""
    values, count = np.sort(values, axis=0), (~np.isnan(values)).sum(axis=0)
    middle = [np.take_along_axis(values, at[None], axis=0)[0] for at in (np.maximum(count - 1, 0) // 2, count // 2)]
    return np.asarray(np.where(count > 0, (middle[0] + middle[1]) / 2, np.nan))


def _kept(now: Moment, published: Published) -> Grid:
    size = (2, len(now.facts.places.accounts), 1)
    counts, latest = np.zeros(size, dtype=np.int64), np.full(size[1], -NEVER)
    for person, _, at, right in now.facts.kept:
        if at < now.at:
            counts[0 if right else 1, person, 0] += 1
            latest[person] = max(latest[person], at)
    return _share("retention", now, counts[0], counts[1], latest)


def _share(figure: str, now: Moment, good: Array, bad: Array, latest: Array) -> Grid:
    """A share over all units of things one person may count in several times."""
    value, rest = (now.columns.once(each.sum(axis=1)) for each in (good, bad))
    people = tuple(now.columns.anybody(each) for each in (good, bad))
    return Grid(figure, now.facts.places, (ALL,), value, rest, (), people, latest)


def _lift(figure: str, since: int) -> Callable[[Moment, Published], Grid]:
    def build(now: Moment, _: Published) -> Grid:
        facts = now.facts
        rated = (facts.rated < now.at).all(axis=0)  # all three, so that both lifts are of the same units
        more = rated & (facts.rating[1] > facts.rating[since])
        return _share(figure, now, more, rated & ~more, now.latest(*facts.rated))

    return build


def _calibration(figure: str, is_sure: bool) -> Callable[[Moment, Published], Grid]:
    def build(now: Moment, _: Published) -> Grid:
        facts = now.facts
        asked = (facts.rated[0] < now.at) & (facts.marked < now.at)
        said = asked & ((facts.rating[0] >= SURE) if is_sure else (facts.rating[0] <= UNSURE))
        wrong = said & (facts.first_try != is_sure)
        return _share(figure, now, wrong, said & ~wrong, now.latest(facts.rated[0], facts.marked))

    return build


def _applied(now: Moment, _: Published) -> Grid:
    used, asked = now.facts.used < now.at, now.facts.asked_use < now.at
    return _share("applied", now, used, asked & ~used, now.latest(now.facts.used, now.facts.asked_use))


def _mistaken(now: Moment, published: Published) -> Grid:
    """For the whole council alone: whoever completed a unit and showed a misconception at some time."""
    council = len(now.facts.places.ids) - 1
    units = {lesson.id: number for number, lesson in enumerate(now.facts.lessons)}
    known = sorted(now.facts.mistakes)
    value = np.zeros((council + 1, max(1, len(known))), dtype=np.int64)
    of, may = np.zeros_like(value), np.zeros(value.shape, dtype=bool)
    fresh = published.fresh("completed")
    for column, mistake in enumerate(known):
        unit = units[mistake.unit]
        who = [person for person, at in now.facts.mistakes[mistake].items() if at < now.at]
        value[council, column] = now.done[who, unit].sum()
        of[council, column] = now.done[:, unit].sum()
        may[council, column] = fresh[council, unit + 1]
    names = tuple(f"{each.unit}/{each.question}/{each.id}" for each in known) or (ALL,)
    return Grid(MISTAKES, now.facts.places, names, value, of - value, may=may, is_alone=True)


ORDER: tuple[Callable[[Moment, Published], Grid], ...] = (
    _reached,
    _completed,
    _started,
    _passed,
    _first_try,
    _days,
    _kept,
    _lift("lift", 0),
    _lift("lift_back", 2),
    _calibration("overconfident", True),
    _calibration("underconfident", False),
    _applied,
    _mistaken,
)
"""What is published first is hidden last."""


def gaps(now: Moment, published: Published) -> Iterator[Grid]:
    """For each skills tag, who has completed a unit that teaches it; each built when the one before is published.

    Where the units of one tag are among those of another, the people who make the difference must not be few; where
    two make up a third, neither must those who are in both.
    """
    facts, known = now.facts, dict[str, tuple[set[int], Array]]()
    parts = list(_single(now, published))
    tags = {tag: _units(facts, tag) for lesson in facts.lessons for tag in lesson.tags}
    for tag, units in sorted(tags.items(), key=lambda item: (len(item[1]), item[0])):
        people = now.columns.anybody(now.done[:, units])
        may = np.ones(people.shape, dtype=bool)
        for unit in units:
            cells = slice(unit + 1, unit + 2)
            if len(units) == 1:
                may &= published.fresh("completed")[:, cells]
            less = now.columns.once(now.done[:, unit])
            may &= ~published.shown("completed")[:, cells] | _is_safe(people - less, published.threshold)
        for other, (fewer, less) in known.items():
            if fewer <= set(units):
                may &= ~published.shown(GAP + other) | _is_safe(people - less, published.threshold)
        may &= _overlaps(set(units), people, parts, published.threshold)
        known[tag] = (set(units), people)
        rest = facts.places.staff[:, None] - people
        reached = now.columns.anybody(now.done)
        may &= ~published.shown("reached") | _is_safe(reached - people, published.threshold)
        yield Grid(GAP + tag, facts.places, (ALL,), people, rest, may=may)
        parts.append((set(units), people, published.shown(GAP + tag)))


_Part = tuple[set[int], Array, Array]
"""Units, how many completed any of them, and where that is shown."""


def _single(now: Moment, published: Published) -> Iterator[_Part]:
    for unit in range(len(now.facts.lessons)):
        is_shown = published.shown("completed")[:, unit + 1 : unit + 2]
        yield {unit}, now.columns.once(now.done[:, unit]), is_shown


def _overlaps(units: set[int], people: Array, parts: list[_Part], threshold: int) -> Array:
    """Where nobody can work out that few completed both of two groups of units which together are these."""
    may = np.ones(people.shape, dtype=bool)
    inside = [part for part in parts if part[0] < units]
    for number, (one, some, is_shown) in enumerate(inside):
        for other, others, is_other_shown in inside[number + 1 :]:
            if one | other == units:
                may &= ~(is_shown & is_other_shown) | _is_safe(some + others - people, threshold)
    return may


def mistakes_of(facts: Facts) -> dict[str, Mistake]:
    """Each misconception by its column."""
    return {f"{each.unit}/{each.question}/{each.id}": each for each in facts.mistakes}


def _units(facts: Facts, tag: str) -> list[int]:
    return [number for number, lesson in enumerate(facts.lessons) if tag in lesson.tags]


def _is_safe(counts: Array, threshold: int) -> Array:
    return np.asarray((counts == 0) | (np.abs(counts) >= threshold))
