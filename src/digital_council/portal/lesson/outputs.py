"""Outputs: what code printed, showed or drew, as HTML that is safe to show. Learners' code wrote all of it."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterable
from typing import Any

from digital_council.portal.lesson import prose

MOST_OUTPUTS = 30
LONGEST_TEXT = 20_000
LONGEST_MARKUP = 300_000
LONGEST_PICTURE = 3_000_000
LONGEST_ADVICE = 1_000
"""Characters of what is said of an error that are shown at once; longer, it is a trace for who opens it."""

ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
PICTURE = "The chart drawn by this code; its numbers are in the table or text beside it."


def shown(outputs: Iterable[dict[str, Any]], alt: str = "") -> str:
    """Every output in order; what is too much is cut, and the cut is said."""
    outputs = list(outputs)
    parts = [_one(output, alt) for output in outputs[:MOST_OUTPUTS]]
    if len(outputs) > MOST_OUTPUTS:
        parts.append(_note(f"{len(outputs) - MOST_OUTPUTS} more outputs are not shown."))
    return "\n".join(part for part in parts if part)


def said(outputs: Iterable[dict[str, Any]]) -> str:
    """One sentence for a screen reader when code has run."""
    outputs = list(outputs)
    if any(output.get("output_type") == "error" for output in outputs):
        return "Your code stopped with an error. The message is below the code."
    return "Your code has run. Its output is below the code." if outputs else "Your code has run. It showed nothing."


def _one(output: dict[str, Any], alt: str) -> str:
    kind = output.get("output_type")
    if kind == "stream":
        return _pre(_joined(output.get("text", "")), "stderr" if output.get("name") == "stderr" else "stdout")
    if kind == "error":
        return _error(output)
    return _rich(output.get("data") or {}, output.get("metadata") or {}, alt)


def _rich(data: dict[str, Any], metadata: dict[str, Any], alt: str) -> str:
    alt = str(metadata.get("alt") or alt or PICTURE)
    if "image/png" in data:
        return _picture("image/png", _joined(data["image/png"]).replace("\n", ""), alt)
    if "image/svg+xml" in data:
        packed = base64.b64encode(_joined(data["image/svg+xml"]).encode()).decode()
        return _picture("image/svg+xml", packed, alt)
    markup = _joined(data.get("text/html", ""))
    if markup and len(markup) <= LONGEST_MARKUP:
        return f'<div class="output">{prose.dressed(prose.clean(markup))}</div>'
    return _pre(_joined(data.get("text/plain", "")), "stdout")


def _picture(kind: str, packed: str, alt: str) -> str:
    if len(packed) > LONGEST_PICTURE or not re.fullmatch(r"[A-Za-z0-9+/=]*", packed):
        return _note("A picture is too large to show here. Make the figure smaller.")
    return f'<div class="output"><img src="data:{kind};base64,{packed}" alt="{html.escape(alt)}"></div>'


def _error(output: dict[str, Any]) -> str:
    name, value = str(output.get("ename", "Error")), str(output.get("evalue", ""))
    trace = ANSI.sub("", "\n".join(map(str, output.get("traceback") or ())))[:LONGEST_TEXT]
    line = html.escape(value or name)[:2000]
    advice = trace.removeprefix(value).strip()
    if len(advice) <= LONGEST_ADVICE:
        more = "".join(f'<p class="govuk-body">{html.escape(each)}</p>' for each in advice.splitlines() if each.strip())
    else:
        more = f"<details><summary>Where it happened</summary>{_pre(trace, 'stderr')}</details>"
    return f'<div class="output output--error"><p class="govuk-body"><strong>{line}</strong></p>{more}</div>'


def _pre(text: str, name: str) -> str:
    text = ANSI.sub("", text)
    if not text.strip():
        return ""
    cut = _note("The rest of the text is not shown.") if len(text) > LONGEST_TEXT else ""
    label = "Error text" if name == "stderr" else "Output"
    body = html.escape(text[:LONGEST_TEXT])
    return f'<pre class="output output--{name}" tabindex="0" role="group" aria-label="{label}">{body}</pre>{cut}'


def _note(words: str) -> str:
    return f'<p class="govuk-body-s">{html.escape(words)}</p>'


def _joined(value: Any) -> str:
    return "".join(map(str, value)) if isinstance(value, list) else str(value)
