"""Sign-in by an identity provider: what is refused before a start, and what the hub is told."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from traitlets.config import Config

from digital_council.errors import OperatorError
from digital_council.hub import openid
from digital_council.settings import OpenIDConnect


class Provider(BaseHTTPRequestHandler):
    """Describes itself as a provider does."""

    def do_GET(self) -> None:
        names = ("authorization", "token", "userinfo")
        body = json.dumps({f"{name}_endpoint": f"https://idp.example/{name}" for name in names}).encode()
        self.send_response(200 if self.path == "/.well-known/openid-configuration" else 404)
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


def test_the_hub_is_pointed_at_what_the_provider_says_of_itself(issuer: str, secret: str) -> None:
    config = Config()
    openid.configure(config, OpenIDConnect(enabled=True, issuer=issuer, client_id="council", secret_file=secret))
    ours = config.OpenIDAuthenticator
    assert ours.authorize_url == "https://idp.example/authorization"
    assert ours.token_url == "https://idp.example/token"
    assert ours.userdata_url == "https://idp.example/userinfo"
    assert ours.client_secret == "hush"
    assert ours.username_claim == "preferred_username"


def test_groups_come_from_people_and_not_from_the_provider() -> None:
    authenticator = openid.OpenIDAuthenticator(username_claim="preferred_username", manage_groups=True)
    said = {"preferred_username": "leader", "groups": ["role-operator"]}
    groups = authenticator.get_user_groups({"oauth_user": said})
    assert "role-leader" in groups
    assert "role-operator" not in groups
    stranger = {"oauth_user": {"preferred_username": "stranger", "groups": ["role-operator"]}}
    assert authenticator.get_user_groups(stranger) == set()
    assert asyncio.run(authenticator.check_allowed("leader", None))
    assert not asyncio.run(authenticator.check_allowed("stranger", None))


@pytest.mark.parametrize("missing", ["issuer", "client_id", "secret_file"])
def test_a_missing_setting_is_named(issuer: str, secret: str, missing: str) -> None:
    given = {"issuer": issuer, "client_id": "council", "secret_file": secret, missing: ""}
    with pytest.raises(OperatorError, match=f"openid_connect.{missing} is empty"):
        openid.require(OpenIDConnect(enabled=True, **given))


def test_a_secret_that_cannot_be_read_is_named(issuer: str, tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="no-such-file"):
        openid.require(
            OpenIDConnect(enabled=True, issuer=issuer, client_id="c", secret_file=str(tmp_path / "no-such-file"))
        )


def test_a_provider_that_does_not_answer_is_named(secret: str) -> None:
    with pytest.raises(OperatorError, match=r"did not answer at http://127\.0\.0\.1:9/"):
        openid.require(OpenIDConnect(enabled=True, issuer="http://127.0.0.1:9/", client_id="c", secret_file=secret))
