"""In a learner's kernel: check, hint, submit and attempts, on the answers as they stand."""

# ruff: noqa: F811
from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager
from running_portal import Learner, learner, portal  # noqa: F401
from small_course import COURSE, RIGHT, UNIT

from digital_council.grading.exchange import copies
from digital_council.grading.exchange.cells import parse
from digital_council.grading.exchange.lessons import Lesson

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:zmq", "ignore::DeprecationWarning:jupyter_client")


class Kernel:
    """A real kernel beside the learner's saved notebook."""

    def __init__(self, client: BlockingKernelClient) -> None:
        self.client = client

    def run(self, code: str) -> dict[str, str]:
        """The last thing shown, by kind of text."""
        shown: dict[str, str] = {}

        def keep(message: Any) -> None:
            content = message["content"]
            if message["msg_type"] in ("execute_result", "display_data"):
                shown.update(content["data"])
            elif message["msg_type"] in ("error", "stream"):
                shown[message["msg_type"]] = content.get("text") or "\n".join(content["traceback"])

        self.client.execute_interactive(code, output_hook=keep, timeout=180)
        return shown

    def text(self, code: str) -> str:
        return self.run(code).get("text/plain", "")


@pytest.fixture
def kernel(learner: Learner) -> Iterator[Kernel]:
    copies.ensure(learner.home, COURSE, UNIT)
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(env={**os.environ, "JPY_SESSION_NAME": str(learner.file)}, cwd=str(learner.home))
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=180)
        ready = Kernel(client)
        ready.run("from digital_council import lesson")
        yield ready
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def save(learner: Learner, **answers: Any) -> None:
    notebook = parse(learner.file.read_bytes())
    lesson = Lesson(notebook)
    lesson.write(answers)
    learner.file.write_text(json.dumps(notebook))


def test_a_lesson_is_answered_checked_and_handed_in(kernel: Kernel, learner: Learner) -> None:
    kernel.run("# Question: which\nwhich = 'z'")
    told = kernel.run('lesson.check("which")')
    assert "Check of which. Not yet." in told["text/plain"]
    assert 'role="status"' in told["text/html"]

    kernel.run("# Question: which\nwhich = 'b'")
    assert "Nothing wrong found so far" in kernel.text('lesson.check("which")')
    assert learner.draft() == {}, "a check keeps nothing: saving does"

    learner.on_the_page(how_many=12)
    kernel.run(f"# Question: doubled\n{RIGHT['doubled']}")
    assert "Passed: 4 of 4 marks" in kernel.text("lesson.submit()")
    (attempt,) = learner.portal.get("attempts")["attempts"]
    assert (attempt["door"], attempt["outcome"]) == ("notebook", "passed")
    assert "Passed" in kernel.text("lesson.attempts()")
    assert learner.draft() == RIGHT


def test_what_was_run_later_than_it_was_saved_counts(kernel: Kernel, learner: Learner) -> None:
    save(learner, which="z")
    kernel.run("# Question: which\nwhich = 'z'\n")
    kernel.run("# Question: which\nwhich = 'b'")
    assert "Nothing wrong found so far" in kernel.text('lesson.check("which")')


def test_what_was_saved_later_than_it_was_run_counts(kernel: Kernel, learner: Learner) -> None:
    kernel.run("# Question: which\nwhich = 'z'")
    save(learner, which="b")
    assert "Nothing wrong found so far" in kernel.text('lesson.check("which")')


def test_mistakes_are_told_in_one_line(kernel: Kernel, learner: Learner) -> None:
    assert kernel.text('lesson.check("wich")') == (
        "There is no question 'wich' here; there are which, how_many, doubled, thoughts"
    )
    assert "nothing to submit yet" in kernel.text("lesson.submit()")
    kernel.run("# Question: which\nwhich = max('a', 'b')")
    assert kernel.text('lesson.check("which")').startswith("which: After which = the cell should hold a plain value")
    kernel.run("import os; os.environ['COUNCIL_PORTAL_SOCKET'] = '/nowhere.sock'")
    away = kernel.text('lesson.check("how_many")')
    assert away.startswith("Your work is saved in this notebook; the portal at")
    assert "\n" not in away


def test_hints_come_one_by_one(kernel: Kernel) -> None:
    assert kernel.text('lesson.hint("how_many")') == "Hint 1 of 3 for how_many. Count."
    assert kernel.text('lesson.hint("how_many")') == "Hint 2 of 3 for how_many. Count again."
    assert "no hint" in kernel.text('lesson.hint("which")')


def test_who_submits_is_never_taken_from_a_name(kernel: Kernel, learner: Learner) -> None:
    kernel.run("import os; os.environ.update(JUPYTERHUB_USER='somebody', USER='somebody', NB_USER='somebody')")
    kernel.run("# Question: which\nwhich = 'b'")
    kernel.run("lesson.submit()")
    assert len(learner.portal.get("attempts")["attempts"]) == 1
    assert learner.running.as_("somebody").get("attempts")["attempts"] == []
