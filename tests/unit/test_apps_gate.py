"""What the gate sees in what a notebook shows, and what it makes of a description. No kernel is needed for either."""

from __future__ import annotations

import base64
import io
from datetime import date
from typing import Any

import nbformat.v4 as v4
import pytest

from digital_council import people
from digital_council.apps import accessible, audience, disclosing, proposal, shown, thumbnail, versions
from digital_council.apps.proposal import Proposal
from digital_council.errors import LearnerError, UsageError

ORGANISATION = people.load()
TODAY = date(2026, 11, 22)


def html(markup: str) -> Any:
    return v4.new_output("display_data", {"text/html": markup, "text/plain": "<HTML>"})


def notebook(*cells: Any, widgets: dict[str, Any] | None = None) -> Any:
    """A notebook that has run: text is a Markdown cell, a list the outputs of a code cell."""
    made = v4.new_notebook(
        cells=[v4.new_markdown_cell(each) if isinstance(each, str) else v4.new_code_cell("…", outputs=each)
               for each in cells]
    )  # fmt: skip
    if widgets:
        made.metadata["widgets"] = {shown.STATE: {"state": widgets}}
    return made


def signs(*cells: Any, **more: Any) -> list[tuple[int | None, str]]:
    found = disclosing.check(shown.pieces(notebook(*cells, widgets=more.pop("widgets", None))), 10, **more)
    return [(finding.cell, finding.sign) for finding in found]


def barriers(*cells: Any, **more: Any) -> list[str]:
    return [str(finding) for finding in accessible.check(shown.pieces(notebook(*cells, **more)))]


def widget(name: str, **said: Any) -> dict[str, Any]:
    return {"model_name": f"{name}Model", "state": said}


def view(model: str) -> Any:
    return v4.new_output("display_data", {shown.WIDGET: {"model_id": model}, "text/plain": "…"})


# Disclosure


@pytest.mark.parametrize(
    ("markup", "sign"),
    [
        ("<p>Seen by Helen Brightwater</p>", "name"),
        ("<td>12 Mill Lane</td>", "address"),
        ("<p>AB 12 34 56 C</p>", "insurance"),
        ("<p>4111 1111 1111 1111</p>", "card"),
        ("<p>943 476 5919</p>", "health"),
        ("<p>There were 3 residents</p>", "small-count"),
        ('<a href="data:text/csv;base64,' + base64.b64encode(b"a\nMr Oakley\n").decode() + '">Data</a>', "name"),
    ],
)
def test_each_sign_of_a_person_is_named_with_its_cell(markup: str, sign: str) -> None:
    assert signs("# Title", [html(markup)]) == [(2, sign)]


def test_signs_are_found_in_printed_text_controls_and_captured_output() -> None:
    printed = v4.new_output("stream", name="stdout", text="row 1: AB123456C\n")
    inner = [{"output_type": "stream", "name": "stdout", "text": "Dr Oakley\n"}]
    widgets = {
        "box": widget("VBox", children=["IPY_MODEL_list", "IPY_MODEL_out"]),
        "list": widget("Dropdown", description="Officer", _options_labels=["Peter Longstaff", "all"]),
        "out": widget("Output", outputs=inner),
    }
    found = signs("# Title", [printed], [view("box")], widgets=widgets)
    assert found == [(2, "insurance"), (3, "name")]


def test_a_small_count_of_people_in_a_table_is_found_and_a_large_or_hidden_one_is_not() -> None:
    wards = "<tr><th>Ward</th><th>Residents</th></tr><tr><td>A</td><td>{}</td></tr><tr><td>B</td><td>40</td></tr>"
    assert signs([html(f"<table>{wards.format('7')}</table>")]) == [(1, "small-count")]
    assert signs([html(f"<table>{wards.format('1,007')}</table>")]) == []
    assert signs([html(f"<table>{wards.format('[c]')}</table>")]) == []
    units = "<tr><th>Unit</th><th>Number</th><th>Days</th></tr><tr><td>A</td><td>4</td><td>2</td></tr>"
    assert signs([html(f"<table><caption>Learners by unit</caption>{units}</table>")]) == [(1, "small-count")]
    assert signs([html(f"<table><caption>Bins by unit</caption>{units}</table>")]) == []


