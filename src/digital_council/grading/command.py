"""`council grade`: grade any nbgrader course folder."""

import argparse
import contextlib
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tqdm.std import tqdm

from digital_council.errors import UsageError

from . import policy as policies
from .nbgrader_course.libraries import spoken_of
from .sandbox import open_sandbox

READY = "digital_council.grading.nbgrader_course.ready"


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser("grade", help="grade any nbgrader course folder")
    parser.add_argument("course", type=Path, metavar="COURSE_DIR")
    parser.add_argument("assignments", nargs="+", metavar="ASSIGNMENT")
    parser.add_argument("--student", default="*", help="only this student's submission")
    parser.add_argument("--jobs", type=int, default=1 + min(3, os.cpu_count() or 1), help="processes at a time")
    parser.add_argument("--force", action="store_true", help="grade again what is graded already")
    parser.add_argument("--feedback", action="store_true", help="write feedback/ too")
    parser.add_argument(
        "--as-nbgrader", action="store_true", help="make no difference on purpose: a warning fails a cell"
    )
    parser.add_argument("--no-sandbox", action="store_true", help="run learners' code unprotected (announced)")
    parser.add_argument("--json", action="store_true", help="report as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Grade; raises UsageError for a folder that is no course."""
    if not arguments.course.is_dir():
        raise UsageError(f"{arguments.course}: not a folder; give a nbgrader course folder")
    if arguments.no_sandbox:
        print("council: learners' code runs unprotected (--no-sandbox)", file=sys.stderr)
    with contextlib.ExitStack() as stack:
        libraries = spoken_of(arguments.course, arguments.assignments)
        enforced = not arguments.no_sandbox
        opening = open_sandbox(policies.load_for_courses(), enforced=enforced, libraries=libraries, ready=READY)
        with ThreadPoolExecutor(1) as aside:  # importing nbgrader takes as long as warming a sandbox
            opened = aside.submit(stack.enter_context, opening)
            from .nbgrader_course.course import Course
        sandbox = opened.result()
        course = Course(arguments.course, sandbox, force=arguments.force, as_nbgrader=arguments.as_nbgrader)
        reports = [r for assignment in arguments.assignments for r in grade_assignment(course, arguments, assignment)]
    show(reports, arguments.json)
    return 1 if any(r.outcome in ("refused", "failed") for r in reports) else 0


def grade_assignment(course: Any, arguments: argparse.Namespace, assignment: str) -> list[Any]:
    """Grade everybody's submission of one assignment; a bar shows how far it is."""
    students = course.students(assignment, arguments.student)
    course.prepare(assignment)
    with tqdm(total=len(students), desc=assignment, unit="submission", disable=arguments.json or None) as bar:
        reports: list[Any] = course.grade(students, max(1, arguments.jobs), bar.update)
    if arguments.feedback:
        course.feedback(reports)
    return reports


def show(reports: list[Any], as_json: bool) -> None:
    """Print what became of each submission."""
    if as_json:
        print(json.dumps({"submissions": [r.to_json() for r in reports]}, indent=1))
        return
    for report in reports:
        mark = "" if report.score is None else f"  {report.score:g}/{report.max:g}"
        manual = "  (some by hand)" if report.needs_manual_grade else ""
        print(f"{report.assignment}  {report.student}  {report.outcome}{mark}{manual}  {report.reason}".rstrip())
        for what, cells in report.differences.items():
            print(f"    unlike nbgrader, {what}: {', '.join(cells)}")
