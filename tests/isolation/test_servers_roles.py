"""A role that is lost is lost in a server that runs, too; and whoever has left is signed out everywhere."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from digital_council.hub.labconfig import PUBLISHING as BUTTONS
from digital_council.settings import PROJECT
from tests.conftest import Product

PUBLISHING = BUTTONS[0]
"""Named in the page among what is switched off, for whoever may not publish."""
WITHIN = 60.0
"""Seconds, as docs/operating.md promises."""


def runs(product: Product, account: str) -> bool:
    """Whether the account's own JupyterLab answers, as an operator sees it."""
    with product.client() as client:
        headers = {"Authorization": f"token {product.token('operator')}"}
        answer = client.get(f"{product.hub}/hub/api/users/{account}", headers=headers)
    return answer.status_code == 200 and bool(answer.json()["servers"])


def within(seconds: float, true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.5)
    return true()


def refused(product: Product, account: str, token: str) -> bool:
    with product.client() as client:
        answer = client.get(f"{product.api}me", headers={"Authorization": f"token {token}"})
    return answer.status_code in (401, 403)


def test_a_role_that_is_lost_ends_a_server_that_was_started_with_it(
    serve: Callable[..., Product], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "project"
    root.mkdir()
    for name in ("courses", "datasets", "notebooks", "node_modules", "grading", "pyproject.toml"):
        (root / name).symlink_to(PROJECT / name)
    shutil.copytree(PROJECT / "hub_config", root / "hub_config")
    monkeypatch.setenv("COUNCIL_PROJECT", str(root))
    product = serve(root / "state")
    token = product.token("learner2")
    for account in ("analyst", "learner"):
        product.open_lab(account)

    people = root / "hub_config" / "people.csv"
    kept = [line for line in people.read_text().splitlines(True) if not line.startswith("learner2,")]
    people.write_text("".join(kept).replace("learner;analyst", "learner"))
    assert within(WITHIN, lambda: not runs(product, "analyst"))
    assert within(WITHIN, lambda: refused(product, "learner2", token))
    assert runs(product, "learner"), "whose roles are what they were"
    assert PUBLISHING in product.open_lab("analyst").get(f"{product.server('analyst')}/lab").text
