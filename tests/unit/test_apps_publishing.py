"""Publishing, sharing, rolling back and retiring, asked of a real portal as everybody; the gate runs real kernels."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import nbformat
import nbformat.v4 as v4
import pytest
from portal_parts import Running, running

from digital_council.__main__ import main
from digital_council.apps import catalogue, gate, kernels, versions
from digital_council.apps.proposal import Proposal
from digital_council.apps.publishing import NameTaken
from digital_council.demo import ensure_history
from digital_council.ledger.apps import NewVersion

ACCOUNTS = ("learner", "learner2", "leader", "leader2", "analyst", "author", "operator", "partner")
REVIEW = (date.today() + timedelta(days=200)).isoformat()
COUNT = itertools.count(1)
READS = "from digital_council.client import Portal\nportal = Portal.from_environment()\n"
CHART = (
    "import matplotlib.pyplot as plt\nfrom digital_council.apps.show import picture\n"
    "figure, axes = plt.subplots()\naxes.plot([3, 1])\npicture(figure, 'It fell')"
)


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("p") / "s") as found:
        run = found.services.state.run
        with kernels.warm(run / "sandbox") as warm:  # as the apps service keeps one
            (run / gate.KERNEL).write_text(warm.address)
            yield found


@pytest.fixture
def analyst(portal: Running) -> Iterator[httpx.Client]:
    with portal.program("analyst") as client:
        client.timeout = httpx.Timeout(180)
        yield client


def made(*sources: str, title: str = "# Street reports") -> bytes:
    cells = [v4.new_markdown_cell(title), *map(v4.new_code_cell, sources or ["print('ready')"])]
    return nbformat.writes(v4.new_notebook(cells=cells)).encode()


def publish(client: httpx.Client, content: bytes = made(), headers: dict[str, str] | None = None, **said: Any) -> Any:
    fields = {"title": "Street reports", "description": "How many reports.", "owner": "analyst",
              "audience": "leader", "review": REVIEW} | said  # fmt: skip
    upload = {"notebook": ("app.ipynb", content, "application/json")}
    return client.post("/apps", data=fields, files=upload, headers=headers)


def kept(portal: Running, app: str, number: int = 1, source: str = "1", owner: str = "analyst", **said: Any) -> str:
    """A version that has passed the gate before: written and recorded as publishing does, without running it again."""
    audience, datasets = said.get("audience", ["role-leader"]), said.get("datasets", [])
    about = {"title": "Street reports", "description": "How many reports.", "datasets": datasets, "review": REVIEW,
             "sensitivity": "OFFICIAL", "accepted": {}}  # fmt: skip
    files = {"app.ipynb": made(source), "app.toml": versions.described(about)}
    folder = versions.write(portal.services.state, app, number, files)
    fingerprint = catalogue.fingerprint_of(folder)
    portal.services.ledger.add_app_version(NewVersion(app, number, owner, owner, fingerprint, about, audience))
    return app


def folders(portal: Running) -> list[str]:
    root = portal.services.state.apps / "published"
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_dir())


# The gate, with real kernels


def test_a_notebook_becomes_an_app_that_those_it_is_for_can_open(portal: Running, analyst: httpx.Client) -> None:
    source = READS + "print(len(portal.get('datasets/wards')['columns']), 'columns')"
    answer = publish(analyst, made(source, CHART), datasets="wards")
    assert answer.status_code == 201, answer.text
    app = answer.json()
    assert (app["id"], app["version"], app["owner"]) == ("street-reports", 1, "Eilidh Ormond, Data analyst")
    assert app["url"].endswith("/services/apps/street-reports/")
    with portal.program("leader") as leader, portal.program("apps") as apps:
        assert "street-reports" in {each["id"] for each in leader.get("/apps").json()["apps"]}
        picture = leader.get("/apps/street-reports/thumbnail")
        assert (picture.headers["content-type"], picture.content[:4]) == ("image/png", b"\x89PNG")
        assert "sandbox" in picture.headers["content-security-policy"]
        opened = apps.post("/internal/viewer-tokens", json={"account": "leader", "app": "street-reports"}).json()
    folder = Path(opened["app"]["folder"])
    assert sorted(path.name for path in folder.iterdir()) == ["app.ipynb", "app.toml", "thumbnail.png"]
    assert not [cell for cell in json.loads((folder / "app.ipynb").read_text())["cells"] if cell.get("outputs")]
    assert opened["app"]["fingerprint"] == catalogue.fingerprint_of(folder)


def test_a_cell_that_fails_is_named_with_its_error_in_one_line(portal: Running, analyst: httpx.Client) -> None:
    before = folders(portal)
    answer = publish(analyst, made("x = 1", "print(y)"), id="fails")
    assert answer.status_code == 422
    assert answer.json()["detail"] == "cell 3: NameError: name 'y' is not defined"
    assert [each["cell"] for each in answer.json()["findings"]] == [3]
    assert folders(portal) == before
    assert analyst.get("/apps/fails").status_code == 404


def test_everything_found_is_told_at_once(analyst: httpx.Client) -> None:
    answer = publish(analyst, made("print('Helen Brightwater, AB123456C')", title="### Deep"), id="found")
    assert answer.status_code == 422
    kinds = [(each["kind"], each["cell"]) for each in answer.json()["findings"]]
    assert kinds == [("disclosure", 2), ("disclosure", 2), ("accessibility", 1)]
    assert "AB123456C" not in answer.text


CONTROL = """
import ipywidgets
pages = {"A": "<p>fine</p>", "B": "<p>Helen Brightwater</p>"}
ward, page = ipywidgets.Dropdown(options=["A", "B", "C"], description="Ward:"), ipywidgets.HTML()
def show(change=None):
    page.value = pages[ward.value]
