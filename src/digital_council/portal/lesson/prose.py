"""Prose: a lesson's Markdown as HTML that is safe to show."""

from __future__ import annotations

import html
import re
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from digital_council.portal.lesson import columns

_MARKDOWN = MarkdownIt("commonmark", {"html": True, "typographer": False}).enable(["table", "strikethrough"])
_TAGS = nh3.ALLOWED_TAGS - {"area", "map", "center", "hgroup", "header", "footer", "article", "nav"}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "td": {"colspan", "rowspan", "headers"},
    "th": {"colspan", "rowspan", "scope", "id", "abbr"},
    "ol": {"start"},
    "details": {"open"},
}
TABLE = 'aria-label="Table"'
_CLASSES = (
    ("p", "govuk-body"),
    ("ul", "govuk-list govuk-list--bullet"),
    ("ol", "govuk-list govuk-list--number"),
    ("h2", "govuk-heading-l"),
    ("h3", "govuk-heading-m"),
    ("h4", "govuk-heading-s"),
    ("a", "govuk-link"),
    ("table", "govuk-table"),
    ("blockquote", "govuk-inset-text"),
)


def clean(markup: str) -> str:
    """Only the elements and attributes of plain prose: no script, style, form, frame, event or odd address."""
    return nh3.clean(
        markup,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "data"} if "data:image/" in markup else {"http", "https", "mailto"},
        attribute_filter=_attribute,
        link_rel="noopener noreferrer",
    )


def _attribute(tag: str, name: str, value: str) -> str | None:
    if value.strip().lower().startswith("data:") and not (tag == "img" and value.startswith("data:image/png;")):
        return None
    return value


@lru_cache(maxsize=2000)
def page(source: str, title: str = "") -> str:
    """A cell of prose for a page whose h1 is `title`: headings one down, the title itself not said twice."""
    tokens = _MARKDOWN.parse(source)
    if _says(tokens, title):
        tokens = tokens[3:]
    # The page's own heading is the h1, so a lesson's first rank becomes the second.
    shift = 1 if any(token.tag == "h1" for token in tokens) else 0
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + shift)}"
    return dressed(clean(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})))


@lru_cache(maxsize=2000)
def prompt(source: str) -> tuple[str, str]:
    """A question's prompt as a line for its legend, and what follows it."""
    tokens = _MARKDOWN.parse(source)
    if tokens and tokens[0].type == "paragraph_open":
        first = clean(_MARKDOWN.renderer.render(tokens[1:2], _MARKDOWN.options, {})).strip()
        return first, dressed(clean(_MARKDOWN.renderer.render(tokens[3:], _MARKDOWN.options, {})))
    return "Answer the question below", dressed(clean(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})))


@lru_cache(maxsize=4000)
def inline(source: str) -> str:
    """One line of Markdown without a paragraph around it."""
    return clean(_MARKDOWN.renderInline(source)).strip()


def dressed(markup: str) -> str:
    """Clean HTML with the component library's classes; tables can be scrolled by keyboard."""
    for tag, names in _CLASSES:
        markup = re.sub(rf"<{tag}(?=[ >])", f'<{tag} class="{names}"', markup)
    markup = re.sub(r"<th>\s*</th>", "<td></td>", markup)
    scroll = f'<div class="scroll" tabindex="0" role="group" {TABLE}>'
    return markup.replace("<table", f"{scroll}<table").replace("</table>", "</table></div>")


def named(markup: str, words: str) -> str:
    """Dressed HTML whose tables are tidy and say whose they are, for who meets them one by one with Tab."""
    markup = columns.tidied(markup)
    of, count = markup.count(TABLE), iter(range(1, markup.count(TABLE) + 1))
    label = html.escape(f"Table {words}")
    return re.sub(TABLE, lambda _: f'aria-label="{label}{f", {next(count)} of {of}" if of > 1 else ""}"', markup)


def text(source: str) -> str:
    """The words alone, for titles and announcements."""
    words = re.sub(r"<[^>]+>", " ", _MARKDOWN.render(source))
    return " ".join(html.unescape(words).split())


def _says(tokens: list[Token], title: str) -> bool:
    """Whether the first heading is the page's title again."""
    is_heading = len(tokens) >= 3 and tokens[0].type == "heading_open"
    return is_heading and bool(title) and tokens[1].content.casefold().strip().endswith(title.casefold())
