"""Which counts of a tree of places to hide, so that neither totals nor a manager's own knowledge give one away.

A count is small when it lies from 1 to one below the threshold; so is the rest of its base (of 13 staff, 12 completed
points at one person). Beyond that (the primary cells), more are hidden until three things hold in every family of
hidden children with a shown parent: there are at least three of them; whichever one of them a line manager knows from
their own team, the others' sum is not small; nor is the sum of the others' rest. Where a whole family cannot meet
that, its parent is hidden too, and its own family is looked at in turn.

The rules are those of complementary suppression (Hundepool and others, Statistical Disclosure Control, 2012, ch. 4),
with the line manager as an intruder who knows one cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

Counts = Mapping[str, int]


def hide(
    links: Mapping[str, Sequence[str]], counts: Counts, base: Counts, threshold: int, already: Iterable[str] = ()
) -> frozenset[str]:
    """The names whose count must not be shown. `links` gives each parent's children; `base` what a count is out of."""
    hidden = set(already) | {name for name in counts if _small(counts[name], base[name], threshold)}
    parents = _bottom_up(links)
    while True:
        before = len(hidden)
        for parent in parents:
            _protect(parent, links[parent], hidden, counts, base, threshold)
        if len(hidden) == before:
            return frozenset(hidden)


def _small(count: int, base: int, threshold: int) -> bool:
    return 0 < count < threshold or 0 < base - count < threshold


def _protect(
    parent: str, children: Sequence[str], hidden: set[str], counts: Counts, base: Counts, threshold: int
) -> None:
    """Hide more of one family until nothing in it can be worked out; its parent as the last resort."""
    if parent in hidden or hidden.isdisjoint(children):
        return
    spare = sorted((child for child in children if child not in hidden), key=lambda child: counts[child])
    while not _safe([child for child in children if child in hidden], counts, base, threshold):
        if not spare:
            hidden.add(parent)
            return
        hidden.add(spare.pop(0))


def _safe(family: Sequence[str], counts: Counts, base: Counts, threshold: int) -> bool:
    if len(family) < 3:
        return False
    total, whole = sum(counts[name] for name in family), sum(base[name] for name in family)
    known = [(counts[name], base[name]) for name in family] + [(0, 0)]
    return not any(_small(total - count, whole - out_of, threshold) for count, out_of in known)


def _bottom_up(links: Mapping[str, Sequence[str]]) -> list[str]:
    """Parents, the deepest first."""
    depth = dict.fromkeys(links, 0)
    for _ in links:
        for parent, children in links.items():
            for child in children:
                if child in depth:
                    depth[child] = max(depth[child], depth[parent] + 1)
    return sorted(links, key=lambda name: -depth[name])