ward.observe(show, "value")
show()
display(ward, page)
"""


def test_what_a_control_brings_up_is_looked_at_too(analyst: httpx.Client) -> None:
    fails = publish(analyst, made(CONTROL), id="control").json()["detail"]
    assert fails == "cell 2: with Ward at 'C': KeyError: 'C'"
    whole = publish(analyst, made(CONTROL.replace(', "C"]', "]")), id="control").json()
    assert [(each["kind"], each["cell"], each["sign"]) for each in whole["findings"]] == [("disclosure", 2, "name")]


def test_an_owner_answers_for_names_in_writing(analyst: httpx.Client) -> None:
    said = {"accepted": json.dumps({"name": "councillors, who are in public life"})}
    assert publish(analyst, made("print('Cllr Brightwater')"), id="answered", **said).status_code == 201


def test_a_dataset_that_was_not_named_cannot_be_read(analyst: httpx.Client) -> None:
    answer = publish(analyst, made(READS + "portal.get('datasets/wards')"), id="undeclared")
    assert answer.status_code == 422
    assert "'wards' is not among those that this app says it reads" in answer.json()["detail"]


def test_the_notebook_runs_with_nothing_of_the_portals_in_sight(portal: Running, analyst: httpx.Client) -> None:
    state = portal.services.state.root
    source = (
        "import os, pathlib\n"
        "assert not [name for name in os.environ if 'JUPYTERHUB' in name], os.environ\n"
        f"assert not pathlib.Path({str(state)!r}).exists()\n"
    )
    assert publish(analyst, made(source), id="sandboxed").status_code == 201


def test_progress_is_told_while_the_gate_works(analyst: httpx.Client) -> None:
    answer = publish(analyst, made("1", "2"), {"Prefer": "respond-async"}, id="slowly")
    assert (answer.status_code, answer.headers["preference-applied"]) == (202, "respond-async")
    address = answer.headers["location"].removeprefix("/services/council/api/v1")
    seen = []
    while (said := analyst.get(address).json())["state"] in ("waiting", "running"):
        seen.append(said["step"])
    assert (said["state"], said["version"]) == ("published", 1)
    assert len(seen) > 1


def test_without_a_warm_kernel_the_gate_brings_its_own(portal: Running, analyst: httpx.Client) -> None:
    address = portal.services.state.run / gate.KERNEL
    kept = address.read_text()
    address.unlink()
    try:
        assert publish(analyst, made("1 + 1"), id="alone").status_code == 201
    finally:
        address.write_text(kept)


def test_a_gate_that_cannot_work_publishes_nothing_and_says_so(
    portal: Running, analyst: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "PASSED_ON", ())
    monkeypatch.setattr(gate.sys, "executable", "/bin/false")
    answer = publish(analyst, id="no-gate")
    assert answer.status_code == 503
    assert "nothing was published" in answer.json()["detail"]
    assert analyst.get("/apps/no-gate").status_code == 404


@pytest.mark.parametrize("app", catalogue.shipped().values(), ids=lambda app: app.id)
def test_the_apps_that_ship_pass_the_gate(portal: Running, app: catalogue.App) -> None:
    services = portal.services
    ensure_history(services.ledger, services.organisation, services.library.courses)
    run = services.state.run
    order = gate.Order(
        notebook=app.notebook.read_text(encoding="utf-8"),
        token=services.tokens.sign_viewer("analyst", app.id, app.datasets),
        sockets=str(run / "sandbox"), kernel=(run / gate.KERNEL).read_text(), threshold=10, known=[],
        accepted=[], is_sensitive=False,
    )  # fmt: skip
    assert [str(finding) for finding in gate.check(order, lambda cell, of: None).findings] == []


# Who may publish, and under which name


def test_only_analysts_publish(portal: Running) -> None:
    for account in ACCOUNTS:
        with portal.program(account) as client:
            answer = publish(client, content=b"{}", id="whose", owner=account)
            assert answer.status_code == (422 if account == "analyst" else 403), account


def test_somebody_elses_name_is_refused_with_the_owners(
    portal: Running, analyst: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(portal, "taken", owner="leader")
    monkeypatch.setitem(portal.hub.groups_of, "author", ["role-analyst", "org-council"])
    with portal.program("author") as other:
        answer = publish(other, id="taken", owner="author")
        assert answer.status_code == 409
        assert "its owner is Samir Banerjee, Head of customer services" in answer.json()["detail"]
        assert publish(other, id="progress", owner="author").status_code == 409, "it ships"


def test_of_two_who_publish_one_new_name_at_once_the_quicker_has_it(portal: Running) -> None:
    said = Proposal(made("1"), "raced", "Raced", "Words.", "analyst", ("leader",), review=REVIEW)
    roles = frozenset({"learner", "analyst"})

    def tell(cell: int, of: int) -> None:
        if cell == of:  # somebody else comes in while the notebook runs
            kept(portal, "raced", owner="leader2")

    with pytest.raises(NameTaken, match="Hanna Thackery"):
        portal.services.publications.publisher.publish("analyst", roles, said, tell)
    assert portal.services.ledger.published_app("raced").owner == "leader2"
    assert [version.number for version in portal.services.ledger.app_versions("raced")] == [1]


def test_the_same_content_twice_changes_nothing(analyst: httpx.Client) -> None:
    assert publish(analyst, id="twice").status_code == 201
    again = publish(analyst, id="twice")
    assert (again.status_code, again.json()["version"]) == (200, 1)
    assert publish(analyst, made("print('new')"), id="twice").json()["version"] == 2


def test_the_same_key_twice_is_one_publication(analyst: httpx.Client) -> None:
    key = {"Idempotency-Key": "k1", "Prefer": "respond-async"}
    assert (
        publish(analyst, headers=key, id="keyed").json()["id"] == publish(analyst, headers=key, id="keyed").json()["id"]
    )


def interrupted(portal: Running, app: str, times: int = 1) -> str:
    """A notebook that a portal which is no more had begun to look at, so many times; its publication's id."""
    said = {"id": app, "title": "Kept", "description": "Words.", "owner": "analyst", "audience": ["leader"],
            "datasets": [], "review": REVIEW, "sensitivity": "", "accepted": {}}  # fmt: skip
    sent, ledger = {"roles": ["analyst", "learner"], "said": said}, portal.services.ledger
    row = ledger.send_publication("analyst", app, sent, made("print('kept')"))
    for _ in range(times):
        assert ledger.begin_publication(row.id)
        ledger.interrupted_publications()
    return row.id


