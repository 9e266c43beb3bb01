"""Open data as a running portal serves it to anybody: pages, files, headers, and refusals that say why."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import frictionless
import httpx
import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))

from portal_parts import PREFIX, Running, running

OPEN = f"{PREFIX}/open"


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("portal") / "state") as found:
        yield found


@pytest.fixture(scope="module")
def anybody(portal: Running) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{portal.origin}{OPEN}", timeout=180) as client:
        yield client


PAGES = ["/", "/?q=ward", "/?q=zzzz", "/spend", "/wards", "/inbox", "/transparency-code", "/how-to-query"]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_needs_no_sign_in_and_every_link_on_it_works(anybody: httpx.Client, portal: Running, path: str) -> None:
    answer = anybody.get(path)
    assert answer.status_code == 200
    assert "<script>" not in answer.text
    assert " style=" not in answer.text
    for address in set(re.findall(r'href="(/services/council/open/[^"#]*)', answer.text)):
        assert anybody.get(f"{portal.origin}{address.replace('&amp;', '&')}").status_code == 200, address


def test_what_is_not_published_is_as_absent_as_what_never_was(anybody: httpx.Client) -> None:
    for path in ("", "/data.csv", "/data.parquet", "/data-for-spreadsheets.csv", "/datapackage.json", "/query"):
        hidden, never = anybody.get(f"/referrals{path}"), anybody.get(f"/nothing{path}")
        assert hidden.status_code == never.status_code == 404
        assert hidden.text.replace("referrals", "nothing") == never.text
    assert "/open/referrals" not in anybody.get("/", params={"q": "referrals"}).text
    assert anybody.get("/..%2Freferrals/data.csv").status_code == 404


def test_frictionless_loads_a_dataset_from_its_address(portal: Running) -> None:
    package = frictionless.Package(f"{portal.origin}{OPEN}/wards/datapackage.json")
    rows = package.get_resource("wards").read_rows()
    assert len(rows) == 24
    assert sum(row["population"] for row in rows) == 367_100


def test_files_have_names_types_fingerprints_and_may_be_read_from_any_site(anybody: httpx.Client) -> None:
    for path, name, media in (
        ("/spend/data.csv", "spend.csv", "text/csv"),
        ("/spend/data.parquet", "spend.parquet", "application/vnd.apache.parquet"),
        ("/spend/data-for-spreadsheets.csv", "spend-for-spreadsheets.csv", "text/csv"),
    ):
        answer = anybody.get(path)
        assert answer.headers["content-type"].startswith(media)
        assert f'filename="{name}"' in answer.headers["content-disposition"]
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["cache-control"].startswith("public")
        again = anybody.get(path, headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_a_question_is_answered_as_json_or_csv(anybody: httpx.Client) -> None:
    said = anybody.get(
        "/wards/query", params={"where": "town=Acton", "columns": "ward_name", "order": "ward_name"}
    ).json()
    assert [row["ward_name"] for row in said["rows"]] == ["East Acton", "North Acton", "South Acton"]
    assert said["more"] is False
    text = anybody.get("/wards/query", params={"group": "town", "sum": "population", "format": "csv"})
    frame = pd.read_csv(io.StringIO(text.text))
    assert frame["sum_population"].sum() == 367_100
    assert anybody.get("/spend/query", params={"limit": 5}).json()["more"] is True


@pytest.mark.parametrize("asked", ["colums=ward_name", "limit=0", "limit=5000", "format=xml", "where=x", "where=a%00=1",
                                   "&".join(["where=town=x"] * 11)])  # fmt: skip
def test_a_question_that_is_wrong_is_refused_with_the_reason(anybody: httpx.Client, asked: str) -> None:
    answer = anybody.get(f"/wards/query?{asked}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


def test_the_catalogue_of_the_interface_is_the_public_one(anybody: httpx.Client, portal: Running) -> None:
    with portal.program("learner") as learner:
        assert learner.get("/catalog.jsonld").json() == anybody.get("/catalog.jsonld").json()
    assert anybody.get("/catalog.ttl").text.startswith("@prefix")
    assert f"{portal.origin}{OPEN}/wards" in anybody.get("/catalog.ttl").text


def test_results_alone_are_given_to_the_page_as_one_types(anybody: httpx.Client) -> None:
    part = anybody.get("/", params={"q": "librar", "part": "results"}).text
    assert "<html" not in part
    assert "Libraries by month" in part
    assert "OFFICIAL" in part


def test_what_is_searched_for_is_shown_and_not_obeyed(anybody: httpx.Client) -> None:
    answer = anybody.get("/", params={"q": '"><script>alert(1)</script>'})
    assert "<script>alert" not in answer.text
    assert answer.status_code == 200
