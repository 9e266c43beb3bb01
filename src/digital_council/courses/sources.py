"""Sources: closed tables read from TOML; unknown keys are refused with their file and the nearest known one."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from digital_council.courses.slips import meant
from digital_council.errors import AuthorError

COURSE_KEYS = {
    "title": str,
    "audience": str,
    "outcomes": list,
    "tags": list,
    "pass_mark": (int, float),
    "units": list,
    "closes": date,
    "max_attempts": int,
}
UNIT_KEYS = {
    "title": str,
    "minutes": int,
    "datasets": list,
    "owner": str,
    "review_date": date,
    "outcomes": list,
    "tags": list,
    "summary": str,
    "sources": list,
    "prerequisites": list,
    "due": date,
    "release_feedback": (str, date),
}
KINDS = {str: "text in quotation marks", int: "a whole number", date: "a date such as 2027-09-01"}
KINDS |= {list: "a list in square brackets"}
TOML_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
UNIT_NEEDS = ("title", "minutes", "datasets", "owner", "review_date")


@dataclass(frozen=True)
class Source:
    """A closed table read from a TOML file."""

    path: Path
    values: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path, keys: dict[str, Any], needs: tuple[str, ...]) -> Source:
        """The table; raises AuthorError naming file, key, value found and value allowed."""
        values = table(path)
        for key, value in values.items():
            place = f"{path}:{line_starting(path, key)}"
            if key not in keys:
                raise AuthorError(f"{place}: unknown key {key!r}; {meant(key, keys)}")
            if not isinstance(value, keys[key]) or isinstance(value, bool):
                wanted = KINDS.get(keys[key], "text or a date" if key == "release_feedback" else "a number")
                raise AuthorError(f"{place}: {key} is {value!r}; {wanted} is allowed")
        for key in needs:
            if key not in values:
                raise AuthorError(f"{path}:1: the key {key!r} is missing; add a line: {key} = …")
        return cls(path, values)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; raises AuthorError."""
        found = self.values.get(key, [])
        for each in found:
            if not isinstance(each, str):
                raise AuthorError(f"{self.path}: {key} holds {each!r}; only text is allowed")
        return tuple(found)


def written(path: Path) -> str:
    """What a file of an author's says; raises AuthorError where it is missing or in another alphabet's bytes."""
    try:
        content = path.read_bytes()
        return content.decode("utf-8").replace("\r\n", "\n")
    except (FileNotFoundError, IsADirectoryError):
        raise AuthorError(f"{path}:1: the file is missing; every unit has one, see AUTHORING.md") from None
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise AuthorError(f"{path}:{line}: a letter that is not UTF-8; save the file as UTF-8") from None


def table(path: Path) -> dict[str, Any]:
    """What a TOML file holds; raises AuthorError with the line where it cannot be read."""
    text = written(path)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = TOML_PLACE.search(str(error))
        line = int(place[1]) if place and place[1] else text.count("\n")
        said = TOML_PLACE.sub("", str(error))
        raise AuthorError(
            f"{path}:{max(1, line)}: not TOML: {said}; text goes in quotation marks, lists in square brackets, each "
            "key stands once"
        ) from None


def line_starting(path: Path, key: str) -> int:
    """The line of a TOML file that sets a key; 1 when none does."""
    rows = written(path).splitlines()
    return next((place for place, row in enumerate(rows, 1) if re.match(rf"\s*{re.escape(key)}\s*=", row)), 1)


def line_of(path: Path, text: str) -> int:
    """The line of a file that first holds a text in quotation marks; 1 when none does."""
    rows = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.is_file() else []
    return next((place for place, row in enumerate(rows, 1) if f'"{text}"' in row or f"'{text}'" in row), 1)
