"""Generates the invented borough's datasets from one seed; building twice gives the same bytes.

One module a family of datasets; `borough` holds what they share, `writing` turns them into folders.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from digital_council.datasets.errors import UnknownDatasetError, nearest
from digital_council.datasets.generate import (
    contacts,
    contracts,
    docs,
    foi,
    inbox,
    libraries,
    meetings,
    parking,
    pay,
    referrals,
    schools,
    services,
    spend,
    streets,
    wards,
    writing,
)
from digital_council.datasets.generate.writing import Made

MAKERS: dict[str, Callable[[], Made]] = {
    "contact_reasons": contacts.sample,
    "contacts": contacts.weekly,
    "contracts": contracts.make,
    "docs": docs.make,
    "foi_log": foi.make,
    "inbox": inbox.make,
    "libraries": libraries.make,
    "meetings": meetings.make,
    "parking": parking.make,
    "pay": pay.make,
    "referrals": referrals.make,
    "schools": schools.make,
    "services": services.make,
    "spend": spend.make,
    "street_inspections": streets.inspections,
    "street_reports": streets.reports,
    "wards": wards.make,
}


def build(root: Path, only: Iterable[str] = (), *, force: bool = False) -> list[Path]:
    """Writes the folders of the named datasets, or of all; returns the files that were not there already."""
    chosen = list(only) or sorted(MAKERS)
    for name in chosen:
        if name not in MAKERS:
            raise UnknownDatasetError(f"no generated dataset is called {name!r}: {nearest(name, MAKERS)}")
    return [path for name in chosen for path in writing.write(MAKERS[name](), root, force=force)]
