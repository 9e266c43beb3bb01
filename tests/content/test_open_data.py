"""What is published, in every form: each read by an independent client, and held to the standard it names."""

from __future__ import annotations

import io
import json
import threading
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import frictionless
import pandas as pd
import pytest
import rdflib
from rdflib.namespace import SH

from digital_council import datasets
from digital_council.datasets.description import Description
from digital_council.datasets.generate.writing import Made, column, write
from digital_council.datasets.publication import chart, dcat, duties, feed, files, gate, query
from digital_council.datasets.publication.package import package
from digital_council.datasets.publication.places import Places
from digital_council.errors import AuthorError, OperatorError, UsageError

ROOM = Path(__file__).resolve().parents[2] / "datasets"
SHAPES = ROOM.parents[1] / "shared" / "standards" / "dcat-ap" / "dcat-ap-3.0.1-SHACL.ttl"
PLACES = Places("https://data.council.example/services/council/open/")
DCT = rdflib.Namespace("http://purl.org/dc/terms/")
DCAT = rdflib.Namespace("http://www.w3.org/ns/dcat#")
SAID = {file.parent.name: json.loads(file.read_text()) for file in ROOM.glob("*/datapackage.json")}
PUBLISHED = sorted(name for name, said in SAID.items() if said["publication"]["public"])

pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib's own, in its JSON-LD parser


@pytest.fixture(autouse=True)
def the_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNCIL_DATASETS", str(ROOM))


def catalogue() -> rdflib.Graph:
    said = dcat.graph(gate.published(), PLACES, "Example Borough Council", "data@council.example")
    return rdflib.Graph().parse(data=json.dumps(said), format="json-ld")


def shapes() -> rdflib.Graph:
    """The official shapes, without references to two property shapes that the published file does not hold."""
    if not SHAPES.exists():
        pytest.skip(f"{SHAPES.name} is not there: it would have checked the catalogue against DCAT-AP 3.0.1")
    graph = rdflib.Graph().parse(SHAPES)
    dangling = set(graph.objects(None, SH.property)) - set(graph.subjects(SH.path, None))
    assert len(dangling) == 2
    for shape in dangling:
        graph.remove((None, SH.property, shape))
    return graph


def test_the_catalogue_meets_dcat_ap_and_a_broken_one_does_not() -> None:
    import pyshacl

    graph, official = catalogue(), shapes()
    conforms, _, report = pyshacl.validate(graph, shacl_graph=official)
    assert conforms, report
    assert len(set(graph.subjects(rdflib.RDF.type, DCAT.Dataset))) == len(PUBLISHED) >= 12
    for broken in (DCT.title, DCT.description):
        without = catalogue()
        without.remove((next(without.subjects(rdflib.RDF.type, DCAT.Dataset)), broken, None))
        assert not pyshacl.validate(without, shacl_graph=official)[0]
    without = catalogue()
    without.remove((None, DCAT.accessURL, None))
    assert not pyshacl.validate(without, shacl_graph=official)[0]


def test_turtle_and_json_ld_are_one_graph_without_blank_nodes() -> None:
    said = dcat.graph(gate.published(), PLACES, "Example Borough Council", "data@council.example")
    from_turtle = rdflib.Graph().parse(data=dcat.turtle(said), format="turtle")
    assert set(from_turtle) == set(catalogue())
    assert not [node for triple in from_turtle for node in triple if isinstance(node, rdflib.BNode)]


def test_what_is_not_public_is_in_no_form() -> None:
    said = json.dumps(dcat.graph(gate.published(), PLACES, "X", "x@y.example")).casefold()
    assert "referrals" not in [each.id for each in gate.published()]
    assert "open/referrals" not in said
    assert b"open/referrals" not in feed.atom(gate.published(), PLACES, "X")
    with pytest.raises(datasets.UnknownDatasetError):
        gate.find("referrals")


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_stock_client_loads_the_data_package_and_finds_nothing_wrong(name: str, tmp_path: Path) -> None:
    described = gate.find(name)
    said = package(described, PLACES)
    (tmp_path / "datapackage.json").write_text(json.dumps(said))
    (tmp_path / said["resources"][0]["path"]).write_bytes(b"".join(files.as_csv(described)))
    report = frictionless.validate(str(tmp_path / "datapackage.json"))
    assert report.valid, report.flatten(["rowNumber", "fieldName", "message"])[:5]
    assert "publication" not in said
    assert str(ROOM) not in json.dumps(said)


