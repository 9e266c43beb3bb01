"""Sign-in by an identity provider: what is refused before a start, and what the hub is told."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import jwt
import pytest
from tornado.web import HTTPError
from traitlets.config import Config

from digital_council.errors import OperatorError
from digital_council.hub import openid, provider
from digital_council.settings import OpenIDConnect, Settings


class Provider(BaseHTTPRequestHandler):
    """Describes itself as a provider does."""

    def do_GET(self) -> None:
        names = () if self.path.startswith("/empty/") else ("authorization", "token", "userinfo", "end_session")
        body = json.dumps({f"{name}_endpoint": f"https://idp.example/{name}" for name in names}).encode()
        self.send_response(200 if self.path.endswith("/.well-known/openid-configuration") else 404)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        """Quiet."""


@pytest.fixture
def issuer() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Provider) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def secret(tmp_path: Path) -> str:
    path = tmp_path / "secret"
    path.write_text("hush\n")
    return str(path)


def settings(**given: object) -> Settings:
    return Settings.model_validate({"openid_connect": {"enabled": True, "client_id": "council", **given}})


def test_the_hub_is_pointed_at_what_the_provider_says_of_itself(issuer: str, secret: str) -> None:
    config = Config()
    place = openid.configure(config, settings(issuer=issuer, secret_file=secret), "https://learn.example.org")
    ours = config.OpenIDAuthenticator
    assert ours.authorize_url == "https://idp.example/authorization"
    assert ours.token_url == "https://idp.example/token"
    assert ours.userdata_url == "https://idp.example/userinfo"
    assert ours.client_secret == "hush"
    assert ours.username_claim == "preferred_username"
    assert ours.oauth_callback_url == "https://learn.example.org/hub/oauth_callback"
    assert place == (
        "https://idp.example/end_session?client_id=council"
        "&post_logout_redirect_uri=https%3A%2F%2Flearn.example.org%2Fhub%2Flogin"
    )


def test_the_address_of_mail_is_asked_for_only_where_it_names_the_account(issuer: str, secret: str) -> None:
    config = Config()
    openid.configure(config, settings(issuer=issuer, secret_file=secret), "https://learn.example.org")
    assert config.OpenIDAuthenticator.scope == ["openid", "profile"]
    chosen = settings(issuer=issuer, secret_file=secret, account_claim="email")
    openid.configure(config, chosen, "https://learn.example.org")
    assert config.OpenIDAuthenticator.scope == ["openid", "profile", "email"]


@pytest.fixture
def authenticator() -> openid.OpenIDAuthenticator:
    return openid.OpenIDAuthenticator(
        username_claim="preferred_username", manage_groups=True, client_id="council", contact="help@example.org"
    )


def test_groups_come_from_people_and_not_from_the_provider(authenticator: openid.OpenIDAuthenticator) -> None:
    said = {"preferred_username": "leader", "groups": ["role-operator"]}
    groups = authenticator.get_user_groups({"oauth_user": said})
    assert "role-leader" in groups
    assert "role-operator" not in groups
    stranger = {"oauth_user": {"preferred_username": "stranger", "groups": ["role-operator"]}}
    assert authenticator.get_user_groups(stranger) == set()
    assert asyncio.run(authenticator.check_allowed("leader", None))


@pytest.mark.parametrize(
    ("said", "header"),
    [({}, True), ({"token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"]}, False)],
    ids=["nothing", "both"],
)
def test_the_secret_goes_where_the_provider_takes_it(said: dict[str, Any], header: bool) -> None:
    assert provider.wants_header(said) is header


def test_a_stranger_is_told_whom_to_ask(authenticator: openid.OpenIDAuthenticator) -> None:
    with pytest.raises(HTTPError, match=r"stranger has no account here\. Ask help@example\.org") as refused:
        asyncio.run(authenticator.check_allowed("stranger", None))
    assert refused.value.status_code == 403


def test_a_work_account_without_the_claim_is_no_failure_of_ours(authenticator: openid.OpenIDAuthenticator) -> None:
    with pytest.raises(HTTPError, match="without the name it has here") as refused:
        authenticator.user_info_to_username({"sub": "7"})
    assert refused.value.status_code == 403


@pytest.mark.parametrize(
    ("claims", "name"),
    [({}, "ada"), ({"sub": "8"}, None), ({"aud": "another"}, None), ({"exp": 1}, None)],
    ids=["its own", "somebody else's", "another client's", "an old one"],
)
def test_the_claim_may_stand_in_the_token_alone(
    authenticator: openid.OpenIDAuthenticator, monkeypatch: pytest.MonkeyPatch, claims: dict[str, Any], name: str | None
) -> None:
    async def userinfo(*words: Any, **named: Any) -> dict[str, str]:
        return {"sub": "7"}

    monkeypatch.setattr(authenticator, "httpfetch", userinfo)
    authenticator.userdata_url = "https://idp.example/userinfo"
    said = {"sub": "7", "aud": "council", "exp": 4_000_000_000, "preferred_username": "ada", **claims}
    given = {"access_token": "a", "token_type": "Bearer", "id_token": jwt.encode(said, "k" * 32)}
    found = asyncio.run(authenticator.token_to_user(given))
    assert found.get("preferred_username") == name


@pytest.mark.parametrize("missing", ["issuer", "client_id", "secret_file"])
def test_a_missing_setting_is_named(issuer: str, secret: str, missing: str) -> None:
    given = {"issuer": issuer, "client_id": "council", "secret_file": secret, missing: ""}
    with pytest.raises(OperatorError, match=f"openid_connect.{missing} is empty"):
        provider.require(OpenIDConnect(enabled=True, **given))


def test_a_secret_that_cannot_be_read_or_is_empty_is_named(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match=r"no-such-file.*cannot be read"):
        provider.secret(tmp_path / "no-such-file")
    (tmp_path / "empty").write_text("\n")
    with pytest.raises(OperatorError, match="empty: the OpenID Connect secret is empty"):
        provider.secret(tmp_path / "empty")


def test_a_provider_that_does_not_answer_is_named() -> None:
    with pytest.raises(OperatorError, match=r"did not answer at http://127\.0\.0\.1:9/"):
        provider.discover("http://127.0.0.1:9/")


def test_an_address_that_describes_no_provider_is_named(issuer: str) -> None:
    with pytest.raises(OperatorError, match="names no authorization_endpoint"):
        provider.discover(f"{issuer}/empty")
