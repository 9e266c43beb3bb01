"""A page of an app: parts that change with what the viewer chooses, files of what is shown, and where it comes from.

page = Page(About("Ward profile", "31 March 2026", "Planning"), [wards, reports])
page.live(profile, ward=widgets.Dropdown(…))     # profile(ward) returns the parts
page.end()
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import ipywidgets as widgets
from IPython.display import HTML, display

from digital_council.apps.charts import Chart
from digital_council.apps.figures import About, escaped
from digital_council.apps.files import bundle, link
from digital_council.apps.opened import Opened
from digital_council.apps.parts import Heading, Part, Table, Words
from digital_council.errors import CouncilError

HERE = Path(__file__).parent
SOURCES = {
    "Dataset": "What the figures were worked out from; the catalogue of data has it by this name",
    "One row is": "What is counted",
    "Owner": "Who answers for it",
    "Refreshed": "How often it is renewed, and to when this copy goes",
    "Licence": "What it may be used for",
}


class Page:
    """What one viewer has on the screen."""

    def __init__(self, about: About, sources: Sequence[Opened] = ()) -> None:
        names = "; ".join(f"{source.title} ({source.owner}, {source.licence})" for source in sources)
        self.about = replace(about, sources=about.sources or names)
        self.sources = sources
        self.sections: list[list[Part]] = []
        self._renewals: list[Callable[[], None]] = []
        self._made_files = widgets.HTML()
        self._is_made = False
        self._choices: dict[str, Any] = {}
        self._asked = dict(parse_qsl(os.environ.get("QUERY_STRING", "")))
        style, script = ((HERE / f"page.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
        as_at = f"<p>As at <strong>{escaped(about.as_at)}</strong>. Owner: {escaped(about.owner)}.</p>"
        display(HTML(f'<style>{style}</style><script>{script}</script><div class="dc-page">{as_at}</div>'))

    def show(self, *parts: Part) -> None:
        """Parts that stay as they are."""
        self.sections.append(list(parts))
        display(HTML(self._markup(parts)))

    def live(self, view: Callable[..., Iterable[Part]], **controls: Any) -> None:
        """The controls, and below them the parts that `view` gives for their values."""
        shown: list[Part] = []
        self.sections.append(shown)
        place = widgets.HTML()
        place.add_class("dc-live")

        def renew(change: object = None) -> None:
            chosen = {name: control.value for name, control in controls.items()}
            shown[:] = self._made(view, chosen)
            place.value = self._markup(shown)
            self._made_files.value = ""  # of what was chosen before
            said = [f"{_label(control)}: {_words(control)}." for control in controls.values()]
            shown[:0] = [Words(" ".join(said))] if said else []

        self._choices |= controls
        for name, control in controls.items():
            _choose(control, self._asked.get(name, ""))
            control.add_class("dc-control")
            control.observe(renew, names="value")
        renew()
        self._renewals.append(renew)
        display(*controls.values(), place)

    def renew(self) -> None:
        """Everything that changes, asked for again."""
        for renew in self._renewals:
            renew()

    def _made(self, view: Callable[..., Iterable[Part]], chosen: dict[str, Any]) -> list[Part]:
        try:
            return list(view(**chosen))
        except CouncilError as error:
            return [Words(f"{error} If the page has been open for long, load it again.", headline=True)]
        except Exception:
            if not self._is_made:  # while the page is being made: the page itself says what failed, and to whom
                raise
            logging.getLogger(__name__).exception("A part could not be renewed")
            return [Words(f"This could not be worked out. Please tell {self.about.owner}.", headline=True)]

    def _markup(self, parts: Sequence[Part]) -> str:
        return f'<div class="dc-page">{"".join(part.html(self.about) for part in parts)}</div>'

    def end(self, *parts: Part) -> None:
        """What closes a page: where its figures come from, further parts, and its files."""
        if self.sources:
            self.show(Heading("Where the figures come from"), *self._sources())
        if parts:
            self.show(*parts)
        self._files()
        self._is_made = True

    def _sources(self) -> list[Part]:
        import pandas as pd

        rows = [(each.title, each.row, each.owner, each.refresh, each.licence) for each in self.sources]
        notes = dict.fromkeys(each.synthetic for each in self.sources if each.synthetic)
        return [Table(pd.DataFrame(rows, columns=list(SOURCES)), "Sources", SOURCES), *map(Words, notes)]

    def _files(self) -> None:
        button = widgets.Button(
            description="Make the files", tooltip="Make a PDF of this page, and its tables as CSV and Parquet"
        )

        def make(_: object) -> None:
            self._made_files.value = f'<div class="dc-page"><ul class="dc-files" data-said>{self._links()}</ul></div>'

        button.on_click(make)
        head = Heading("Take it with you").html(self.about)
        said = "A PDF of this page as it stands now, for a committee's papers, and its tables with their definitions."
        display(HTML(f'<div class="dc-page">{head}<p>{said}</p></div>'), button, self._made_files)

    def parts(self) -> list[Part]:
        """All that is on the page now."""
        return [part for section in self.sections for part in section]

    def _links(self) -> str:
        from digital_council.apps.pdf import as_pdf

        parts = self.parts()
        files = [link(as_pdf(self.about, parts), f"{self.about.name}.pdf", "This page, as accessible PDF")]
        if tables := every_table(parts):
            name = f"{self.about.name}.zip"
            files.append(link(bundle(tables, self.about), name, "Every table with its definitions, as CSV and Parquet"))
        if self._choices:
            view = escaped(urlencode({name: _words(control) for name, control in self._choices.items()}))
            files.append(f'<a href="?{view}">A link to this page as it stands, to keep or to send</a>')
        return "".join(f"<li>{each}</li>" for each in files)


def every_table(parts: Sequence[Part]) -> list[Table]:
    """The tables that may leave the page, those behind charts among them."""
    tables = [part.table if isinstance(part, Chart) else part for part in parts]
    return [table for table in tables if isinstance(table, Table) and not table.private]


def _choose(control: Any, label: str) -> None:
    """What the page's address asked for, where the control offers it."""
    if label and label in getattr(control, "_options_labels", ()):
        control.label = label


def _label(control: Any) -> str:
    return str(control.description).rstrip(":")


def _words(control: Any) -> str:
    """What the viewer chose, as the control names it."""
    return str(getattr(control, "label", None) or control.value)
