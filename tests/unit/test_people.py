"""people.csv: what is refused, in one line, and how it is followed while the product runs."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import pytest

from digital_council import people
from digital_council.errors import OperatorError
from digital_council.hub.leaving import Leavers
from digital_council.people import COLUMNS, Directory
from digital_council.portal import serving

HEAD = ",".join(COLUMNS)
ADA = "ada,Ada,council,place,parks,Ranger,learner;leader,parks,,false"
BOB = "bob,Bob,council,place,parks,Ranger,learner,,,false"


def written(folder: Path, *rows: str, encoding: str = "utf-8") -> Path:
    path = folder / "people.csv"
    path.write_text("\n".join([HEAD, *rows]) + "\n", encoding=encoding)
    return path


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "names nobody"),
        (["ada,Ada,council"], "row 2: has 3 cells; each row has 10"),
        ([ADA, BOB + ",one,two"], "row 3: has 12 cells; each row has 10"),
        ([ADA, ADA], "the account 'ada' stands twice"),
        ([ADA.replace("leader", "leadr")], "unknown role 'leadr'; allowed: learner, leader"),
        ([ADA.replace("ada", "", 1)], "the account is empty"),
        ([ADA.replace("ada", "Ada", 1)], "the account 'Ada' must be of small letters"),
        ([ADA.replace("ada", "../ada", 1)], "must be of small letters"),
        ([ADA.replace("false", "yes")], "demo is 'yes'; allowed: true, false"),
    ],
)
def test_a_wrong_row_is_refused_with_its_number(tmp_path: Path, rows: list[str], said: str) -> None:
    path = written(tmp_path, *rows)
    with pytest.raises(OperatorError) as refused:
        people.load(path)
    assert said in str(refused.value)
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="save it as CSV UTF-8"):
        people.load(written(tmp_path, ADA.replace("Ada", "Ad\xe4"), encoding="latin-1"))


def test_what_spreadsheets_put_in_front_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    assert people.load(written(tmp_path, ADA, encoding="utf-8-sig")).person("ada")


async def follow(organisation: people.Organisation, path: Path, until: str) -> None:
    task = asyncio.create_task(serving.follow(organisation, Directory(path), seconds=0.01))
    async with asyncio.timeout(30):
        while not organisation.person(until):
            await asyncio.sleep(0.01)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def test_a_portal_that_runs_learns_who_manages_whom_now(tmp_path: Path) -> None:
    path = written(tmp_path, ADA)
    organisation = people.load(path)
    assert organisation.teams == {"parks": "place"}
    written(tmp_path, ADA.replace(",parks,,", ",,,"), BOB.replace("parks", "homes"))
    asyncio.run(follow(organisation, path, until="bob"))
    ada = organisation.person("ada")
    assert ada is not None
    assert ada.manages == frozenset()
    assert organisation.teams == {"parks": "place", "homes": "place"}


def test_somebody_is_gone_at_the_second_look_only(tmp_path: Path) -> None:
    both, one = people.load(written(tmp_path, ADA, BOB)), people.load(written(tmp_path, ADA))
    leavers, known = Leavers(), frozenset({"ada", "bob"})
    assert leavers.look(known, both) == []
    assert leavers.look(known, one) == [], "the file may have been half written"
    assert leavers.look(known, both) == []
    assert leavers.look(known, one) == []
    assert leavers.look(known, one) == ["bob"]
