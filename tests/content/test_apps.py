"""The apps that ship, run from an empty kernel as the people who may open them, and the files they give away."""

from __future__ import annotations

import io
import json
import os
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import nbformat
import pandas as pd
import pyarrow.parquet as pq
import pypdf
import pytest
from nbclient import NotebookClient
from portal_parts import API, Running, running

from digital_council.datasets import store
from digital_council.settings import PROJECT

APPS = sorted(path.parent for path in (PROJECT / "notebooks" / "apps").glob("*/app.toml"))
STARTERS = sorted(path.stem for path in (PROJECT / "notebooks" / "starters").glob("*.ipynb"))
FILES = """
from digital_council.apps.page import every_table
from digital_council.apps.pdf import as_pdf
from digital_council.apps.files import bundle
import json, pathlib
OUT = pathlib.Path("{out}")
(OUT / "parts.json").write_text(json.dumps([part.printed() for part in page.parts()]))
(OUT / "page.pdf").write_bytes(as_pdf(page.about, page.parts()))
(OUT / "tables.zip").write_bytes(bundle(every_table(page.parts()), page.about))
_ = (OUT / "about.json").write_text(json.dumps(vars(page.about)))
"""

WARDS = """
import json, pathlib
from digital_council.datasets.suppression import prove
shown = {}
for ward in wards.index:
    tables = [part.table for part in profile(ward, "Residents") if hasattr(part, "table")]
    rows = next(table.frame for table in tables if "Problem" in table.frame)
    shown[ward] = dict(zip(rows["Problem"], rows["Reports"]))
    shown["Total"] = dict(zip(rows["Problem"], rows["Borough"]))
seen = pd.DataFrame(shown).T.reindex(columns=[c for c in safe.columns if c != "Total"])
seen["Total"] = safe["Total"]
result = [int((seen == "[c]").sum().sum()), prove(seen).exposed]
_ = (pathlib.Path("{out}") / "proof.json").write_text(json.dumps(result))
"""
CONTACTS = """
import json, pathlib
from digital_council.datasets.suppression import prove
shown = {}
for channel in [ANY, *channels]:
    for service in services:
        tables = [part.table for part in demand(service, channel) if hasattr(part, "table")]
        rows = next(table.frame for table in tables if "What was asked" in table.frame)
        for asked, count in zip(rows["What was asked"], rows["Contacts"]):
            shown.setdefault(asked, {})[channel] = count
seen = pd.DataFrame(shown).T.reindex(columns=safe.columns)
for name in [*services, ALL]:
    seen.loc[name] = safe.loc[name]
totals = {"rows": {**of_service, ALL: services}, "columns": {ANY: channels}}
result = [int((seen == "[c]").sum().sum()), prove(seen, totals=totals).exposed]
_ = (pathlib.Path("{out}") / "proof.json").write_text(json.dumps(result))
"""
FIRST = {"progress": "leader", "skills": "leader", "ward": "learner", "contact": "leader"}
"""Whom each app is run as."""
ATTACKS = {"ward": WARDS, "contact": CONTACTS}
"""Every choice that a viewer can make, put together again and attacked."""


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("portal") / "state") as found:
        yield found


@dataclass
class Ran:
    """An app after its notebook ran: the notebook with outputs, and the folder of what its last cells wrote."""

    notebook: Any
    folder: Path

    def json(self, name: str = "parts.json") -> Any:
        return json.loads((self.folder / name).read_text(encoding="utf-8"))

    @property
    def files(self) -> dict[str, bytes]:
        with zipfile.ZipFile(self.folder / "tables.zip") as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    @property
    def pdf(self) -> pypdf.PdfReader:
        return pypdf.PdfReader(self.folder / "page.pdf")


Run = Callable[..., Ran]


