"""What apps show with: parts, charts and files keep their promises whatever stands in the data."""

from __future__ import annotations

import base64
import io
import re

import ipywidgets as widgets
import pandas as pd
import pyarrow.parquet as pq
import pypdf
import pytest

from digital_council.apps import controls
from digital_council.apps.charts import Bars, Lines, Picture
from digital_council.apps.figures import About, shown
from digital_council.apps.files import as_csv, as_parquet, bundle, csv_link
from digital_council.apps.page import Page, every_table
from digital_council.apps.parts import Heading, Table, Words
from digital_council.apps.pdf import as_pdf
from digital_council.errors import AuthorError

ABOUT = About("Bins & <streets>", "31 March 2026", "Street Services", "Street reports (Street Services)")
HOSTILE = "<script>alert(1)</script> #panic() *bold* =1+1"
MEANINGS = {"Ward": "A ward of the borough", "Reports": "Problems reported, #1 of 2"}


def reports(*values: object) -> pd.DataFrame:
    names = [HOSTILE, "Walpole", "Perivale", "Southfield"][: len(values)]
    return pd.DataFrame({"Ward": names, "Reports": pd.Series(values, dtype=object)})


def test_a_column_without_a_meaning_stops_the_notebook() -> None:
    with pytest.raises(AuthorError, match="does not say what Reports means"):
        Table(reports(1), "Reports by ward", {"Ward": "A ward"})


@pytest.mark.parametrize(
    ("value", "words"),
    [(1234, "1,234"), (2.345, "2.3"), (None, "[x]"), (float("nan"), "[x]"), (pd.NA, "[x]"), (pd.NaT, "[x]"),
     (True, "yes"), ("[c]", "[c]"), (pd.Timestamp("2026-03-05"), "5 March 2026")],
)  # fmt: skip
def test_a_value_is_written_as_people_read_it(value: object, words: str) -> None:
    assert shown(value) == words


def test_nothing_in_the_data_is_taken_for_markup() -> None:
    bars = Bars(reports(12, 30), HOSTILE, HOSTILE, MEANINGS, name="Ward", value="Reports")
    for part in (bars, Table(reports(12), HOSTILE, MEANINGS), Words(HOSTILE), Heading(HOSTILE)):
        assert "<script" not in part.html(ABOUT)
    pdf = pypdf.PdfReader(io.BytesIO(as_pdf(ABOUT, [Words(HOSTILE), bars])))
    assert "#panic() *bold*" in " ".join(" ".join(page.extract_text() for page in pdf.pages).split())


def test_bars_are_sorted_and_a_hidden_count_has_no_length() -> None:
    bars = Bars(reports(12, "[c]", 30, pd.NA), "Reports", "Most in Perivale.", MEANINGS, name="Ward", value="Reports")
    assert [(name, length, label) for name, length, label, _ in bars.bars()] == [
        ("Perivale", 100.0, "30"),
        (HOSTILE, 40.0, "12"),
        ("Walpole", 0.0, "[c]"),
        ("Southfield", 0.0, "[x]"),
    ]
    whole = Bars(reports(12, 30), "Reports", "Most.", MEANINGS, name="Ward", value="Reports", whole=60)
    assert [length for _, length, _, _ in whole.bars()] == [50.0, 20.0]


def test_a_line_leaves_out_what_is_hidden_and_no_names_meet() -> None:
    meanings = {"Month": "A month", "a": "One", "b": "Another", "none": "Hidden"}
    frame = pd.DataFrame({"Month": ["Jan", "Feb", "Mar"], "a": [1, "[c]", 3], "b": [3, 3, 3], "none": ["[c]"] * 3})
    svg = Lines(frame, "T", "F.", meanings, when="Month", columns=["a", "b", "none"]).svg(
        ["red", "blue"], "black", "serif"
    )
    assert svg.count("<polyline") == 2
    assert len(re.findall(r"points=\"([^\"]+)\"", svg)[0].split()) == 2
    heights = [float(y) for y in re.findall(r'<text x="\d+" y="([\d.]+)" fill="(?:red|blue)"', svg)]
    assert abs(heights[0] - heights[1]) >= 15
    assert ">none<" not in svg


