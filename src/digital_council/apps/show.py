"""All that an app's notebook needs to show people figures; `from digital_council.apps.show import …`."""

from __future__ import annotations

import base64
import html
import io
from typing import TYPE_CHECKING

from IPython.display import HTML, display

from digital_council.apps.charts import Bars, Lines
from digital_council.apps.opened import Opened, dataset
from digital_council.apps.page import Page
from digital_council.apps.parts import ABSENT, HIDDEN, About, Heading, Table, Words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = ["ABSENT", "HIDDEN", "About", "Bars", "Heading", "Lines", "Opened", "Page", "Table", "Words", "dataset"]


def note(text: str) -> None:
    """A paragraph of plain text."""
    display(HTML(f"<p>{html.escape(text)}</p>"))


def table(frame: pd.DataFrame, caption: str) -> None:
    """A table with a caption, and headers that say what they head."""
    markup = frame.to_html(index=False, border=0, classes="council")
    markup = markup.replace("<th>", '<th scope="col">')
    display(HTML(markup.replace("<thead>", f"<caption>{html.escape(caption)}</caption><thead>", 1)))


def picture(figure: Figure, alt: str) -> None:
    """A chart as a picture whose alternative text states the finding. Closes the figure."""
    import matplotlib.pyplot as plt

    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=110, bbox_inches="tight")
    plt.close(figure)
    data = base64.b64encode(file.getvalue()).decode()
    display(
        HTML(f'<img src="data:image/png;base64,{data}" alt="{html.escape(alt, quote=True)}" style="max-width:100%">')
    )
