"""A client of a running portal: asks as somebody, by their token, and never reads the state directory."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from digital_council.errors import CouncilError, LearnerError, UsageError

if TYPE_CHECKING:
    import httpx

API = "/services/council/api/v1/"
SECONDS = 2.0
"""Short on purpose: callers inside JupyterLab hold up the whole server while they wait."""


class Portal:
    """Calls of the HTTP interface. Every failure is a CouncilError of one line."""

    def __init__(self, url: str, headers: Mapping[str, str], socket: str | None = None) -> None:
        self.url = url.rstrip("/")
        self.headers = dict(headers)
        self.socket = socket

    @classmethod
    def from_environment(cls, url: str | None = None, token: str | None = None) -> Portal:
        """Find the portal and who asks; raises UsageError that says what to set."""
        socket = None if url else os.environ.get("COUNCIL_PORTAL_SOCKET")
        url = url or ("http://portal" if socket else os.environ.get("COUNCIL_URL"))
        if not url:
            raise UsageError("which portal? give --url, or set COUNCIL_URL to the address that `ready` printed")
        return cls(_origin(url), _authorization(token), socket)

    def get(self, path: str, **params: Any) -> Any:
        return self.request("GET", path, params=params)

    def post(self, path: str, json: Any = None, **kwargs: Any) -> Any:
        return self.request("POST", path, json=json, **kwargs)

    def put(self, path: str, json: Any, **kwargs: Any) -> Any:
        return self.request("PUT", path, json=json, **kwargs)

    def request(self, method: str, path: str, **kwargs: Any) -> Any:
        """The decoded JSON answer, or text where it is not JSON."""
        response = self.send(method, path, **kwargs)
        is_json = "json" in response.headers.get("content-type", "")
        return response.json() if is_json else response.text

    def send(self, method: str, path: str, seconds: float = SECONDS, **kwargs: Any) -> httpx.Response:
        """The raw answer; raises LearnerError for a refusal (4xx) and CouncilError for a failure."""
        import httpx  # slow to import, and every kernel starts with this module

        url, host = _loopback(self.url)
        headers = {**host, **self.headers, **kwargs.pop("headers", {})}
        if os.environ.get("COUNCIL_VIEWER_TOKEN") and self.headers.get("Authorization", "").startswith("Bearer "):
            headers |= _authorization(None)  # an app's token is replaced while its page stays open
        is_tls = url.startswith("https:")  # reading the certificates costs 24 ms of processor time a call
        transport = httpx.HTTPTransport(uds=self.socket, verify=is_tls) if self.socket else None
        try:
            with httpx.Client(transport=transport, timeout=seconds, headers=headers, verify=is_tls) as client:
                response = client.request(method, f"{url}{API}{path.lstrip('/')}", **kwargs)
        except httpx.HTTPError as error:
            raise CouncilError(f"the portal at {self.url} did not answer ({error}); try again") from None
        if response.status_code >= 400:
            raise _refusal(response)
        return response


def _origin(url: str) -> str:
    return url.split("/services/council")[0]


def _loopback(origin: str) -> tuple[str, dict[str, str]]:
    """Where names under localhost are, which many resolvers do not know (RFC 6761), and the Host to say."""
    parts = urlsplit(origin)
    if not (parts.hostname or "").endswith(".localhost"):
        return origin, {}
    return f"{parts.scheme}://127.0.0.1:{parts.port or 80}", {"Host": parts.netloc}


def _authorization(token: str | None) -> dict[str, str]:
    viewer = os.environ.get("COUNCIL_VIEWER_TOKEN")
    token = token or os.environ.get("COUNCIL_TOKEN") or os.environ.get("JUPYTERHUB_API_TOKEN")
    if viewer:
        return {"Authorization": f"Bearer {viewer}"}
    if not token:
        raise UsageError("who asks? give --token, or set COUNCIL_TOKEN to a token from the hub's token page")
    return {"Authorization": f"token {token}"}


def _refusal(response: httpx.Response) -> CouncilError:
    try:
        problem = response.json()
        line = problem.get("detail") or problem.get("title")
    except ValueError:
        line = None
    line = line or f"the portal answered {response.status_code}"
    return LearnerError(line) if response.status_code < 500 else CouncilError(line)
