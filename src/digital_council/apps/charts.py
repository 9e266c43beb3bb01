"""Charts that people can read: sorted bars and lines, labelled where the eye is, each with the table behind it.

They are HTML and SVG, not pictures: they follow the reader's size of text, width of screen and dark mode. A screen
reader hears one sentence, the finding, and reads the figures in the table.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from digital_council.apps.figures import SYMBOLS, About, escaped, shown
from digital_council.apps.parts import Table

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

INKS = ("#0b5878", "#a8480c", "#3d6b12", "#6a3d9a")
"""Each has 4.5 to 1 on white; a line is also told by its label and its dashes. For the dark, see the page's style."""
DASHES = ("", "7 3", "2 3", "9 3 2 3")
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM, LINE = 360, 200, 8, 98, 24, 26, 15


@dataclass(frozen=True)
class Chart:
    """What every chart has: a title, a sentence with its finding, and the table behind it."""

    frame: pd.DataFrame
    title: str
    finding: str
    meanings: Mapping[str, str]

    @property
    def table(self) -> Table:
        return Table(self.frame, self.title, self.meanings)

    def alt(self, kind: str) -> str:
        return f"{kind}: {self.title}. {self.finding} The table behind it has every figure."

    def figure(self, picture: str, about: About) -> str:
        """The picture with its title and finding above, and the table behind it."""
        words = f'<strong>{escaped(self.title)}</strong><span class="dc-finding">{escaped(self.finding)}</span>'
        table = f"<details><summary>Table: {escaped(self.title)}</summary>{self.table.html(about)}</details>"
        return f'<figure class="dc-part"><figcaption>{words}</figcaption>{picture}{table}</figure>'

    def as_printed(self, kind: str, alt: str) -> dict[str, Any]:
        return {
            "kind": kind,
            "title": self.title,
            "finding": self.finding,
            "alt": alt,
            "table": self.table.printed(),
        }


@dataclass(frozen=True)
class Bars(Chart):
    """A bar for each row, the longest first.

    name, value    the columns that name a bar and give its length; a value may be `[c]`
    highlight      the names of bars that stand out
    whole          what a full bar stands for, such as 100 for shares in a hundred; else the longest
    """

    name: str
    value: str
    highlight: str | Collection[str] = ()
    whole: float = 0
    is_sorted: bool = False
    """The rows have an order of their own, which is kept."""

    def bars(self) -> list[tuple[str, float, str, bool]]:
        """Each bar's name, its share of the longest, its label, and whether it stands out."""
        names, values = self.frame[self.name].map(str).tolist(), self.frame[self.value].tolist()
        lengths = [_length(value) for value in values]
        most = self.whole or max(lengths, default=0) or 1
        asked = {self.highlight} if isinstance(self.highlight, str) else set(self.highlight)
        rows = [
            (name, 100 * length / most, shown(value), name in asked)
            for name, value, length in zip(names, values, lengths, strict=True)
        ]
        return rows if self.is_sorted else sorted(rows, key=lambda row: -row[1])

    def html(self, about: About) -> str:
        bars = "".join(_bar(*bar) for bar in self.bars())
        picture = f'<div class="dc-bars" role="img" aria-label="{escaped(self.alt("Bar chart"))}">{bars}</div>'
        return self.figure(picture, about)

    def printed(self) -> dict[str, Any]:
        return self.as_printed("bars", self.alt("Bar chart")) | {"bars": [list(bar) for bar in self.bars()]}


def _is_given(value: Any) -> bool:
    return isinstance(value, Real) and value == value


def _length(value: Any) -> float:
    """How long a bar is: nothing where there is no figure."""
    return float(value) if _is_given(value) else 0.0


def _bar(name: str, length: float, label: str, is_asked: bool) -> str:
    kind = " dc-asked" if is_asked else " dc-none" if label in SYMBOLS else ""
    track = f'<span class="dc-track"><span style="width:{length:.1f}%"></span></span>'
    return f'<div class="dc-bar{kind}"><span>{escaped(name)}</span>{track}<span>{escaped(label)}</span></div>'


