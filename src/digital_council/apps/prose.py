"""An app's notebook as it is written: its prose as HTML, its code as parts to be run."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from digital_council.errors import AuthorError

_ANCHOR = re.compile(r'<a class="anchor-link"[^>]*>¶</a>')
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Part:
    """One cell: prose that is ready, or code; `under` is the heading it stands below."""

    number: int
    code: str
    html: str
    under: str
    last: bool = False
    """Nothing runs directly after it: where something is to appear, it will be here."""

    @property
    def runs(self) -> bool:
        return bool(self.code.strip())


@dataclass(frozen=True)
class Book:
    """A notebook's parts in order."""

    title: str
    parts: tuple[Part, ...]


def to_html(source: str) -> str:
    """Markdown as HTML."""
    made = MarkdownWithMath(renderer=IPythonRenderer(escape=False, anchor_link_text="¶")).render(source)
    return _ANCHOR.sub("", made)


@lru_cache(maxsize=64)
def read(path: Path, fingerprint: str) -> Book:
    """The notebook of a version, read once. Raises AuthorError when it is no notebook."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return _book(path.parent.name, cells)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise AuthorError(f"{path.name} of this app cannot be read ({type(error).__name__}); tell its owner") from None


def _book(name: str, cells: list[dict[str, Any]]) -> Book:
    parts, under = [], ""
    for number, cell in enumerate(cells):
        source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            headings = _HEADING.findall(source)
            under = headings[-1] if headings else under
            parts.append(Part(number, "", to_html(source), under))
        else:
            parts.append(Part(number, source if cell["cell_type"] == "code" else "", "", under))
    after = [*parts[1:], Part(0, "", "", "")]
    parts = [replace(part, last=part.runs and not next_.runs) for part, next_ in zip(parts, after, strict=True)]
    titles = [part.under for part in parts if part.html and part.under]
    return Book(titles[0] if titles else name, tuple(parts))