def gallery(portal: Running) -> str:
    with portal.browser("analyst") as browser:
        return browser.get("/apps").text


def test_a_notebook_at_the_gate_when_the_portal_ended_is_published_after_its_next_start(
    portal: Running, analyst: httpx.Client
) -> None:
    id = interrupted(portal, "resumed")
    assert "resumed</strong>: waiting for other notebooks" in gallery(portal)
    portal.services.publications.resume()
    portal.services.publications.wait(portal.services.publications.of("analyst", id), 120)
    said = analyst.get(f"/apps/publications/{id}").json()
    assert (said["state"], said["version"]) == ("published", 1)
    assert analyst.get("/apps/resumed").json()["version"] == 1
    assert "resumed</strong>" not in gallery(portal)
    row = portal.services.ledger.publication(id)
    assert (row.notebook, row.sent) == (None, None), "what was sent is let go of"


def test_a_notebook_that_ends_the_portal_each_time_is_given_up_and_its_author_told(
    portal: Running, analyst: httpx.Client
) -> None:
    id = interrupted(portal, "deadly", times=3)
    portal.services.publications.resume()
    portal.services.publications.wait(portal.services.publications.of("analyst", id), 60)
    said = analyst.get(f"/apps/publications/{id}").json()
    assert (said["state"], said["version"]) == ("could-not-check", None)
    assert "ended 3 times" in said["detail"]
    assert "deadly</strong>: not published" in gallery(portal)
    with portal.program("author") as other:
        assert other.get(f"/apps/publications/{id}").status_code in (403, 404), "it is nobody else's to see"


