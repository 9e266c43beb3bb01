"""Pieces of pages kept for many: everybody still sees their own lesson, as it is now, in one sound gzip stream."""

from __future__ import annotations

import gzip
import re
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from portal_parts import Running, running

from digital_council.portal.face.pieces import Piece, Pieces, packed, plain

COURSE, UNIT = "finding-and-trusting-data", "what-is-one-row"
LESSON = f"/courses/{COURSE}/units/{UNIT}"
TOKEN = re.compile(r'name="csrf" value="([^"]+)"')


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("pieces") / "state") as found:
        found.services.examples.ensure(found.services.library.unit(COURSE, UNIT))
        yield found


def answer(portal: Running, account: str, **answers: str) -> None:
    with portal.program(account) as program:
        program.put(f"{LESSON}/draft", json={"answers": answers}).raise_for_status()


def page(portal: Running, account: str, session: str = "session-1") -> str:
    with portal.browser(account, session) as browser:
        return browser.get(LESSON).raise_for_status().text


def test_many_learners_at_once_each_see_their_own_name_answer_and_hints(portal):
    accounts = [f"staff{number:03d}" for number in range(30, 42)]
    for number, account in enumerate(accounts):
        answer(portal, account, action=f"only {account} said this", predict_counts="abcd"[number % 4])
    with portal.browser(accounts[0]) as browser:
        token = TOKEN.search(browser.get(LESSON).text)[1]
        asked = {"csrf": token, "do": "hint:four_equal_lines", "a.action": f"only {accounts[0]} said this"}
        assert "hint-box" in browser.post(LESSON, data=asked).text
    with ThreadPoolExecutor(8) as pool:
        pages = list(pool.map(lambda account: (account, page(portal, account)), accounts * 5))
    for account, text in pages:
        name = portal.services.organisation.person(account).name
        assert f"<span>{name}</span>" in text
        assert set(re.findall(r"only (\w+) said this", text)) == {account}
        assert ("hint-box" in text) == (account == accounts[0])


def test_a_changed_answer_shows_at_once_and_so_does_a_change_back(portal):
    for value in ("first thought", "second thought", "first thought"):
        answer(portal, "staff050", action=value)
        assert re.findall(r"(first|second) thought", page(portal, "staff050")) == [value.split()[0]]


def test_what_a_check_said_is_shown_to_who_asked_and_kept_for_nobody(portal):
    with portal.browser("staff051") as browser:
        token = TOKEN.search(browser.get(LESSON).text)[1]
        checked = browser.post(LESSON, data={"csrf": token, "do": "check:predict_counts", "a.predict_counts": "a"})
        assert 'class="finding' in checked.text
        assert 'class="finding' not in browser.get(LESSON).text
    assert 'class="finding' not in page(portal, "staff052")


def test_a_check_says_when_nothing_is_chosen_and_calls_no_prediction_right(portal):
    with portal.browser("staff053") as browser:
        form = {"csrf": TOKEN.search(browser.get(LESSON).text)[1]}

        def checked(question: str, **answers: str) -> str:
            text = browser.post(LESSON, data=form | answers | {"do": f"check:{question}"}).text
            return re.search(rf'data-part="findings-{question}">(.*?)<div data-part', text, re.DOTALL)[1]

        assert "There is no answer here yet." in checked("four_equal_lines")
        guess = checked("predict_counts", **{"a.predict_counts": "a"})
        assert "finding--open" in guess
        assert "Right:" not in guess


def test_each_view_brings_a_fresh_form_token_of_that_session_alone(portal):
    sessions = portal.services.sessions
    tokens = [set(TOKEN.findall(page(portal, "staff053", session))) for session in ("one", "one", "two")]
    assert all(len(found) == 1 for found in tokens)
    first, second, other = (found.pop() for found in tokens)
    assert first != second
    assert sessions.is_form_token("one", first)
    assert sessions.is_form_token("one", second)
    assert not sessions.is_form_token("one", other)


def test_a_page_packed_from_pieces_is_the_page(portal):
    with portal.browser("staff054") as browser:
        bare = browser.get(LESSON, headers={"Accept-Encoding": "identity"})
        with browser.stream("GET", LESSON, headers={"Accept-Encoding": "gzip"}) as answered:
            sent = b"".join(answered.iter_raw())
    assert "content-encoding" not in bare.headers
    assert answered.headers["content-encoding"] == "gzip"
    for each in (bare, answered):
        assert each.headers["vary"] == "Accept-Encoding"
        assert each.headers["cache-control"] == "no-store"
        assert "default-src 'self'" in each.headers["content-security-policy"]
    assert TOKEN.sub("", gzip.decompress(sent).decode()) == TOKEN.sub("", bare.text)


def test_what_a_role_adds_to_a_lesson_goes_with_the_role(portal):
    portal.services.threads.ask("staff055", COURSE, UNIT, "Is a row a payment?", is_named=True)
    hub = portal.hub.groups_of
    groups = hub["author"]
    assert "Your answer, for everybody" in page(portal, "author")
    assert "Your answer, for everybody" not in page(portal, "staff055")
    hub["author"] = [group for group in groups if group != "role-author"]
    try:
        assert "Your answer, for everybody" not in page(portal, "author")
    finally:
        hub["author"] = groups


def test_pieces_are_made_once_let_go_when_they_weigh_too_much_and_not_kept_without_a_key():
    pieces, made = Pieces(most_bytes=5_000), []

    def make(text: str) -> str:
        made.append(text)
        return text * 1000

    for text in ("a", "b", "a", "c", "d", "e", "a", "b"):
        assert pieces.of(text, lambda text=text: make(text)).plain == text.encode() * 1000
    assert made == ["a", "b", "c", "d", "e", "b"], "the one not asked for longest was let go"
    assert len(pieces._kept) == 4
    for _ in range(2):
        pieces.of(None, lambda: make("f"))
    assert made[-2:] == ["f", "f"]
    assert len(pieces._kept) == 4


@pytest.mark.parametrize("texts", [[], [""], ["a"], ["", "é" * 70_000, "", "<p>"], ["x" * 200_000] * 3])
def test_pieces_one_after_another_are_one_gzip_stream(texts):
    pieces = [Piece.of(text, level) for text, level in zip(texts, (9, 3, 1, 0), strict=False)]
    assert gzip.decompress(packed(pieces)) == plain(pieces) == "".join(texts).encode()
