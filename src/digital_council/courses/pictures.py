"""Pictures: whether what a lesson draws can be read on a phone."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from digital_council.courses.cells import Cell
from digital_council.courses.problems import Problem, problem
from digital_council.courses.units import Unit

PHONE = 345
"""How many pixels wide a picture is on a phone of 390, where most people who have no desk will see it."""
SMALLEST = 8
"""Below so many pixels letters blur into each other. A map's labels reach it; titles and axes should be near 12."""
POINTS_PER_INCH = 72


def problems(unit: Unit, cell: Cell) -> Iterator[Problem]:
    """What is too small in the pictures that this process has drawn since it was last asked; forgets them."""
    pyplot: Any = sys.modules.get("matplotlib.pyplot")
    for number in pyplot.get_fignums() if pyplot else ():
        size = _smallest(pyplot.figure(number))
        pyplot.close(number)
        if size < SMALLEST:
            yield problem(
                unit.folder / "lesson.py",
                cell.line,
                "picture",
                f"text that is {size:.1f} pixels high on a phone",
                f'at least {SMALLEST}: draw a narrower picture, figsize=(5, …), with plt.rc("font", size=12)',
            )


def _smallest(figure: Any) -> float:
    """The size of the smallest text of a picture, in pixels, once the picture is as wide as a phone."""
    from matplotlib.text import Text

    texts = figure.findobj(Text)
    sizes = [text.get_fontsize() for text in texts if text.get_visible() and text.get_text().strip()]
    return float(min(sizes)) * PHONE / (figure.get_figwidth() * POINTS_PER_INCH) if sizes else SMALLEST
