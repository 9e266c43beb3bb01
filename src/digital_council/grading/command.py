"""`council grade`: grade any nbgrader course folder."""

import argparse
import json
import multiprocessing
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from tqdm import tqdm

from digital_council.errors import UsageError

from . import policy as policies
from .sandbox import Sandbox, open_sandbox

_COURSE: list[Any] = []


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser("grade", help="grade any nbgrader course folder")
    parser.add_argument("course", type=Path, metavar="COURSE_DIR")
    parser.add_argument("assignments", nargs="+", metavar="ASSIGNMENT")
    parser.add_argument("--student", default="*", help="only this student's submission")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), help="processes at a time")
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
    policy = policies.load_for_courses()
    with open_sandbox(policy, enforced=not arguments.no_sandbox) as sandbox:
        reports = [r for assignment in arguments.assignments for r in grade_assignment(sandbox, arguments, assignment)]
    show(reports, arguments.json)
    return 1 if any(r.outcome in ("refused", "failed") for r in reports) else 0


def grade_assignment(sandbox: Sandbox, arguments: argparse.Namespace, assignment: str) -> list[Any]:
    """Grade everybody's submission of one assignment; a bar shows how far it is."""
    from .nbgrader_course.course import Course

    course = Course(arguments.course, sandbox, force=arguments.force, as_nbgrader=arguments.as_nbgrader)
    students = course.students(assignment, arguments.student)
    course.prepare(assignment)
    jobs = max(1, min(arguments.jobs, len(students)))
    bar = tqdm(total=len(students), desc=assignment, unit="submission", disable=arguments.json or None)
    reports = []
    _COURSE[:] = [course, assignment, arguments.feedback]
    with bar:
        for report in _each(students, jobs):
            reports.append(report)
            bar.update()
    return reports


def _each(students: list[str], jobs: int) -> Any:
    if jobs == 1:
        yield from map(_one, students)
        return
    # Forked, so that nbgrader is imported once; what forks holds no thread that matters here.
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(jobs, mp_context=context) as pool:
        yield from pool.map(_one, students)


def _one(student: str) -> Any:
    course, assignment, feedback = _COURSE
    report = course.grade(assignment, student)
    if feedback and report.outcome in ("graded", "skipped"):
        try:
            course.feedback(assignment, student)
        except Exception as error:
            report.reason = f"no feedback: {type(error).__name__}: {error}"[:300]
    return report


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
