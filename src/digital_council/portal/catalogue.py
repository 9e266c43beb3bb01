"""The catalogue of open data as this portal gives it: which datasets, at which addresses, by whom."""

from __future__ import annotations

from typing import Any

from fastapi import Request

from digital_council.datasets.publication import dcat, gate
from digital_council.datasets.publication.places import Places
from digital_council.portal.rights.sessions import PREFIX
from digital_council.portal.services import Services

OPEN = f"{PREFIX}open/"


def places_of(request: Request) -> Places:
    """The addresses of open data, with the origin that the asker used."""
    return Places(f"{str(request.base_url).rstrip('/')}{OPEN}")


def in_dcat(request: Request, services: Services) -> dict[str, Any]:
    """Everything that is published, as DCAT-AP; what is not is left out whoever asks."""
    council = services.settings.council
    return dcat.graph(gate.published(), places_of(request), council.name, council.contact)
