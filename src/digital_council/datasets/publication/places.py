"""Places: where each form of a published dataset stands, below one address of open data."""

from __future__ import annotations

from dataclasses import dataclass

LICENCES = {
    "OGL-UK-3.0": (
        "Open Government Licence v3.0", "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
    ),
    "CC-BY-4.0": ("Creative Commons Attribution 4.0", "https://creativecommons.org/licenses/by/4.0/"),
    "CC0-1.0": ("Creative Commons Zero 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
}  # fmt: skip
"""Licences by their SPDX names: what they are called and where they stand."""


@dataclass(frozen=True)
class Places:
    """Addresses below `base`, which ends in a slash. A dataset's name has no hyphen, so no page takes its place."""

    base: str

    @property
    def feed(self) -> str:
        return f"{self.base}feed.atom"

    @property
    def catalogue(self) -> str:
        return f"{self.base}catalog.jsonld"

    def page(self, name: str) -> str:
        return f"{self.base}{name}"

    def csv(self, name: str) -> str:
        return f"{self.base}{name}/data.csv"

    def spreadsheet(self, name: str) -> str:
        return f"{self.base}{name}/data-for-spreadsheets.csv"

    def parquet(self, name: str) -> str:
        return f"{self.base}{name}/data.parquet"

    def package(self, name: str) -> str:
        return f"{self.base}{name}/datapackage.json"

    def query(self, name: str) -> str:
        return f"{self.base}{name}/query"


def licence(name: str) -> tuple[str, str]:
    """A licence's title and address; its name alone where it is not a known one."""
    return LICENCES.get(name, (name, f"https://spdx.org/licenses/{name}.html"))