def test_an_interrupted_publication_leaves_nothing_that_can_be_opened(
    portal: Running, analyst: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(versions.os, "fsync", full)
        assert publish(analyst, id="broken").status_code == 500
    assert not [folder for folder in folders(portal) if folder.startswith(("broken", "."))]
    assert analyst.get("/apps/broken").status_code == 404
    assert publish(analyst, id="broken").json()["version"] == 1


@pytest.mark.parametrize("missing", ["owner", "audience", "review", "title", "description"])
def test_what_must_be_said_is_asked_for(analyst: httpx.Client, missing: str) -> None:
    answer = publish(analyst, id="lacking", **{missing: ""})
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(f"{missing}: ")


def test_a_field_nobody_knows_is_named(analyst: httpx.Client) -> None:
    answer = publish(analyst, auidence="leader")
    assert answer.status_code == 422
    assert "'auidence'" in answer.json()["detail"]


# Sharing


@pytest.fixture
def shared(portal: Running) -> str:
    """An app of the analyst's, for leaders."""
    return kept(portal, f"shared-{next(COUNT)}")


def openers(portal: Running, app: str) -> set[str]:
    with portal.program("apps") as apps:
        return {account for account in ACCOUNTS if apps.post(
            "/internal/viewer-tokens", json={"account": account, "app": app}).status_code == 200}  # fmt: skip


def test_a_share_works_at_once_and_so_does_its_end(portal: Running, analyst: httpx.Client, shared: str) -> None:
    assert openers(portal, shared) == {"leader", "leader2", "analyst"}
    for target, more in [("learner", {"learner"}), ("team-street-services", {"learner2"}), ("partner", {"partner"}),
                         ("everyone", {"learner", "learner2", "author", "operator"})]:  # fmt: skip
        assert analyst.post(f"/apps/{shared}/share", json={"with": [target]}).status_code == 200
        assert openers(portal, shared) == {"leader", "leader2", "analyst"} | more, target
        assert analyst.post(f"/apps/{shared}/share", json={"without": [target]}).status_code == 200
    assert openers(portal, shared) == {"leader", "leader2", "analyst"}


def test_an_organisation_is_shared_with_by_name(portal: Running, analyst: httpx.Client, shared: str) -> None:
    answer = analyst.post(f"/apps/{shared}/share", json={"with": ["org-northbank-health-trust"]})
    assert answer.json()["audience_in_words"] == "people of Northbank Health Trust and leaders"
    assert "partner" in openers(portal, shared)


def test_sharing_cannot_show_a_dataset_to_those_who_may_not_see_it(portal: Running, analyst: httpx.Client) -> None:
    kept(portal, "referred", datasets=["referrals"], audience=["role-analyst"])
    for target in ("everyone", "learner", "role-leader", "partner"):
        answer = analyst.post("/apps/referred/share", json={"with": [target]})
        assert answer.status_code == 422, target
        assert "may not see the dataset referrals" in answer.json()["detail"]
    assert analyst.post("/apps/referred/share", json={"with": ["operator"]}).status_code == 200


def test_somebody_whom_it_is_shared_with_is_told_whose_it_is_to_share(portal: Running, shared: str) -> None:
    with portal.program("leader") as leader:
        answer = leader.post(f"/apps/{shared}/share", json={"with": ["learner"]})
    assert answer.status_code == 403
    assert answer.json()["detail"] == "This app is its owner's to share or to change: Eilidh Ormond, Data analyst."


def test_a_version_for_fewer_people_is_closed_to_the_others(
    portal: Running, analyst: httpx.Client, shared: str
) -> None:
    analyst.post(f"/apps/{shared}/share", json={"with": ["learner"]})
    kept(portal, shared, 2, audience=["team-street-services"])
    assert openers(portal, shared) == {"analyst", "learner", "learner2", "leader2"}, "what was shared apart stays"


def test_whom_nobody_knows_is_named(analyst: httpx.Client, shared: str) -> None:
    answer = analyst.post(f"/apps/{shared}/share", json={"with": ["learner", "wizard"]})
    assert answer.status_code == 422
    assert "'wizard'" in answer.json()["detail"]
    assert "person-learner" not in analyst.get(f"/apps/{shared}").json()["audience"]


def test_who_may_not_open_it_learns_whom_to_ask_and_nothing_else(portal: Running, shared: str) -> None:
    asked = "This app is not shared with you. Ask its owner: Eilidh Ormond, Data analyst."
    with portal.program("learner") as learner, portal.program("apps") as apps, portal.browser("learner") as browser:
        for address in (f"/apps/{shared}", f"/apps/{shared}/thumbnail"):
            assert (learner.get(address).status_code, learner.get(address).json()["detail"]) == (403, asked)
        answer = apps.post("/internal/viewer-tokens", json={"account": "learner", "app": shared})
        assert (answer.status_code, answer.json()["detail"]) == (403, asked)
        page = browser.get(f"/apps/{shared}")
        assert page.status_code == 403
        assert asked in page.text
        assert "Street reports" not in page.text
        assert "Not shared with you" in page.text
        assert shared not in {each["id"] for each in learner.get("/apps").json()["apps"]}
        assert learner.get("/search", params={"q": "street reports"}).json()["results"] == [] or shared not in str(
            learner.get("/search", params={"q": "street reports"}).json()
        )


def test_a_lost_role_closes_the_app_and_ends_what_is_open(
    portal: Running, shared: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with portal.program("apps") as apps:
        opening = {"account": "leader2", "app": shared}
        version = apps.post("/internal/viewer-tokens", json=opening).json()["app"]["version"]
        monkeypatch.setitem(portal.hub.groups_of, "leader2", ["role-learner", "org-council"])
        assert apps.post("/internal/viewer-tokens", json=opening | {"version": version}).status_code == 403


# Versions


def test_rolling_back_changes_what_opens_next_and_not_what_is_open(
    portal: Running, analyst: httpx.Client, shared: str
) -> None:
    kept(portal, shared, 2, datasets=["wards"])
    with portal.program("apps") as apps:
        opening = {"account": "leader", "app": shared}
        opened = apps.post("/internal/viewer-tokens", json=opening).json()["app"]
        assert analyst.post(f"/apps/{shared}/rollback").json()["version"] == 1
        later = apps.post("/internal/viewer-tokens", json=opening).json()["app"]
        going_on = apps.post("/internal/viewer-tokens", json=opening | {"version": opened["version"]}).json()
    assert (opened["version"], later["version"], going_on["app"]["version"]) == (2, 1, 2)
    assert going_on["app"]["folder"] == opened["folder"] != later["folder"]
    assert portal.services.tokens.read_viewer(going_on["token"]).datasets == {"wards"}
    assert Path(opened["folder"]).is_dir()
    assert analyst.post(f"/apps/{shared}/rollback", json={"version": 2}).json()["version"] == 2


def test_a_rollback_cannot_show_a_dataset_to_those_who_may_not_see_it(portal: Running, analyst: httpx.Client) -> None:
    kept(portal, "narrowed", datasets=["referrals"], audience=["role-analyst"])
    kept(portal, "narrowed", 2, audience=["role-leader"])
    answer = analyst.post("/apps/narrowed/rollback")
    assert answer.status_code == 422
    assert "leaders may not see the dataset referrals" in answer.json()["detail"]
    assert analyst.get("/apps/narrowed").json()["version"] == 2


def test_a_version_that_is_not_there_is_named(analyst: httpx.Client, shared: str) -> None:
    assert "no earlier version" in analyst.post(f"/apps/{shared}/rollback").json()["detail"]
    assert "there are 1" in analyst.post(f"/apps/{shared}/rollback", json={"version": 7}).json()["detail"]


def test_after_a_rollback_the_next_version_has_a_number_of_its_own(
    portal: Running, analyst: httpx.Client, shared: str
) -> None:
    kept(portal, shared, 2)
    analyst.post(f"/apps/{shared}/rollback")
    assert publish(analyst, made("3"), id=shared).json()["version"] == 3


def test_a_retired_app_is_gone_for_everybody_and_its_owner_can_bring_it_back(
    portal: Running, analyst: httpx.Client, shared: str
) -> None:
    assert analyst.post(f"/apps/{shared}/retire").json()["retired"]
    assert openers(portal, shared) == set()
    assert shared not in {each["id"] for each in analyst.get("/apps").json()["apps"]}
    assert analyst.post(f"/apps/{shared}/share", json={"with": ["everyone"]}).status_code == 409
    assert publish(analyst, id=shared).json()["version"] == 2
    assert "leader" in openers(portal, shared)


# The record


def test_its_owner_and_operators_see_who_opened_it_and_others_do_not(
    portal: Running, analyst: httpx.Client, shared: str
) -> None:
    with portal.program("apps") as apps, portal.program("leader") as leader, portal.program("operator") as operator:
        apps.post("/internal/viewer-tokens", json={"account": "leader", "app": shared})
        apps.post("/internal/viewer-tokens", json={"account": "leader", "app": shared, "version": 1})
        told = [(each["verb"], each["account"]) for each in analyst.get(f"/apps/{shared}").json()["events"]]
        assert told == [("opened", "leader"), ("published", "analyst")]
        assert leader.get(f"/apps/{shared}").json()["events"] is None
        assert leader.get(f"/apps/{shared}/events").status_code == 403
        assert len(operator.get(f"/apps/{shared}/events").json()["events"]) == 2
        assert next(each for each in leader.get("/apps").json()["apps"] if each["id"] == shared)["opened"] == 1


def test_whom_somebody_erased_was_is_not_in_an_apps_record(portal: Running, analyst: httpx.Client, shared: str) -> None:
    analyst.post(f"/apps/{shared}/share", json={"with": ["learner2"]})
    with portal.program("apps") as apps:
        apps.post("/internal/viewer-tokens", json={"account": "learner2", "app": shared})
    portal.services.ledger.erase("learner2")
    told = analyst.get(f"/apps/{shared}").json()
    assert "learner2" not in json.dumps(told)
    assert told["events"][0]["name"] == "somebody who has been erased"


# Everybody, everything


MATRIX = {
    "open": {"leader", "leader2", "analyst"},
    "see": {"leader", "leader2", "analyst", "operator"},
    "picture": {"leader", "leader2", "analyst", "operator"},
    "share": {"analyst"},
    "rollback": {"analyst"},
    "audit": {"analyst", "operator"},
    "retire": {"analyst", "operator"},
}
"""Who may do what with an app of the analyst's that is for leaders."""


@pytest.mark.parametrize("account", ACCOUNTS)
def test_everybody_asks_for_everything(portal: Running, shared: str, account: str) -> None:
    kept(portal, shared, 2)
    with portal.program(account) as client, portal.program("apps") as apps:
        client.timeout = httpx.Timeout(180)
        asked = {
            "open": lambda: apps.post("/internal/viewer-tokens", json={"account": account, "app": shared}),
            "see": lambda: client.get(f"/apps/{shared}"),
            "picture": lambda: client.get(f"/apps/{shared}/thumbnail"),
            "share": lambda: client.post(f"/apps/{shared}/share", json={"with": ["leader2"]}),
            "rollback": lambda: client.post(f"/apps/{shared}/rollback"),
            "audit": lambda: client.get(f"/apps/{shared}/events"),
            "retire": lambda: client.post(f"/apps/{shared}/retire"),
        }
        for act, ask in asked.items():
            assert ask().status_code == (200 if account in MATRIX[act] else 403), (account, act)


@pytest.mark.parametrize("account", ACCOUNTS)
def test_each_shipped_app_opens_to_its_roles_alone_and_nobody_changes_it(portal: Running, account: str) -> None:
    roles = portal.services.organisation.person(account).roles
    with portal.program(account) as client, portal.program("apps") as apps:
        for app in catalogue.shipped().values():
            may = bool({f"role-{role}" for role in roles} & set(app.audience))
            opened = apps.post("/internal/viewer-tokens", json={"account": account, "app": app.id})
            assert opened.status_code == (200 if may else 403), app.id
            for act, body in (("share", {"with": ["everyone"]}), ("rollback", {}), ("retire", {})):
                assert client.post(f"/apps/{app.id}/{act}", json=body).status_code == (409 if may else 403), app.id


def test_nobody_gets_anything_without_signing_in(portal: Running) -> None:
    with portal.program() as nobody:
        for address in ("/apps", "/apps/progress", "/apps/progress/thumbnail", "/apps/progress/events"):
            assert nobody.get(address).status_code == 401
        assert publish(nobody).status_code == 401


# The command


def asked(portal: Running, account: str, *words: str) -> int:
    return main(["apps", words[0], *words[1:], "--url", portal.origin, "--token", f"token-{account}"])


def test_the_command_publishes_shares_rolls_back_and_retires(
    portal: Running, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mine.ipynb"
    said = ["--title", "By command", "--description", "Words.", "--audience", "leader", "--review", REVIEW]
    path.write_bytes(made("1"))
    assert asked(portal, "analyst", "publish", str(path), *said) == 0
    assert capsys.readouterr().out.startswith("by-command: version 1 is live: ")
    path.write_bytes(made("2"))
    assert asked(portal, "analyst", "publish", str(path), *said, "--json") == 0
    assert json.loads(capsys.readouterr().out)["version"] == 2
    assert asked(portal, "analyst", "share", "by-command", "learner", "team-parks") == 0
    assert "Amara Thackery, leaders and the parks team" in capsys.readouterr().out
    assert asked(portal, "analyst", "rollback", "by-command") == 0
    assert "version 1" in capsys.readouterr().out
    assert asked(portal, "learner", "list", "--json") == 0
    assert "by-command" in {each["id"] for each in json.loads(capsys.readouterr().out)["apps"]}
    assert asked(portal, "learner", "retire", "by-command") == 1
    assert "its owner's to share or to change: Eilidh Ormond" in capsys.readouterr().err
    assert asked(portal, "analyst", "retire", "by-command") == 0
    assert "by-command is retired" in capsys.readouterr().out


def test_the_command_ends_with_1_and_every_finding_when_the_gate_refuses(
    portal: Running, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.ipynb"
    path.write_bytes(made("print('AB123456C')", title="no heading"))
    said = ["--title", "Bad", "--description", "Words.", "--audience", "leader", "--review", REVIEW]
    assert asked(portal, "analyst", "publish", str(path), *said, "--id", "bad-app") == 1
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("council: cell 2: National Insurance numbers")
    assert lines[1].startswith("council: cell 1: the page has no heading")


def test_the_command_says_what_it_cannot_read(portal: Running, tmp_path: Path, capsys: Any) -> None:
    said = ["--title", "X", "--description", "Y", "--audience", "leader", "--review", REVIEW]
    assert asked(portal, "analyst", "publish", str(tmp_path / "none.ipynb"), *said) == 2
    assert "none.ipynb: cannot be read" in capsys.readouterr().err
    assert main(["apps"]) == 2
