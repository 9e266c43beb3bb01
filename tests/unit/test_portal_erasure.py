"""Erasing a person: nothing that was kept for their sake is left, and what happened stays on record."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parent / "grading"))

import small_course
from portal_parts import Running, marked, running
from small_course import COURSE, RIGHT, UNIT

from digital_council.grading.formgrader import projection
from digital_council.portal.authors import authoring
from digital_council.portal.rights.identity import Identity
from digital_council.settings import PROJECT

LESSON = f"/courses/{COURSE}/units/{UNIT}"
WORDS = "Something only I would write"


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    root = tmp_path_factory.mktemp("project")
    shutil.copytree(PROJECT / "hub_config", root / "hub_config")
    small_course.written(root / "courses", **{'role="action")': 'role="task", points=4, manual=True)'})
    with running(tmp_path_factory.mktemp("portal") / "state", root) as found:
        yield found


def learnt(portal: Running, account: str) -> str:
    """Everything somebody may leave behind; gives the address of their calendar."""
    with portal.program(account) as client:
        answer = client.post(f"{LESSON}/attempts", json={"answers": {**RIGHT, "thoughts": WORDS}})
        marked(client, f"{portal.origin}{answer.headers['location']}")
        client.put(f"{LESSON}/draft", json={"answers": {"thoughts": WORDS}})
        client.post("/enrolments", json={"what": f"course/{COURSE}"})
        services = portal.services
        services.threads.ask(account, COURSE, UNIT, WORDS, is_named=True)
        return str(client.get("/calendar").json()["address"])


def left(portal: Running) -> list[str]:
    """The files below the state directory that hold what was written, whatever they are."""
    kept = [path for path in portal.services.state.root.rglob("*") if path.is_file()]
    return [path.name for path in kept if WORDS.encode() in path.read_bytes()]


def test_an_erased_person_leaves_nothing_but_the_record(portal: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")  # nbgrader's alembic
    services = portal.services
    address = learnt(portal, "staff201")
    theirs = learnt(portal, "staff202")
    folder = services.state.root / "marking" / COURSE
    waiting = services.ledger.awaiting(COURSE, UNIT).items
    author = Identity("author", "A", roles=frozenset({"author"}))
    shown = authoring.awaiting(services, author, services.library.unit(COURSE, UNIT))
    assert len(waiting) == len(shown) == 2
    projection.project(folder, COURSE, {UNIT: shown})
    person = services.ledger.person_for("staff201")
    with portal.program("operator") as client:
        answer = client.delete("/people/staff201")
        assert answer.json() == {"submissions": 1, "has_home": False}
        assert client.delete("/people/staff201").json() == {"submissions": 0, "has_home": False}
    assert services.drafts.get("staff201", COURSE, UNIT).version == 0
    assert services.drafts.release("staff201", COURSE, UNIT) is None
    assert [each.account for each in services.threads.of_unit(COURSE, UNIT)] == ["staff202"]
    assert services.ledger.enrolments("staff201") == []
    assert httpx.get(address).status_code == 404
    assert not (folder / projection.AUTOGRADED / "staff201").exists()
    assert "staff201" not in str(projection.attempts(folder))
    assert services.ledger.account_of(person) is None
    kept = [each for each in services.ledger.attempts_on(COURSE, UNIT).items if each.person_id == person]
    assert [each.account for each in kept] == [None], "what happened stays"
    said = services.ledger.statements("operator", "erased").items
    assert [each.object for each in said] == [f"person/{person}"]

    assert httpx.get(theirs).status_code == 200, "nobody else's goes"
    assert services.drafts.get("staff202", COURSE, UNIT).answers == {"thoughts": WORDS}
    with portal.program("operator") as client:
        client.delete("/people/staff202")
    services.drafts.close()
    services.threads.close()
    services.ledger.close()
    assert left(portal) == []


@pytest.mark.parametrize(("account", "who", "status"), [("learner", "author", 403), ("operator", "operator", 409)])
def test_only_an_operator_erases_and_never_themselves(portal: Running, account: str, who: str, status: int) -> None:
    with portal.program(who) as client:
        assert client.delete(f"/people/{account}").status_code == status
