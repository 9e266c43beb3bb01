"""The theme: govuk-frontend's components in this product's own colours and fonts, light and dark.

The components are used under their licence; the crown, the GDS Transport font and the GOV.UK colours are not
ours to use. So the style sheet is rewritten once, at start: fonts become the system's, colours become variables.
"""

from __future__ import annotations

import re

FONT = "system-ui,-apple-system,Segoe UI,Roboto,Noto Sans,sans-serif"
FONT_FACES = re.compile(r"/\*! Copyright[^*]*\*/|@font-face\{[^}]*\}")
RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
COLOUR = re.compile(r"([a-z-]+):([^;]*)")

NAMES = {
    "#0b0c0c": "ink",
    "#505a5f": "quiet",
    "#b1b4b6": "line",
    "#8eb8dc": "line",
    "#f3f2f1": "surface",
    "#f4f8fb": "surface",
    "#e8f1f8": "surface",
    "#dbdad9": "surface-strong",
    "#c1c3c5": "surface-strong",
    "#929191": "line",
    "#1d70b8": "link",
    "#003078": "link-hover",
    "#1a65a6": "link",
    "#4c2c92": "link-visited",
    "#d4351c": "error",
    "#aa2a16": "error-strong",
    "#942514": "error",
    "#55150b": "error-strong",
    "#00703c": "action",
    "#005a30": "action-hover",
    "#002d18": "action-shadow",
    "#fd0": "focus",
}


def themed(css: str) -> str:
    """govuk-frontend's style sheet with our fonts and with variables for its colours."""
    css = FONT_FACES.sub("", css).replace("GDS Transport,arial,sans-serif", FONT)
    return RULE.sub(_rule, css)


def _rule(match: re.Match[str]) -> str:
    selector, body = match.groups()
    if selector.lstrip().startswith(":root"):
        return match[0]
    # What has the focus stands on yellow in both themes, so its ink stays dark in both.
    ink = "focus-ink" if "#fd0" in body or ":focus" in selector else "ink"
    return f"{selector}{{{COLOUR.sub(lambda found: _declaration(found, ink), body)}}}"


def _declaration(match: re.Match[str], ink: str) -> str:
    name, value = match.groups()
    for colour, variable in NAMES.items():
        variable = ink if variable == "ink" else variable
        value = re.sub(rf"{colour}(?![0-9a-f])", f"var(--{variable})", value)
    if name.startswith("background"):
        value = re.sub(r"#fff(?![0-9a-f])", "var(--paper)", value)
    return f"{name}:{value}"
