"""What a generator hands over, and how it becomes a dataset's folder."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from digital_council.datasets.description import FILE
from digital_council.datasets.errors import DescriptionError
from digital_council.datasets.generate.borough import SEED

SCHEMA = "https://datapackage.org/profiles/2.0/datapackage.json"
LICENCE = {
    "name": "OGL-UK-3.0",
    "title": "Open Government Licence v3.0",
    "path": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
}
NOTE = (
    f"Synthetic: generated with seed {SEED}, not collected. Ward and town names, the borough's GSS code and field "
    "names are real; people, suppliers, streets, identifiers and amounts are invented."
)
RELEASED = "2026-06-01T09:00:00Z"

BLANK = ("", "blank: no value was given")
SUPPRESSED = ("[c]", "suppressed: withheld to protect somebody")
UNAVAILABLE = ("[x]", "not available: it was not recorded")
NOT_APPLICABLE = ("[z]", "not applicable: there can be no value here")


def column(
    name: str, type_: str, meaning: str, *, title: str = "", required: bool = True, **rules: Any
) -> dict[str, Any]:
    """One field of a Table Schema."""
    constraints = {"required": True, **rules} if required else rules
    made: dict[str, Any] = {"name": name, "type": type_, "description": meaning}
    if title:
        made["title"] = title
    if constraints:
        made["constraints"] = {k: list(v) if isinstance(v, tuple) else v for k, v in constraints.items()}
    return made


@dataclass(frozen=True)
class Made:
    """A generated dataset before it is written."""

    id: str
    title: str
    description: str
    row_is: str
    owner: str
    columns: Sequence[dict[str, Any]]
    rows: Sequence[Sequence[str]]
    key: tuple[str, ...]
    refresh: str
    source: str
    keywords: tuple[str, ...]
    missing: tuple[tuple[str, str], ...] = (BLANK,)
    sensitivity: str = "OFFICIAL"
    publication: dict[str, Any] = field(default_factory=lambda: {"public": True})
    raw: dict[str, bytes] = field(default_factory=dict)
    quality: str = ""
    version: str = "1.0.0"


def csv_bytes(header: Iterable[str], rows: Iterable[Sequence[str]], line_end: str = "\n") -> bytes:
    """A CSV file as RFC 4180 has it, in UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator=line_end)
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode()


def package(made: Made, data: bytes) -> dict[str, Any]:
    """The Data Package v2 description of a generated dataset."""
    resource = {
        "name": made.id,
        "path": f"{made.id}.csv",
        "type": "table",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(data),
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
        "rowCount": len(made.rows),
        "dialect": {"delimiter": ",", "lineTerminator": "\n"},
        "schema": {
            "fields": list(made.columns),
            "primaryKey": list(made.key),
            "missingValues": [{"value": value, "label": label} for value, label in made.missing],
        },
    }
    raw = [
        {"path": f"raw/{name}", "bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}
        for name, content in sorted(made.raw.items())
    ]
    said = {
        "$schema": SCHEMA,
        "name": made.id,
        "title": made.title,
        "description": made.description,
        "version": made.version,
        "created": RELEASED,
        "owner": made.owner,
        "contributors": [{"title": made.owner, "roles": ["publisher"]}],
        "licenses": [LICENCE],
        "sensitivity": made.sensitivity,
        "publication": made.publication,
        "rowIs": made.row_is,
        "refresh": made.refresh,
        "sources": [{"title": made.source}],
        "synthetic": True,
        "syntheticNote": NOTE,
        "keywords": list(made.keywords),
    }
    if made.quality:
        said["quality"] = made.quality
    return {**said, "resources": [resource], **({"raw": raw} if raw else {})}


def files(made: Made) -> dict[str, bytes]:
    """Every file of the dataset's folder, by path within it."""
    names = [c["name"] for c in made.columns]
    data = csv_bytes(names, made.rows)
    described = json.dumps(package(made, data), indent=2, ensure_ascii=False) + "\n"
    return {
        "datapackage.json": described.encode(),
        f"{made.id}.csv": data,
        **{f"raw/{name}": content for name, content in made.raw.items()},
    }


def write(made: Made, root: Path, *, force: bool = False) -> list[Path]:
    """Writes what differs, each file beside its place and then renamed onto it; an older version is kept.

    Raises DescriptionError when the data would change under the same version, unless forced: a lesson that names a
    version must mean the same next year.
    """
    folder, new = root / made.id, files(made)
    changed = [name for name, content in new.items() if _read(folder / name) != content]
    old = _read(folder / FILE)
    if old and f"{made.id}.csv" in changed:
        version = str(json.loads(old)["version"])
        if version != made.version:
            _keep(folder, made.id, version)
        elif not force:
            raise DescriptionError(
                f"{made.id}: the generator now gives other data than version {version} in {folder.name}; "
                "raise the version in the generator, or pass --force"
            )
    for name in changed:
        put(folder / name, new[name])
    return [folder / name for name in changed]


def put(path: Path, content: bytes) -> None:
    """Writes beside the place, then renames onto it: nobody reads half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(content)
    beside.replace(path)


def _read(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _keep(folder: Path, name: str, version: str) -> None:
    """Copies the version that stands to versions/, where `open(name, version)` finds it."""
    for file in (FILE, f"{name}.csv"):
        put(folder / "versions" / version / file, _read(folder / file))