@pytest.mark.parametrize("name", PUBLISHED)
def test_parquet_holds_the_same_rows_with_types(name: str) -> None:
    made = files.as_parquet(gate.find(name))
    assert isinstance(made, bytes)
    pd.testing.assert_frame_equal(pd.read_parquet(io.BytesIO(made)), datasets.open(name), check_dtype=False)


CELLS = [
    ('=HYPERLINK("http://x.example")', True), ("+cmd|' /C calc'!A0", True), ("-2+3", True), ("@SUM(A1)", True),
    ("\t=1", True), ("\r=1", True), ("＝1+1", True), ("-12.50", False), ("+44", False), ("-", False), ("Parks", False),
    ("", False), ("a=b", False),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "runs"), CELLS)
def test_no_cell_for_spreadsheets_begins_a_formula(cell: str, runs: bool) -> None:
    assert files.harmless(cell) == (f"'{cell}" if runs else cell)


def test_the_file_for_spreadsheets_is_marked_and_harmless_and_the_other_exact(tmp_path: Path) -> None:
    described = odd(tmp_path)
    assert b"".join(files.as_csv(described)) == described.file.read_bytes()
    safe = b"".join(files.for_spreadsheets(described)).decode("utf-8")
    assert safe.startswith("\ufeffstop_id,note,waiting\n")
    assert "'=1+1" in safe
    assert ",-5\n" in safe


def odd(folder: Path) -> Description:
    """A dataset with cells that try things."""
    write(
        Made(
            id="odd", title="Odd", description="Odd cells.", row_is="one stop", owner="Parking", key=("stop_id",),
            refresh="once", source="Made.", keywords=(),
            columns=(column("stop_id", "string", "Number", unique=True), column("note", "string", "A note"),
                     column("waiting", "integer", "How many wait", required=False)),
            rows=(("B1", "=1+1", "-5"), ("B2", "'; DROP TABLE data; --", ""), ("B3", "a", "7"), ("B4", "a", "8")),
        ),
        folder,
    )  # fmt: skip
    from digital_council.datasets import reading

    return reading.read(folder / "odd")


def asked(described: Description, **parts: object) -> list[dict[str, object]]:
    return query.run(described, query.parse(described, **parts)).to_json()  # type: ignore[arg-type]


def test_filters_groups_sums_and_order_do_what_pandas_does() -> None:
    spend = gate.find("spend")
    frame = datasets.open("spend")
    large = frame[(frame["net_amount"] > 5000) & (frame["payment_date"] >= "2025-10-01")]
    got = asked(spend, where=("net_amount>5000", "payment_date>=2025-10-01"), limit=1000, columns="transaction_number")
    assert [row["transaction_number"] for row in got] == large["transaction_number"].tolist()
    got = asked(spend, group="service_label", total="net_amount", order="-sum_net_amount")
    expected = frame.groupby("service_label", observed=True)["net_amount"].agg(["size", "sum"])
    assert [row["service_label"] for row in got] == expected["sum"].sort_values(ascending=False).index.tolist()
    assert {row["service_label"]: row["count"] for row in got} == expected["size"].to_dict()
    assert len(asked(spend, where=("supplier_name~brAMlow",), limit=1000)) == frame["supplier_name"].str.contains(
        "Bramlow", case=False).sum()  # fmt: skip
    blank = asked(spend, where=("contract_reference=",), group="organisation_unit")
    assert sum(int(str(row["count"])) for row in blank) == frame["contract_reference"].isna().sum()