def test_a_table_of_names_leaves_no_trace_in_a_file() -> None:
    table = Table(reports(12), "Names", MEANINGS, private=True)
    assert "data:" not in table.html(ABOUT)
    assert every_table([table, Words("x")]) == []
    pdf = pypdf.PdfReader(io.BytesIO(as_pdf(ABOUT, [table])))
    assert "script" not in " ".join(page.extract_text() for page in pdf.pages)


def test_csv_says_what_its_columns_mean_and_runs_nothing_in_a_spreadsheet() -> None:
    frame = pd.DataFrame({"Ward": ["=HYPERLINK(1)", "a\n# b"], "Reports": [None, 1.5]})
    text = as_csv(Table(frame, "Reports by ward", MEANINGS), ABOUT).decode("utf-8-sig")
    assert "# Reports: Problems reported, #1 of 2\n" in text
    assert "# As at: 31 March 2026\n" in text
    rows = pd.read_csv(io.StringIO(text.split("Ward,Reports\n")[1]), header=None)
    assert rows[0].tolist() == ["'=HYPERLINK(1)", "a\n# b"]
    assert rows[1].tolist() == ["[x]", "1.5"]


def test_parquet_keeps_types_and_meanings() -> None:
    table = pq.read_table(io.BytesIO(as_parquet(Table(reports(12, pd.NA), "Reports by ward", MEANINGS), ABOUT)))
    assert table.column("Reports").to_pylist() == [12, None]
    assert table.schema.field("Reports").metadata[b"description"] == b"Problems reported, #1 of 2"
    assert table.schema.metadata[b"As at"] == b"31 March 2026"


def test_a_link_holds_its_file() -> None:
    table = Table(reports(12), "Reports by ward", MEANINGS)
    link = csv_link(table, ABOUT)
    assert 'download="bins-streets-reports-by-ward.csv"' in link
    data = re.search(r"base64,([^\"]+)", link)
    assert data
    assert base64.b64decode(data[1]) == as_csv(table, ABOUT)
    assert bundle([table], ABOUT)[:2] == b"PK"


def test_a_chart_of_matplotlibs_is_a_picture_with_words_on_the_page_and_in_the_pdf() -> None:
    import matplotlib.pyplot as plt

    drawing, axes = plt.subplots()
    axes.plot([1, 2], [3, 4])
    picture = Picture(reports(12), "Reports", "Twelve in all.", MEANINGS, drawing=drawing)
    plt.close(drawing)
    assert 'alt="Chart: Reports. Twelve in all.' in picture.html(ABOUT)
    assert pypdf.PdfReader(io.BytesIO(as_pdf(ABOUT, [picture]))).pages


def test_a_pages_address_chooses_what_its_controls_offer_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUERY_STRING", "ward=Walpole&measure=%3Cscript%3E&other=1")
    page = Page(ABOUT)
    ward = widgets.Dropdown(options=["Perivale", "Walpole"], description="Ward:")
    measure = widgets.Dropdown(options=[("All of it", 1)], description="Measure:")
    page.live(lambda ward, measure: [Words(f"{ward} {measure}", headline=True)], ward=ward, measure=measure)
    assert page.parts() == [Words("Ward: Walpole. Measure: All of it."), Words("Walpole 1", headline=True)]
    page.end()
    assert 'href="?ward=Walpole&amp;measure=All+of+it"' in page._links()


def test_a_control_at_rest_has_the_style_of_the_living_one() -> None:
    said = {"description": "Ward:", "_options_labels": ["Acton"], "index": 0, "_dom_classes": ["dc-control", '"><b>']}
    drawn = controls.control("Dropdown", said)
    assert drawn.startswith('<div class="council-control dc-control &quot;&gt;&lt;b&gt;"><label>Ward:</label>')
