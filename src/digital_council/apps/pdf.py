"""The page as PDF for a committee pack: tagged, titled, its language set, with the words behind every picture.

typst writes it as PDF/UA-1 (ISO 14289-1) and refuses to when something a screen reader needs is missing. Everything
that came from data reaches it as data, so nothing in it can be taken for markup. It is imported when first asked for.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digital_council.apps.figures import About
from digital_council.apps.parts import Part

if TYPE_CHECKING:
    import typst

TEMPLATE = Path(__file__).with_name("page.typ")


def as_pdf(about: About, parts: Sequence[Part]) -> bytes:
    """The parts in order as a PDF of A4 pages."""
    os.environ.setdefault("RAYON_NUM_THREADS", "1")  # a thread for each processor is more than a sandbox may have
    import typst

    printed = [part.printed() for part in parts]
    files: dict[str, Any] = {"main": TEMPLATE.read_bytes()}
    level = 1  # of a chart's heading: none may stand deeper than one below the heading before it
    for number, part in enumerate(printed):
        level = 2 if part["kind"] == "heading" else level
        part["level"] = level
        if svg := part.pop("svg", None):
            part["picture"] = f"{number}.svg"
            files[part["picture"]] = svg.encode()
    page = {"title": about.title, "as_at": about.as_at, "owner": about.owner, "parts": printed}
    files["page.json"] = json.dumps(page).encode()
    # Its stubs do not know of several files at once, which its documentation describes.
    made = typst.compile(files, format="pdf", pdf_standards="ua-1", font_paths=_fonts())  # type: ignore[call-overload]
    return bytes(made)


def _fonts() -> typst.Fonts:
    """DejaVu Sans, which matplotlib ships; no font of the machine, so that the PDF is the same everywhere."""
    import typst

    found = find_spec("matplotlib")
    folder = Path(str(found.origin if found else "")).parent / "mpl-data" / "fonts" / "ttf"
    return typst.Fonts(include_system_fonts=False, font_paths=[folder])
