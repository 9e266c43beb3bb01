"""Whether each part of the running product answers, asked through the proxy as a browser would."""

from __future__ import annotations

import http.client
from dataclasses import dataclass
from urllib.parse import urlsplit

from digital_council.hub import labconfig
from digital_council.hub.options import Options


@dataclass(frozen=True)
class Part:
    """One part and the address that shows it is up."""

    name: str
    url: str
    port: int

    def answers(self, seconds: float = 2.0) -> bool:
        """Whether it does, with anything but a failure."""
        status = ask(self.url, self.port, seconds)
        return status is not None and status < 500 and status != 404


def ask(url: str, port: int, seconds: float) -> int | None:
    """The status of a GET at our own port of loopback, whoever else answers to the address's name."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        connection.request("GET", address.path, headers={"Host": address.netloc})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def parts(options: Options) -> list[Part]:
    """Hub, portal (with the grader behind it) and, where it is installed, apps."""
    found = {
        "hub": f"{options.origin()}/hub/health",
        "portal": f"{options.origin('council')}/services/council/api/v1/health",
        "formgrader": f"{options.origin('formgrader')}/services/formgrader/health",
    }
    if labconfig.is_importable("digital_council.apps.__main__"):
        found["apps"] = f"{options.origin('apps')}/services/apps/health"
    return [Part(name, url, options.port) for name, url in found.items()]
