"""Opening an app: the portal says whether this viewer may, which version is live, and signs their token."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from digital_council.client import API
from digital_council.errors import CouncilError, LearnerError

SECONDS = 5.0
AWAY = "The portal does not answer just now; please try again in a moment."


@dataclass(frozen=True)
class Opening:
    """What the portal answered: the app at one version, and ten minutes of reading it as this viewer."""

    account: str
    app: str
    title: str
    description: str
    version: int
    fingerprint: str
    owner: str
    folder: Path
    token: str

    @property
    def notebook(self) -> Path:
        return self.folder / "app.ipynb"


class Refused(LearnerError):
    """The portal says no, and says whom to ask; `status` is 403, or 404 for an app that is not there."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Door:
    """Asks the portal, over its socket, with the apps service's own token."""

    def __init__(self, socket: str, token: str) -> None:
        transport = httpx.AsyncHTTPTransport(uds=socket, verify=False)  # a socket of this machine: no TLS on it
        headers = {"Authorization": f"token {token}"}
        self._client = httpx.AsyncClient(
            transport=transport, base_url=f"http://portal{API}", headers=headers, timeout=SECONDS
        )

    async def open(self, account: str, app: str, version: int | None = None) -> Opening:
        """Open an app; with a version, go on with a page that is open already.

        Raises Refused when this viewer may not, and CouncilError when the portal does not answer.
        """
        body: dict[str, Any] = {"account": account, "app": app}
        if version is not None:
            body["version"] = version
        try:
            answer = await self._client.post("internal/viewer-tokens", json=body)
        except httpx.HTTPError:
            raise CouncilError(AWAY) from None
        if answer.status_code in (403, 404):
            raise Refused(_detail(answer), answer.status_code)
        if answer.is_error:
            raise CouncilError(AWAY)
        return _opening(account, answer.json())


def _opening(account: str, answer: dict[str, Any]) -> Opening:
    app = answer["app"]
    words = {name: app[name] for name in ("title", "description", "version", "fingerprint", "owner")}
    return Opening(account=account, app=app["id"], folder=Path(app["folder"]), token=answer["token"], **words)


def _detail(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["detail"])
    except (ValueError, KeyError):
        return "This app is not shared with you."
