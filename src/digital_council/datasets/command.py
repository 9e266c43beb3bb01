"""`council datasets`: list, show, check and build."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from digital_council.datasets import disclosure, store
from digital_council.datasets.description import Description
from digital_council.datasets.errors import TableError
from digital_council.datasets.publication import gate
from digital_council.datasets.validation.report import Report, Total
from digital_council.errors import UsageError

MOST_SHOWN = 5
"""Rows shown for one kind of finding in one column; --json has more of them."""


def add_parser(subparsers: Any) -> None:
    """Adds `datasets` and its four verbs."""
    parser = subparsers.add_parser("datasets", help="list, show, check and build datasets")
    parser.set_defaults(run=lambda arguments: _no_verb(parser))
    verbs = parser.add_subparsers(dest="verb", metavar="VERB")
    _verb(verbs, "list", _list, "the catalogue, one line a dataset")
    showing = _verb(verbs, "show", _show, "what a dataset is, who owns it and what its columns mean")
    showing.add_argument("name", metavar="NAME")
    checking = _verb(
        verbs, "check", _check, "every description against its file; exit status 1 when something is to be mended"
    )
    checking.add_argument("names", nargs="*", metavar="NAME", help="datasets (default: all); with --as, one file")
    checking.add_argument(
        "--as", dest="standard", metavar="STANDARD",
        help="check a CSV, Excel or Parquet file as spend, contracts, senior_salaries, or any dataset of the store",
    )  # fmt: skip
    checking.add_argument("--repair", type=Path, metavar="OUT", help="also write a copy with every safe repair made")
    building = _verb(verbs, "build", _build, "generate the invented datasets from their seed")
    building.add_argument("names", nargs="*", metavar="NAME", help="datasets (default: all that are generated)")
    building.add_argument(
        "--force", action="store_true", help="write even where the data changes and its version does not"
    )


def _verb(verbs: Any, name: str, run: Any, help_line: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=help_line, description=help_line)
    parser.add_argument("--json", action="store_true", help="report as JSON")
    parser.set_defaults(run=run)
    return parser


def _no_verb(parser: argparse.ArgumentParser) -> int:
    parser.print_help()
    return UsageError.exit_code


def _list(arguments: argparse.Namespace) -> int:
    described = store.catalogue()
    if arguments.json:
        listed = [each.to_json() | {"overdue": gate.overdue(each), "held": len(_held(each))} for each in described]
        print(json.dumps(listed, indent=2, ensure_ascii=False))
        return 1 if store.broken() else 0
    wide = max((len(each.id) for each in described), default=0)
    for each in described:
        print(f"{each.id:<{wide}}  {each.rows:>7,} rows  {_openness(each):<18}  {each.title}")
    for name in (broken := store.broken()):
        print(f"{name}: its description cannot be read; see `council datasets check {name}`", file=sys.stderr)
    return 1 if broken else 0


def _openness(described: Description) -> str:
    """Who may have it; what is not public says when that is looked at again, or that it should have been."""
    if described.public:
        held = len(_held(described))
        return f"held back: {held} signs of people, see `council datasets check {described.id}`" if held else "public"
    if since := gate.overdue(described):
        return f"not public, {described.sensitivity}, REVIEW OVERDUE since {since} ({described.publication.owner})"
    return f"not public, {described.sensitivity}, review by {described.publication.review}"


def _held(described: Description) -> list[disclosure.Finding]:
    try:
        return gate.held_by(described) if described.public else []
    except (OSError, ValueError, TableError):
        return []  # `check` says what is wrong with the file


def _show(arguments: argparse.Namespace) -> int:
    described = store.describe(arguments.name)
    print(json.dumps(described.to_json(), indent=2, ensure_ascii=False) if arguments.json else described)
    return 0


def _check(arguments: argparse.Namespace) -> int:
    if arguments.standard:
        return _check_file(arguments)
    if arguments.repair:
        raise UsageError("--repair needs a file and --as STANDARD")
    from digital_council.datasets.checking import check

    for name in arguments.names:
        if name not in store.names() and Path(name).exists():
            raise UsageError(f"{name}: is a file; say what it should be: council datasets check {name} --as spend")
    names = arguments.names or store.names()
    findings = [finding for name in names for finding in check(name)]
    if arguments.json:
        print(json.dumps({"checked": names, "findings": [finding.to_json() for finding in findings]}, indent=2))
    else:
        for finding in findings:
            print(finding)
        print(f"{len(names)} datasets checked, {len(findings)} findings")
    return 1 if findings else 0


def _check_file(arguments: argparse.Namespace) -> int:
    from tqdm import tqdm

    from digital_council.datasets import validation

    if len(arguments.names) != 1:
        raise UsageError("--as takes one file: council datasets check FILE --as spend")
    # No bar where nobody looks, or where it is done before anybody could wait.
    with tqdm(total=100, unit="%", disable=None, delay=0.5, leave=False, bar_format="{desc}: {bar} {n:3.0f}%") as bar:
        bar.set_description(f"Checking {Path(arguments.names[0]).name}")
        report = validation.check(
            Path(arguments.names[0]), arguments.standard, repair=arguments.repair,
            progress=lambda part: bar.update(max(0.0, part * 100 - bar.n)),
        )  # fmt: skip
    written = arguments.repair if arguments.repair and arguments.repair.exists() else None
    if arguments.json:
        said = report.to_json() | {"repaired": str(written) if written else None}
        print(json.dumps(said, indent=2, ensure_ascii=False))
    else:
        _tell(report, written)
    return 1 if report.count else 0


def _tell(report: Report, written: Path | None) -> None:
    for total in report.totals:
        shown = [each for each in report.findings if (each.code, each.column, each.safe) == _kind(total)][:MOST_SHOWN]
        for finding in shown:
            print(finding)
        if total.count > len(shown) and len(shown) > 1:
            print(f"  … and {total.count - len(shown):,} more such cells in column {total.column}")
    print(f"{report.rows:,} rows checked, {report.count:,} findings, {report.by_hand:,} to be mended by hand")
    if written:
        print(f"repaired copy: {written}")


def _kind(total: Total) -> tuple[str, str, bool]:
    return total.code, total.column, total.safe


def _build(arguments: argparse.Namespace) -> int:
    from digital_council.datasets import generate

    written = generate.build(store.root(), arguments.names, force=arguments.force)
    if arguments.json:
        print(json.dumps([str(path.relative_to(store.root())) for path in written], indent=2))
    else:
        print(f"{len(written)} files written")
    return 0
