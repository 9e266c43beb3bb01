"""Controls at rest: ipywidgets drawn as plain HTML that looks like them and cannot be used yet."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

BOXES = frozenset({"Box", "VBox", "HBox", "GridBox", "Accordion", "Tab", "Stack"})
_CHOICES = frozenset({"Dropdown", "Select", "SelectMultiple", "Combobox"})
_TYPED = frozenset({"Text", "Textarea", "Password", "IntText", "FloatText", "BoundedIntText", "BoundedFloatText",
                    "DatePicker", "IntSlider", "FloatSlider", "IntRangeSlider", "FloatRangeSlider"})  # fmt: skip
_SAID = frozenset({"HTML", "HTMLMath", "Label"})


def box(name: str, said: Mapping[str, Any], inside: Sequence[str]) -> str:
    """Children below or beside one another; of tabs the one that is open."""
    if name in ("Tab", "Accordion", "Stack"):
        chosen = said.get("selected_index")
        titles = "".join(f"<button disabled>{_words(title)}</button>" for title in said.get("titles", ()))
        shown = inside[chosen] if isinstance(chosen, int) and chosen < len(inside) else ""
        return f'<div class="council-tabs"><div class="council-row">{titles}</div>{shown}</div>'
    kind = "council-row" if name == "HBox" else "council-box"
    return f'<div class="{kind}">{"".join(inside)}</div>'


def control(name: str, said: Mapping[str, Any]) -> str:
    """One control, disabled, with its label and present value."""
    if name in _SAID:
        value = str(said.get("value", ""))
        return f"<div>{_words(value) if name == 'Label' else value}</div>"
    if name == "Button":
        return f'<button class="jupyter-button" disabled>{_words(said.get("description"))}</button>'
    if name in ("ToggleButtons", "RadioButtons"):
        buttons = "".join(f"<button disabled>{_words(label)}</button>" for label in said.get("_options_labels", ()))
        return _labelled(said, f'<span class="council-row">{buttons}</span>')
    if name in _CHOICES:
        return _labelled(said, f"<select disabled><option>{_words(_chosen(said))}</option></select>")
    if name == "Checkbox":
        ticked = " checked" if said.get("value") else ""
        return f'<div class="council-control"><label><input type="checkbox" disabled{ticked}> ' \
               f"{_words(said.get('description'))}</label></div>"  # fmt: skip
    if name in _TYPED:
        return _labelled(said, f'<input disabled value="{_words(said.get("value"))}">')
    return ""


def _labelled(said: Mapping[str, Any], field: str) -> str:
    label = said.get("description")
    before = f"<label>{_words(label)}</label>" if label else ""
    kinds = " ".join(["council-control", *map(_words, said.get("_dom_classes") or ())])  # so that its own style holds
    return f'<div class="{kinds}">{before}{field}</div>'


def _chosen(said: Mapping[str, Any]) -> Any:
    labels, index = said.get("_options_labels") or (), said.get("index")
    index = index[0] if isinstance(index, list) and index else index
    return labels[index] if isinstance(index, int) and 0 <= index < len(labels) else said.get("value", "")


def _words(value: Any) -> str:
    return "" if value is None else html.escape(str(value))
