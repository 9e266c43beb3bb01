"""Weight: what a phone must fetch to see a lesson for the first time, and what it need not fetch again."""

from __future__ import annotations

import re
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from portal_parts import Running, running

MOST = 150_000


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("weight") / "state") as found:
        yield found


def fetched(portal: Running, path: str) -> tuple[int, str]:
    """The bytes that come over the wire, and what they say."""
    with portal.browser("staff010") as browser, browser.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as got:
        assert got.status_code == 200
        assert got.headers["content-encoding"] == "gzip"
        sent = b"".join(got.iter_raw())
        return len(sent) + sum(len(key) + len(value) + 4 for key, value in got.headers.raw), _text(sent)


def _text(sent: bytes) -> str:
    return zlib.decompress(sent, wbits=31).decode()


def test_the_first_view_of_every_lesson_is_under_150_kb(portal):
    for course in portal.services.library.courses:
        for unit in course.units:
            portal.services.examples.ensure(unit)
            weight, page = fetched(portal, f"/courses/{course.id}/units/{unit.id}")
            linked = re.findall(r'(?:href|src)="/services/council(/static/[^"]+)"', page)
            assert any(name.startswith("/static/portal.css?v=") for name in linked)
            assert len(linked) >= 4
            for name in linked:
                if name.split("?")[0].endswith(".svg"):
                    continue  # the browser's tab, fetched when the page is there
                weight += fetched(portal, name)[0]
            print(f"{unit.id}: {weight} bytes")
            assert weight < MOST, f"{unit.id}: {weight} bytes"


def test_what_does_not_change_is_kept_for_a_year_and_what_does_is_not_kept(portal):
    with portal.browser("staff010") as browser:
        page = browser.get("/accessibility")
        style = re.search(r'href="/services/council(/static/portal.css\?v=\w+)"', page.text)[1]
        assert browser.get(style).headers["cache-control"] == "public, max-age=31536000, immutable"
        assert browser.get("/learning").headers["cache-control"] == "no-store"
