"""`council courses`: list, build, check and start units, and see how their learners fare."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digital_council import settings
from digital_council.courses import figures, paths
from digital_council.courses.check import Prove, Report, check, plan
from digital_council.errors import UsageError
from digital_council.settings import PROJECT, State

if TYPE_CHECKING:
    from digital_council.courses.units import Course, Unit

Provers = Callable[[bool], AbstractContextManager[Prove]]
"""Opens what proves units, given whether its sandbox is to be real; it comes from above, for it needs the grader."""


def add_parser(subparsers: Any, provers: Provers) -> None:
    """Adds `courses` and its verbs."""
    parser = subparsers.add_parser("courses", help="list, build, check and start courses")
    parser.set_defaults(run=lambda arguments: _no_verb(parser))
    verbs = parser.add_subparsers(dest="verb", metavar="VERB")
    listing = _verb(verbs, "list", _list, "the courses and their units")
    building = _verb(verbs, "build", _build, "release every unit that has no release yet; changed ones wait for review")
    checking = _verb(verbs, "check", _check, "prove that units work; exit status 1 when something is to be mended")
    checking.add_argument("names", nargs="*", metavar="NAME", help="a course, a unit, or course/unit (default: all)")
    checking.add_argument("--jobs", type=int, help="units checked at the same time (default: one for each processor)")
    checking.add_argument("--no-sandbox", action="store_true", help="run the units' code unprotected (announced)")
    checking.set_defaults(provers=provers)
    starting = _verb(verbs, "new", _new, "start a unit")
    starting.add_argument("name", metavar="COURSE/UNIT", help="for example numbers-that-mean-something/typical-pay")
    starting.add_argument("--title", help="the unit's title (default: from its name)")
    figuring = _verb(
        verbs, "figures", figures.run, "how each question is met by its learners, asked of a running portal"
    )
    figuring.add_argument("name", nargs="?", default="", metavar="COURSE[/UNIT]", help="(default: every unit)")
    figuring.add_argument("--url", help="the portal's address, as `ready` printed it (default: COUNCIL_URL)")
    figuring.add_argument("--token", help="an author's token (default: COUNCIL_TOKEN)")
    for verb in (listing, building):
        verb.add_argument("--state", help="the state directory (default: .state, or $COUNCIL_STATE)")
    for verb in (listing, building, checking, starting):
        verb.add_argument("--courses", type=Path, default=PROJECT / "courses", help=argparse.SUPPRESS)


def _verb(verbs: Any, name: str, run: Any, help: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=help, description=help)
    parser.add_argument("--json", action="store_true", help="report as JSON")
    parser.set_defaults(run=run)
    return parser


def _no_verb(parser: argparse.ArgumentParser) -> int:
    parser.print_help()
    return UsageError.exit_code


def _list(arguments: argparse.Namespace) -> int:
    from digital_council.courses import releases
    from digital_council.courses.units import load

    courses = load(arguments.courses)
    given = releases.index(State(arguments.state)).get("units", {})
    if arguments.json:
        told = [
            {"id": course.id, "title": course.title, "units": [_brief(unit, given) for unit in course.units]}
            for course in courses
        ]
        print(json.dumps(told, indent=2))
        return 0
    for course in courses:
        print(f"{course.id}: {course.title}")
        for unit in course.units:
            state = _standing(unit, given)
            more = "" if state in ("released", "not released") else f"; {state} since learners' {_given(unit, given)}"
            print(f"  {unit.id:<32} {unit.minutes} min  release {unit.release}  review by {unit.review_date}{more}")
    return 0


def _brief(unit: Unit, given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": unit.id,
        "title": unit.title,
        "minutes": unit.minutes,
        "release": unit.release,
        "review_date": unit.review_date.isoformat(),
        "released": _given(unit, given),
        "state": _standing(unit, given),
    }


def _given(unit: Unit, given: Mapping[str, Any]) -> str | None:
    """The release that learners are given, None where none is."""
    release: str | None = given.get(f"{unit.course}/{unit.id}", {}).get("release")
    return release


def _standing(unit: Unit, given: Mapping[str, Any]) -> str:
    """Whether learners are given this very text."""
    release = _given(unit, given)
    return "not released" if release is None else "released" if release == unit.release else "changed"


def _build(arguments: argparse.Namespace) -> int:
    from digital_council.courses import releases

    began = time.perf_counter()
    changed = settings.load().courses.release_changes == "at start"
    courses = releases.ensure(arguments.courses, State(arguments.state).ensure(), changed)
    units = [unit for course in courses for unit in course.units]
    if arguments.json:
        print(json.dumps({f"{unit.course}/{unit.id}": unit.release for unit in units}, indent=2))
        return 0
    print(f"{len(units)} units released in {time.perf_counter() - began:.1f} s")
    if waiting := _waiting(arguments.courses, courses):
        print(f"changed or new, and waiting for review: {', '.join(waiting)}")
    return 0


def _waiting(root: Path, released: Sequence[Course]) -> list[str]:
    from digital_council.courses.units import load

    given = {(unit.course, unit.id): unit.release for course in released for unit in course.units}
    every = [unit for course in load(root) for unit in course.units]
    return [f"{unit.course}/{unit.id}" for unit in every if given.get((unit.course, unit.id)) != unit.release]


def _check(arguments: argparse.Namespace) -> int:
    from tqdm import tqdm

    if not list(arguments.courses.glob("*/course.toml")):
        raise UsageError(f"{arguments.courses}: no course here; a course is a folder with a course.toml")
    planned = plan(arguments.courses, tuple(arguments.names))
    if not (planned.reports or planned.work):
        raise UsageError(f"no course or unit is called {', '.join(arguments.names)}; `council courses list` names them")
    if arguments.no_sandbox:
        print("council: the units' code runs unprotected (--no-sandbox)", file=sys.stderr)
    silent = arguments.json or not sys.stderr.isatty()
    with (
        arguments.provers(not arguments.no_sandbox) as prove,
        tqdm(total=len(planned.work), desc="checking", unit=" units", disable=silent) as bar,
    ):

        def done(report: Report) -> None:
            bar.update()
            bar.set_postfix_str(report.unit)

        reports = check(planned, prove, arguments.jobs, done)
    problems = [each for report in reports for each in report.problems]
    if not problems:
        paths.load(arguments.courses)  # raises in one line what is wrong with it
    if arguments.json:
        print(json.dumps([report.to_json() for report in reports], indent=2))
    else:
        for each in problems:
            print(each)
        units = sum(1 for report in reports if report.unit)
        left = f"{len(problems)} thing{'' if len(problems) == 1 else 's'} to mend" if problems else "all proved"
        print(f"{units} unit{'' if units == 1 else 's'} checked: {left}")
    return 1 if problems else 0


def _new(arguments: argparse.Namespace) -> int:
    from digital_council.courses.template import start

    course, _, unit = arguments.name.partition("/")
    if not unit:
        raise UsageError(f"{arguments.name!r}: give the course and the unit, as in course/unit")
    title = arguments.title or unit.replace("-", " ").capitalize()
    folder = start(arguments.courses, course, unit, title)
    if arguments.json:
        print(json.dumps({"folder": str(folder)}))
    else:
        print(f"{folder} started; write what is marked TODO, then run: council courses check {course}/{unit}")
    return 0
