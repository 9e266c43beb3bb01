"""The catalogue of open data as DCAT, for other catalogues to read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from digital_council.datasets.description import Description
from digital_council.portal.sessions import PREFIX

CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
}


def in_dcat(datasets: Iterable[Description], origin: str) -> dict[str, Any]:
    """The public datasets; what is not public is left out whoever asks."""
    base = f"{origin}{PREFIX}open"
    return {
        "@context": CONTEXT,
        "@id": f"{base}/",
        "@type": "dcat:Catalog",
        "dct:title": "Open data",
        "dcat:dataset": [_dataset(each, base) for each in datasets if each.public],
    }


def _dataset(described: Description, base: str) -> dict[str, Any]:
    return {
        "@id": f"{base}/{described.id}",
        "@type": "dcat:Dataset",
        "dct:identifier": described.id,
        "dct:title": described.title,
        "dct:description": described.description,
        "dct:publisher": {"@type": "foaf:Organization", "foaf:name": described.owner},
        "dcat:keyword": list(described.keywords),
        "dcat:distribution": {
            "@type": "dcat:Distribution",
            "dcat:accessURL": {"@id": f"{base}/{described.id}/data.csv"},
            "dcat:mediaType": "text/csv",
            "dct:license": described.licence,
        },
    }
