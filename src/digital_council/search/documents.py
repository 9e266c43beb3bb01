"""Documents: what can be found, each with the words it is found by, where it is and who may see it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from digital_council.courses import Course
from digital_council.datasets.description import Description

EVERYBODY = "everybody"
MEMBER = "member"
STARTERS_FOR = frozenset({"role:analyst", "role:author", "role:operator"})
LONGEST = 20_000
"""Characters of a lesson that are indexed: all of it, unless somebody pasted a book."""


@dataclass(frozen=True)
class Document:
    """One thing to be found. Whoever holds one of its scopes may see that it exists."""

    kind: str
    id: str
    title: str
    summary: str
    keywords: str
    text: str
    url: str
    sensitivity: str
    scopes: frozenset[str]


def of_datasets(
    datasets: Iterable[Description], addresses: Mapping[str, str], published: Callable[[Description], bool]
) -> Iterator[Document]:
    """Each dataset, and each of its columns; one that is not published is for who may see it by name."""
    for each in datasets:
        scopes = frozenset({EVERYBODY if published(each) else f"dataset:{each.id}"})
        url = addresses["dataset"].format(id=each.id)
        words = f"{each.id.replace('_', ' ')} {each.id} {' '.join(each.keywords)}"
        text = f"{each.description} {each.row_is} {each.owner}"
        yield Document("dataset", each.id, each.title, each.description, words, text, url, each.sensitivity, scopes)
        for column in each.columns:
            yield Document(
                "column", f"{each.id}.{column.name}", f"{column.name} in {each.title}", column.meaning,
                f"{column.name.replace('_', ' ')} {column.title}",
                f"{column.meaning} {' '.join(column.categories)}",
                f"{url}#column-{column.name}", each.sensitivity, scopes,
            )  # fmt: skip


def of_courses(courses: Iterable[Course], addresses: Mapping[str, str]) -> Iterator[Document]:
    """Each course, and each lesson with all it says."""
    scopes = frozenset({MEMBER})
    for course in courses:
        text, tags = " ".join(course.outcomes), " ".join(course.tags)
        url = addresses["course"].format(course=course.id)
        yield Document("course", course.id, course.title, text[:300], tags, text, url, "OFFICIAL", scopes)
        for unit in course.units:
            prose = " ".join(cell.source for cell in unit.cells if cell.kind == "markdown")[:LONGEST]
            yield Document(
                "unit", f"{course.id}/{unit.id}", unit.title, unit.summary or f"A lesson of {course.title}",
                f"lesson {' '.join(unit.datasets)} {' '.join(unit.tags)}", f"{' '.join(unit.outcomes)} {prose}",
                addresses["unit"].format(course=course.id, unit=unit.id), "OFFICIAL", scopes,
            )  # fmt: skip


def of_notebooks(folder: Path, addresses: Mapping[str, str]) -> Iterator[Document]:
    """The starting notebooks for analysts, by their headings and prose; one that cannot be read is left out."""
    for path in sorted(folder.rglob("*.ipynb")):
        try:
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            prose = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
        except (OSError, ValueError, KeyError, TypeError):
            continue
        name = path.relative_to(folder).with_suffix("").as_posix()
        heading = re.search(r"^#\s+(.+)$", prose, re.MULTILINE)
        plain = re.sub(r"^#+\s.*$|[*_`]", "", prose, flags=re.MULTILINE).strip()
        title = heading[1].strip() if heading else name.replace("-", " ").replace("_", " ").capitalize()
        yield Document(
            "notebook", name, title, plain.split("\n")[0][:300], f"notebook starter {name}", prose[:LONGEST],
            addresses["notebook"].format(id=name), "OFFICIAL", STARTERS_FOR,
        )  # fmt: skip


def of_apps(apps: Iterable[Mapping[str, Any]]) -> Iterator[Document]:
    """Apps as the catalogue of apps describes them: id, title, summary, url, sensitivity, datasets."""
    for each in apps:
        yield Document(
            "app", str(each["id"]), str(each["title"]), str(each.get("summary", "")),
            f"app dashboard {each['id']} {' '.join(each.get('datasets', ()))}", str(each.get("summary", "")),
            str(each["url"]), str(each.get("sensitivity", "OFFICIAL")), frozenset({f"app:{each['id']}"}),
        )  # fmt: skip
