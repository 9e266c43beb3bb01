"""`council search`: ask a running portal, as somebody, what it has."""

from __future__ import annotations

import argparse
import json
from typing import Any

from digital_council.client import Portal

KINDS = {"unit": "lesson"}
"""A unit is what people call a lesson."""


def add_parser(subparsers: Any) -> None:
    """Adds `search`."""
    help_line = "find lessons, datasets, columns, notebooks and apps in a running portal"
    parser = subparsers.add_parser("search", help=help_line, description=help_line)
    parser.add_argument("words", nargs="+", metavar="WORDS")
    parser.add_argument("--limit", type=int, default=20, help="how many to show (default: 20)")
    parser.add_argument("--url", help="the portal's address, as `ready` printed it (default: COUNCIL_URL)")
    parser.add_argument("--token", help="whose eyes to look with (default: COUNCIL_TOKEN)")
    parser.add_argument("--json", action="store_true", help="report as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prints what was found; finding nothing is no failure."""
    portal = Portal.from_environment(arguments.url, arguments.token)
    answer = portal.get("search", q=" ".join(arguments.words), limit=arguments.limit)
    if arguments.json:
        print(json.dumps(answer, indent=2, ensure_ascii=False))
        return 0
    results = answer["results"]
    wide = max((len(each["title"]) for each in results), default=0)
    for each in results:
        kind = KINDS.get(each["kind"], each["kind"])
        print(f"{kind:<8}  {each['title']:<{wide}}  {each['sensitivity']:<18}  {each['url']}")
    more = ", and there are more: raise --limit" if answer["next"] else ""
    print(f"{len(results)} found{more}" if results else "nothing found; try fewer words or the beginning of one")
    return 0
