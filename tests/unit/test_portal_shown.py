"""What is shown: prose, outputs and forms, with nothing in them that could act in a reader's browser."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from digital_council import courses
from digital_council.portal.face import theme
from digital_council.portal.guards import too_large
from digital_council.portal.lesson import forms, frames, outputs, prose
from digital_council.settings import PROJECT

HOSTILE = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    '<a href="javascript:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<iframe src="https://example.org"></iframe>',
    '<p style="position:fixed;inset:0">x</p>',
    '<form action="https://example.org"><input name="password"></form>',
    "<svg><script>alert(1)</script></svg>",
    '<img src="data:image/svg+xml,<svg onload=alert(1)>">',
    '<meta http-equiv="refresh" content="0;url=https://example.org">',
    '<base href="https://example.org/">',
    '<p id="main" class="govuk-button">x</p>',
]
ACTS = re.compile(
    r"<(script|iframe|form|input|meta|base|svg|style|object)|\son\w+=|javascript:|style=|data:text|svg\+xml", re.I
)


@pytest.mark.parametrize("markup", HOSTILE)
def test_nothing_in_prose_can_act(markup):
    assert not ACTS.search(prose.page(markup))
    assert not ACTS.search("".join(prose.prompt(markup)))
    assert 'id="main"' not in prose.page(markup)


@pytest.mark.parametrize("markup", HOSTILE)
def test_nothing_in_a_learners_output_can_act(markup):
    shown = outputs.shown(
        [
            {"output_type": "execute_result", "data": {"text/html": markup}, "metadata": {"alt": '"><script>'}},
            {"output_type": "stream", "name": "stdout", "text": markup},
            {"output_type": "error", "ename": markup, "evalue": markup, "traceback": [markup]},
            {"output_type": "display_data", "data": {"image/png": f'"{markup}'}},
            {"output_type": "display_data", "data": {"text/html": ["<b>", markup]}},
        ]
    )
    assert not ACTS.search(re.sub(r"&lt;.*?&gt;", "", shown))


@pytest.mark.parametrize(
    ("frame", "kept"),
    [
        (pd.DataFrame({"ward": ["Acton", "Hanwell"], "reports": [3, 4]}), "ward reports Acton 3 Hanwell 4"),
        (pd.DataFrame({"reports": [3, 4]}, index=[12, 40]), "reports 3 4"),
        (pd.DataFrame({"reports": [3, 4]}, index=["Acton", "Hanwell"]), "reports Acton 3 Hanwell 4"),
        (pd.DataFrame({"reports": [3, 4]}, index=pd.Index([2024, 2025], name="year")), "reports year 2024 3 2025 4"),
        (pd.DataFrame({"reports": range(80)}).style.hide(axis=0), None),
    ],
)
def test_an_example_shows_no_bare_count_of_rows(frame, kept):
    markup = prose.dressed(prose.clean(frame._repr_html_()))
    said = " ".join(re.sub(r"<[^>]+>", " ", frames.without_counts(markup)).split())
    assert said == kept if kept else frames.without_counts(markup) == markup


def test_a_picture_says_what_it_shows():
    shown = outputs.shown([{"output_type": "display_data", "data": {"image/png": "aGk="}}], 'Bars: "A" is longest')
    assert '<img src="data:image/png;base64,aGk=" alt="Bars: &quot;A&quot; is longest">' in shown


def test_a_drawn_svg_is_shown_as_a_picture_that_cannot_run():
    shown = outputs.shown([{"output_type": "display_data", "data": {"image/svg+xml": "<svg onload='x()'/>"}}])
    assert shown.count("<img") == 1
    assert "onload" not in shown


def test_a_flood_of_output_is_cut_and_the_cut_is_said():
    text = outputs.shown([{"output_type": "stream", "text": "x" * 1_000_000}])
    assert len(text) < 30_000
    assert "not shown" in text
    many = outputs.shown([{"output_type": "display_data", "data": {"image/png": "aGk="}}] * 1_000)
    assert many.count("<img") == outputs.MOST_OUTPUTS
    assert "970 more outputs" in many


def test_headings_start_below_the_pages_own_and_the_title_is_not_said_twice():
    shown = prose.page("# What is one row?\n\nText\n\n## More", "What is one row?")
    assert "<h1" not in shown
    assert "What is one row?" not in shown


def test_a_prompt_is_a_legend_and_what_follows_it():
    line, more = prose.prompt("Which **one**?\n\n| a | b |\n|---|---|\n| 1 | 2 |")
    assert line == "Which <strong>one</strong>?"
    assert "<table" in more


def test_the_style_sheet_has_no_crown_font_of_gov_uk_or_fixed_ink():
    css = theme.themed(
        (Path(PROJECT) / "node_modules/govuk-frontend/dist/govuk/govuk-frontend.min.css").read_text(encoding="utf-8")
    )
    assert "GDS Transport" not in css
    assert "@font-face" not in css
    assert "#0b0c0c" not in css
    assert "#1d70b8" not in css
    assert "var(--focus-ink)" in css


def test_answers_come_back_from_the_form_as_they_went_in():
    unit = next(unit for course in courses.load() for unit in course.units if unit.id == "what-is-one-row")
    given = unit.model
    posted: dict[str, str] = {}
    ticked: dict[str, list[str]] = {}
    for question in unit.questions:
        shown = forms.shown(unit, question, given[question.id])
        name, value = shown["field"], shown["value"]
        if shown["kind"] == "choices":
            ticked[name] = value
        elif shown["kind"] == "classify":
            posted |= {f"{name}.{item}": chosen for item, chosen in value.items()}
        else:
            posted[name] = value
    read = forms.read(unit, posted, ticked)
    assert read == {key: value for key, value in given.items() if value not in (None, "", [], {})}


@pytest.mark.parametrize(
    ("unit", "question", "typed", "shown"),
    [
        ("ask-a-better-question", "more_years", "B", "b"),
        ("ask-a-better-question", "quiet_wards", "Data: wards, Data: contacts", ["data_contacts", "data_wards"]),
        ("ask-a-better-question", "quiet_wards", {"data": "wards", "period": ["week"]}, ["data_wards", "period_week"]),
        ("ask-a-better-question", "quiet_wards", ["period_week", "data_wards"], ["period_week", "data_wards"]),
        ("ask-a-better-question", "quiet_wards", "whatever helps", []),
        ("what-is-one-row", "enough_detail", {"year": "The service sheet is enough"}, {"year": "enough"}),
    ],
)  # fmt: skip
def test_a_choice_typed_in_words_in_the_notebook_is_shown_chosen(unit, question, typed, shown):
    found = next(each for course in courses.load() for each in course.units if each.id == unit)
    assert forms.shown(found, found.question(question), typed)["value"] == shown


def test_an_untouched_form_holds_no_answer():
    for course in courses.load():
        for unit in course.units:
            posted = {
                f"{forms.FIELD}{question.id}": unit.form(question.id)["starter"]
                for question in unit.questions
                if question.runs_code
            }
            assert forms.read(unit, posted, {}) == {}


def test_a_refusal_for_size_says_the_limit():
    assert "at most 20 MB" in too_large(20_200_000)
