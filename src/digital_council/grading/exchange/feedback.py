"""Findings as people read them: plain text, an HTML fragment, or a page of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

Found = Mapping[str, Any]
WORDS = {"passed": "Passed", "not-yet": "Not yet", "could-not-check": "Could not check"}
UNJUDGED = {"noted": "Noted", "ready": "Checked", "waits": "Waiting"}
"""Findings that say neither right nor wrong."""
OUR_FAULT = "Could not check: it is our fault, and it has not cost you an attempt."
STATES = {
    "received": "Received; it has not been marked yet",
    "running": "It is being marked now",
    "awaiting-mark": "Part of it waits for a person to mark it",
    "withheld": "The mark is not released yet",
    "superseded": "Replaced by a later attempt",
}


def findings(answer: Mapping[str, Any]) -> list[Found]:
    """Every finding of a verdict or an attempt, in reading order."""
    if answer.get("findings"):
        return list(answer["findings"])
    return [finding for result in answer.get("results") or () for finding in result.get("findings") or ()]


def gathered(found: Iterable[Found]) -> list[Found]:
    """The findings, with the questions that have no answer yet named in one line at the end."""
    found = list(found)
    left = [finding for finding in found if finding.get("id") == "no-answer"]
    if len(left) < 2:
        return found
    names = ", ".join(str(finding.get("question", "")) for finding in left)
    return [each for each in found if each not in left] + [{"question": "No answer yet", "title": names}]


def summary(answer: Mapping[str, Any]) -> str:
    """The outcome in one line; an attempt without one says where it stands."""
    outcome = answer.get("outcome")
    if outcome is None:
        return STATES.get(str(answer.get("state")), "Not marked yet") + "."
    if outcome == "could-not-check":
        return OUR_FAULT
    words = WORDS.get(outcome, str(outcome))
    if answer.get("score") is None or not answer.get("max"):
        return f"{words}."
    return f"{words}: {answer['score']:g} of {answer['max']:g} marks."


def as_text(title: str, line: str, found: Iterable[Found]) -> str:
    lines = [f"{title}. {line}"]
    for finding in found:
        lines.append(f"- {_head(finding)}: {finding.get('title', '')}")
        lines.extend(f"  {line}" for line in str(finding.get("detail") or "").splitlines())
    return "\n".join(lines)


def as_html(title: str, line: str, found: Iterable[Found]) -> str:
    """A fragment whose meaning is in its words and which screen readers announce when it appears."""
    items = "".join(f"<li>{_item(finding)}</li>" for finding in found)
    listed = f"<ul>{items}</ul>" if items else ""
    return (
        f'<section role="status" aria-label="{escape(title)}"><p><strong>{escape(title)}</strong></p>'
        f"<p>{escape(line)}</p>{listed}</section>"
    )


def page(title: str, line: str, found: Iterable[Found], mark: str = "") -> str:
    """A whole page, which needs nothing else to be read; `mark` is kept in it, to know a later mark by."""
    items = "".join(f"<li>{_item(finding)}</li>\n" for finding in found)
    return (
        '<!DOCTYPE html>\n<html lang="en-GB">\n<head><meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="council-mark" content="{escape(mark)}">\n<title>{escape(title)}</title>\n'
        "<style>body{font:1.1rem/1.5 sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem;color:#0b0c0c;"
        "background:#fff}pre{font:inherit;white-space:pre-wrap}</style></head>\n"
        f"<body><main><h1>{escape(title)}</h1>\n<p>{escape(line)}</p>\n<ul>\n{items}</ul></main></body>\n</html>\n"
    )


def _head(finding: Found) -> str:
    words = UNJUDGED.get(str(finding.get("id"))) or WORDS.get(str(finding.get("outcome")))
    return f"{finding.get('question', '')} ({words.lower()})" if words else str(finding.get("question", ""))


def _item(finding: Found) -> str:
    detail = str(finding.get("detail") or "")
    shown = f"<pre>{escape(detail)}</pre>" if detail else ""
    return f"<strong>{escape(_head(finding))}:</strong> {escape(str(finding.get('title', '')))}{shown}"