@pytest.mark.parametrize("header", ["Residents under 16, %", "Reports per 1,000 residents", "Median age of residents"])
def test_figures_that_count_nobody_are_left_alone(header: str) -> None:
    table = f"<table><tr><th>Ward</th><th>{header}</th></tr><tr><td>A</td><td>7</td></tr></table>"
    assert signs([html(table)]) == []
    assert signs([html(table.replace("7", "7.5").replace(header, "Residents"))]) == []


def test_what_was_found_is_never_repeated() -> None:
    found = disclosing.check(shown.pieces(notebook([html("<p>Helen Brightwater, AB123456C</p>")])), 10)
    assert found
    assert not [finding for finding in found if "Helen" in str(finding) or "AB12" in str(finding)]


def test_the_owners_own_name_may_stand_and_one_address_to_write_to() -> None:
    contact = [html("<p>Ask Helen Brightwater, help@example.org</p>")]
    assert signs(contact, known=["Helen Brightwater"]) == []
    many = "".join(f"<li>person{each}@example.org</li>" for each in range(3))
    assert signs([html(f"<ul>{many}</ul>")]) == [(1, "email")]


def test_an_owner_may_answer_for_names_but_never_for_national_insurance_numbers() -> None:
    output = [html("<p>Cllr Oakley, AB123456C</p>")]
    assert signs(output, accepted=["name", "insurance"]) == [(1, "insurance")]


# Accessibility


def test_a_page_in_order_has_no_barrier() -> None:
    table = "<table><thead><tr><th>Ward</th></tr></thead><tbody><tr><td>A</td></tr></tbody></table>"
    picture = '<img src="x.png" alt="Reports fell by a third">'
    assert barriers("# Reports\n\n## By ward", [html(table), html(picture)], "### Notes\n\n## Sources") == []


@pytest.mark.parametrize(
    ("cells", "line"),
    [
        (["Words alone"], "cell 1: the page has no heading"),
        (["### Deep"], "cell 1: the first heading, 'Deep', is of level 3"),
        (["# Top", "### Deep"], "cell 2: the heading 'Deep' is of level 3 after one of level 1"),
        (["# Top", [html("<h4>Far</h4>")]], "cell 2: the heading 'Far' is of level 4"),
        (["# Top", [html("<img src='x'>")]], "cell 2: a picture or chart has no words"),
        (["# Top", [html("<svg viewBox='0 0 1 1'><text>1</text></svg>")]], "cell 2: a picture or chart has no words"),
        (["# Top\n\n![](x.png)"], "cell 1: a picture or chart has no words"),
        (["# Top", [html("<table><tr><td>1</td></tr></table>")]], "cell 2: a table has no headers"),
        (["# Top", [html("<a href='/x'></a>")]], "cell 2: a link has no words"),
    ],
)
def test_each_barrier_is_named_with_its_cell(cells: list[Any], line: str) -> None:
    assert [found for found in barriers(*cells) if found.startswith(line)], barriers(*cells)


def test_a_matplotlib_figure_needs_words_and_a_drawing_may_bring_its_own() -> None:
    plain = v4.new_output("display_data", {"image/png": "aGk=", "text/plain": "<Figure>"})
    told = v4.new_output("display_data", {"image/png": "aGk="}, metadata={"image/png": {"alt": "A rise"}})
    assert len(barriers("# Top", [plain], [told])) == 1
    assert barriers("# Top", [html("<svg viewBox='0 0 1 1'><title>A rise</title></svg>")]) == []
    assert barriers("# Top", [html("<svg aria-hidden='true' viewBox='0 0 1 1'></svg>")]) == []


def test_words_of_a_whole_chart_stand_for_every_drawing_in_it() -> None:
    drawing = "<div><svg viewBox='0 0 1 1'></svg></div>"
    assert barriers("# Top", [html(f"<div role='img' aria-label='A rise'>{drawing}</div>")]) == []
    assert len(barriers("# Top", [html(f"<div role='img' aria-label='A rise'>{drawing}</div>{drawing}")])) == 1
    assert len(barriers("# Top", [html("<div role='img'><b>12</b></div>")])) == 1


def test_a_heading_that_comes_later_is_not_out_of_order() -> None:
    first, later = shown.pieces(notebook("# Top")), shown.pieces(notebook([html("<h4>Deep</h4><img src='x'>")]))
    assert [str(found) for found in accessible.check(first, later)] == [f"cell 1: {accessible.NO_WORDS}"]


