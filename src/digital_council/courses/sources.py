"""Sources: closed tables read from TOML; unknown keys are refused with their file and the nearest known one."""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

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
UNIT_NEEDS = ("title", "minutes", "datasets", "owner", "review_date")


@dataclass(frozen=True)
class Source:
    """A closed table read from a TOML file."""

    path: Path
    values: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path, keys: dict[str, Any], needs: tuple[str, ...]) -> Source:
        """The table; raises AuthorError naming file, key, value found and value allowed."""
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise AuthorError(f"{path}: the file is missing") from None
        except tomllib.TOMLDecodeError as error:
            raise AuthorError(f"{path}: not TOML: {error}") from None
        for key, value in values.items():
            if key not in keys:
                near = difflib.get_close_matches(key, keys, 1)
                meant = f"; did you mean {near[0]!r}?" if near else f"; known keys: {', '.join(keys)}"
                raise AuthorError(f"{path}: unknown key {key!r}{meant}")
            if not isinstance(value, keys[key]) or isinstance(value, bool):
                wanted = getattr(keys[key], "__name__", "text or date" if key == "release_feedback" else "number")
                raise AuthorError(f"{path}: {key} is {value!r}, which is not of the kind {wanted}")
        for key in needs:
            if key not in values:
                raise AuthorError(f"{path}: the key {key!r} is missing")
        return cls(path, values)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; raises AuthorError."""
        found = self.values.get(key, [])
        for each in found:
            if not isinstance(each, str):
                raise AuthorError(f"{self.path}: {key} holds {each!r}; only text is allowed")
        return tuple(found)


def line_of(path: Path, text: str) -> int:
    """The line of a file that first holds a text in quotation marks; 1 when none does."""
    rows = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return next((place for place, row in enumerate(rows, 1) if f'"{text}"' in row or f"'{text}'" in row), 1)