WRONG = [
    ({"columns": "nett_amount"}, "did you mean 'net_amount'"),
    ({"where": ("net_amount>many",)}, "is no number"),
    ({"where": ("net_amount>inf",)}, "is no number"),
    ({"where": ("payment_date=2025-13-01",)}, "is no date"),
    ({"where": ("net_amount",)}, "is no filter"),
    ({"where": ("1=1",)}, "is no filter"),
    ({"where": ("net_amount=1",) * 11}, "at most 10"),
    ({"where": ("supplier_name=" + "x" * 201,)}, "at most 200"),
    ({"total": "net_amount"}, "needs group"),
    ({"group": "organisation_unit", "total": "narrative"}, "is no number"),
    ({"group": "organisation_unit", "columns": "narrative"}, "give one of them"),
    ({"order": "net_amount; DROP TABLE data"}, "there is no"),
    ({"limit": 0}, "allowed: 1 to 1000"),
    ({"limit": 1001}, "allowed: 1 to 1000"),
    ({"columns": "net_amount,net_amount"}, "each once"),
]


@pytest.mark.parametrize(("parts", "said"), WRONG)
def test_a_question_that_cannot_be_meant_says_what_is_allowed(parts: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        asked(gate.find("spend"), **parts)
    assert "\n" not in str(caught.value)


def test_what_is_asked_is_a_value_and_never_sql(tmp_path: Path) -> None:
    described = odd(tmp_path)
    assert len(asked(described, where=("note='; DROP TABLE data; --",))) == 1
    assert asked(described, where=('note=x" OR 1=1',)) == []
    assert asked(described, where=("note=\x00",)) == []
    with pytest.raises(UsageError):
        asked(described, columns="stop_id\" FROM read_csv('/etc/passwd') --")
    assert len(asked(described)) == 4


def test_the_database_behind_a_question_reaches_nothing_else(tmp_path: Path) -> None:
    described = odd(tmp_path)
    asked(described)
    inside = query._connection(described)
    for statement in ("SELECT * FROM read_csv('/etc/passwd')", "COPY data TO '/tmp/x'", "ATTACH '/tmp/x.db'",
                      "INSTALL httpfs", "LOAD httpfs", "SET enable_external_access = true",
                      "SET memory_limit = '8GB'", "SELECT * FROM glob('/*')"):  # fmt: skip
        with pytest.raises(duckdb.Error):
            inside.cursor().execute(statement)


def test_a_long_question_is_cut_off_and_the_next_one_is_answered(tmp_path: Path) -> None:
    described = odd(tmp_path)
    asked(described)
    slow = query.Query("SELECT count(*) FROM range(100000) a, range(100000) b, data WHERE a.range * b.range % 7 = 3",
                       (), ("count",), 1)  # fmt: skip
    with pytest.raises(query.BusyError, match="takes more than 1 s"):
        query.run(described, slow)
    assert len(asked(described)) == 4


def test_too_many_questions_at_once_are_told_to_wait(tmp_path: Path) -> None:
    described = odd(tmp_path)
    asked(described)
    slow = query.Query("SELECT count(*) FROM range(100000) a, range(100000) b, data WHERE a.range * b.range % 7 = 3",
                       (), ("count",), 1)  # fmt: skip
    refused: list[str] = []

    def ask() -> None:
        try:
            query.run(described, slow)
        except query.BusyError as error:
            refused.append(str(error))

    threads = [threading.Thread(target=ask) for _ in range(query.AT_ONCE * 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(refused) == query.AT_ONCE * 3
    assert len(asked(described)) == 4


def test_a_question_to_a_parquet_dataset_reads_only_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query, "HELD_ROWS", 1)
    described = odd(tmp_path)
    assert len(asked(described, where=("waiting>6",))) == 2
    with pytest.raises(duckdb.Error):
        query._connection(described).cursor().execute("SELECT * FROM read_csv('/etc/passwd')")


def test_the_feed_is_atom_and_has_every_version_newest_first(tmp_path: Path) -> None:
    atom = "{http://www.w3.org/2005/Atom}"
    root = ElementTree.fromstring(feed.atom(gate.published(), PLACES, "A & B <council>"))
    entries = root.findall(f"{atom}entry")
    assert len(entries) == len(PUBLISHED)
    moments = [str(entry.findtext(f"{atom}updated")) for entry in entries]
    assert moments == sorted(moments, reverse=True)
    for element in (root, *entries):
        assert element.findtext(f"{atom}id")
        assert element.findtext(f"{atom}title")
        assert element.find(f"{atom}link") is not None
        assert element.findtext(f"{atom}author/{atom}name")
    assert len({entry.findtext(f"{atom}id") for entry in entries}) == len(entries)


def test_a_new_version_is_a_new_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    odd(tmp_path)
    monkeypatch.setenv("COUNCIL_DATASETS", str(tmp_path))
    second = Made(
        id="odd", title="Odd", description="Odd cells.", row_is="one stop", owner="Parking", key=("stop_id",),
        refresh="once", source="Made.", keywords=(), columns=(column("stop_id", "string", "Number"),), rows=(("B9",),),
        version="1.1.0",
    )  # fmt: skip
    write(second, tmp_path)
    found = feed.changes(gate.published())
    assert sorted((each.version, each.is_new) for each in found if each.dataset == "odd")[1][0] == "1.1.0"
    assert len(found) == 2


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_chart_says_what_its_table_says(name: str) -> None:
    made = chart.chart(gate.find(name))
    if name == "inbox":
        assert made is None
        return
    assert made is not None
    assert made.finding.startswith(f"Most: {made.bars[0].name}, with {made.bars[0].value}")
    assert made.bars[0].length == 100
    assert all(0 <= bar.length <= 100 for bar in made.bars)
    assert 2 <= len(made.bars) <= chart.MOST_BARS + 1


def test_the_bars_of_a_chart_are_sums_of_the_rows() -> None:
    made = chart.chart(gate.find("street_reports"))
    counts = datasets.open("street_reports")["category"].value_counts()
    assert made is not None
    assert {bar.name: int(bar.value.replace(",", "")) for bar in made.bars} == counts.to_dict()


@pytest.fixture
def standings() -> dict[int, duties.Standing]:
    published = {each.id: each for each in gate.published()}
    return {each.duty.number: each for each in duties.standings(published, date(2026, 5, 15))}


def test_the_sixteen_duties_stand_as_their_data_says(standings: dict[int, duties.Standing]) -> None:
    assert sorted(standings) == list(range(1, 17))
    assert standings[1].covers == date(2026, 3, 31)
    assert standings[1].status == "published"
    assert standings[1].due == date(2026, 4, 30)
    assert standings[1].following == date(2026, 7, 31)
    assert standings[10].status == "part"
    assert standings[2].status == "late"
    assert standings[2].said == "Late: nothing published"
    assert standings[15].status == "not-published"


@pytest.mark.parametrize(
    ("today", "status", "said"),
    [
        (date(2026, 7, 31), "published", "Published"),
        (date(2026, 8, 1), "late", "Late since 1 August 2026"),
        (date(2026, 11, 22), "late", "Late since 1 August 2026"),
    ],
)
def test_quarterly_data_is_late_the_day_after_it_was_due(today: date, status: str, said: str) -> None:
    spend = next(each for each in duties.standings({"spend": gate.find("spend")}, today) if each.duty.number == 1)
    assert (spend.status, spend.said) == (status, said)


def test_a_duty_that_is_written_wrongly_names_the_key(tmp_path: Path) -> None:
    (tmp_path / "transparency.toml").write_text('[[duty]]\nnumber = 1\ntitle = "x"\ncontent = "y"\nevrey = "once"\n')
    with pytest.raises(OperatorError, match="evrey"):
        duties.load(tmp_path)
    (tmp_path / "transparency.toml").write_text("[[duty]\n")
    with pytest.raises(AuthorError, match="not valid TOML"):
        duties.load(tmp_path)
