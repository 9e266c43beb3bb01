"""The Data Package of a published dataset, as a stock client loads it: its files beside it, by relative paths."""

from __future__ import annotations

from typing import Any

from digital_council.datasets.description import Description
from digital_council.datasets.publication import gate
from digital_council.datasets.publication.places import Places

OURS = ("publication", "raw")
"""Parts of a description that are about this store and not about what is published."""


def package(described: Description, places: Places) -> dict[str, Any]:
    """What the description says, for its public address: the data file is `data.csv` or `data.parquet` beside it."""
    said = {key: value for key, value in gate.package(described).items() if key not in OURS}
    resource = dict(said["resources"][0])
    resource["path"] = f"data{described.file.suffix}"
    return said | {"id": places.page(described.id), "homepage": places.page(described.id), "resources": [resource]}
