"""Options: what one run of `council serve` was asked for, handed from process to process by environment."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from digital_council.settings import State

DOMAIN = "hub.localhost"
"""Browsers send every name under localhost to loopback without asking a name server."""

STARTED = "started"
"""A file in the state's hub folder, there from the moment the proxy knows every route."""


@dataclass(frozen=True)
class Options:
    """How the product was started."""

    port: int = 8000
    state: State = field(default_factory=State)
    sandbox: bool = True
    single_origin: bool = False
    address: str = ""
    """Where a reverse proxy offers it; empty for this machine alone."""

    @classmethod
    def from_environment(cls) -> Options:
        """What `environment` wrote, read back in another process."""
        return cls(
            port=int(os.environ.get("COUNCIL_PORT", "8000")),
            state=State(),
            sandbox=os.environ.get("COUNCIL_SANDBOX", "yes") == "yes",
            single_origin=os.environ.get("COUNCIL_SINGLE_ORIGIN") == "yes",
            address=os.environ.get("COUNCIL_ADDRESS", ""),
        )

    @property
    def environment(self) -> dict[str, str]:
        return {
            "COUNCIL_PORT": str(self.port),
            "COUNCIL_STATE": str(self.state.root),
            "COUNCIL_SANDBOX": "yes" if self.sandbox else "no",
            "COUNCIL_SINGLE_ORIGIN": "yes" if self.single_origin else "no",
            "COUNCIL_ADDRESS": self.address,
        }

    def origin(self, label: str = "") -> str:
        """The origin of a service or a user's server by its label; of the hub itself without one."""
        if self.single_origin:
            return self.address or f"http://127.0.0.1:{self.port}"
        scheme, _, host = (self.address or f"http://{DOMAIN}:{self.port}").partition("://")
        return f"{scheme}://{label + '.' if label else ''}{host}"

    @property
    def front_page(self) -> str:
        return f"{self.origin('council')}/services/council/"
