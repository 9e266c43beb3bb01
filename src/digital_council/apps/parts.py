"""Parts: what an app's page is made of. Each can be shown on the page, in a file of data and in the PDF."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

from digital_council.apps.figures import SYMBOLS, About, escaped, shown
from digital_council.apps.files import csv_link
from digital_council.errors import AuthorError

if TYPE_CHECKING:
    import pandas as pd

SHORT = 12


class Part(Protocol):
    """Anything a page can show."""

    def html(self, about: About) -> str:
        """As the page shows it."""

    def printed(self) -> dict[str, Any]:
        """As the PDF's template takes it: plain data with its `kind`."""


@dataclass(frozen=True)
class Heading:
    """A heading of the page, below its title."""

    text: str

    def html(self, about: About) -> str:
        return f"<h2>{escaped(self.text)}</h2>"

    def printed(self) -> dict[str, Any]:
        return {"kind": "heading", "text": self.text}


@dataclass(frozen=True)
class Words:
    """A paragraph. `headline` is what somebody who reads nothing else must know."""

    text: str
    headline: bool = False

    def html(self, about: About) -> str:
        kind = ' class="dc-headline" data-said' if self.headline else ""
        return f"<p{kind}>{escaped(self.text)}</p>"

    def printed(self) -> dict[str, Any]:
        return {"kind": "headline" if self.headline else "words", "text": self.text}


@dataclass(frozen=True)
class Table:
    """A table with a caption and a meaning for every column; the first column names its row.

    meanings    by column; rows may have theirs too, by the name that stands in them
    """

    frame: pd.DataFrame
    caption: str
    meanings: Mapping[str, str]
    private: bool = False
    """Of people by name: it stays on the page, and no file of any kind holds it."""

    def __post_init__(self) -> None:
        untold = [str(column) for column in self.frame.columns if not self.meanings.get(str(column))]
        if untold:
            raise AuthorError(f"the table {self.caption!r} does not say what {', '.join(untold)} means; add it")

    @property
    def told(self) -> dict[str, str]:
        """What each column means, each row that has a meaning of its own, and each symbol in the table."""
        texts = {text for row in self.rows() for text in row}
        columns = {str(column): self.meanings[str(column)] for column in self.frame.columns}
        known = {**self.meanings, **SYMBOLS}
        return columns | {word: known[word] for word in known if word in texts}

    def rows(self) -> list[list[str]]:
        columns = [self.frame[column].map(shown).tolist() for column in self.frame.columns]
        return [list(row) for row in zip(*columns, strict=True)]

    def numeric(self) -> list[bool]:
        """Which columns are figures, and so stand to the right."""
        return [_is_figures(self.frame[column].tolist()) for column in self.frame.columns]

    def markup(self) -> str:
        are_figures = self.numeric()
        head = "".join(
            f'<th scope="col"{" class=dc-figure" if is_figure else ""}>{escaped(name)}</th>'
            for is_figure, name in zip(are_figures, self.frame.columns, strict=True)
        )
        body = "".join(f"<tr>{_row(row, are_figures)}</tr>" for row in self.rows())
        caption = f"<caption>{escaped(self.caption)}</caption>"
        table = f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        return f'<div class="dc-scroll" tabindex="0" role="region" aria-label="{escaped(self.caption)}">{table}</div>'

    def html(self, about: About) -> str:
        return f'<div class="dc-part">{self.markup()}{self.under(about)}</div>'

    def under(self, about: About) -> str:
        """What stands below the figures: meanings, and the figures as a file."""
        terms = "".join(f"<dt>{escaped(k)}</dt><dd>{escaped(v)}</dd>" for k, v in self.told.items())
        link = "" if self.private else f"<p>{csv_link(self, about)}</p>"
        return f'<details class="dc-told"><summary>What the columns mean</summary><dl>{terms}</dl></details>{link}'

    def printed(self) -> dict[str, Any]:
        if self.private:
            return {"kind": "words", "text": f"{self.caption}: left out here, because it names people."}
        head = [str(column) for column in self.frame.columns]
        return {
            "kind": "table",
            "caption": self.caption,
            "head": head,
            "right": self.numeric(),
            "rows": self.rows(),
            "told": self.told,
        }


def _row(cells: list[str], are_figures: list[bool]) -> str:
    return "".join(
        _cell(cell, "th scope='row'" if first else "td", is_figure)
        for cell, is_figure, first in zip(cells, are_figures, [True] + [False] * len(cells), strict=False)
    )


def _cell(text: str, tag: str, is_figure: bool) -> str:
    """A cell; what is short is not broken into lines."""
    kinds = " ".join(name for name, holds in (("dc-figure", is_figure), ("dc-short", len(text) <= SHORT)) if holds)
    return f'<{tag} class="{kinds}">{escaped(text)}</{tag[:2]}>'


def _is_figures(values: list[object]) -> bool:
    given = [value for value in values if not (isinstance(value, str) and value in SYMBOLS)]
    return not any(isinstance(value, (str, date, bool)) for value in given)
