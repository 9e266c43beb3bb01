"""Proving: `council courses`, with every unit proved in a sandbox of its own, as no author's code runs out here."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digital_council import settings
from digital_council.courses import command, frameworks
from digital_council.courses.check import Prove, Report
from digital_council.courses.problems import Problem, problem

from . import frames

if TYPE_CHECKING:
    from .sandbox import Sandbox

ENTRY = "digital_council.grading.proving_untrusted:prove_untrusted"
SECONDS = 120.0  # a unit takes one or two; what takes as long as this does not end
LONGEST = 4 << 20  # bytes of one report
ENDED = {
    "time": f"it did not end within {SECONDS:g} seconds",
    "memory": "it used more memory than a learner's attempt may",
    "processes": "it started more processes than a learner's attempt may",
}


def add_parser(subparsers: Any) -> None:
    """Adds `courses` and its verbs."""
    command.add_parser(subparsers, provers)


@contextlib.contextmanager
def provers(enforced: bool = True) -> Iterator[Prove]:
    """A function that proves one unit, in a fork of one warm kernel; it may be called from several threads."""
    from . import policy  # opens with pandas, which the other verbs do not need
    from .sandbox import open_sandbox

    rules = policy.load()
    limits = rules.limits.model_copy(update={"seconds_total": SECONDS})
    with open_sandbox(rules.model_copy(update={"limits": limits}), enforced=enforced) as sandbox:

        def prove(folder: Path, course: str, pass_mark: float) -> Report:
            return prove_unit(sandbox, folder, course, pass_mark)

        yield prove


def prove_unit(sandbox: Sandbox, folder: Path, course: str, pass_mark: float) -> Report:
    """The report on one unit, made in a fork that sees its files, the datasets and nothing else."""
    from .policy import kernel_limits
    from .sandbox import why

    inside = f"{course}/{folder.name}"
    order = {"folder": inside, "course": course, "pass_mark": pass_mark}
    argument = json.dumps(order | {"value_bytes": sandbox.policy.limits.value_mb << 20}).encode()
    fork = sandbox.warm.fork(ENTRY, argument, kernel_limits(sandbox.policy.limits), _files(folder, inside))
    with contextlib.closing(fork):
        try:
            told = json.loads(frames.receive(fork.socket, LONGEST))
        except frames.Closed:
            found = ENDED.get(why(fork), "its code ended the process")
            allowed = "a unit is proved within the limits of grading/policy.toml"
            return Report(course, folder.name, (problem(folder / "checks.py", 1, "check", found, allowed),))
    return Report(course, folder.name, tuple(_placed(each, folder, inside) for each in told["problems"]))


def _files(folder: Path, inside: str) -> dict[str, bytes]:
    """What a proof reads, by the name it has in the fork."""
    found = {
        f"{inside}/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
    known = folder.parent.parent / frameworks.FILE
    known = known if known.is_file() else settings.PROJECT / "courses" / frameworks.FILE
    return found | ({frameworks.FILE: known.read_bytes()} if known.is_file() else {})


def _placed(told: dict[str, Any], folder: Path, inside: str) -> Problem:
    """A problem with its file as the author names it; what it says stays one line."""
    name, line = str(told["file"]), told["line"]
    within = name.partition(f"{inside}/")[2] if f"{inside}/" in name else ""
    path = folder / within if within and ".." not in within.split("/") else folder
    field, allowed = (str(told[key]).replace("\n", " ") for key in ("field", "allowed"))
    return problem(path, line if type(line) is int else 1, field, told["found"], allowed)
