"""`council progress`: ask a running portal, as somebody, how their teams' learning stands."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from typing import Any

from digital_council.client import Portal
from digital_council.errors import LearnerError

COLUMNS = ("level", "name", "course", "unit", "staff", "completed", "passed", "as_at")


def add_parser(subparsers: Any) -> None:
    """Adds `progress`."""
    help_line = "show how your teams' learning stands, small counts hidden"
    parser = subparsers.add_parser("progress", help=help_line, description=help_line)
    parser.add_argument("--team", metavar="T", help="only this team, by its id (default: all that you may see)")
    parser.add_argument("--format", choices=("table", "csv", "json"), default="table")
    parser.add_argument("--json", dest="format", action="store_const", const="json", help="the same as --format json")
    parser.add_argument("--url", help="the portal's address, as `ready` printed it (default: COUNCIL_URL)")
    parser.add_argument("--token", help="whose eyes to look with (default: COUNCIL_TOKEN)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prints the counts that the asker may see; having none to see is no failure."""
    progress = Portal.from_environment(arguments.url, arguments.token).get("progress")
    rows = [{**row, "as_at": progress["as_at"]["counts"]} for row in progress["counts"]]
    if arguments.team:
        rows = _of_team(rows, arguments.team)
    if arguments.format == "json":
        print(json.dumps({**progress, "counts": rows}, indent=2, ensure_ascii=False))
    elif arguments.format == "csv":
        _write_csv(rows)
    else:
        _print_table(rows, progress)
    return 0


def _of_team(rows: list[dict[str, Any]], team: str) -> list[dict[str, Any]]:
    seen = sorted({row["name"] for row in rows if row["level"] == "team"})
    if team not in seen:
        raise LearnerError(f"you see no team {team!r}; the teams you may see: {', '.join(seen) or 'none'}")
    return [row for row in rows if row["level"] == "team" and row["name"] == team]


def _write_csv(rows: list[dict[str, Any]]) -> None:
    writer = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)


def _print_table(rows: list[dict[str, Any]], progress: dict[str, Any]) -> None:
    if not rows:
        print("no counts for you to see: they are for leaders, authors, analysts and operators")
        return
    shown = [COLUMNS[:-1], *([str(row[column]) for column in COLUMNS[:-1]] for row in rows)]
    wide = [max(len(line[place]) for line in shown) for place in range(len(COLUMNS) - 1)]
    for line in shown:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, wide, strict=True)).rstrip())
    as_at, threshold = progress["as_at"]["counts"][:10], progress["threshold"]
    print(f"as at {as_at}; [c]: hidden, a count under {threshold} or one that would give such a count away")
