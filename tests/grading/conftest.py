"""Sessions for the tests of grading."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# Before numpy: a process that forks should have one thread.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("JE_ARROW_MALLOC_CONF", "background_thread:false")
sys.path.insert(0, str(Path(__file__).parent))

from plain_fork import PlainWarm

from digital_council.courses import Unit, load_course
from digital_council.grading.policy import Limits, Policy
from digital_council.grading.sandbox import Sandbox, Session, open_sandbox

QUICK = Policy(limits=Limits(seconds_cell=2, seconds_total=8, output_kb=100, value_mb=1))


@pytest.fixture(scope="session")
def plain() -> Sandbox:
    """Forks with no sandbox and short limits."""
    return Sandbox(PlainWarm(), QUICK)


@pytest.fixture
def session(plain: Sandbox) -> Iterator[Session]:
    with plain.session() as session:
        yield session


@pytest.fixture(scope="session")
def warm_policy() -> Policy:
    """Short limits, so that what must be stopped is stopped soon."""
    limits = Limits(seconds_cell=3, seconds_total=20, memory_mb=400, processes=16, output_kb=200, value_mb=1)
    return Policy(limits=limits)


@pytest.fixture(scope="session")
def sandbox(warm_policy: Policy) -> Iterator[Sandbox]:
    """The real thing: forks of a warm kernel, each in a sandbox."""
    with open_sandbox(warm_policy) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def wide(sandbox: Sandbox) -> Sandbox:
    """The same, with limits for nbgrader courses."""
    limits = Limits(seconds_cell=5, seconds_total=600, memory_mb=700, value_mb=8, output_kb=200)
    return Sandbox(sandbox.warm, Policy(limits=limits))


@pytest.fixture(scope="session")
def bins() -> Unit:
    """A small unit with a choice, a value, a function and a number with a code route."""
    return load_course(Path(__file__).parent / "lesson").unit("bins")
