"""`council courses figures`: ask a running portal, as an author, how each question is met by its learners."""

from __future__ import annotations

import argparse
import json
from typing import Any

from digital_council.client import Portal

SECONDS = 30.0  # the first to ask after a new batch waits until every unit has been counted


def run(arguments: argparse.Namespace) -> int:
    """Prints the figures of every unit, of a course or of one unit; raises LearnerError for somebody else's eyes."""
    course, _, unit = arguments.name.partition("/")
    asked = {name: value for name, value in (("course", course), ("unit", unit)) if value}
    portal = Portal.from_environment(arguments.url, arguments.token)
    told = portal.request("GET", "authoring/figures", params=asked, seconds=SECONDS)
    if arguments.json:
        print(json.dumps(told, indent=2, ensure_ascii=False))
        return 0
    for figures in told["units"]:
        _print(figures)
    print(f"as at {told['as_at'][:10]}; [c]: hidden, a count under {told['threshold']} or one that would give one away")
    return 0


def _print(figures: dict[str, Any]) -> None:
    minutes = figures["minutes"]
    print(f"{figures['course']}/{figures['unit']}: {figures['title']}")
    print(f"  began {figures['started']}, handed in {figures['handed_in']}, passed {figures['passed']}; ", end="")
    print(f"{minutes['median'] or '-'} minutes at the median, {minutes['planned']} announced")
    for question in figures["questions"]:
        print(f"  {question['id']}: {question['right']} of {question['answered']} right first time, ", end="")
        print(f"{question['blank']} left blank, {question['hinted']} took a hint", end="")
        print(f", {question['minutes']:g} minutes at the median" if question["minutes"] is not None else "")
        for mistake in question["mistakes"]:
            if mistake["count"]:
                print(f"    {mistake['count']:>4}  {mistake['id']}: {mistake['title']}")
    for flag in figures["flags"]:
        print(f"  look again{' at ' + flag['question'] if flag['question'] else ''}: {flag['reason']}")
