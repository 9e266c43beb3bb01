"""The catalogue as DCAT-AP 3: one graph, as JSON-LD and as Turtle."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from digital_council.datasets.description import Description
from digital_council.datasets.publication import gate
from digital_council.datasets.publication.places import Places, licence

AUTHORITY = "http://publications.europa.eu/resource/authority/"
IANA = "https://www.iana.org/assignments/media-types/"
ENGLISH = {"@id": f"{AUTHORITY}language/ENG", "@type": "dct:LinguisticSystem"}
BOROUGH = {"@id": "http://statistics.data.gov.uk/id/statistical-geography/E09000009", "@type": "dct:Location"}

CONTEXT: dict[str, Any] = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "spdx": "http://spdx.org/rdf/terms#",
    "adms": "http://www.w3.org/ns/adms#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

FREQUENCIES = (
    ("daily", "DAILY"), ("weekly", "WEEKLY"), ("monthly", "MONTHLY"), ("quarterly", "QUARTERLY"), ("yearly", "ANNUAL"),
    ("once", "NEVER"),
)  # fmt: skip
THEMES = (
    (("money", "spending", "pay", "contracts", "income"), "ECON"), (("streets", "parking", "transport"), "TRAN"),
    (("schools", "libraries"), "EDUC"), (("people", "population", "referrals"), "SOCI"),
)  # fmt: skip
FORMATS = (("csv", "text/csv", "CSV"), ("parquet", "application/vnd.apache.parquet", "PARQUET"))


def graph(datasets: Sequence[Description], places: Places, publisher: str, contact: str) -> dict[str, Any]:
    """The catalogue of these datasets as JSON-LD; the caller sees to it that they are published."""
    us = f"{places.base}#publisher"
    return {
        "@context": CONTEXT,
        "@id": places.base,
        "@type": "dcat:Catalog",
        "dct:title": _english(f"Open data of {publisher}"),
        "dct:description": _english(f"Data that {publisher} publishes: open unless there is a written reason not to."),
        "dct:publisher": {"@id": us, "@type": ["foaf:Organization", "foaf:Agent"], "foaf:name": _english(publisher)},
        "dct:language": ENGLISH,
        "dct:spatial": BOROUGH,
        "dct:license": _licence("OGL-UK-3.0"),
        "dct:modified": _moment(max((str(gate.package(each)["created"]) for each in datasets), default="")),
        "foaf:homepage": {"@id": f"{places.base}#page", "@type": "foaf:Document"},
        "dcat:themeTaxonomy": {
            "@id": f"{AUTHORITY}data-theme",
            "@type": "skos:ConceptScheme",
            "dct:title": _english("Data theme"),
        },
        "dcat:dataset": [_dataset(each, places, us, contact) for each in datasets],
        "dcat:service": [_service(each, places, us) for each in datasets],
    }


def turtle(document: dict[str, Any]) -> str:
    """The same graph as Turtle."""
    return _turtle(json.dumps(document, sort_keys=True))


@lru_cache(maxsize=4)
def _turtle(document: str) -> str:
    import rdflib  # slow to import, and seldom needed

    graph = rdflib.Graph()
    for prefix, address in CONTEXT.items():
        graph.bind(prefix, address)
    _add(graph, json.loads(document), rdflib)
    return str(graph.serialize(format="turtle"))


def _add(graph: Any, node: dict[str, Any], rdflib: Any) -> Any:
    """Adds a node and all within it; its name. Every node here has an address, and every value its kind."""
    subject = rdflib.URIRef(node["@id"])
    for kind in _listed(node.get("@type", [])):
        graph.add((subject, rdflib.RDF.type, rdflib.URIRef(_expanded(kind))))
    for key, value in node.items():
        if not key.startswith("@"):
            for each in _listed(value):
                graph.add((subject, rdflib.URIRef(_expanded(key)), _object(graph, each, rdflib)))
    return subject


def _object(graph: Any, value: Any, rdflib: Any) -> Any:
    if not isinstance(value, dict):
        return rdflib.Literal(value)
    if "@id" in value:
        return _add(graph, value | {"@id": _expanded(value["@id"])}, rdflib)
    kind = value.get("@type")
    return rdflib.Literal(
        value["@value"], lang=value.get("@language"), datatype=rdflib.URIRef(_expanded(kind)) if kind else None
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _expanded(name: str) -> str:
    """A name with its prefix written out; an address stays as it is."""
    prefix, _, rest = name.partition(":")
    return f"{CONTEXT[prefix]}{rest}" if prefix in CONTEXT else name


def _dataset(described: Description, places: Places, publisher: str, contact: str) -> dict[str, Any]:
    said = gate.package(described)
    page = places.page(described.id)
    made = {
        "@id": f"{page}#dataset",
        "@type": "dcat:Dataset",
        "dct:identifier": described.id,
        "dct:title": _english(described.title),
        "dct:description": _english(f"{described.description} One row is {described.row_is}. {described.synthetic}"),
        "dct:publisher": {"@id": publisher},
        "dct:creator": {"@id": f"{page}#owner", "@type": "foaf:Agent", "foaf:name": _english(described.owner)},
        "dcat:contactPoint": {
            "@id": f"{page}#contact",
            "@type": ["vcard:Kind", "vcard:Organization"],
            "vcard:fn": described.owner,
            "vcard:hasEmail": {"@id": f"mailto:{contact}"},
        },
        "dcat:keyword": [_english(word) for word in described.keywords],
        "dcat:version": described.version,
        "dct:issued": _moment(str(said["created"])),
        "dct:modified": _moment(str(said["created"])),
        "dct:language": ENGLISH,
        "dct:spatial": BOROUGH,
        "dct:accessRights": {"@id": f"{AUTHORITY}access-right/PUBLIC", "@type": "dct:RightsStatement"},
        "dct:provenance": {
            "@id": f"{page}#source",
            "@type": "dct:ProvenanceStatement",
            "skos:prefLabel": _english(f"{described.source} {described.synthetic}".strip()),
        },
        "dcat:landingPage": {"@id": page, "@type": "foaf:Document"},
        "dcat:distribution": [_distribution(described, places, *form) for form in FORMATS],
    }
    if every := next((code for word, code in FREQUENCIES if described.refresh.startswith(word)), ""):
        made["dct:accrualPeriodicity"] = {"@id": f"{AUTHORITY}frequency/{every}", "@type": "dct:Frequency"}
    if themes := [code for words, code in THEMES if not set(words).isdisjoint(described.keywords)]:
        made["dcat:theme"] = [_theme(code) for code in themes]
    return made


def _distribution(described: Description, places: Places, suffix: str, media: str, format_: str) -> dict[str, Any]:
    address = places.csv(described.id) if suffix == "csv" else places.parquet(described.id)
    made = {
        "@id": f"{places.page(described.id)}#{suffix}",
        "@type": "dcat:Distribution",
        "dct:title": _english(f"{described.title} ({suffix.upper() if suffix == 'csv' else 'Parquet'})"),
        "dct:description": _english("The whole table."),
        "dcat:accessURL": {"@id": address},
        "dcat:downloadURL": {"@id": address},
        "dcat:mediaType": {"@id": f"{IANA}{media}", "@type": "dct:MediaType"},
        "dct:format": {"@id": f"{AUTHORITY}file-type/{format_}", "@type": "dct:MediaTypeOrExtent"},
        "dct:license": _licence(described.licence),
    }
    if described.file.suffix == f".{suffix}":
        made["dcat:byteSize"] = {"@value": str(described.size), "@type": "xsd:nonNegativeInteger"}
        made["spdx:checksum"] = {
            "@id": f"{places.page(described.id)}#checksum",
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256", "@type": "spdx:ChecksumAlgorithm"},
            "spdx:checksumValue": {"@value": described.fingerprint, "@type": "xsd:hexBinary"},
        }
    return made


def _service(described: Description, places: Places, publisher: str) -> dict[str, Any]:
    return {
        "@id": f"{places.page(described.id)}#query",
        "@type": "dcat:DataService",
        "dct:title": _english(f"Questions to {described.title}"),
        "dct:description": _english("Some columns, filters, and counts or sums by group, as JSON or CSV."),
        "dct:publisher": {"@id": publisher},
        "dct:license": _licence(described.licence),
        "dcat:endpointURL": {"@id": places.query(described.id)},
        "dcat:servesDataset": {"@id": f"{places.page(described.id)}#dataset"},
    }


def _licence(name: str) -> dict[str, Any]:
    return {"@id": licence(name)[1], "@type": "dct:LicenseDocument"}


def _theme(code: str) -> dict[str, Any]:
    label = {"ECON": "Economy and finance", "TRAN": "Transport", "EDUC": "Education, culture and sport",
             "SOCI": "Population and society"}[code]  # fmt: skip
    return {"@id": f"{AUTHORITY}data-theme/{code}", "@type": "skos:Concept", "skos:prefLabel": _english(label)}


def _english(text: str) -> dict[str, str]:
    return {"@value": text.strip(), "@language": "en"}


def _moment(text: str) -> dict[str, str]:
    return {"@value": text or "2026-01-01T00:00:00Z", "@type": "xsd:dateTime"}
