"""Viewer tokens: ten minutes of reading, for one viewer, one app and the datasets it declares."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from itsdangerous import BadSignature, URLSafeTimedSerializer

from digital_council.portal.rights import keys

SECONDS = 600


@dataclass(frozen=True)
class Viewer:
    """Who looks through which app, and at which datasets it may look for them."""

    account: str
    app: str
    datasets: frozenset[str]


class ViewerTokens:
    """Signs and reads viewer tokens; only the portal holds the key."""

    def __init__(self, secrets: Path) -> None:
        self._signer = URLSafeTimedSerializer(keys.ensure(secrets / "viewer.key"), salt="viewer-token")

    def sign_viewer(self, account: str, app: str, datasets: Iterable[str] = ()) -> str:
        return self._signer.dumps([account, app, sorted(datasets)])

    def read_viewer(self, token: str) -> Viewer | None:
        """The viewer, or None when the token is forged, altered or older than ten minutes."""
        try:
            account, app, datasets = self._signer.loads(token, max_age=SECONDS)
        except (BadSignature, ValueError, TypeError):
            return None
        return Viewer(account, app, frozenset(datasets))
