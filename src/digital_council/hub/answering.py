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

    def answers(self, seconds: float = 2.0) -> bool:
        """Whether it does, with anything but a failure."""
        status = ask(self.url, seconds)
        return status is not None and status < 500 and status != 404


def ask(url: str, seconds: float) -> int | None:
    """The status of a GET; names under localhost are sent to loopback, which resolvers may not know."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", address.port or 80, timeout=seconds)
    try:
        connection.request("GET", address.path, headers={"Host": address.netloc})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def parts(options: Options) -> list[Part]:
    """Hub, portal (with the grader behind it) and, where it is installed, apps."""
    found = [
        Part("hub", f"{options.origin()}/hub/health"),
        Part("portal", f"{options.origin('council')}/services/council/api/v1/health"),
        Part("formgrader", f"{options.origin('formgrader')}/services/formgrader/health"),
    ]
    if labconfig.is_importable("digital_council.apps.__main__"):
        found.append(Part("apps", f"{options.origin('apps')}/services/apps/health"))
    return found
