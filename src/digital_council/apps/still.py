"""Still life: a cell's outputs and its widgets as plain HTML, before and without any script of the page.

A picture of what the kernel said, not a boundary: an app's own scripts run in the same page once it is alive.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Mapping
from typing import Any

from digital_council.apps import controls
from digital_council.apps.prose import to_html

VIEW = "application/vnd.jupyter.widget-view+json"
SCRIPT = "application/vnd.voila.cell-output+json"
DEEPEST = 12
_PICTURES = ("image/png", "image/jpeg", "image/gif")
_PLAIN = ("text/html", "text/markdown", "image/svg+xml", *_PICTURES, "text/latex", "text/plain")
State = Mapping[str, Mapping[str, Any]]


def outputs(given: Iterable[Mapping[str, Any]], state: State, depth: int = 0) -> str:
    """Every output of a cell, or of an output widget, as it looks; what only a script can draw is left out."""
    return "".join(output(each, state, depth) for each in given)


def output(given: Mapping[str, Any], state: State, depth: int = 0) -> str:
    kind = given["output_type"]
    if kind == "stream":
        return _text(given["text"]) if given["name"] == "stdout" else ""
    if kind == "error":
        return ""
    return _data(given.get("data", {}), state, depth)


def _data(data: Mapping[str, Any], state: State, depth: int) -> str:
    if VIEW in data:
        return widget(data[VIEW].get("model_id", ""), state, depth)
    kind = next((kind for kind in _PLAIN if kind in data), "")
    if not kind:
        return '<p class="coming">This part needs a script to draw it.</p>'
    value = _joined(data[kind])
    if kind == "text/html" or kind == "image/svg+xml":
        return f'<div class="jp-RenderedHTMLCommon council-html">{value}</div>'
    if kind == "text/markdown":
        return f'<div class="jp-RenderedHTMLCommon council-html">{to_html(value)}</div>'
    if kind in _PICTURES:
        source = html.escape(value.strip().replace("\n", ""))
        return f'<img class="council-picture" src="data:{kind};base64,{source}" alt="">'
    return _text(value)


def _joined(value: Any) -> str:
    return "".join(value) if isinstance(value, list) else str(value)


def _text(value: Any) -> str:
    return f"<pre>{html.escape(_joined(value))}</pre>"


def widget(model: str, state: State, depth: int = 0) -> str:
    """A widget as it stands. Unknown kinds are a quiet box: their own script draws them."""
    said = state.get(model)
    if said is None or depth > DEEPEST:
        return ""
    name = str(said.get("_model_name", "")).removesuffix("Model")
    if name == "Output":
        return f'<div class="council-output">{outputs(said.get("outputs", ()), state, depth + 1)}</div>'
    if "children" in said and name in controls.BOXES:
        inside = [widget(str(child).removeprefix("IPY_MODEL_"), state, depth + 1) for child in said["children"]]
        return controls.box(name, said, inside)
    return controls.control(name, said)


def scripted(given: Mapping[str, Any]) -> bool:
    """Whether the page's scripts must draw this output: widgets, and kinds that plain HTML cannot show."""
    data = given.get("data", {})
    return VIEW in data or (bool(data) and not any(kind in data for kind in _PLAIN)) or "application/javascript" in data


def live(given: Mapping[str, Any], state: State) -> str:
    """An output for a page that comes alive: as it looks, and beside it what the page's scripts draw it from."""
    still = output(given, state)
    if not scripted(given):
        return still
    model = json.dumps({**given, "trusted": True}).replace("</", "<\\/").replace("<!--", "<\\!--")
    return f'<div class="council-live"><div class="still">{still}</div><script type="{SCRIPT}">{model}</script></div>'
