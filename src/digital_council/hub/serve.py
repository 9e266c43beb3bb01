"""`council serve`: the whole product on loopback, from the first check to the last process ended."""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from types import FrameType
from typing import Any, NoReturn

from digital_council import people, settings
from digital_council.errors import OperatorError, UsageError
from digital_council.hub import answering, checks, family, passwords, provider
from digital_council.hub.logs import Log
from digital_council.hub.options import STARTED, Options
from digital_council.kernel import bubblewrap, sweeping
from digital_council.portal.face import look
from digital_council.settings import PROJECT, State

READY_SECONDS = 120
REAP_SECONDS = 10
HUB_SECONDS = 3.0
"""What the hub gets to stop its servers and services itself; what is left then is ended from here."""
GENTLE_SECONDS, HARD_SECONDS = 0.5, 2.0


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("serve", help="start the whole product on this machine")
    parser.add_argument("--port", type=int, default=8000, help="the port to listen on (8000)")
    parser.add_argument("--state", metavar="DIR", help="where everything that must last is kept (.state)")
    parser.add_argument("--no-sandbox", action="store_true", help="run learners' code unprotected; for a trial")
    parser.add_argument(
        "--single-origin", action="store_true", help="one address for everything; for browsers without *.localhost"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Check, start, announce, wait, stop."""
    if not 0 <= arguments.port <= 65_535:
        raise UsageError(f"--port {arguments.port}: no such port; give a number from 1 to 65535")
    options = Options(
        port=arguments.port,
        state=State(arguments.state),
        sandbox=not arguments.no_sandbox,
        single_origin=arguments.single_origin,
        address=settings.load().council.address,
    )
    check(options)
    with checks.lock(options.state):
        return supervise(options)


def check(options: Options) -> None:
    """Everything that can be refused before the first process is started; raises OperatorError."""
    chosen = settings.load()
    people.load()
    look.load(PROJECT)
    if chosen.openid_connect.enabled:
        provider.require(chosen.openid_connect)
    checks.port_is_free(options.port)
    checks.state_is_usable(options.state)
    if options.sandbox:
        bubblewrap.require()


class Stop(BaseException):
    """Raised in the main thread by the first SIGTERM or Ctrl-C; a BaseException, so that nothing swallows it."""


def stop_on_signals() -> None:
    def stop(number: int, frame: FrameType | None) -> NoReturn:
        for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(each, signal.SIG_IGN)  # stopping is under way; a second one must not cut it short
        raise Stop

    for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(each, stop)


def supervise(options: Options) -> int:
    """Run the hub and everything below it until a signal comes or the hub ends."""
    family.adopt_orphans()
    stop_on_signals()
    hub = log = None
    try:
        sweeping.sweep()
        open_ledger(options)
        build_releases(options)
        hub = start_hub(options)
        log = Log(options.state.logs / "hub.log", hub)
        wait_until_ready(options, hub, log)
        announce(options)
        wait(hub)
        raise OperatorError(f"the hub ended by itself; read {log.path}")
    except Stop:
        return 0
    finally:
        end(hub)
        if log is not None:
            log.close()


def environment(options: Options) -> dict[str, str]:
    return {**os.environ, **options.environment, "COUNCIL_PROJECT": str(PROJECT)}


BUILD = "from digital_council import settings as s; from digital_council.courses import releases as r; " \
        "r.ensure(s.PROJECT / 'courses', s.State())"  # fmt: skip
OPEN = "from digital_council import settings as s; from digital_council.ledger import opening as o; " \
       "o.opened(s.load().ledger.url)"  # fmt: skip


def build_releases(options: Options) -> None:
    """Build every unit; raises OperatorError."""
    if said := complaint(BUILD, options):
        raise OperatorError(f"the courses could not be built: {said}; run `council courses check`")


def open_ledger(options: Options) -> None:
    """See whether a database server has our ledger; raises OperatorError."""
    if settings.load().ledger.url and (said := complaint(OPEN, options)):
        raise OperatorError(said)


def complaint(program: str, options: Options) -> str:
    """Run a program in a process of its own, whose memory is given back; the last it said if it failed."""
    done = subprocess.run([sys.executable, "-c", program], env=environment(options), capture_output=True, text=True)
    if not done.returncode:
        return ""
    lines = done.stderr.strip().splitlines() or ["no reason was given"]
    return re.sub(r"^digital_council\.errors\.\w+: ", "", lines[-1])


def start_hub(options: Options) -> subprocess.Popen[bytes]:
    (options.state.hub / STARTED).unlink(missing_ok=True)
    config = PROJECT / "hub_config" / "jupyterhub_config.py"
    return subprocess.Popen(
        [sys.executable, "-m", "digital_council.hub.application", "-f", str(config)],
        cwd=options.state.hub,
        env=environment(options),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,  # Ctrl-C reaches this process alone, which then ends the others in order
        preexec_fn=family.end_with_parent,
    )


def wait_until_ready(options: Options, hub: subprocess.Popen[bytes], log: Log) -> None:
    """Return when every part answers; raises OperatorError naming the part that does not."""
    waiting = answering.parts(options)
    deadline = time.monotonic() + READY_SECONDS
    started = options.state.hub / STARTED
    while waiting:
        if hub.poll() is not None:
            raise OperatorError(f"the hub could not start: {reason(log.last)}; read {log.path}")
        if time.monotonic() > deadline:
            raise OperatorError(f"{waiting[0].name} did not answer in {READY_SECONDS} seconds; read {log.path}")
        if started.exists():  # before that, every question fills the proxy's log with complaints
            waiting = [part for part in waiting if not part.answers()]
        time.sleep(0.05)


def wait(hub: subprocess.Popen[bytes]) -> None:
    """Wait for the hub to end, and bury what was adopted meanwhile."""
    while hub.poll() is None:
        family.reap(keep=hub.pid)
        with contextlib.suppress(subprocess.TimeoutExpired):
            hub.wait(timeout=REAP_SECONDS)


def reason(lines: Sequence[str]) -> str:
    """The line of a log's end that says most."""
    telling = [line for line in lines if "Error" in line or "rror:" in line]
    return (telling or list(lines) or ["it said nothing"])[-1].strip()


def announce(options: Options) -> None:
    """`ready URL`, then how to sign in."""
    print(f"ready {options.front_page}", flush=True)
    if not options.sandbox:
        print("NO SANDBOX: learners' code runs unprotected. For a trial on your own machine only.")
    if options.single_origin:
        print("ONE ORIGIN: people's servers are not kept apart in the browser. For a trial only.")
    if settings.load().openid_connect.enabled:
        return
    demo = people.load().demo_accounts
    known = passwords.ensure(options.state.secrets, [person.account for person in demo])
    print("demo accounts, each with its password:")
    for person in demo:
        print(f"  {person.account:<10} {known[person.account]:<32} {person.name}, {person.job}", flush=True)


def end(hub: subprocess.Popen[bytes] | None) -> None:
    """End every process below this one within ten seconds, whatever it does."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    if hub is not None and hub.poll() is None:
        hub.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            hub.wait(timeout=HUB_SECONDS)
    left = family.end(GENTLE_SECONDS, HARD_SECONDS)
    if left:
        print(f"council: processes {left} did not end", file=sys.stderr)
