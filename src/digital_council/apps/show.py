"""All that an app's notebook needs to show people figures; `from digital_council.apps.show import …`."""

from __future__ import annotations

import base64
import html
import io
from typing import TYPE_CHECKING

from IPython.display import HTML, display

from digital_council.apps.charts import Bars, Lines, Picture
from digital_council.apps.figures import ABSENT, HIDDEN, About
from digital_council.apps.opened import Opened, ask, dataset
from digital_council.apps.page import Page
from digital_council.apps.parts import Heading, Table, Words
from digital_council.datasets.suppression import prove, suppress

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "ABSENT", "HIDDEN", "About", "Bars", "Heading", "Lines", "Opened", "Page", "Picture", "Table", "Words", "ask",
    "dataset", "picture", "prove", "suppress",
]  # fmt: skip


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
