"""`council datasets`: list, show, check and build."""

from __future__ import annotations

import argparse
import json
from typing import Any

from digital_council.datasets import store
from digital_council.errors import UsageError


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
    checking.add_argument("names", nargs="*", metavar="NAME", help="datasets (default: all)")
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
        print(json.dumps([each.to_json() for each in described], indent=2, ensure_ascii=False))
        return 0
    wide = max((len(each.id) for each in described), default=0)
    for each in described:
        openness = "public" if each.public else f"not public, {each.sensitivity}"
        print(f"{each.id:<{wide}}  {each.rows:>7,} rows  {openness:<18}  {each.title}")
    return 0


def _show(arguments: argparse.Namespace) -> int:
    described = store.describe(arguments.name)
    print(json.dumps(described.to_json(), indent=2, ensure_ascii=False) if arguments.json else described)
    return 0


def _check(arguments: argparse.Namespace) -> int:
    from digital_council.datasets.checking import check

    names = arguments.names or store.names()
    findings = [finding for name in names for finding in check(name)]
    if arguments.json:
        print(json.dumps({"checked": names, "findings": [finding.to_json() for finding in findings]}, indent=2))
    else:
        for finding in findings:
            print(finding)
        print(f"{len(names)} datasets checked, {len(findings)} findings")
    return 1 if findings else 0


def _build(arguments: argparse.Namespace) -> int:
    from digital_council.datasets import generate

    written = generate.build(store.root(), arguments.names, force=arguments.force)
    if arguments.json:
        print(json.dumps([str(path.relative_to(store.root())) for path in written], indent=2))
    else:
        print(f"{len(written)} files written")
    return 0
