"""Skills frameworks: which tags exist, read from the one data file that names them."""

from __future__ import annotations

import difflib
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

FILE = "frameworks.toml"


@lru_cache(maxsize=8)
def read(root: Path) -> dict[str, dict[str, Any]]:
    """The frameworks of a courses' folder, else the project's own; none where neither names any."""
    path = root / FILE
    if not path.is_file():
        from digital_council.settings import PROJECT

        path = PROJECT / "courses" / FILE
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def unknown(tag: str, known: dict[str, dict[str, Any]]) -> str:
    """What is allowed in place of a tag that does not exist; empty text for a good one."""
    prefix, _, rest = tag.partition(":")
    if prefix not in known:
        return f"the framework is one of {', '.join(known)}"
    code, _, level = rest.partition("@")
    codes, levels = known[prefix]["codes"], known[prefix]["levels"]
    if code not in codes:
        near = difflib.get_close_matches(code, codes, 1, 0.4)
        return f"did you mean {prefix}:{near[0]}?" if near else f"codes of {prefix}: {', '.join(list(codes)[:12])}"
    if level and level not in levels:
        return f"levels of {prefix}: {', '.join(levels) or 'none'}"
    return ""


def title(tag: str, known: dict[str, dict[str, Any]]) -> str:
    """A tag in words, for the page."""
    prefix, _, rest = tag.partition(":")
    code, _, level = rest.partition("@")
    words = known.get(prefix, {}).get("codes", {}).get(code) or code
    return f"{known.get(prefix, {}).get('title', prefix)}: {words}{f' ({level})' if level else ''}"
