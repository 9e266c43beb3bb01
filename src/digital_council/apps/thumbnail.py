"""Thumbnails: an app's first chart made small, or a drawing of its title where it has none."""

from __future__ import annotations

import colorsys
import hashlib
import html
import io
import re
import textwrap
from collections.abc import Iterable

from digital_council.apps.shown import Piece

WIDE, HIGH = 480, 300
INKS = ("#0b5878", "#b3541e", "#0e6b50", "#5b3a86", "#8a5a00", "#4a5663")
MOST_PIXELS = 40_000_000
MOST_DRAWING = 300_000


def of_pieces(pieces: Iterable[Piece]) -> tuple[str, bytes] | None:
    """The name and content of a picture of the first chart that can be read, or None."""
    for piece in pieces:
        for picture in piece.found.pictures if piece.is_output else ():
            if picture.kind in ("png", "jpeg") and (small := _smaller(picture.content)):
                return "thumbnail.png", small
            if picture.kind == "svg" and 200 < len(picture.content) <= MOST_DRAWING and _has_size(picture.content):
                return "thumbnail.svg", _standing_alone(picture.content)
    return None


def of_title(app: str, title: str) -> tuple[str, bytes]:
    """The name and content of a drawing: the title on a colour that is the app's own."""
    hue = hashlib.sha256(app.encode()).digest()[0] / 255
    red, green, blue = (round(part * 255) for part in colorsys.hls_to_rgb(hue, 0.28, 0.45))
    lines = textwrap.wrap(title, 22)[:4]
    start = HIGH / 2 - (len(lines) - 1) * 24
    words = "".join(
        f'<text x="32" y="{start + 48 * place:.0f}">{html.escape(line)}</text>' for place, line in enumerate(lines)
    )
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}" width="{WIDE}" height="{HIGH}">'
        f'<rect width="{WIDE}" height="{HIGH}" fill="#{red:02x}{green:02x}{blue:02x}"/>'
        f'<g fill="#fff" font-family="system-ui,sans-serif" font-size="34" font-weight="600">{words}</g></svg>'
    )
    return "thumbnail.svg", drawing.encode()


def _smaller(content: bytes) -> bytes | None:
    """Decoded and encoded anew, so that nothing of the notebook's own bytes is passed on."""
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as opened:
            if opened.width * opened.height > MOST_PIXELS or min(opened.size) < 32:
                return None
            whole = opened.convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    paper = Image.new("RGBA", whole.size, "white")
    paper.alpha_composite(whole)
    held = io.BytesIO()
    ImageOps.pad(paper.convert("RGB"), (WIDE, HIGH), color="white").save(held, "PNG", optimize=True)
    return held.getvalue()


def _has_size(drawing: bytes) -> bool:
    return b"viewBox" in drawing[:2000] or b"viewbox" in drawing[:2000]


def _standing_alone(drawing: bytes) -> bytes:
    """A drawing taken out of HTML as a file of its own. Whoever serves it forbids it to run or load anything."""
    text = drawing.decode("utf-8", "replace")
    text = re.sub(r"<script\b.*?</script\s*>", "", text, flags=re.DOTALL | re.IGNORECASE)
    text = re.sub(
        r"var\(--[^)]*?(\d?)\)", lambda found: INKS[int(found[1] or 0) % len(INKS)], text
    )  # of the page it left
    if "xmlns=" not in text[:500]:
        text = text.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    return text.encode()