def test_a_control_without_a_label_is_a_barrier() -> None:
    widgets = {"a": widget("Dropdown", description="", _options_labels=["x"])}
    assert barriers("# Top", [view("a")], widgets=widgets) == ["cell 2: a control has no label; give it a description"]
    assert barriers("# Top", [view("a")], widgets={"a": widget("Dropdown", description="Ward")}) == []


# Thumbnails


def _png(size: tuple[int, int]) -> str:
    from PIL import Image

    held = io.BytesIO()
    Image.new("RGB", size, "navy").save(held, "PNG")
    return base64.b64encode(held.getvalue()).decode()


def test_the_first_chart_becomes_a_small_picture() -> None:
    from PIL import Image

    made = thumbnail.of_pieces(shown.pieces(notebook([v4.new_output("display_data", {"image/png": _png((900, 600))})])))
    assert made
    with Image.open(io.BytesIO(made[1])) as picture:
        assert (made[0], picture.size) == ("thumbnail.png", (thumbnail.WIDE, thumbnail.HIGH))


def test_a_drawing_is_kept_without_its_scripts() -> None:
    drawing = f"<svg viewBox='0 0 9 9'><script>alert(1)</script>{'<rect/>' * 50}<title>A rise</title></svg>"
    made = thumbnail.of_pieces(shown.pieces(notebook([html(drawing)])))
    assert made
    assert made[0] == "thumbnail.svg"
    assert b"alert" not in made[1]
    assert b'xmlns="http://www.w3.org/2000/svg"' in made[1]


def test_a_drawing_keeps_its_colours_away_from_its_page() -> None:
    drawing = f"<svg viewBox='0 0 9 9'><path stroke='var(--ink-1)'/>{'<rect/>' * 50}</svg>"
    made = thumbnail.of_pieces(shown.pieces(notebook([html(drawing)])))
    assert made
    assert b"var(" not in made[1]


def test_what_is_no_picture_gives_none_and_a_title_always_does() -> None:
    assert thumbnail.of_pieces(shown.pieces(notebook([v4.new_output("display_data", {"image/png": "aGk="})]))) is None
    name, drawing = thumbnail.of_title("x", "Costs & <benefits>")
    assert name == "thumbnail.svg"
    assert b"Costs &amp; &lt;benefits&gt;" in drawing


# Versions


def test_a_version_keeps_no_output_and_the_same_source_makes_the_same_file() -> None:
    first = notebook("# T", [html("<p>secret</p>")])
    second = notebook("# T", [])
    first.cells[1].id, first.cells[1].execution_count = "other", 7
    first.metadata["widgets"] = {shown.STATE: {"state": {"a": 1}}}
    kept = [versions.notebook_of(nbformat_bytes(each)) for each in (first, second)]
    assert kept[0] == kept[1]
    assert "secret" not in str(kept[0])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not a notebook"),
        (b"\xff\xfe", "not a notebook"),
        (b"[]", "not a notebook"),
        (b'{"cells": 3}', "not a notebook"),
        (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}', "no code"),
    ],
)
def test_what_is_no_notebook_is_refused_in_one_line(content: bytes, said: str) -> None:
    with pytest.raises(LearnerError, match=said) as raised:
        versions.notebook_of(content)
    assert "\n" not in str(raised.value)


def nbformat_bytes(made: Any) -> bytes:
    import nbformat

    return nbformat.writes(made).encode()


# Descriptions and audiences


def described(**other: Any) -> Proposal:
    said = {
        "title": "Street reports", "description": "How many.", "owner": "analyst", "audience": ("leader",),
        "review": "2027-06-01",
    }  # fmt: skip
    return Proposal(b"", **{**said, **other})


def reasons(**other: Any) -> list[str]:
    found = proposal.check(described(**other), ORGANISATION, frozenset({"learner", "analyst"}), TODAY)
    return [str(finding) for finding in found]


def test_a_whole_description_stands() -> None:
    assert reasons() == []
    assert described().name == "street-reports"


