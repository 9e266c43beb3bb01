"""`council doctor`: what the product needs on this machine, what it found, and how to mend each."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from digital_council import people, settings
from digital_council.errors import CouncilError, OperatorError
from digital_council.hub import checks, provider, proxy
from digital_council.kernel import bubblewrap
from digital_council.portal.face import look
from digital_council.settings import PROJECT, State

OLDEST = (3, 11)
SPACE_GB = 2.0
"""A term's submissions of 400 people take about 1 GB; below twice that an operator should act."""
BUILT = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `needed` ones stop the product; the others stop a part of it."""

    name: str
    ok: bool
    found: str
    cure: str = ""
    needed: bool = True


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("doctor", help="check what the product needs and say how to mend it")
    parser.add_argument("--json", action="store_true", help="findings as JSON")
    parser.add_argument("--port", type=int, default=8000, help="the port that would be served on (8000)")
    parser.add_argument("--state", metavar="DIR", help="the state directory (.state)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Look at everything and report; 1 when something needed is missing."""
    findings = list(examine(State(arguments.state), arguments.port))
    if arguments.json:
        print(json.dumps({"findings": [asdict(finding) for finding in findings]}, indent=1))
    else:
        for finding in findings:
            print(line(finding))
    return int(any(finding.needed and not finding.ok for finding in findings))


def line(finding: Finding) -> str:
    verdict = "ok  " if finding.ok else "MEND" if finding.needed else "note"
    cure = f": {finding.cure}" if finding.cure and not finding.ok else ""
    return f"{verdict} {finding.name:<10} {finding.found}{cure}"


def examine(state: State, port: int) -> Iterator[Finding]:
    """Every finding, in the order in which a start would meet them."""
    yield python()
    yield tried("settings", configured)
    yield from sign_in()
    yield sandbox()
    yield tried("proxy", lambda: " with ".join(map(_short, proxy.command())))
    yield assets()
    yield chromium()
    yield tried("port", lambda: free(port))
    yield tried("state", lambda: writable(state))
    yield space(state)
    yield clock()


def tried(name: str, look: Callable[[], str]) -> Finding:
    """What a check found, or its own complaint, which says what to do."""
    try:
        return Finding(name, True, look())
    except CouncilError as error:
        found, _, cure = str(error).partition("; ")
        return Finding(name, False, found, cure)


def python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    wanted = ".".join(map(str, OLDEST))
    cure = f"install Python {wanted} or newer and run `make PYTHON=/path/to/it setup`"
    return Finding("python", sys.version_info >= OLDEST, f"Python {version}", cure)


def configured() -> str:
    """Raises OperatorError for the first thing in hub_config that would stop a start."""
    settings.load()
    look.load(PROJECT)
    return f"hub_config is read, with {len(people.load().people)} people"


def sign_in() -> Iterator[Finding]:
    """The identity provider, where one is used; what is wrong with the settings themselves is said before."""
    with contextlib.suppress(OperatorError):
        chosen = settings.load().openid_connect
        if chosen.enabled:
            yield tried("sign-in", lambda: f"{provider.require(chosen)['authorization_endpoint']} answers")


def sandbox() -> Finding:
    found = bubblewrap.probe()
    how = "a real user for each account" if found.own_users else "user namespaces, one user for all"
    return Finding("sandbox", found.ok, f"bubblewrap works ({how})" if found.ok else found.reason, found.cure)


def assets() -> Finding:
    folder = PROJECT / "node_modules" / "govuk-frontend" / "dist"
    found = f"govuk-frontend {'is' if folder.is_dir() else 'is not'} in node_modules"
    return Finding("assets", folder.is_dir(), found, "run `make setup`")


CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser")
"""The first opens a page with a sixth of the processor time, for it draws no window around it."""


def chromium_path() -> str | None:
    """Where Chromium is: as the environment says, or the first on the path."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)


def chromium() -> Finding:
    """Only the browser tests need it."""
    path = chromium_path()
    found = path or "Chromium is not installed; only `make test` needs it"
    cure = "apt-get install chromium-headless-shell (or chromium), or set CHROMIUM=/path/to/it"
    return Finding("chromium", bool(path and Path(path).exists()), found, cure, needed=False)


def free(port: int) -> str:
    checks.port_is_free(port)
    return f"{port} is free"


def writable(state: State) -> str:
    """Raises OperatorError when the state could not be used; makes nothing that was not there."""
    if state.root.exists():
        checks.state_is_usable(state)
    elif not os.access(_existing(state.root), os.W_OK):
        raise OperatorError(f"{state.root}: cannot be made; choose another folder with --state DIR")
    return f"{state.root} can be written"


def space(state: State) -> Finding:
    free = shutil.disk_usage(_existing(state.root)).free / 2**30
    cure = "free some space, or choose another folder with --state DIR"
    return Finding("disk", free >= SPACE_GB, f"{free:.1f} GB free for the state", cure)


def clock() -> Finding:
    """A clock that is years off dates every attempt wrongly and fails every sign-in."""
    now = datetime.now(UTC)
    ok = now > BUILT and time.get_clock_info("monotonic").resolution < 0.01
    return Finding("clock", ok, f"{now:%Y-%m-%d %H:%M} UTC", "set the clock: timedatectl set-ntp true")


def _existing(path: Path) -> Path:
    return next(each for each in (path, *path.parents) if each.exists())


def _short(path: str) -> str:
    return str(Path(path).relative_to(PROJECT)) if Path(path).is_relative_to(PROJECT) else path
