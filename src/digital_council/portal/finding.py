"""Finding: courses, units and datasets by their words, among what the asker may see."""

from __future__ import annotations

from digital_council.portal import visibility
from digital_council.portal.identity import Identity
from digital_council.portal.learning import page_of
from digital_council.portal.services import Services
from digital_council.portal.sessions import PREFIX


def found(services: Services, who: Identity, words: str) -> list[dict[str, str]]:
    """Everything that holds all the words, titles first."""
    wanted = words.casefold().split()
    if not wanted:
        return []
    ranked = [(rank, entry) for entry, text in _everything(services, who) if (rank := _rank(entry, text, wanted))]
    return [entry for _, entry in sorted(ranked, key=lambda pair: pair[0])]


def _rank(entry: dict[str, str], text: str, wanted: list[str]) -> int:
    title = entry["title"].casefold()
    if all(word in title for word in wanted):
        return 1
    return 2 if all(word in text.casefold() for word in wanted) else 0


def _everything(services: Services, who: Identity) -> list[tuple[dict[str, str], str]]:
    entries = []
    for course in services.library.courses:
        text = " ".join([course.title, *course.outcomes])
        entries.append((_entry("course", course.id, course.title, f"{PREFIX}courses/{course.id}"), text))
        for unit in course.units:
            prose = " ".join(cell.source for cell in unit.cells if cell.kind == "markdown")
            address = page_of(course.id, unit.id)
            entries.append((_entry("unit", f"{course.id}/{unit.id}", unit.title, address), f"{unit.title} {prose}"))
    for dataset in visibility.datasets_for(who):
        text = " ".join([dataset.title, dataset.description, *dataset.keywords])
        entries.append((_entry("dataset", dataset.id, dataset.title, f"{PREFIX}datasets/{dataset.id}"), text))
    return entries


def _entry(kind: str, id: str, title: str, url: str) -> dict[str, str]:
    return {"kind": kind, "id": id, "title": title, "url": url}