@pytest.fixture(scope="module")
def run(portal: Running, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs an app's notebook as an account, with a viewer's token for what the app declares and nothing else."""
    done: dict[tuple[str, str], Ran] = {}

    def ran(app: str, account: str) -> Ran:
        if (app, account) not in done:
            folder = tmp_path_factory.mktemp(app)
            notebook = nbformat.read(notebook_of(app), as_version=4)
            last = FILES + ATTACKS.get(app, "")
            notebook.cells.append(nbformat.v4.new_code_cell(last.replace("{out}", str(folder))))
            token = portal.services.tokens.sign_viewer(account, app, datasets_of(app))
            known = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
            env = {**known, "COUNCIL_URL": portal.origin, "COUNCIL_VIEWER_TOKEN": token, "MPLBACKEND": "Agg"}
            NotebookClient(notebook, timeout=120, kernel_name="python3").execute(env=env)
            done[app, account] = Ran(notebook, folder)
        return done[app, account]

    return ran


def notebook_of(app: str) -> Path:
    path = PROJECT / "notebooks" / "apps" / app / "app.ipynb"
    return path if path.exists() else PROJECT / "notebooks" / "starters" / f"{app}.ipynb"


def datasets_of(app: str) -> list[str]:
    """What an app declares; a starter is run with every dataset that its role may see."""
    return store.names() if app in STARTERS else described(app)["datasets"]


def described(app: str) -> dict[str, Any]:
    return tomllib.loads((PROJECT / "notebooks" / "apps" / app / "app.toml").read_text(encoding="utf-8"))


def test_four_apps_and_three_starters_ship() -> None:
    assert len(STARTERS) >= 3
    assert {"progress", "skills", "ward", "contact"} <= {folder.name for folder in APPS}


@pytest.mark.parametrize("folder", APPS, ids=lambda folder: folder.name)
def test_an_app_is_short_says_what_it_is_and_keeps_no_output(folder: Path) -> None:
    notebook = nbformat.read(folder / "app.ipynb", as_version=4)
    assert sum(cell.source.count("\n") + 1 for cell in notebook.cells) <= 200
    assert (folder / "app.ipynb").read_text(encoding="utf-8").count("\n") <= 200
    assert not [cell for cell in notebook.cells if cell.get("outputs") or cell.get("execution_count")]
    assert notebook.cells[0].cell_type == "markdown"
    told = described(folder.name)
    assert notebook.cells[0].source.startswith(f"# {told['title']}\n")
    assert notebook.metadata["title"] == told["title"]
    assert told["summary"]
    assert told["owner"]
    assert told["audience"]
    assert told["review_date"] > date.today()
    assert set(told["datasets"]) <= set(store.names())


@pytest.mark.parametrize("folder", APPS, ids=lambda folder: folder.name)
def test_everybody_an_app_is_for_may_see_its_datasets(folder: Path, portal: Running) -> None:
    told = described(folder.name)
    for role in told["audience"]:
        token = portal.services.tokens.sign_viewer(role, folder.name, told["datasets"])
        with httpx.Client(base_url=f"{portal.origin}{API}", headers={"Authorization": f"Bearer {token}"}) as viewer:
            assert {viewer.get(f"/datasets/{name}/data.csv").status_code for name in told["datasets"]} <= {200}


@pytest.mark.parametrize(("app", "account"), FIRST.items())
def test_an_app_runs_from_an_empty_kernel_and_only_shows(app: str, account: str, run: Run) -> None:
    ran = run(app, account)
    errors = [
        out for cell in ran.notebook.cells for out in cell.get("outputs", ()) if out.output_type != "display_data"
    ]
    assert errors == [], "every output is something shown"
    about = ran.json("about.json")
    assert about["as_at"]
    assert about["sources"]


@pytest.mark.parametrize("starter", STARTERS)
def test_a_starter_works_as_it_stands_for_an_analyst(starter: str, run: Run) -> None:
    ran = run(starter, "analyst")
    parts = ran.json()
    assert parts[-1]["kind"] in ("words", "table")
    assert any(part["kind"] == "headline" for part in parts)
    assert ran.pdf.metadata is not None
    notebook = nbformat.read(notebook_of(starter), as_version=4)
    assert sum(cell.source.count("\n") + 1 for cell in notebook.cells) <= 70


@pytest.mark.parametrize("app", ["ward", "contact"])
def test_every_chart_has_its_finding_and_a_table_behind_it(app: str, run: Run) -> None:
    parts = run(app, FIRST[app]).json()
    charts = [part for part in parts if part["kind"] in ("bars", "lines")]
    assert len(charts) >= 2
    for chart in charts:
        assert chart["finding"] in chart["alt"]
        assert chart["table"]["rows"]
        assert set(chart["table"]["head"]) <= set(chart["table"]["told"])


@pytest.mark.parametrize("app", ["ward", "contact"])
def test_the_files_hold_the_definitions(app: str, run: Run) -> None:
    ran = run(app, FIRST[app])
    tables = [part.get("table", part) for part in ran.json() if part["kind"] in ("bars", "lines", "table")]
    texts = [content for name, content in sorted(ran.files.items()) if name.endswith(".csv")]
    assert len(texts) == len(tables)
    for table, content in zip(tables, texts, strict=True):
        heading = [line[2:] for line in content.decode("utf-8-sig").splitlines() if line.startswith("# ")]
        assert [f"{word}: {meaning}" in heading for word, meaning in table["told"].items()] == [True] * len(
            table["told"]
        )
        assert any(line.startswith("As at: ") for line in heading)
        assert any(line.startswith("Sources: ") for line in heading)
        rows = pd.read_csv(io.BytesIO(content), comment="#", encoding="utf-8-sig")
        assert list(rows.columns) == table["head"]
        assert len(rows) == len(table["rows"])
    for content in (content for name, content in ran.files.items() if name.endswith(".parquet")):
        schema = pq.read_schema(io.BytesIO(content))
        assert all(field.metadata[b"description"] for field in schema)
        assert b"As at" in schema.metadata


def structure(pdf: pypdf.PdfReader) -> list[Any]:
    """Every element of the PDF's structure, in reading order."""
    found = []

    def walk(element: Any) -> None:
        element = element.get_object()
        if not isinstance(element, pypdf.generic.DictionaryObject):
            return
        if "/S" in element:
            found.append(element)
        children = element.get("/K", [])
        children = children.get_object()
        for child in children if isinstance(children, list) else [children]:
            walk(child)

    walk(pdf.trailer["/Root"]["/StructTreeRoot"])
    return found


@pytest.mark.parametrize("app", ["ward", "contact"])
def test_the_pdf_is_tagged_titled_and_in_its_language(app: str, run: Run) -> None:
    pdf = run(app, FIRST[app]).pdf
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert pdf.metadata is not None
    assert pdf.metadata.title == described(app)["title"]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    tags = structure(pdf)
    figures = [tag for tag in tags if tag["/S"] == "/Figure"]
    assert len(figures) >= 2
    assert all(len(tag["/Alt"]) > 30 for tag in figures)
    heads = [tag for tag in tags if tag["/S"] == "/TH"]
    assert heads
    assert all(any("/Scope" in each.get_object() for each in tag["/A"]) for tag in heads)
    assert {"/Title", "/H1", "/Table", "/Caption"} <= {tag["/S"] for tag in tags}
    words = " ".join(page.extract_text() for page in pdf.pages)
    assert "What the words mean" in words
    assert "As at 31 March 2026" in words


@pytest.mark.parametrize("app", ATTACKS)
def test_no_choice_a_viewer_makes_gives_a_hidden_count_away(app: str, run: Run) -> None:
    hidden, exposed = run(app, FIRST[app]).json("proof.json")
    assert hidden > 10
    assert exposed == []


def test_a_table_of_names_is_in_no_file(run: Run) -> None:
    ran = run("progress", "leader")
    shown = json.dumps([cell.get("outputs", []) for cell in ran.notebook.cells])
    state = json.dumps(ran.notebook.metadata["widgets"])
    assert "Amara Thackery" in shown + state
    words = " ".join(page.extract_text() for page in ran.pdf.pages)
    assert "left out here, because it names people" in " ".join(words.split())
    assert "Thackery" not in words
    assert not [name for name, content in ran.files.items() if b"Thackery" in content]
