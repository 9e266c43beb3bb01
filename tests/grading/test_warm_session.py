"""The same sessions in the real sandbox: confined, and told apart when they end."""
# ruff: noqa: E501, PT017  (cases in tables, and code in strings)

import subprocess
import sys

import pytest

from digital_council.grading import command
from digital_council.grading.nbgrader_course import court, split
from digital_council.grading.sandbox import Sandbox, SessionEnded


def test_what_serves_a_notebook_is_imported_before_the_fork() -> None:
    modules = [entry.partition(":")[0] for entry in (split.CALLED, court.ENTRY)]
    program = f"import sys, {command.READY}; print([name in sys.modules for name in sys.argv[1:]])"
    done = subprocess.run([sys.executable, "-c", program, *modules], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[True, True]"


def test_too_much_memory_in_one_process_is_stopped(sandbox: Sandbox) -> None:
    """By Python running out of it, or by the watchdog when that looks first."""
    with sandbox.session() as session:
        try:
            error = session.run("held = []\nwhile True:\n    held.append(b'x' * 20_000_000)").error
        except SessionEnded as end:
            assert end.reason == "memory"
        else:
            assert error is not None
            assert error.type_name == "MemoryError"


def test_too_much_memory_in_several_processes_ends_the_session_and_says_so(sandbox: Sandbox) -> None:
    hoard = "import os, time\nfor _ in range(5):\n    if os.fork() == 0:\n        x = b'x' * 150_000_000\n        time.sleep(60)\ntime.sleep(60)"
    with sandbox.session() as session, pytest.raises(SessionEnded) as end:
        session.run(hoard)
    assert end.value.reason == "memory"


def test_too_many_processes_are_told(sandbox: Sandbox) -> None:
    with sandbox.session() as session:
        try:
            ran = session.run("import os, time\nfor _ in range(100):\n    if os.fork() == 0:\n        time.sleep(60)")
            assert ran.error is not None
            assert ran.error.type_name == "BlockingIOError"
        except SessionEnded as end:
            assert end.reason in ("processes", "ended")


def test_nothing_is_left_between_sessions(sandbox: Sandbox) -> None:
    with sandbox.session() as session:
        session.run("import pandas, pathlib\npandas.leftover = 1\npathlib.Path('/tmp/leftover').write_text('x')")
    with sandbox.session() as session:
        ran = session.run("import pandas, os\nhasattr(pandas, 'leftover') or os.path.exists('/tmp/leftover')")
    assert ran.outputs[0]["data"]["text/plain"] == "False"
