"""Viewer tokens, sessions' form tokens and the keys behind them."""

import pytest

from digital_council.errors import OperatorError
from digital_council.portal.rights import keys, tokens
from digital_council.portal.rights.sessions import Sessions
from digital_council.portal.rights.signin import safe_next
from digital_council.portal.rights.tokens import ViewerTokens


def test_a_viewer_token_says_who_looks_through_which_app_at_what(tmp_path):
    signer = ViewerTokens(tmp_path)
    viewer = signer.read_viewer(signer.sign_viewer("leader", "progress", ["wards", "spend"]))
    assert viewer is not None
    assert (viewer.account, viewer.app, viewer.datasets) == ("leader", "progress", {"wards", "spend"})


def test_an_altered_viewer_token_is_refused(tmp_path):
    signer = ViewerTokens(tmp_path)
    token = signer.sign_viewer("leader", "progress")
    payload, moment, signature = token.split(".")
    # A part's first character stands for six whole bits; some of the last one's stand for nothing.
    for altered in (payload, moment, signature):
        other = ("A" if altered[0] != "A" else "B") + altered[1:]
        assert signer.read_viewer(token.replace(altered, other)) is None
    assert signer.read_viewer("") is None


def test_a_viewer_token_of_another_portal_is_refused(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert ViewerTokens(tmp_path / "b").read_viewer(ViewerTokens(tmp_path / "a").sign_viewer("x", "y")) is None


def test_a_viewer_token_ends_after_ten_minutes(tmp_path, monkeypatch):
    signer = ViewerTokens(tmp_path)
    token = signer.sign_viewer("leader", "progress")
    assert tokens.SECONDS == 600
    monkeypatch.setattr(tokens, "SECONDS", -1)
    assert signer.read_viewer(token) is None


def test_a_key_is_made_once_and_only_its_owner_may_read_it(tmp_path):
    path = tmp_path / "viewer.key"
    assert keys.ensure(path) == keys.ensure(path)
    assert path.stat().st_mode & 0o077 == 0


def test_a_key_that_others_can_read_stops_the_start(tmp_path):
    path = tmp_path / "viewer.key"
    keys.ensure(path)
    path.chmod(0o644)
    with pytest.raises(OperatorError, match="chmod 600"):
        keys.ensure(path)


def test_a_form_token_is_good_for_its_own_session_only(tmp_path):
    sessions = Sessions(tmp_path)
    token = sessions.form_token("one")
    assert sessions.is_form_token("one", token)
    assert not sessions.is_form_token("two", token)
    assert not sessions.is_form_token("one", "")
    assert not sessions.is_form_token("", sessions.form_token(""))


ELSEWHERE = ["https://evil.example/", "//evil.example", "/hub/logout", "/services/council/\\x", "/services/council/\n"]


@pytest.mark.parametrize("address", ELSEWHERE)
def test_after_signing_in_nobody_is_sent_elsewhere(address):
    assert safe_next(address) == "/services/council/"
