"""The look: a council's own name, colours and logo, from hub_config/theme.toml, read and checked at start."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import Field

from digital_council.errors import OperatorError
from digital_council.settings import Closed, read

FILE = "hub_config/theme.toml"
TEXT, PART = 4.5, 3.0
"""The least contrast that WCAG 2.2 AA asks of text, and of a part of the page that must be told from the rest."""

MOST_LOGO_KB = 30
LOGO_KINDS = {".svg": "image/svg+xml", ".png": "image/png", ".webp": "image/webp"}
Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]


class Light(Closed):
    """Colours on a light page."""

    brand: Colour = "#123f52"
    on_brand: Colour = "#ffffff"
    link: Colour = "#0b5878"
    action: Colour = "#0e6b50"
    paper: Colour = "#ffffff"
    ink: Colour = "#17212b"


class Dark(Closed):
    """Colours on a dark page."""

    brand: Colour = "#0c2c3a"
    on_brand: Colour = "#ffffff"
    link: Colour = "#85c9ea"
    action: Colour = "#1b7a5b"
    paper: Colour = "#12181f"
    ink: Colour = "#e9edf1"


class Look(Closed):
    """Everything that theme.toml may say."""

    name: str = Field(default="", max_length=60)
    logo: str = ""
    logo_alt: str = ""
    light: Light = Light()
    dark: Dark = Dark()


def load(project: Path) -> Look:
    """The look, or the product's own where there is no file. Raises OperatorError in one line."""
    path = project / FILE
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Look()
    except tomllib.TOMLDecodeError as error:
        raise OperatorError(f"{path}: not valid TOML: {error}") from None
    look = read(Look, table, where=str(path))
    for scheme, colours in (("light", look.light), ("dark", look.dark)):
        _check(path, scheme, colours)
    if look.logo:
        logo(project, look)
    return look


def logo(project: Path, look: Look) -> tuple[str, bytes]:
    """The logo's file ending and content; raises OperatorError for one that is missing, odd or heavy."""
    path = project / "hub_config" / look.logo
    kinds = ", ".join(LOGO_KINDS)
    if path.suffix not in LOGO_KINDS or not path.resolve().is_relative_to((project / "hub_config").resolve()):
        raise OperatorError(f"{project / FILE}: logo is {look.logo!r}; a file beside it ending in {kinds} is allowed")
    if not path.is_file():
        raise OperatorError(f"{project / FILE}: logo is {look.logo!r}, and {path} is missing")
    content = path.read_bytes()
    if len(content) > MOST_LOGO_KB * 1000:
        size = len(content) // 1000
        raise OperatorError(f"{path}: {size} kB; at most {MOST_LOGO_KB} kB is allowed, for pages must be light")
    return path.suffix, content


def css(look: Look) -> str:
    """The colours as variables, for a light page and for a dark one."""
    light, dark = (variables(colours) for colours in (look.light, look.dark))
    return f":root{{{light}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}"


def contrast(first: str, second: str) -> float:
    """The contrast of two colours as WCAG defines it, from 1 to 21."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _check(path: Path, scheme: str, colours: Light | Dark) -> None:
    pairs = [
        ("on_brand", colours.on_brand, "brand", colours.brand, TEXT),
        ("link", colours.link, "paper", colours.paper, TEXT),
        ("ink", colours.ink, "paper", colours.paper, TEXT),
        ("white", "#ffffff", "action", colours.action, TEXT),
        ("action", colours.action, "paper", colours.paper, PART),
    ]
    for name, colour, other, ground, least in pairs:
        found = contrast(colour, ground)
        if found < least:
            raise OperatorError(
                f"{path}: {scheme}.{name} {colour} on {scheme}.{other} {ground} has a contrast of {found:.1f};"
                f" at least {least} is allowed, so make one of them lighter or darker"
            )


def variables(colours: Light | Dark) -> str:
    """The colours as declarations of CSS variables."""
    return ";".join(f"--{re.sub('_', '-', name)}:{colour}" for name, colour in colours.model_dump().items())


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
