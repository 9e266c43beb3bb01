"""Assets: the style sheet, the script and the icon, each at an address that changes with its content."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, Request, Response

from digital_council.errors import OperatorError
from digital_council.portal.face import look, theme
from digital_council.portal.problems import Problem
from digital_council.portal.rights.sessions import PREFIX

HERE = Path(__file__).parents[1] / "static"
GOVUK = Path("node_modules/govuk-frontend/dist/govuk/govuk-frontend.min.css")
EDITOR = Path("node_modules/.council/code.js")  # static/code.js and what it imports, in one file
KINDS = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", **look.LOGO_KINDS}
YEAR = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Asset:
    """One file, ready to be sent."""

    name: str
    content: bytes
    packed: bytes
    version: str

    @classmethod
    def of(cls, name: str, content: bytes) -> Asset:
        return cls(name, content, gzip.compress(content, 9, mtime=0), hashlib.sha256(content).hexdigest()[:12])

    @property
    def url(self) -> str:
        return f"{PREFIX}static/{self.name}?v={self.version}"


class Assets:
    """Every asset by name; read once."""

    def __init__(self, project: Path) -> None:
        self.look = look.load(project)
        made = [Asset.of("portal.css", (_style(project) + look.css(self.look)).encode())]
        names = ("portal.js", "tables.js", "open.js", "reviews.js", "icon.svg")
        made += [Asset.of(name, (HERE / name).read_bytes()) for name in names]
        made.append(Asset.of(EDITOR.name, _fetched(project / EDITOR)))
        if self.look.logo:
            kind, content = look.logo(project, self.look)
            made.append(Asset.of(f"logo{kind}", content))
        self.logo = made[-1].name if self.look.logo else ""
        self._assets = {asset.name: asset for asset in made}

    def url(self, name: str) -> str:
        return self._assets[name].url

    def find(self, name: str) -> Asset | None:
        return self._assets.get(name)


def router(assets: Assets) -> APIRouter:
    """Serves the assets, packed where the browser can unpack."""
    serving = APIRouter(prefix=f"{PREFIX}static", include_in_schema=False)

    @serving.get("/{name}")
    def asset(name: str, request: Request) -> Response:
        found = assets.find(name)
        if found is None:
            raise Problem(404, f"There is no asset {name[:80]!r}.")
        headers = {"Cache-Control": YEAR, "Vary": "Accept-Encoding"}
        content = found.content
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"], content = "gzip", found.packed
        return Response(content, headers=headers, media_type=KINDS[Path(name).suffix])

    return serving


def _fetched(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise OperatorError(f"{path}: not found; run `make setup`, which fetches the web assets") from None


def _style(project: Path) -> str:
    components = _fetched(project / GOVUK).decode()
    own = (HERE / name for name in ("portal.css", "open.css", "apps.css", "figures.css"))
    return theme.themed(components) + "".join(file.read_text(encoding="utf-8") for file in own)
