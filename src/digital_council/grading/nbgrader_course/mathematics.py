"""Markdown with its formulas set: MathML, which browsers draw by themselves, and never a script.

The text is made harmless without its formulas, and they are put in after, each written out here element by element:
of what a library makes of a learner's formula nothing is passed on but names, short values and escaped text.
"""

import html
import re
import secrets
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import nh3
from latex2mathml.converter import convert_to_element
from markdown_it import MarkdownIt
from markupsafe import Markup
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin

from ..clock import TooSlow, at_most

LONGEST = 2000  # characters of one formula
MOST = 500  # formulas of one text
SECONDS = 2.0
_ELEMENTS = (
    "math menclose mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow mspace msqrt mstyle msub"
    " msubsup msup mtable mtd mtext mtr munder munderover none"
)
_ATTRIBUTES = (
    "accent columnalign columnlines columnspacing depth display displaystyle fence form height largeop linethickness"
    " lspace mathvariant maxsize minsize movablelimits notation rowlines rowspacing rspace scriptlevel separator"
    " stretchy symmetric voffset width"
)
ELEMENTS, ATTRIBUTES = frozenset(_ELEMENTS.split()), frozenset(_ATTRIBUTES.split())
VALUE = re.compile(r"[A-Za-z0-9.%+ -]{1,60}")


@lru_cache(maxsize=2048)
def markdown(text: str) -> Markup:
    """Markdown as harmless HTML."""
    found: list[str] = []
    mark = secrets.token_hex(8)  # where a formula goes: nothing that a text could hold of itself

    def kept(tex: str, told: Mapping[str, Any]) -> str:
        found.append(formula(tex, bool(told["display_mode"])) if len(found) < MOST else html.escape(tex))
        return f"{mark}-{len(found) - 1}-"

    reader = MarkdownIt("commonmark").enable("table")
    reader.use(dollarmath_plugin, renderer=kept, double_inline=True, allow_digits=False)
    reader.use(amsmath_plugin, renderer=lambda tex: kept(tex, {"display_mode": True}))
    clean = nh3.clean(reader.render(text))
    return Markup(re.sub(rf"{mark}-(\d+)-", lambda place: found[int(place[1])], clean))


@lru_cache(maxsize=2048)
def formula(tex: str, display: bool) -> str:
    """A formula as MathML; as it was typed where it cannot be read."""
    try:
        if len(tex) <= LONGEST:
            with at_most(SECONDS):
                return written(convert_to_element(tex, display="block" if display else "inline"))
    except (Exception, TooSlow):  # noqa: S110  (whatever a library says of a learner's formula)
        pass
    return f"<code>{html.escape(tex)}</code>"


def written(element: Any) -> str:
    """An element as text: of names and values only those known, of text nothing that could be a tag."""
    inside = html.escape(html.unescape(element.text or "")) + "".join(map(written, element))
    tail = html.escape(html.unescape(element.tail or ""))
    if element.tag not in ELEMENTS:
        return inside + tail
    values = [f' {k}="{v}"' for k, v in element.attrib.items() if k in ATTRIBUTES and VALUE.fullmatch(v)]
    return f"<{element.tag}{''.join(values)}>{inside}</{element.tag}>{tail}"
