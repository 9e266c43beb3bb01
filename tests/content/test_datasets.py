"""The datasets of the room: described, unchanged, rebuilt to the byte, and one borough."""

from __future__ import annotations

from pathlib import Path

import frictionless
import pytest

from digital_council import datasets
from digital_council.datasets import generate
from digital_council.datasets.generate import writing

ROOM = Path(__file__).resolve().parents[2] / "datasets"
NAMES = sorted(folder.parent.name for folder in ROOM.glob("*/datapackage.json"))


@pytest.fixture(autouse=True)
def the_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNCIL_DATASETS", str(ROOM))


@pytest.mark.parametrize("name", NAMES)
def test_a_dataset_opens_with_the_rows_it_promises(name: str) -> None:
    described = datasets.describe(name)
    table = datasets.open(name)
    assert len(table) == described.rows > 0
    assert list(table.columns) == [column.name for column in described.columns]
    assert not table.duplicated(list(described.key)).any()


@pytest.mark.parametrize("name", NAMES)
def test_every_column_says_what_it_means(name: str) -> None:
    assert all(len(column.meaning) > 8 for column in datasets.describe(name).columns)


@pytest.mark.parametrize("name", NAMES)
def test_frictionless_finds_nothing_wrong(name: str) -> None:
    report = frictionless.validate(str(ROOM / name / "datapackage.json"))
    assert report.valid, report.flatten(["rowNumber", "fieldName", "message"])[:5]


@pytest.mark.parametrize("name", sorted(generate.MAKERS))
def test_building_again_gives_the_same_bytes(name: str) -> None:
    for path, content in writing.files(generate.MAKERS[name]()).items():
        assert (ROOM / name / path).read_bytes() == content, f"{name}/{path}: run `council datasets build {name}`"


def test_wards_add_up_to_the_borough() -> None:
    wards = datasets.open("wards")
    assert len(wards) == 24
    assert wards["population"].sum() == 367_100
    assert wards["households"].sum() == 133_700
    assert wards["councillors"].sum() == 70
    assert not wards.duplicated(["tile_row", "tile_column"]).any()


def test_files_stay_small() -> None:
    sizes = [path.stat().st_size for path in ROOM.rglob("*") if path.is_file()]
    assert max(sizes) < 1_000_000
    assert sum(sizes) < 6_000_000