@dataclass(frozen=True)
class Lines(Chart):
    """A line over time for each of up to four columns, named at its end; the scale begins at nothing.

    when       the column with the moment of each row, in order
    columns    the columns drawn
    """

    when: str
    columns: Sequence[str]

    def html(self, about: About) -> str:
        svg = self.svg([f"var(--dc-ink-{number})" for number in range(len(INKS))], "currentColor", "inherit")
        label = escaped(self.alt("Line chart"))
        return self.figure(f'<div class="dc-lines" role="img" aria-label="{label}">{svg}</div>', about)

    def printed(self) -> dict[str, Any]:
        svg = self.svg(INKS, "#17212b", "DejaVu Sans")
        return self.as_printed("lines", self.alt("Line chart")) | {"svg": svg}

    def svg(self, inks: Sequence[str], ink: str, font: str) -> str:
        """The drawing, with names at the lines' ends moved apart where they would overlap."""
        drawn = [name for name in self.columns if any(map(_is_given, self.frame[name]))][: len(INKS)]
        most = max((_length(value) for name in drawn for value in self.frame[name]), default=0) or 1
        paths = [_path(self.frame[name].tolist(), most) for name in drawn]
        drawing = "".join(_line(path, inks[n], DASHES[n]) for n, path in enumerate(paths))
        words = [wrap(name, 13) for name in drawn]
        ends = _apart([(path[-1][1], LINE * len(lines)) for path, lines in zip(paths, words, strict=True)])
        names = "".join(_name(words[n], y, inks[n]) for n, y in ends)
        frame = (
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{HEIGHT - BOTTOM}" y2="{HEIGHT - BOTTOM}" stroke="{ink}"/>'
            f'<text x="{LEFT}" y="14" fill="{ink}">highest: {escaped(float(most) if most % 1 else int(most))}</text>'
            f'<text x="{LEFT}" y="{HEIGHT - 8}" fill="{ink}">{escaped(self.frame[self.when].iloc[0])}</text>'
            f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 8}" fill="{ink}" text-anchor="end">'
            f"{escaped(self.frame[self.when].iloc[-1])}</text>"
        )
        size = f'viewBox="0 0 {WIDTH} {HEIGHT}" font-size="12" font-family="{font}"'
        return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{frame}{drawing}{names}</svg>'


@dataclass(frozen=True)
class Picture(Chart):
    """A chart of matplotlib's, where bars and lines do not do; its alternative text is the finding."""

    drawing: Figure

    def html(self, about: About) -> str:
        data = base64.b64encode(self._svg().encode()).decode()
        picture = f'<img class="dc-picture" src="data:image/svg+xml;base64,{data}" alt="{escaped(self.alt("Chart"))}">'
        return self.figure(picture, about)

    def printed(self) -> dict[str, Any]:
        return self.as_printed("lines", self.alt("Chart")) | {"svg": self._svg()}

    def _svg(self) -> str:
        held = io.StringIO()
        self.drawing.savefig(held, format="svg", bbox_inches="tight")
        return held.getvalue()


def _path(values: list[Any], most: float) -> list[tuple[float, float]]:
    """Where the figures stand in the drawing; those that are not there are left out."""
    wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    step = wide / max(1, len(values) - 1)
    given = [(n, float(value)) for n, value in enumerate(values) if _is_given(value)]
    return [(LEFT + n * step, TOP + high * (1 - value / most)) for n, value in given]


def _line(path: list[tuple[float, float]], ink: str, dash: str) -> str:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in path)
    return f'<polyline points="{points}" fill="none" stroke="{ink}" stroke-width="2" stroke-dasharray="{dash}"/>'


def _name(lines: list[str], y: float, ink: str) -> str:
    """A line's name, beginning beside its end."""
    x = WIDTH - RIGHT + 6
    spans = "".join(f'<tspan x="{x}" dy="{LINE if n else 0}">{escaped(line)}</tspan>' for n, line in enumerate(lines))
    return f'<text x="{x}" y="{y + 4:.1f}" fill="{ink}" font-weight="600">{spans}</text>'


def _apart(ends: list[tuple[float, float]]) -> list[tuple[int, float]]:
    """Each label's number and height, none over another: `ends` has where each would stand and what room it takes."""
    placed: list[tuple[int, float]] = []
    free = 0.0
    for number, (height, room) in sorted(enumerate(ends), key=lambda item: item[1]):
        placed.append((number, max(height, free)))
        free = placed[-1][1] + room
    excess = max(0.0, free - (HEIGHT - BOTTOM + LINE))
    return [(number, height - excess) for number, height in placed]
