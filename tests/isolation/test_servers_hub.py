"""The hub as people meet it: signing in, what each role may do there, what their JupyterLab shows."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from tests.conftest import Product

pytestmark = pytest.mark.product


def try_password(product: Product, client: httpx.Client, account: str, password: str) -> httpx.Response:
    page = client.get(f"{product.hub}/hub/login")
    found = re.search(r'name="_xsrf" value="([^"]+)"', page.text)
    assert found
    form = {"username": account, "password": password, "_xsrf": found[1]}
    return client.post(f"{product.hub}/hub/login", data=form, follow_redirects=False)


def api(product: Product, account: str, path: str, method: str = "GET") -> httpx.Response:
    with product.client() as client:
        headers = {"Authorization": f"token {product.token(account)}"}
        return client.request(method, f"{product.hub}/hub/api/{path}", headers=headers)


@pytest.mark.parametrize("account", ["leader2", "nobody", "p-021"])
def test_a_wrong_password_is_said_plainly_and_alike_for_every_name(product: Product, account: str) -> None:
    with product.client() as client:
        answer = try_password(product, client, account, "wrong")
    assert answer.status_code == 403
    assert "The account name or the password is not right." in answer.text
    assert '<html lang="en">' in answer.text
    assert "wrong" not in answer.text.replace("Something went wrong", "")


def test_guessing_has_to_wait(product: Product) -> None:
    with product.client() as client:
        statuses = [try_password(product, client, "guessed", str(number)).status_code for number in range(7)]
    assert statuses[:5] == [403] * 5
    assert 429 in statuses[5:]


def test_signing_in_leads_to_the_front_page(product: Product) -> None:
    with product.client() as client:
        answer = try_password(product, client, "partner", product.password("partner"))
    assert answer.status_code == 302
    assert answer.headers["location"] == product.url


@pytest.mark.parametrize("account", ["learner", "leader", "analyst", "author", "partner"])
def test_only_operators_administer(product: Product, account: str) -> None:
    assert api(product, account, "user").json()["name"] == account
    assert api(product, account, "users").status_code == 403
    assert api(product, account, "users/operator").status_code == 404
    assert api(product, account, "groups").status_code == 403


def test_an_operator_sees_servers_and_can_neither_enter_them_nor_act_as_others(product: Product) -> None:
    product.open_lab("learner")
    seen = {user["name"]: user for user in api(product, "operator", "users").json()}
    assert seen["learner"]["server"]
    assert not any(user["admin"] for user in seen.values())
    assert api(product, "operator", "users/learner/tokens", "POST").status_code in (403, 404)
    assert api(product, "operator", "shutdown", "POST").status_code == 403
    token = {"Authorization": f"token {product.token('operator')}"}
    with product.client() as client:
        assert client.get(f"{product.server('learner')}/api/contents", headers=token).status_code == 403


def test_groups_say_who_works_where(product: Product) -> None:
    groups = set(api(product, "leader", "user").json()["groups"])
    assert {"role-leader", "role-learner", "org-council"} <= groups
    assert any(group.startswith("team-") for group in groups)
    assert not any(group.startswith("team-") for group in api(product, "partner", "user").json()["groups"])


def lab(product: Product, account: str) -> dict[str, list[str]]:
    page = product.open_lab(account).get(f"{product.server(account)}/lab").text
    found: dict[str, list[str]] = json.loads(page.split('type="application/json">')[1].split("</script>")[0])
    return found


def test_a_learner_s_lab_shows_no_grader_s_tools_and_asks_about_no_news(product: Product) -> None:
    config = lab(product, "learner")
    for plugin in ("formgrader", "create-assignment", "course-list"):
        assert f"@jupyter/nbgrader:{plugin}" in config["disabledExtensions"]
    assert "@jupyterlab/apputils-extension:announcements" in config["disabledExtensions"]
    token = {"Authorization": f"token {product.lab_token('learner')}"}
    client = product.login("learner")
    assert client.get(f"{product.server('learner')}/formgrader", headers=token).status_code == 404
    specs = client.get(f"{product.server('learner')}/api/kernelspecs", headers=token).json()
    assert list(specs["kernelspecs"]) == ["python3"]


@pytest.mark.parametrize("account", ["author", "analyst"])
def test_authors_and_analysts_have_what_their_part_needs(product: Product, account: str) -> None:
    config = lab(product, account)
    hidden = "@jupyter/nbgrader:formgrader" in config["disabledExtensions"]
    assert hidden == (account != "author")


def test_the_assignment_list_is_loaded_when_it_is_asked_for(product: Product) -> None:
    token = {"Authorization": f"token {product.lab_token('learner')}"}
    answer = product.login("learner").get(
        f"{product.server('learner')}/nbgrader_version", params={"version": "0"}, headers=token
    )
    assert answer.status_code == 200
    assert answer.json()["success"] is False, "nbgrader's own answer to a version that is not its own"


@pytest.mark.parametrize("path", ["login", "home", "token", "nothing-here"])
def test_the_hub_s_pages_load_nothing_from_elsewhere(product: Product, path: str) -> None:
    with product.client() as stranger:
        client = stranger if path == "login" else product.login("learner")
        page = client.get(f"{product.hub}/hub/{path}").text
    assert not re.findall(r'(?:src|href)="(?:https?:)?//(?![a-z0-9.]*hub\.localhost)[^"]*\.(?:js|css|woff2?|png)', page)
    assert '<html lang="en">' in page
