"""The hub's own parts: passwords, waiting after failures, origins, homes, what each role is given."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from digital_council import settings
from digital_council.errors import OperatorError
from digital_council.hub import accounts, answering, labconfig, mounts, origins, passwords
from digital_council.hub.authenticator import FREE_TRIES, LONGEST_WAIT, Failures, groups_of
from digital_council.hub.options import Options
from digital_council.people import COLUMNS, Directory, Organisation, Person
from digital_council.settings import State


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State(tmp_path / "state").ensure()


def test_passwords_are_invented_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COUNCIL_DEMO_PASSWORD", raising=False)
    first = passwords.ensure(tmp_path, ["learner", "leader"])
    again = passwords.ensure(tmp_path, ["learner", "leader", "author"])
    assert {name: again[name] for name in first} == first
    assert len(set(again.values())) == 3
    assert (tmp_path / "demo-passwords.json").stat().st_mode & 0o077 == 0


def test_a_chosen_password_is_never_written_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNCIL_DEMO_PASSWORD", "x")
    assert passwords.ensure(tmp_path, ["learner"]) == {"learner": "x-learner"}
    assert not list(tmp_path.iterdir())


def test_only_the_account_s_own_password_matches() -> None:
    book = passwords.Book({"learner": "one", "leader": "two"})
    assert book.matches("learner", "one")
    assert not book.matches("learner", "two")
    assert not book.matches("nobody", "one")
    assert not book.matches("nobody", "")
    assert "one" not in repr(vars(book))


def test_a_key_stays_the_same_and_is_closed(tmp_path: Path) -> None:
    key = passwords.ensure_key(tmp_path / "some.key")
    assert len(key) == 32
    assert passwords.ensure_key(tmp_path / "some.key") == key
    assert (tmp_path / "some.key").stat().st_mode & 0o077 == 0


def test_wrong_passwords_cost_waiting_that_doubles_up_to_a_minute() -> None:
    failures = Failures()
    for _ in range(FREE_TRIES - 1):
        failures.add("learner", now=100.0)
        assert failures.wait("learner", now=100.0) == 0
    waits = []
    for _ in range(10):
        failures.add("learner", now=100.0)
        waits.append(failures.wait("learner", now=100.0))
    assert waits[:4] == [1, 2, 4, 8]
    assert waits[-1] == LONGEST_WAIT
    assert failures.wait("leader", now=100.0) == 0
    failures.clear("learner")
    assert failures.wait("learner", now=100.0) == 0


def test_somebody_who_left_has_no_group() -> None:
    person = Person("ada", "Ada", "council", "place", "parks", "Ranger", frozenset({"learner"}))
    assert "role-learner" in groups_of(Organisation({"ada": person}), "ada")
    assert groups_of(Organisation({"ada": person}), "bob") == []


def test_people_are_read_again_when_their_file_has_changed(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    row = "ada,Ada,council,place,parks,Ranger,{roles},,,false\n"
    path.write_text(",".join(COLUMNS) + "\n" + row.format(roles="learner;leader"))
    directory = Directory(path)
    assert "role-leader" in groups_of(directory.read(), "ada")
    assert not directory.has_changed()
    path.write_text(",".join(COLUMNS) + "\n" + row.format(roles="learner"))
    os.utime(path, ns=(1, 1))
    assert directory.has_changed()
    assert "role-leader" not in groups_of(directory.read(), "ada")


def test_no_two_origins_are_the_same() -> None:
    hosts = [origins.host(name, "hub.localhost", "service") for name in origins.SERVICES]
    names = ["learner", "council", "apps", "user--apps", "a.b", "A_b", "x" * 80]
    hosts += [origins.host(name, "hub.localhost", "user") for name in names]
    assert len(set(hosts)) == len(hosts)
    assert origins.host("council", "hub.localhost", "service") == "council.hub.localhost"
    assert origins.host("learner", "hub.localhost", "user") == "learner.hub.localhost"


def test_options_reach_another_process_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = Options(port=8123, state=State(tmp_path), sandbox=False, single_origin=True)
    for name, value in given.environment.items():
        monkeypatch.setenv(name, value)
    read = Options.from_environment()
    assert (read.port, read.state.root, read.sandbox, read.single_origin) == (8123, tmp_path, False, True)
    assert read.front_page == "http://127.0.0.1:8123/services/council/"
    assert Options(port=8123).front_page == "http://council.hub.localhost:8123/services/council/"


def test_behind_a_proxy_every_part_has_a_name_below_the_public_one(monkeypatch: pytest.MonkeyPatch) -> None:
    given = Options(port=8123, address="https://learn.example.org")
    for name, value in given.environment.items():
        monkeypatch.setenv(name, value)
    assert Options.from_environment().front_page == "https://council.learn.example.org/services/council/"
    assert given.origin() == "https://learn.example.org"
    assert Options(single_origin=True, address="https://learn.example.org").origin("apps") == given.origin()
    assert {part.port for part in answering.parts(given)} == {8123}


@pytest.mark.parametrize("address", ["learn.example.org", "https://learn.example.org/hub", "https://Learn.example.org"])
def test_a_public_address_with_more_or_less_than_a_name_is_refused(tmp_path: Path, address: str) -> None:
    (tmp_path / "council.toml").write_text(f'[council]\naddress = "{address}"\n')
    with pytest.raises(OperatorError, match=r"council\.address is .*give https:// and a name"):
        settings.load(tmp_path / "council.toml")


def test_an_account_keeps_its_uid_and_no_two_share_one(state: State) -> None:
    if os.geteuid() != 0:
        assert accounts.ensure_uid(state, "ada") is None
        return
    uids = {name: accounts.ensure_uid(state, name) for name in ("ada", "bob", "ada")}
    assert uids["ada"] != uids["bob"]
    assert min(uid for uid in uids.values() if uid) >= accounts.FIRST
    assert accounts.ensure_uid(State(state.root), "ada") == uids["ada"]


@pytest.mark.parametrize("name", ["..", "a/b", "", "A", "-x", "a..b", "x" * 70])
def test_a_name_that_is_no_folder_gets_no_home(state: State, name: str) -> None:
    with pytest.raises(OperatorError, match="cannot have a home"):
        accounts.ensure_home(state, name, None)


def test_a_home_is_closed_and_its_links_are_not_followed(state: State, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.write_text("not ada's")
    home = accounts.ensure_home(state, "ada", None)
    (home / "link").symlink_to(theirs)
    if os.geteuid() == 0:
        accounts.ensure_home(state, "ada", 212345)
        assert home.stat().st_uid == (home / "link").lstat().st_uid == 212345
        assert theirs.stat().st_uid == os.geteuid()
    assert home.stat().st_mode & 0o777 == 0o700


FORBIDDEN = ("hub", "secrets", "ledger", "drafts", "submissions", "releases", "logs")


@pytest.mark.parametrize("role", mounts.ROOMS)
def test_no_role_sees_what_is_private(state: State, role: str, tmp_path: Path) -> None:
    accounts.ensure_home(state, "ada", None)
    seen = mounts.of(state, "ada", frozenset({"learner", role}), tmp_path / "config")
    sources = [Path(source) for source, _ in (*seen.ro, *seen.rw)]
    for name in FORBIDDEN:
        private = state.root / name
        assert not [s for s in sources if s.is_relative_to(private) or private.is_relative_to(s)], name
    assert not [s for s in sources if (mounts.PROJECT / "hub_config").is_relative_to(s)]
    courses = [s for s in sources if (mounts.PROJECT / "courses").is_relative_to(s)]
    assert bool(courses) == (role == "author")
    assert [target for _, target in seen.rw] == ["/home/ada"]


@pytest.mark.parametrize(
    ("role", "sees"), [("learner", False), ("partner", False), ("leader", False), ("analyst", True)]
)
def test_data_not_published_is_seen_by_role(state: State, role: str, sees: bool) -> None:
    shown = {Path(source).name for source in mounts.of_datasets(state, frozenset({role}))}
    assert "wards" in shown
    assert ("referrals" in shown) == sees


def test_a_learner_s_lab_has_no_grader_s_tools_and_no_news(tmp_path: Path) -> None:
    labconfig.write(tmp_path, frozenset({"learner"}))
    page = json.loads((tmp_path / "labconfig" / "page_config.json").read_text())["disabledExtensions"]
    assert "@jupyter/nbgrader:formgrader" in page
    assert "@jupyter/nbgrader:create-assignment" in page
    assert "@jupyterlab/apputils-extension:announcements" in page
    assert "@jupyter/nbgrader:assignment-list" not in page
    server = json.loads((tmp_path / "jupyter_server_config.json").read_text())["ServerApp"]["jpserver_extensions"]
    assert {name for name, on in server.items() if on and "nbgrader" in name} == set()
    assert server["nbgrader.server_extensions.formgrader"] is False
    assert server["digital_council.notebook"] is True


def test_an_author_s_lab_has_them(tmp_path: Path) -> None:
    labconfig.write(tmp_path, frozenset({"learner", "author"}))
    page = json.loads((tmp_path / "labconfig" / "page_config.json").read_text())["disabledExtensions"]
    assert "@jupyter/nbgrader:formgrader" not in page
    server = json.loads((tmp_path / "jupyter_server_config.json").read_text())["ServerApp"]["jpserver_extensions"]
    assert server["nbgrader.server_extensions.formgrader"] is True


def test_generated_files_can_be_read_by_the_account_s_own_uid(tmp_path: Path) -> None:
    old = os.umask(0o077)
    try:
        labconfig.write(tmp_path / "config", frozenset({"learner"}))
    finally:
        os.umask(old)
    for path in (tmp_path / "config").rglob("*"):
        assert path.stat().st_mode & 0o044 == 0o044, path


def test_a_part_that_is_not_there_does_not_answer() -> None:
    assert not answering.Part("hub", "http://hub.localhost:9/hub/health", 9).answers(seconds=0.5)
