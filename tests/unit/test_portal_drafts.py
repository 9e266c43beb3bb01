"""Drafts: later wins, earlier kept, and what was replaced is told."""

import threading

import pytest

from digital_council.portal.learners.drafts import KEPT, Drafts

WHERE = ("learner", "course", "unit")


@pytest.fixture
def drafts(tmp_path):
    opened = Drafts(tmp_path / "drafts.db")
    yield opened
    opened.close()


def test_there_is_an_empty_draft_before_the_first_save(drafts):
    draft = drafts.get(*WHERE)
    assert (draft.answers, draft.version, draft.updated_at) == ({}, 0, None)


def test_what_is_saved_is_there_after_a_restart(drafts, tmp_path):
    drafts.put(*WHERE, {"q": [1, None, "é"]})
    again = Drafts(tmp_path / "drafts.db")
    assert again.get(*WHERE).answers == {"q": [1, None, "é"]}
    again.close()


def test_without_a_version_all_answers_are_replaced(drafts):
    drafts.put(*WHERE, {"a": 1})
    assert drafts.put(*WHERE, {"b": 2}).answers == {"b": 2}


def test_edits_of_different_questions_at_once_are_both_kept(drafts):
    base = drafts.put(*WHERE, {"a": 1})
    drafts.put(*WHERE, {"a": 1, "b": "page"}, base.version)
    later = drafts.put(*WHERE, {"a": 1, "c": "notebook"}, base.version)
    assert later.answers == {"a": 1, "b": "page", "c": "notebook"}
    assert not later.replaced


def test_a_page_that_goes_on_showing_what_it_sent_does_not_undo_an_edit_elsewhere(drafts):
    base = drafts.put(*WHERE, {"a": 1})
    drafts.put(*WHERE, {"a": 1, "b": "notebook"}, base.version)
    page = drafts.put(*WHERE, {"a": 2}, base.version)
    assert page.answers == {"a": 2, "b": "notebook"}
    again = drafts.put(*WHERE, {"a": 3}, page.sent)
    assert again.answers == {"a": 3, "b": "notebook"}
    assert not again.replaced


def test_of_two_edits_of_one_question_the_later_wins_and_the_earlier_is_told_and_kept(drafts):
    base = drafts.put(*WHERE, {"a": 1})
    drafts.put(*WHERE, {"a": "earlier"}, base.version)
    later = drafts.put(*WHERE, {"a": "later"}, base.version)
    assert later.answers == {"a": "later"}
    assert later.replaced == {"a": "earlier"}
    assert [draft.answers["a"] for draft in drafts.history(*WHERE)] == ["later", "earlier", 1]


def test_saving_the_same_again_makes_no_version(drafts):
    first = drafts.put(*WHERE, {"a": 1})
    assert drafts.put(*WHERE, {"a": 1}, first.version).version == first.version


def test_another_learner_sees_nothing_of_it(drafts):
    drafts.put(*WHERE, {"a": 1})
    assert drafts.get("learner2", "course", "unit").version == 0


def test_history_is_kept_within_bounds(drafts):
    for number in range(KEPT + 20):
        drafts.put(*WHERE, {"a": number})
    assert len(drafts.history(*WHERE)) == KEPT
    assert drafts.get(*WHERE).answers == {"a": KEPT + 19}


def test_saves_from_many_threads_all_count(drafts):
    threads = [threading.Thread(target=drafts.put, args=(*WHERE, {f"q{number}": number}, 0)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(drafts.get(*WHERE).answers) == 20


def test_an_erased_account_leaves_no_draft(drafts):
    drafts.put(*WHERE, {"a": 1})
    drafts.erase("learner")
    assert drafts.history(*WHERE) == []