@pytest.mark.parametrize(
    ("other", "line"),
    [
        ({"title": ""}, "title: "),
        ({"description": ""}, "description: "),
        ({"id": "Has Spaces"}, "id: 'Has Spaces'"),
        ({"id": "health"}, "id: 'health'"),
        ({"owner": ""}, "owner: name the account"),
        ({"owner": "nobody"}, "owner: nobody in the council has the account 'nobody'"),
        ({"owner": "partner"}, "owner: nobody in the council"),
        ({"audience": ()}, "audience: say whom"),
        ({"audience": ("wizards",)}, "audience: nobody is called 'wizards'"),
        ({"audience": ("partners",)}, "audience: partners are not shared with as a whole"),
        ({"review": ""}, "review: give the day"),
        ({"review": "soon"}, "review: 'soon' is not a day"),
        ({"review": "2026-11-22"}, "review: 2026-11-22; it must lie after today"),
        ({"review": "2028-06-01"}, "review: 2028-06-01; it must lie after today and by 2028-05-22"),
        ({"sensitivity": "SECRET"}, "sensitivity: 'SECRET'"),
        ({"datasets": ("wardz",)}, "there is no dataset 'wardz' here: did you mean 'wards'"),
        ({"datasets": ("referrals",)}, "leaders may not see the dataset referrals"),
        (
            {"datasets": ("referrals",), "audience": ("analyst",), "sensitivity": "OFFICIAL"},
            "sensitivity: OFFICIAL, but",
        ),
        ({"accepted": {"card": "it is only a test number"}}, "accepted: 'card' cannot be accepted"),
        ({"accepted": {"name": "ok"}}, "accepted: say why name may be shown"),
    ],
)
def test_each_fault_of_a_description_is_named(other: dict[str, Any], line: str) -> None:
    assert [found for found in reasons(**other) if found.startswith(line)], reasons(**other)


def test_an_app_is_as_sensitive_as_its_data() -> None:
    assert proposal.sensitivity(described(datasets=("referrals",))) == "OFFICIAL-SENSITIVE"
    assert proposal.sensitivity(described(datasets=("wards",))) == "OFFICIAL"


ACCOUNTS = ("learner", "learner2", "leader", "leader2", "analyst", "author", "operator", "partner")


@pytest.mark.parametrize(
    ("target", "let_in"),
    [
        ("everyone", set(ACCOUNTS) - {"partner"}),
        ("role-leader", {"leader", "leader2"}),
        ("role-learner", set(ACCOUNTS) - {"partner"}),
        ("team-customer-contact", {"learner", "leader"}),
        ("directorate-place", {"learner2", "leader2"}),
        ("org-northbank-health-trust", {"partner"}),
        ("org-council", set(ACCOUNTS) - {"partner"}),
        ("person-partner", {"partner"}),
        ("person-learner", {"learner"}),
    ],
)
def test_a_target_lets_in_those_it_names_and_no_others(target: str, let_in: set[str]) -> None:
    found = {account for account in ACCOUNTS
             if audience.lets_in([target], account, ORGANISATION.people[account].groups)}  # fmt: skip
    assert found == let_in


def test_nobody_whom_the_hub_gives_no_group_is_everyone() -> None:
    assert not audience.lets_in(["everyone"], "stranger", [])


def test_a_partner_who_learns_here_too_is_still_a_partner() -> None:
    groups = ["role-partner", "role-learner", "org-northbank-health-trust"]
    assert not audience.lets_in(["everyone", "role-learner"], "partner", groups)


def test_names_are_read_as_people_say_them() -> None:
    assert audience.resolve("leader2", ORGANISATION) == "person-leader2"
    assert audience.resolve("leader", ORGANISATION) == "person-leader"
    assert audience.resolve("leader", ORGANISATION, ["role", "person"]) == "role-leader"
    assert audience.resolve("Everyone", ORGANISATION) == "everyone"
    assert audience.resolve("team:street-services", ORGANISATION) == "team-street-services"
    assert audience.resolve("northbank-health-trust", ORGANISATION) == "org-northbank-health-trust"
    with pytest.raises(UsageError, match="nobody is called"):
        audience.resolve("team-nothing", ORGANISATION)


def test_an_audience_is_told_in_words() -> None:
    said = audience.told(["role-leader", "team-street-services", "person-partner"], ORGANISATION)
    assert said == "leaders, the street services team and Kamal Danjuma"
    assert audience.told(["org-northbank-health-trust"], ORGANISATION) == "people of Northbank Health Trust"
    assert audience.told([], ORGANISATION) == "nobody yet"
