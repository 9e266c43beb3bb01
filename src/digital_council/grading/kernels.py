"""The warm kernel as grading uses it: what its sandboxes see and may use, and how a worker reaches it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from digital_council import datasets
from digital_council.courses import Unit, releases
from digital_council.courses.findings import Verdict
from digital_council.grading import judge, policy
from digital_council.grading.policy import Policy
from digital_council.grading.sandbox import OpenSession, Sandbox, Session
from digital_council.grading.values import tables  # noqa: F401  (read now, and not while the first learner waits)
from digital_council.kernel.limits import Limits
from digital_council.kernel.mounts import Mounts
from digital_council.kernel.warm import PRELOAD, WarmKernel
from digital_council.settings import State

DATASETS = "/srv/council/datasets"


def unprotected() -> bool:
    """Whether the product was started with --no-sandbox."""
    return os.environ.get("COUNCIL_NO_SANDBOX") == "1" or os.environ.get("COUNCIL_SANDBOX") == "no"


def warm(state: State, rules: Policy | None = None) -> WarmKernel:
    """A warm kernel, not yet started, whose sandboxes see the datasets of the lessons and nothing else of ours."""
    limits = (rules or policy.load()).limits
    modules = (*PRELOAD, "digital_council.grading.preload", "digital_council.datasets")
    return WarmKernel(Limits(**limits.model_dump()), modules, _seen(state), sandbox=not unprotected())


def _seen(state: State) -> Mounts:
    root = datasets.root()
    if unprotected():
        return Mounts().setenv(COUNCIL_DATASETS=str(root))
    mounts = Mounts().folder(DATASETS).setenv(COUNCIL_DATASETS=DATASETS)
    for name in _datasets(state):
        if (root / name).is_dir():
            mounts = mounts.read(root / name, f"{DATASETS}/{name}")
    return mounts


def _datasets(state: State) -> set[str]:
    """Published datasets, and those a released lesson uses: its learners see them anyway."""
    used = {name for unit in releases.index(state).get("units", {}).values() for name in unit["datasets"]}
    return used | {described.id for described in datasets.catalogue() if described.public}


def grade(unit: Unit, answers: Mapping[str, Any], **named: Any) -> Verdict:
    """The judge's verdict under the policy of this council."""
    return judge.grade(unit, answers, policy=_policy(), **named)


def sessions(address: str, unit: Unit) -> OpenSession:
    """How to open a session for a unit on the warm kernel at an address, with the unit's own files in it."""
    files = _files(unit)

    def open_session() -> Session:
        return _sandbox(address).session(files)

    return open_session


def _files(unit: Unit) -> dict[str, bytes]:
    folder = unit.folder / releases.FILES
    return {str(path.relative_to(unit.folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@lru_cache(maxsize=1)
def _policy() -> Policy:
    return policy.load()


@lru_cache(maxsize=4)
def _sandbox(address: str) -> Sandbox:
    return Sandbox(WarmKernel.connect(address), _policy())
