"""`council apps`: ask a running portal, as somebody, which apps there are, and publish, share, roll back and retire."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from digital_council.client import Portal
from digital_council.errors import CouncilError, UsageError

EVERY = 0.4
SENDING = 60.0
ENDED = ("published", "unchanged", "refused", "could-not-check")
UNTIL_LOST = 5
"""How often in a row a portal may not answer before the wait for it is given up."""


def add_parser(subparsers: Any) -> None:
    """Adds `apps` and what it can do."""
    help_line = "list, publish, share, roll back and retire apps in a running portal"
    parser = subparsers.add_parser("apps", help=help_line, description=help_line)
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True, parser_class=type(parser))
    _act(acts, "list", _list, "the apps you may open")
    publish = _act(acts, "publish", _publish, "put a notebook through the gate and make it an app")
    publish.add_argument("notebook", type=Path)
    publish.add_argument("--id", default="", help="its address (default: made of the title)")
    publish.add_argument("--title", required=True)
    publish.add_argument("--description", required=True, help="in a sentence, what it answers")
    publish.add_argument("--owner", default="", metavar="ACCOUNT", help="who answers for it (default: you)")
    groups = "everyone, leader, team-…, directorate-…, org-… or an account; may be given several times"
    publish.add_argument("--audience", required=True, action="append", metavar="WHOM", help=groups)
    publish.add_argument(
        "--dataset", action="append", default=[], metavar="ID", help="it reads; may be given several times"
    )
    publish.add_argument("--review", required=True, metavar="YYYY-MM-DD", help="when it is to be looked at again")
    publish.add_argument("--sensitivity", default="", help="OFFICIAL or OFFICIAL-SENSITIVE (default: its datasets')")
    publish.add_argument("--accept", action="append", default=[], metavar="SIGN=WHY",
                         help="answer for a sign of people that the gate found")  # fmt: skip
    share = _act(acts, "share", _share, "open an app to people, teams, groups, another organisation or everyone")
    share.add_argument("id")
    share.add_argument(
        "whom", nargs="*", metavar="WHOM", help="accounts, team-…, directorate-…, role-…, org-…, everyone"
    )
    share.add_argument("--without", action="append", default=[], metavar="WHOM", help="no longer with them")
    rollback = _act(acts, "rollback", _rollback, "make an earlier version the live one")
    rollback.add_argument("id")
    rollback.add_argument("--version", type=int, help="which (default: the one before)")
    retire = _act(acts, "retire", _retire, "take an app away from everybody; its record stays")
    retire.add_argument("id")


def _act(acts: Any, name: str, run: Callable[[argparse.Namespace], int], help_line: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = acts.add_parser(name, help=help_line, description=help_line)
    parser.add_argument("--url", help="the portal's address, as `ready` printed it (default: COUNCIL_URL)")
    parser.add_argument("--token", help="who asks (default: COUNCIL_TOKEN)")
    parser.add_argument("--json", action="store_true", help="report as JSON")
    parser.set_defaults(run=run)
    return parser


def _portal(arguments: argparse.Namespace) -> Portal:
    return Portal.from_environment(arguments.url, arguments.token)


def _list(arguments: argparse.Namespace) -> int:
    portal, apps, cursor = _portal(arguments), [], None
    while True:
        answer = portal.request("GET", "apps", seconds=SENDING, params={"cursor": cursor} if cursor else {})
        apps += answer["apps"]
        cursor = answer["next"]
        if not cursor:
            break
    if arguments.json:
        _print_json({"apps": apps})
        return 0
    wide = max((len(each["id"]) for each in apps), default=0)
    for each in apps:
        print(f"{each['id']:<{wide}}  v{each['version']:<3} {each['title']}; {each['owner']}; for"
              f" {each['audience_in_words']}; {each['url']}")  # fmt: skip
    if not apps:
        print("no apps are shared with you")
    return 0


def _publish(arguments: argparse.Namespace) -> int:
    """Exit 0 when it is live, 1 when the gate found something, 3 when the gate could not work."""
    portal = _portal(arguments)
    try:
        content = arguments.notebook.read_bytes()
    except OSError as error:
        raise UsageError(f"{arguments.notebook}: cannot be read ({error.strerror})") from None
    owner = arguments.owner or portal.request("GET", "me", seconds=SENDING)["account"]
    fields = {
        "id": arguments.id, "title": arguments.title, "description": arguments.description, "owner": owner,
        "audience": arguments.audience, "datasets": arguments.dataset, "review": arguments.review,
        "sensitivity": arguments.sensitivity, "accepted": json.dumps(_accepted(arguments.accept)),
    }  # fmt: skip
    answer = portal.request(
        "POST", "apps", seconds=SENDING, data=fields, headers={"Prefer": "respond-async"},
        files={"notebook": (arguments.notebook.name, content, "application/json")},
    )  # fmt: skip
    ended = _followed(portal, answer)
    return _report(portal, ended, arguments.json)


def _accepted(given: list[str]) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in given]
    if any(not sign or not why for sign, _, why in pairs):
        raise UsageError("--accept takes SIGN=WHY, as --accept 'address=of libraries, not of people'")
    return {sign: why for sign, _, why in pairs}


def _followed(portal: Portal, answer: dict[str, Any]) -> dict[str, Any]:
    """Ask until the gate has come to an end, and say on a terminal how far it is."""
    missed = 0
    is_watched = sys.stderr.isatty()
    while answer["state"] not in ENDED:
        if is_watched:
            print(f"\r\033[K{answer['step']}", end="", file=sys.stderr, flush=True)
        time.sleep(EVERY)
        try:
            answer = portal.get(f"apps/publications/{answer['id']}")
            missed = 0
        except CouncilError:
            missed += 1
            if missed == UNTIL_LOST:
                raise
    if is_watched:
        print("\r\033[K", end="", file=sys.stderr, flush=True)
    return answer


def _report(portal: Portal, ended: dict[str, Any], as_json: bool) -> int:
    is_live = ended["state"] in ("published", "unchanged")
    app = portal.request("GET", f"apps/{ended['app']}", seconds=SENDING) if is_live else None
    if as_json:
        _print_json(ended | {"url": app["url"] if app else None})
    elif app:
        print(f"{ended['detail']}: {app['url']}")
    else:
        for line in [each["line"] for each in ended["findings"]] or [ended["detail"]]:
            print(f"council: {line}", file=sys.stderr)
    return 0 if is_live else 1 if ended["state"] == "refused" else 3


def _share(arguments: argparse.Namespace) -> int:
    if not arguments.whom and not arguments.without:
        raise UsageError("share with whom? name accounts, groups or everyone, or --without somebody")
    return _changed(arguments, "share", {"with": arguments.whom, "without": arguments.without})


def _rollback(arguments: argparse.Namespace) -> int:
    return _changed(arguments, "rollback", {"version": arguments.version} if arguments.version else {})


def _retire(arguments: argparse.Namespace) -> int:
    return _changed(arguments, "retire", None)


def _changed(arguments: argparse.Namespace, act: str, body: Any) -> int:
    app = _portal(arguments).post(f"apps/{quote(arguments.id, safe='')}/{act}", json=body, seconds=SENDING)
    if arguments.json:
        _print_json(app)
    elif app["retired"]:
        print(f"{app['id']} is retired")
    else:
        print(f"{app['id']}: version {app['version']}, for {app['audience_in_words']}: {app['url']}")
    return 0


def _print_json(record: Any) -> None:
    print(json.dumps(record, indent=2, ensure_ascii=False))
