"""Reading a description from a folder's datapackage.json, with one line for whatever is wrong in it."""

from __future__ import annotations

import json
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from digital_council.datasets.description import FILE, Column, Description, Publication
from digital_council.datasets.errors import DescriptionError
from digital_council.datasets.soundness import sound

REQUIRED = (
    "name",
    "title",
    "description",
    "version",
    "created",
    "owner",
    "licenses",
    "sensitivity",
    "publication",
    "rowIs",
    "refresh",
    "sources",
    "resources",
)
SENSITIVITIES = ("OFFICIAL", "OFFICIAL-SENSITIVE")


def read(folder: Path) -> Description:
    """The description in a folder; raises DescriptionError naming the file and the field that is wrong."""
    path = folder / FILE
    try:
        found = path.stat()
        return _read(folder, (found.st_ino, found.st_mtime_ns, found.st_size))
    except OSError as error:
        raise DescriptionError(f"{path}: cannot be read ({error.strerror}); every dataset folder needs one") from error


@lru_cache(maxsize=500)
def _read(folder: Path, _stamp: tuple[int, int, int]) -> Description:
    """Read once while the file stays as it is: every lesson's page asks. Raises OSError, DescriptionError."""
    path = folder / FILE
    try:
        package = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DescriptionError(f"{path}: is not JSON ({error}); mend it and run `council datasets check`") from error
    return parse(package, folder)


def parse(package: Any, folder: Path) -> Description:
    """A description from the content of its file."""
    where = f"{folder.name}/{FILE}"
    if not isinstance(package, dict):
        raise DescriptionError(f"{where}: must be a JSON object")
    for key in REQUIRED:
        if package.get(key) in (None, "", [], {}):
            raise DescriptionError(f"{where}: `{key}` is missing or empty; write it down before the data is used")
    if package["sensitivity"] not in SENSITIVITIES:
        raise DescriptionError(
            f"{where}: `sensitivity` is {package['sensitivity']!r}; allowed: {', '.join(SENSITIVITIES)}"
        )
    try:
        datetime.fromisoformat(package["created"])
    except (TypeError, ValueError):
        found = package["created"]
        raise DescriptionError(
            f"{where}: `created` is {found!r}; write a moment such as 2026-03-31T00:00:00Z"
        ) from None
    try:
        return sound(_record(package, folder, _publication(package["publication"], where)), where)
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise DescriptionError(
            f"{where}: is not a Data Package with one table ({type(error).__name__}: {error})"
        ) from error


def _publication(said: Any, where: str) -> Publication:
    if not isinstance(said, dict) or not isinstance(said.get("public"), bool):
        raise DescriptionError(f"{where}: `publication.public` must be true or false")
    if not said["public"]:
        for key in ("reason", "owner", "review"):
            if not said.get(key):
                raise DescriptionError(
                    f"{where}: not public, so `publication.{key}` is needed: data is open unless a "
                    "reason, an owner and a review date are written down"
                )
    return Publication(said["public"], said.get("reason", ""), said.get("owner", ""), said.get("review", ""))


def _record(package: dict[str, Any], folder: Path, publication: Publication) -> Description:
    resource = package["resources"][0]
    schema = resource["schema"]
    key = schema.get("primaryKey", [])
    return Description(
        id=package["name"],
        title=package["title"],
        description=package["description"],
        version=package["version"],
        owner=package["owner"],
        licence=package["licenses"][0]["name"],
        sensitivity=package["sensitivity"],
        publication=publication,
        row_is=package["rowIs"],
        refresh=package["refresh"],
        source=package["sources"][0]["title"],
        synthetic=package.get("syntheticNote", ""),
        keywords=tuple(package.get("keywords", ())),
        columns=tuple(_column(field) for field in schema["fields"]),
        key=(key,) if isinstance(key, str) else tuple(key),
        missing=tuple(_marker(entry) for entry in schema.get("missingValues", [""])),
        rows=resource["rowCount"],
        size=resource["bytes"],
        fingerprint=resource["hash"].removeprefix("sha256:"),
        file=folder / resource["path"],
        folder=folder,
        raw_fingerprints=tuple((r["path"], r["hash"].removeprefix("sha256:")) for r in package.get("raw", ())),
    )


def _marker(entry: Any) -> tuple[str, str]:
    if isinstance(entry, str):
        return entry, "no value"
    return entry["value"], entry.get("label", "no value")


def _column(field: dict[str, Any]) -> Column:
    rules = field.get("constraints", {})
    return Column(
        field["name"],
        field.get("type", "string"),
        field.get("description", ""),
        field.get("title", ""),
        bool(rules.get("required")),
        tuple(rules.get("enum", field.get("categories", ()))),
    )
